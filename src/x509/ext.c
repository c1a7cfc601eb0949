/* SPDX-License-Identifier: Apache-2.0 */
#include "x509/ext.h"

#include "base/must.h"

/* ---- the list ---- */

/* Extension (RFC 5280 4.1). */
enum err
ext_get(struct der *list, struct ext *ret, struct fault *f)
{
	struct ext x;
	struct der d;

	TRY(der_enter(list, DER_SEQ, "extension", &d, f));
	TRY(der_get_oid(&d, "extnID", &x.oid, f));
	TRY(der_get_flag(&d, "critical", &x.critical, f));
	TRY(der_get(&d, DER_OCTETS, "extnValue", &x.value, f));
	TRY(der_end(&d, "extension", f));
	*ret = x;
	return OK;
}

enum err
ext_list_get(struct der *d, const char *what, struct ext_list *ret, struct fault *f)
{
	struct der list;
	struct ext_list l = {0};

	TRY(der_enter(d, DER_SEQ, what, &list, f));
	if (der_empty(&list))
		return FAIL_FIELD(f, E_DER, what, "SIZE (1..MAX)", "no extensions");
	while (!der_empty(&list)) {
		if (l.n == EXT_MAX)
			return FAIL_FIELD(f, E_DER, what, "≤ 32", "too many extensions");
		TRY(ext_get(&list, &l.v[l.n], f));
		for (size_t i = 0; i < l.n; i++) {
			/* RFC 5280 4.2: no more than one instance of an extension. */
			if (bytes_eq(l.v[i].oid, l.v[l.n].oid))
				return FAIL_FIELD(f, E_DER, what, NULL, "%s twice",
				    oid_name(oid_of(l.v[l.n].oid)));
		}
		l.n++;
	}
	*ret = l;
	return OK;
}

const struct ext *
ext_find(const struct ext_list *list, enum oid o)
{
	for (size_t i = 0; i < list->n; i++) {
		if (oid_is(list->v[i].oid, o))
			return &list->v[i];
	}
	return NULL;
}

/* Open an Extension up to the contents of its extnValue. */
static void
begin(struct der_out *w, struct bytes oid, bool critical)
{
	der_open(w, DER_SEQ);
	der_oid(w, oid);
	if (critical)
		der_bool(w, true);
	der_open(w, DER_OCTETS);
}

static void
end(struct der_out *w)
{
	der_close(w);
	der_close(w);
}

void
ext_put(struct der_out *w, const struct ext *ext)
{
	begin(w, ext->oid, ext->critical);
	der_raw(w, ext->value);
	end(w);
}

void
ext_put_list(struct der_out *w, struct bytes extensions)
{
	if (extensions.n)
		der_put(w, DER_SEQ, extensions);
}

/* ---- keys ---- */

void
ext_put_aki(struct der_out *w, struct bytes key_id)
{
	begin(w, oid_der(OID_AKI), false);
	der_open(w, DER_SEQ);
	der_put(w, DER_CONTEXT(0), key_id);
	der_close(w);
	end(w);
	w->bad = w->bad || key_id.n == 0;
}

void
ext_put_ski(struct der_out *w, struct bytes key_id)
{
	begin(w, oid_der(OID_SKI), false);
	der_put(w, DER_OCTETS, key_id);
	end(w);
	w->bad = w->bad || key_id.n == 0;
}

static enum err
check_key_id(struct bytes id, const char *what, struct fault *f)
{
	if (id.n == 0 || id.n > EXT_KEY_ID_MAX)
		return FAIL_FIELD(f, E_DER, what, NULL, "key identifier of %zu octets", id.n);
	return OK;
}

enum err
ext_get_aki(struct bytes value, struct bytes *ret, struct fault *f)
{
	const char *what = oid_name(OID_AKI);
	struct bytes id;
	struct der d;

	TRY(der_only(value, DER_SEQ, what, &d, f));
	TRY(der_get(&d, DER_CONTEXT(0), what, &id, f));
	TRY(der_end(&d, what, f));
	TRY(check_key_id(id, what, f));
	*ret = id;
	return OK;
}

enum err
ext_get_ski(struct bytes value, struct bytes *ret, struct fault *f)
{
	const char *what = oid_name(OID_SKI);
	struct der d = der_new(value);
	struct bytes id;

	TRY(der_get(&d, DER_OCTETS, what, &id, f));
	TRY(der_end(&d, what, f));
	TRY(check_key_id(id, what, f));
	*ret = id;
	return OK;
}

/* ---- uses ---- */

void
ext_put_ku(struct der_out *w, uint16_t bits)
{
	begin(w, oid_der(OID_KEY_USAGE), true);
	der_named(w, bits);
	end(w);
	w->bad = w->bad || bits == 0 || bits > 2 * EXT_KU_DECIPHER_ONLY - 1;
}

enum err
ext_get_ku(struct bytes value, uint16_t *ret, struct fault *f)
{
	const char *what = oid_name(OID_KEY_USAGE);
	struct der d = der_new(value);
	uint16_t bits;

	TRY(der_get_named(&d, what, &bits, f));
	TRY(der_end(&d, what, f));
	if (bits > 2 * EXT_KU_DECIPHER_ONLY - 1)
		return FAIL_FIELD(f, E_DER, what, NULL, "a bit above decipherOnly");
	*ret = bits;
	return OK;
}

void
ext_put_eku(struct der_out *w, const enum oid *purposes, size_t n)
{
	begin(w, oid_der(OID_EKU), false);
	der_open(w, DER_SEQ);
	for (size_t i = 0; i < n; i++)
		der_oid(w, oid_der(purposes[i]));
	der_close(w);
	end(w);
	w->bad = w->bad || n == 0 || n > EXT_EKU_MAX;
}

enum err
ext_get_eku(struct bytes value, struct ext_eku *ret, struct fault *f)
{
	const char *what = oid_name(OID_EKU);
	struct ext_eku eku = {0};
	struct der d;

	TRY(der_only(value, DER_SEQ, what, &d, f));
	do {
		if (eku.n == EXT_EKU_MAX)
			return FAIL_FIELD(f, E_DER, what, "≤ 16", "too many purposes");
		TRY(der_get_oid(&d, what, &eku.v[eku.n], f));
		for (size_t i = 0; i < eku.n; i++) {
			if (bytes_eq(eku.v[i], eku.v[eku.n]))
				return FAIL_FIELD(f, E_DER, what, NULL, "a purpose twice");
		}
		eku.n++;
	} while (!der_empty(&d));
	*ret = eku;
	return OK;
}

bool
ext_eku_has(const struct ext_eku *eku, enum oid purpose)
{
	for (size_t i = 0; i < eku->n; i++) {
		if (oid_is(eku->v[i], purpose))
			return true;
	}
	return false;
}

void
ext_put_basic(struct der_out *w, int path_len)
{
	begin(w, oid_der(OID_BASIC), true);
	der_open(w, DER_SEQ);
	der_bool(w, true);
	if (path_len >= 0)
		der_small(w, DER_INT, (uint64_t)path_len);
	der_close(w);
	end(w);
}

enum err
ext_get_basic(struct bytes value, struct ext_basic *ret, struct fault *f)
{
	const char *what = oid_name(OID_BASIC);
	struct ext_basic basic = {.path_len = EXT_NO_PATH_LEN};
	struct der d;
	uint64_t n;

	TRY(der_only(value, DER_SEQ, what, &d, f));
	TRY(der_get_flag(&d, what, &basic.ca, f));
	if (!der_empty(&d)) {
		TRY(der_get_small(&d, DER_INT, 255, what, &n, f));
		/* RFC 5280 4.2.1.9: pathLenConstraint is meaningful only if cA is asserted. */
		if (!basic.ca)
			return FAIL_FIELD(f, E_DER, what, NULL, "path length without cA");
		basic.path_len = (int)n;
	}
	TRY(der_end(&d, what, f));
	*ret = basic;
	return OK;
}

/* ---- OCSP signers ---- */

void
ext_put_nocheck(struct der_out *w)
{
	begin(w, oid_der(OID_OCSP_NOCHECK), false);
	der_null(w);
	end(w);
}

enum err
ext_get_nocheck(struct bytes value, struct fault *f)
{
	const char *what = oid_name(OID_OCSP_NOCHECK);
	struct der d = der_new(value);

	TRY(der_get_null(&d, what, f));
	return der_end(&d, what, f);
}

/* ---- CRLs and their entries ---- */

bool
ext_reason_valid(uint64_t reason)
{
	/* RFC 5280 5.3.1: 0 is omitted, 7 does not exist, 8 is for delta CRLs. */
	return reason >= REASON_KEY_COMPROMISE && reason <= REASON_AA_COMPROMISE && reason != 7 &&
	    reason != REASON_REMOVE;
}

void
ext_put_crl_number(struct der_out *w, int64_t number)
{
	begin(w, oid_der(OID_CRL_NUMBER), false);
	der_small(w, DER_INT, (uint64_t)number);
	end(w);
	w->bad = w->bad || number < 0;
}

enum err
ext_get_crl_number(struct bytes value, int64_t *ret, struct fault *f)
{
	const char *what = oid_name(OID_CRL_NUMBER);
	struct der d = der_new(value);
	uint64_t n;

	TRY(der_get_small(&d, DER_INT, INT64_MAX, what, &n, f));
	TRY(der_end(&d, what, f));
	*ret = (int64_t)n;
	return OK;
}

void
ext_put_reason(struct der_out *w, enum ext_reason reason)
{
	begin(w, oid_der(OID_REASON), false);
	der_small(w, DER_ENUM, (uint64_t)reason);
	end(w);
	w->bad = w->bad || !ext_reason_valid((uint64_t)reason);
}

enum err
ext_get_reason(struct bytes value, enum ext_reason *ret, struct fault *f)
{
	const char *what = oid_name(OID_REASON);
	struct der d = der_new(value);
	uint64_t n;

	TRY(der_get_small(&d, DER_ENUM, REASON_AA_COMPROMISE, what, &n, f));
	TRY(der_end(&d, what, f));
	if (!ext_reason_valid(n))
		return FAIL_FIELD(
		    f, E_DER, what, "1-6, 9, 10", "reason %llu", (unsigned long long)n);
	*ret = (enum ext_reason)n;
	return OK;
}

void
ext_put_invalidity(struct der_out *w, int64_t seconds)
{
	begin(w, oid_der(OID_INVALIDITY), false);
	der_gentime(w, seconds);
	end(w);
}

enum err
ext_get_invalidity(struct bytes value, int64_t *ret, struct fault *f)
{
	const char *what = oid_name(OID_INVALIDITY);
	struct der d = der_new(value);
	int64_t t;

	TRY(der_get_gentime(&d, what, &t, f));
	TRY(der_end(&d, what, f));
	*ret = t;
	return OK;
}
