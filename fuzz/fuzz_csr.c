/* SPDX-License-Identifier: Apache-2.0 */
/* PKCS #10 requests, with the names, keys and extensions in them. */
#include "base/must.h"
#include "x509/csr.h"
#include "x509/name.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct arena *a = arena_new(0);
	struct fault f = {0};
	struct csr csr;
	struct name name;
	struct san san;
	struct bytes again;
	uint16_t ku;

	if (csr_parse(bytes_of(p, n), &csr, &f) == OK) {
		must(csr_finish(a, csr.tbs, csr.alg, csr.signature, &again, NULL) == OK);
		/* SM2 may come with a NULL that we never write. */
		must(bytes_eq(again, csr.whole) || csr.alg == SIGALG_SM2_SM3);
		if (csr.key.kind == KEY_RSA)
			must(key_spki_rsa(a, csr.key.n, csr.key.e, &again, NULL) == OK);
		else
			must(key_spki(a, csr.key.kind, csr.key.point, &again, NULL) == OK);
		must(bytes_eq(again, csr.key.spki));
		if (name_parse(csr.subject, &name, NULL) == OK)
			(void)name_text(a, &name);
		for (size_t i = 0; i < csr.exts.n; i++) {
			(void)!ext_get_san(a, csr.exts.v[i].value, &san, NULL);
			(void)!ext_get_ku(csr.exts.v[i].value, &ku, NULL);
		}
	} else {
		must(f.code != OK);
	}
	arena_free(&a);
	return 0;
}
