/* SPDX-License-Identifier: Apache-2.0 */
#include "x509/csr.h"

#include "x509/name.h"

#define CSR_ATTRS 16 /* most attributes of a request */

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

static enum err
get_attr(struct der *set, struct attrs *attrs, struct csr *csr, struct fault *f)
{
	struct der attr, values;
	struct bytes type;

	TRY(der_enter(set, DER_SEQ, "attribute", &attr, f));
	TRY(der_get_oid(&attr, "attribute", &type, f));
	TRY(der_enter(&attr, DER_SET, "attribute", &values, f));
	TRY(der_end(&attr, "attribute", f));
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
	if (!oid_is(type, OID_CHALLENGE))
		return OK;
	TRY(name_get_string(&values, oid_name(OID_CHALLENGE), CSR_CHALLENGE, &csr->challenge, f));
	return der_end(&values, oid_name(OID_CHALLENGE), f);
}

/* Attributes [0] IMPLICIT SET OF, in the order of their encodings (X.690 11.6). */
static enum err
get_attrs(struct der *info, struct csr *csr, struct fault *f)
{
	struct attrs attrs = {0};
	struct bytes last = {0};
	struct der set;

	TRY(der_enter(info, DER_CONTEXT_CONS(0), "attributes", &set, f));
	while (!der_empty(&set)) {
		struct der ahead = set;
		struct bytes whole;

		TRY(der_whole(&ahead, DER_SEQ, "attribute", &whole, f));
		if (bytes_cmp(last, whole) > 0)
			return FAIL_FIELD(
			    f, E_CSR_FORMAT, "attributes", NULL, "set is not in order");
		last = whole;
		TRY(get_attr(&set, &attrs, csr, f));
	}
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
