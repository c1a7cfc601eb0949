/* SPDX-License-Identifier: Apache-2.0 */
#include "x509/cert.h"

#include "base/must.h"
#include "x509/name.h"

#define CERT_KEY_ID 20 /* octets of the key identifiers that we write (RFC 7093 2, method 1) */

/* ---- reading ---- */

static enum err
get_validity(struct der *tbs, struct cert *cert, struct fault *f)
{
	struct der validity;

	TRY(der_enter(tbs, DER_SEQ, "validity", &validity, f));
	TRY(der_get_time(&validity, "notBefore", &cert->not_before, f));
	TRY(der_get_time(&validity, "notAfter", &cert->not_after, f));
	TRY(der_end(&validity, "validity", f));
	if (cert->not_after < cert->not_before)
		return FAIL_FIELD(f, E_DER, "notAfter", NULL, "before notBefore");
	return OK;
}

static enum err
get_extensions(struct der *tbs, struct cert *cert, struct fault *f)
{
	const struct ext *san;
	struct der outer;

	if (der_is(tbs, DER_CONTEXT(1)) || der_is(tbs, DER_CONTEXT(2)))
		return FAIL_FIELD(f, E_DER, "uniqueID", NULL, "unique identifiers are not taken");
	TRY(der_enter(tbs, DER_CONTEXT_CONS(3), "extensions", &outer, f));
	TRY(ext_list_get(&outer, "extensions", &cert->exts, f));
	TRY(der_end(&outer, "extensions", f));
	san = ext_find(&cert->exts, OID_SAN);
	/* RFC 5280 4.1.2.6: an empty subject needs a critical subjectAltName. */
	if (name_is_empty(cert->subject) && (san == NULL || !san->critical))
		return FAIL_FIELD(f, E_DER, "subject", NULL, "empty, without critical names");
	return OK;
}

enum err
cert_tbs_parse(struct bytes tbs, struct cert *ret, struct fault *f)
{
	struct cert cert = {.tbs = tbs};
	struct der d, version;
	uint64_t v;

	if (tbs.n > CERT_MAX)
		return FAIL(f, E_BODY_SIZE, "certificate of %zu octets", tbs.n);
	TRY(der_only(tbs, DER_SEQ, "tbsCertificate", &d, f));
	TRY(der_enter(&d, DER_CONTEXT_CONS(0), "version", &version, f));
	TRY(der_get_small(&version, DER_INT, 2, "version", &v, f));
	TRY(der_end(&version, "version", f));
	if (v != 2)
		return FAIL_FIELD(f, E_DER, "version", "3", "version %d", (int)v + 1);
	TRY(der_get_int(&d, CERT_SERIAL_MAX, "serialNumber", &cert.serial, f));
	TRY(sigalg_get(&d, "signature", &cert.alg, f));
	TRY(der_whole(&d, DER_SEQ, "issuer", &cert.issuer, f));
	TRY(get_validity(&d, &cert, f));
	TRY(der_whole(&d, DER_SEQ, "subject", &cert.subject, f));
	TRY(der_whole(&d, DER_SEQ, "subjectPublicKeyInfo", &cert.spki, f));
	TRY(get_extensions(&d, &cert, f));
	TRY(der_end(&d, "tbsCertificate", f));
	*ret = cert;
	return OK;
}

enum err
cert_parse(struct bytes der, struct cert *ret, struct fault *f)
{
	struct sealed sealed;
	struct cert cert;

	if (der.n > CERT_MAX)
		return FAIL(f, E_BODY_SIZE, "certificate of %zu octets", der.n);
	TRY(sigalg_open(der, "certificate", &sealed, f));
	TRY(cert_tbs_parse(sealed.body, &cert, f));
	/* RFC 5280 4.1.1.2: the same algorithm inside and outside. */
	if (sealed.alg != cert.alg)
		return FAIL_FIELD(f, E_DER, "signatureAlgorithm", NULL, "differs from signature");
	cert.whole = der;
	cert.signature = sealed.signature;
	*ret = cert;
	return OK;
}

/* ---- the template ---- */

enum err
cert_compile(
    struct arena *a, const struct cert_shape *shape, struct cert_template *ret, struct fault *f)
{
	struct cert_template t = {
	    .alg = shape->alg, .issuer = shape->issuer, .ski = shape->ski, .san = shape->san};
	struct der_out before = der_out_new(a, CERT_MAX), after = der_out_new(a, CERT_MAX);

	if (shape->aki.n)
		ext_put_aki(&before, shape->aki);
	if (shape->ca)
		ext_put_basic(&after, shape->path_len);
	if (shape->ku)
		ext_put_ku(&after, shape->ku);
	if (shape->eku_n)
		ext_put_eku(&after, shape->eku, shape->eku_n);
	if (shape->policy.n)
		ext_put_policy(&after, shape->policy);
	if (shape->cdp.n)
		ext_put_cdp(&after, shape->cdp);
	if (shape->ocsp.n || shape->issuers.n)
		ext_put_aia(&after, shape->ocsp, shape->issuers);
	if (shape->nocheck)
		ext_put_nocheck(&after);
	TRY(der_done(&before, "template", &t.before, f));
	TRY(der_done(&after, "template", &t.after, f));
	*ret = t;
	return OK;
}

/* ---- writing ---- */

#define RULE(f, field, ...) FAIL_FIELD((f), E_PROFILE_RULE, (field), NULL, __VA_ARGS__)

static enum err
check_san(
    struct arena *a, const struct cert_template *t, const struct cert_fields *x, struct fault *f)
{
	const char *field = "subjectAltName";
	struct san san;

	if (x->san.n == 0) {
		if (t->san == CERT_SAN_REQUIRED || name_is_empty(x->subject))
			return RULE(f, field, "no names");
		return OK;
	}
	if (t->san == CERT_SAN_NEVER)
		return RULE(f, field, "the profile has no names");
	TRY(ext_get_san(a, x->san, &san, f));
	return ext_san_check(&san, f);
}

static enum err
check_fields(
    struct arena *a, const struct cert_template *t, const struct cert_fields *x, struct fault *f)
{
	struct name name;
	struct key key;

	/* 00 would not be DER, 80 and up negative; the length is one for all. */
	if (x->serial.n != CERT_SERIAL || x->serial.p[0] == 0 || x->serial.p[0] > 0x7f)
		return RULE(f, "serialNumber", "not 18 octets with a first of 01 to 7F");
	if (x->not_after < x->not_before)
		return RULE(f, "notAfter", "before notBefore");
	if (x->ski.n != (t->ski ? CERT_KEY_ID : 0))
		return RULE(f, "subjectKeyIdentifier", "%zu octets", x->ski.n);
	TRY(name_parse(x->subject, &name, f));
	TRY(key_parse(x->spki, &key, f));
	return check_san(a, t, x, f);
}

static void
put_extensions(struct der_out *w, const struct cert_template *t, const struct cert_fields *x)
{
	der_open(w, DER_CONTEXT_CONS(3));
	der_open(w, DER_SEQ);
	der_raw(w, t->before);
	if (x->ski.n)
		ext_put_ski(w, x->ski);
	if (x->san.n)
		ext_put_san(w, x->san, name_is_empty(x->subject));
	der_raw(w, t->after);
	der_close(w);
	der_close(w);
}

enum err
cert_tbs(struct arena *a, const struct cert_template *t, const struct cert_fields *fields,
    struct bytes *ret, struct fault *f)
{
	struct der_out w = der_out_new(a, CERT_MAX);

	TRY(check_fields(a, t, fields, f));
	der_open(&w, DER_SEQ);
	der_open(&w, DER_CONTEXT_CONS(0));
	der_small(&w, DER_INT, 2); /* v3 */
	der_close(&w);
	der_int(&w, fields->serial);
	sigalg_put(&w, t->alg);
	der_raw(&w, t->issuer);
	der_open(&w, DER_SEQ);
	der_time(&w, fields->not_before);
	der_time(&w, fields->not_after);
	der_close(&w);
	der_raw(&w, fields->subject);
	der_raw(&w, fields->spki);
	put_extensions(&w, t, fields);
	der_close(&w);
	return der_done(&w, "tbsCertificate", ret, f);
}

enum err
cert_finish(struct arena *a, struct bytes tbs, enum sigalg alg, struct bytes signature,
    struct bytes *ret, struct fault *f)
{
	return sigalg_seal(a, tbs, alg, signature, ret, f);
}

enum err
cert_fields_of(const struct cert *cert, struct cert_fields *ret, struct fault *f)
{
	const struct ext *ski = ext_find(&cert->exts, OID_SKI);
	const struct ext *san = ext_find(&cert->exts, OID_SAN);
	struct cert_fields x = {.serial = cert->serial,
	    .not_before = cert->not_before,
	    .not_after = cert->not_after,
	    .subject = cert->subject,
	    .spki = cert->spki};

	if (ski != NULL)
		TRY(ext_get_ski(ski->value, &x.ski, f));
	if (san != NULL)
		x.san = san->value;
	*ret = x;
	return OK;
}

enum err
cert_tbs_check(struct arena *a, const struct cert_template *t, struct bytes tbs, struct cert *ret,
    struct fault *f)
{
	struct cert_fields fields;
	struct bytes again;
	struct cert cert;

	TRY(cert_tbs_parse(tbs, &cert, f));
	TRY(cert_fields_of(&cert, &fields, f));
	TRY(cert_tbs(a, t, &fields, &again, f));
	if (!bytes_eq(tbs, again))
		return FAIL_FIELD(
		    f, E_GATE, "tbsCertificate", NULL, "differs from what its profile gives");
	*ret = cert;
	return OK;
}
