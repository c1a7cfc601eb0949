/* SPDX-License-Identifier: Apache-2.0 */
/* CRLs: what is read is written again, to the same number of octets. */
#include "base/must.h"
#include "x509/crl.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void
rewrite(struct arena *a, struct crl *crl)
{
	struct buf out = buf_new(a, 2 * crl->tbs.n + 64);
	const size_t entries = crl->entries.n;
	size_t sum = 0;
	struct crl_item row;
	bool more = true;

	/* The issuer may be longer than what a writer of ours has room for. */
	if (crl_head(&out, &crl->head, entries, NULL) != OK)
		return;
	for (;;) {
		if (crl_next(crl, &row, &more, NULL) != OK)
			return;
		if (!more)
			break;
		sum += crl_entry_size(&row);
		must(crl_entry(&out, &row, crl->head.this_update, NULL) == OK);
	}
	must(sum == entries);
	must(crl_tail(&out, &crl->head, NULL) == OK);
	must(out.n == crl->tbs.n);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct arena *a = arena_new(0);
	struct crl crl;

	if (crl_open(bytes_of(p, n), &crl, NULL) == OK)
		rewrite(a, &crl);
	if (crl_tbs_open(bytes_of(p, n), &crl, NULL) == OK)
		rewrite(a, &crl);
	arena_free(&a);
	return 0;
}
