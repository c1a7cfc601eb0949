/* SPDX-License-Identifier: Apache-2.0 */
#include "x509/csr.h"

#include "x509/name.h"

#define CSR_ATTRS      16 /* most attributes of a request */
#define TEMPORARY_SIZE 136

/* What has been read of the attributes. */
struct attrs {
	struct bytes types[CSR_ATTRS];
	size_t n;
	bool exts;
};

/* extensionRequest (RFC 2985 5.4.2), or Microsoft's older name for it. */
static enum err
get_exts(struct der *values, struct attrs *attrs, struct csr *csr, struct fault *f)
{
	if (attrs->exts)
		return FAIL_FIELD(f, E_CSR_FORMAT, "extensionRequest", NULL, "twice");
	attrs->exts = true;
	TRY(ext_list_get(values, "extensionRequest", &csr->exts, f));
	return der_end(values, "extensionRequest", f);
}

/* All octets zero? */
static bool
is_zero(struct bytes b)
{
	uint8_t any = 0;

	for (size_t i = 0; i < b.n; i++)
		any |= b.p[i];
	return any == 0;
}

/*
 * CFCA's temporary public key: an OCTET STRING around SEQUENCE { INTEGER 1, OCTET STRING } or around the 136 octets
 * themselves: eight of header, x and y of 32 octets in fields of 64 with zeros behind them.
 */
static enum err
get_temporary(struct der *values, struct csr *csr, struct fault *f)
{
	static const uint8_t header[] = {0x00, 0xB4, 0, 0, 0, 1, 0, 0};
	const char *what = oid_name(OID_TEMPORARY_KEY);
	struct bytes point;

	TRY(der_get(values, DER_OCTETS, what, &point, f));
	if (point.n != TEMPORARY_SIZE) {
		struct der inner;
		uint64_t version;

		TRY(der_only(point, DER_SEQ, what, &inner, f));
		TRY(der_get_small(&inner, DER_INT, 1, what, &version, f));
		TRY(der_get(&inner, DER_OCTETS, what, &point, f));
		TRY(der_end(&inner, what, f));
	}
	if (point.n != TEMPORARY_SIZE || !bytes_eq(bytes_of(point.p, 8), BYTES_OF(header)) ||
	    !is_zero(bytes_of(point.p + 40, 32)) || !is_zero(bytes_of(point.p + 104, 32)))
		return FAIL_FIELD(f, E_CSR_FORMAT, what, NULL, "%zu octets", point.n);
	csr->temporary_x = bytes_of(point.p + 8, 32);
	csr->temporary_y = bytes_of(point.p + 72, 32);
	return der_end(values, what, f);
}

/* The values: a SET, or one of them alone. */
static enum err
get_values(struct der *attr, struct der *ret, struct fault *f)
{
	struct der ahead = *attr, set;

	if (der_enter(&ahead, DER_SET, "attribute", &set, NULL) != OK) {
		*ret = *attr;
		return OK;
	}
	*ret = set;
	return der_end(&ahead, "attribute", f);
}

static enum err
get_attr(struct der *set, struct attrs *attrs, struct csr *csr, struct fault *f)
{
	struct der attr, values;
	struct bytes type;

	TRY(der_enter(set, DER_SEQ, "attribute", &attr, f));
	TRY(der_get_oid(&attr, "attribute", &type, f));
	TRY(get_values(&attr, &values, f));
	if (attrs->n == CSR_ATTRS)
		return FAIL_FIELD(f, E_CSR_FORMAT, "attributes", "≤ 16", "too many attributes");
	for (size_t i = 0; i < attrs->n; i++) {
		if (bytes_eq(attrs->types[i], type))
			return FAIL_FIELD(f, E_CSR_FORMAT, oid_name(oid_of(type)), NULL, "twice");
	}
	attrs->types[attrs->n++] = type;
	/* RFC 2986 4.1: values SET SIZE(1..MAX). */
	if (der_empty(&values))
		return FAIL_FIELD(f, E_CSR_FORMAT, oid_name(oid_of(type)), NULL, "without value");
	if (oid_is(type, OID_EXT_REQUEST) || oid_is(type, OID_MS_EXT_REQUEST))
		return get_exts(&values, attrs, csr, f);
	if (oid_is(type, OID_TEMPORARY_KEY))
		return get_temporary(&values, csr, f);
	if (!oid_is(type, OID_CHALLENGE))
		return OK;
	TRY(name_get_string(&values, oid_name(OID_CHALLENGE), CSR_CHALLENGE, &csr->challenge, f));
	return der_end(&values, oid_name(OID_CHALLENGE), f);
}

/* Attributes [0] IMPLICIT SET OF: in any order, for others do not sort; the signature covers what was sent. */
static enum err
get_attrs(struct der *info, struct csr *csr, struct fault *f)
{
	struct attrs attrs = {0};
	struct der set;

	if (der_empty(info))
		return OK;
	TRY(der_enter(info, DER_CONTEXT_CONS(0), "attributes", &set, f));
	while (!der_empty(&set))
		TRY(get_attr(&set, &attrs, csr, f));
	return OK;
}

/* CertificationRequestInfo (RFC 2986 4.1). */
static enum err
get_info(struct csr *csr, struct fault *f)
{
	struct der info;
	struct bytes spki;
	uint64_t version;

	TRY(der_only(csr->tbs, DER_SEQ, "certificationRequestInfo", &info, f));
	TRY(der_get_small(&info, DER_INT, 0, "version", &version, f));
	TRY(der_whole(&info, DER_SEQ, "subject", &csr->subject, f));
	TRY(der_whole(&info, DER_SEQ, "subjectPublicKeyInfo", &spki, f));
	TRY(key_parse(spki, &csr->key, f));
	TRY(get_attrs(&info, csr, f));
	return der_end(&info, "certificationRequestInfo", f);
}

static enum err
get_request(struct csr *csr, struct fault *f)
{
	struct sealed sealed;

	TRY(sigalg_open(csr->whole, "certificationRequest", &sealed, f));
	csr->tbs = sealed.body;
	csr->alg = sealed.alg;
	csr->signature = sealed.signature;
	TRY(get_info(csr, f));
	if (!sigalg_fits(csr->alg, csr->key.kind))
		return FAIL_FIELD(f, E_CSR_FORMAT, "signatureAlgorithm", NULL, "%s by a %s key",
		    sigalg_name(csr->alg), key_kind_name(csr->key.kind));
	return OK;
}

enum err
csr_parse(struct bytes der, struct csr *ret, struct fault *f)
{
	struct csr csr = {.whole = der};
	enum err e;

	if (der.n > CSR_MAX)
		return FAIL(f, E_BODY_SIZE, "request of %zu octets", der.n);
	TRY(der_check(der, "certificationRequest", f));
	/* It is DER: what is wrong from here on is the form of a request. */
	e = get_request(&csr, f);
	if (e == E_DER) {
		e = E_CSR_FORMAT;
		if (f != NULL)
			f->code = e;
	}
	if (e == OK)
		*ret = csr;
	return e;
}

enum err
csr_tbs(struct arena *a, struct bytes subject, struct bytes spki, struct bytes extensions,
    struct bytes *ret, struct fault *f)
{
	struct der_out w = der_out_new(a, CSR_MAX);

	der_open(&w, DER_SEQ);
	der_small(&w, DER_INT, 0);
	der_raw(&w, subject);
	der_raw(&w, spki);
	der_open(&w, DER_CONTEXT_CONS(0));
	if (extensions.n) {
		der_open(&w, DER_SEQ);
		der_oid(&w, oid_der(OID_EXT_REQUEST));
		der_open(&w, DER_SET);
		ext_put_list(&w, extensions);
		der_close(&w);
		der_close(&w);
	}
	der_close(&w);
	der_close(&w);
	return der_done(&w, "certificationRequestInfo", ret, f);
}

enum err
csr_finish(struct arena *a, struct bytes tbs, enum sigalg alg, struct bytes signature,
    struct bytes *ret, struct fault *f)
{
	return sigalg_seal(a, tbs, alg, signature, ret, f);
}
