/* SPDX-License-Identifier: Apache-2.0 */
/* Certificates, with every reader of an extension on every extension. */
#include "base/must.h"
#include "x509/cert.h"
#include "x509/key.h"
#include "x509/name.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void
read_value(struct arena *a, struct bytes v)
{
	struct bytes b, again;
	struct str uri;
	struct san san;
	struct ext_aia aia;
	struct ext_basic basic;
	struct ext_eku eku;
	uint16_t ku;

	(void)!ext_get_aki(v, &b, NULL);
	(void)!ext_get_ski(v, &b, NULL);
	(void)!ext_get_policy(v, &b, NULL);
	(void)!ext_get_cdp(v, &uri, NULL);
	(void)!ext_get_aia(v, &aia, NULL);
	(void)!ext_get_basic(v, &basic, NULL);
	(void)!ext_get_eku(v, &eku, NULL);
	(void)!ext_get_nocheck(v, NULL);
	(void)!ext_get_ku(v, &ku, NULL);
	/* Names that we would write are read to the same octets. */
	if (ext_get_san(a, v, &san, NULL) == OK && ext_san_check(&san, NULL) == OK)
		must(ext_san_encode(a, &san, &again, NULL) == OK && bytes_eq(again, v));
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct arena *a = arena_new(0);
	struct cert cert, tbs;
	struct cert_fields x;
	struct bytes again;
	struct name name;
	struct key key;

	if (cert_parse(bytes_of(p, n), &cert, NULL) == OK) {
		must(cert_finish(a, cert.tbs, cert.alg, cert.signature, &again, NULL) == OK);
		must(bytes_eq(again, cert.whole));
		must(cert_tbs_parse(cert.tbs, &tbs, NULL) == OK);
		must(bytes_eq(tbs.spki, cert.spki) && tbs.exts.n == cert.exts.n);
		(void)!cert_fields_of(&cert, &x, NULL);
		(void)!key_parse(cert.spki, &key, NULL);
		if (name_parse(cert.issuer, &name, NULL) == OK)
			(void)name_text(a, &name);
		for (size_t i = 0; i < cert.exts.n; i++)
			read_value(a, cert.exts.v[i].value);
	}
	arena_free(&a);
	return 0;
}
