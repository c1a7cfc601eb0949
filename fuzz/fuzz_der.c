/* SPDX-License-Identifier: Apache-2.0 */
/* DER as such: what the reader takes, the writer gives back octet by octet. */
#include "base/must.h"
#include "x509/der.h"
#include "x509/oid.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

/* Every typed reader on the same element: it may refuse, it may not run past the end. */
static void
read_typed(struct der d, struct der_out *w)
{
	struct der copy = d;
	struct bytes b, whole = {0};
	uint64_t v;
	uint16_t bits;
	int64_t t;
	bool flag;
	size_t before = w->b.n;

	if (der_get_int(&copy, d.n, "x", &b, NULL) == OK)
		der_int(w, b);
	else if ((copy = d, der_get_small(&copy, DER_ENUM, UINT64_MAX, "x", &v, NULL)) == OK)
		der_small(w, DER_ENUM, v);
	else if ((copy = d, der_get_bool(&copy, "x", &flag, NULL)) == OK)
		der_bool(w, flag);
	else if ((copy = d, der_get_null(&copy, "x", NULL)) == OK)
		der_null(w);
	else if ((copy = d, der_get_oid(&copy, "x", &b, NULL)) == OK)
		der_oid(w, b);
	else if ((copy = d, der_get_named(&copy, "x", &bits, NULL)) == OK)
		der_named(w, bits);
	else if ((copy = d, der_get_bits(&copy, "x", &b, NULL)) == OK)
		der_bits(w, b);
	else if ((copy = d, der_get_time(&copy, "x", &t, NULL)) == OK)
		der_time(w, t);
	else if ((copy = d, der_get_gentime(&copy, "x", &t, NULL)) == OK)
		der_gentime(w, t);
	else
		return;
	copy = d;
	must(der_whole(&copy, d.p[0], "x", &whole, NULL) == OK);
	must(!w->bad && bytes_eq(whole, bytes_of(w->b.p + before, w->b.n - before)));
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct arena *a = arena_new(0);
	struct der_out w = der_out_new(a, 2 * n + 64), again = der_out_new(a, n + 64);
	struct der d = der_new(bytes_of(p, n));
	struct bytes oid;
	struct der_tlv t;
	struct fault f = {0};

	(void)!der_check(bytes_of(p, n), "x", &f);
	while (!der_empty(&d)) {
		read_typed(d, &w);
		if (der_any(&d, "x", &t, NULL) != OK)
			break;
		again.b.n = 0;
		der_put(&again, t.tag, t.value);
		must(bytes_eq(t.whole, buf_bytes(&again.b)));
		if (t.tag & 0x20) /* go down instead of on */
			d = der_new(t.value);
		if (oid_valid(t.value) && t.value.n < 64)
			must(oid_parse(a, str_of(oid_text(a, t.value)), &oid) &&
			    bytes_eq(oid, t.value));
	}
	arena_free(&a);
	return 0;
}
