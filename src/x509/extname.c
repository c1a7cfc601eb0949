/* SPDX-License-Identifier: Apache-2.0 */
/* ext.h: the extensions that carry names, addresses and policies. */
#include <string.h>

#include "base/must.h"
#include "x509/ext.h"

/* Open and close an Extension around SEQUENCE contents (none of these is critical but SAN). */
static void
begin(struct der_out *w, enum oid oid)
{
	der_open(w, DER_SEQ);
	der_oid(w, oid_der(oid));
	der_open(w, DER_OCTETS);
	der_open(w, DER_SEQ);
}

static void
end(struct der_out *w)
{
	der_close(w);
	der_close(w);
	der_close(w);
}

/* GeneralName tags (RFC 5280 4.2.1.6). */
static const struct kind {
	unsigned tag;
	const char *name;
	size_t max; /* octets */
} kinds[SAN__COUNT] = {
    [SAN_MAIL] = {DER_CONTEXT(1), "rfc822Name", 254},
    [SAN_DNS] = {DER_CONTEXT(2), "dNSName", 253},
    [SAN_URI] = {DER_CONTEXT(6), "uniformResourceIdentifier", 2048},
    [SAN_IP] = {DER_CONTEXT(7), "iPAddress", 16},
};

const char *
san_kind_name(enum san_kind kind)
{
	must((unsigned)kind < SAN__COUNT);
	return kinds[kind].name;
}

/* Printable ASCII without blanks. */
static bool
graphic(struct bytes v)
{
	for (size_t i = 0; i < v.n; i++) {
		if (v.p[i] <= ' ' || v.p[i] > '~')
			return false;
	}
	return v.n > 0;
}

static bool
label_char(uint8_t c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
}

/* Lower-case labels of letters, digits and inner hyphens, 1 to 63 octets, no dot at the end. */
static bool
host(struct bytes v)
{
	size_t start = 0;

	for (size_t i = 0; i <= v.n; i++) {
		if (i < v.n && v.p[i] != '.') {
			if (!label_char(v.p[i]))
				return false;
			continue;
		}
		if (i == start || i - start > 63 || v.p[start] == '-' || v.p[i - 1] == '-')
			return false;
		start = i + 1;
	}
	return v.n > 0;
}

static bool
good_dns(struct bytes v)
{
	/* A wildcard is the whole left-most label, before at least two more (RFC 6125 6.4.3). */
	if (v.n > 2 && v.p[0] == '*' && v.p[1] == '.') {
		v = bytes_of(v.p + 2, v.n - 2);
		return host(v) && memchr(v.p, '.', v.n) != NULL;
	}
	return host(v);
}

/* Is C an atext of RFC 5322 3.2.3, or a dot? */
static bool
local_char(uint8_t c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	    (c != 0 && strchr(".!#$%&'*+-/=?^_`{|}~", c) != NULL);
}

/* Dot-string "@" host (RFC 5280 4.2.1.6, 7.5); the local part keeps its case. */
static bool
good_mail(struct bytes v)
{
	const uint8_t *at = v.n ? memchr(v.p, '@', v.n) : NULL;
	size_t local;

	if (at == NULL)
		return false;
	local = (size_t)(at - v.p);
	if (local == 0 || local > 64 || v.p[0] == '.' || v.p[local - 1] == '.')
		return false;
	for (size_t i = 0; i < local; i++) {
		if (!local_char(v.p[i]) || (v.p[i] == '.' && v.p[i + 1] == '.'))
			return false;
	}
	return host(bytes_of(at + 1, v.n - local - 1));
}

/* A lower-case scheme, a colon, and something (RFC 5280 4.2.1.6: not relative). */
static bool
good_uri(struct bytes v)
{
	size_t i = 0;

	while (i < v.n && v.p[i] >= 'a' && v.p[i] <= 'z')
		i++;
	return i > 0 && i + 1 < v.n && v.p[i] == ':' && graphic(v);
}

static bool
good_name(const struct san_name *name)
{
	switch (name->kind) {
	case SAN_MAIL:
		return good_mail(name->value);
	case SAN_DNS:
		return good_dns(name->value);
	case SAN_URI:
		return good_uri(name->value);
	case SAN_IP:
		return name->value.n == 4 || name->value.n == 16;
	case SAN__COUNT:
	default:
		return false;
	}
}

static bool
same_name(const struct san_name *a, const struct san_name *b)
{
	return a->kind == b->kind && bytes_eq(a->value, b->value);
}

enum err
ext_san_check(const struct san *san, struct fault *f)
{
	if (san->n == 0 || san->n > EXT_SAN_MAX)
		return FAIL_FIELD(
		    f, E_FIELD_LENGTH, oid_name(OID_SAN), "1 … 100", "%zu names", san->n);
	for (size_t i = 0; i < san->n; i++) {
		const struct san_name *name = &san->v[i];
		const char *field = san_kind_name(name->kind);

		if (name->kind != SAN_IP && !graphic(name->value))
			return FAIL_FIELD(f, E_FIELD_CHARS, field, "ASCII", "empty, or not ASCII");
		if (name->value.n > kinds[name->kind].max)
			return FAIL_FIELD(
			    f, E_FIELD_LENGTH, field, NULL, "%zu octets", name->value.n);
		if (!good_name(name))
			return FAIL_FIELD(f, E_FIELD_FORMAT, field, NULL, "not in its one form");
		for (size_t j = 0; j < i; j++) {
			if (same_name(&san->v[j], name))
				return FAIL_FIELD(f, E_FIELD_DUPLICATE, field, NULL, "twice");
		}
	}
	return OK;
}

enum err
ext_san_encode(struct arena *a, const struct san *san, struct bytes *ret, struct fault *f)
{
	struct der_out w = der_out_new(a, EXT_SAN_MAX * 2100);

	TRY(ext_san_check(san, f));
	der_open(&w, DER_SEQ);
	for (size_t i = 0; i < san->n; i++)
		der_put(&w, kinds[san->v[i].kind].tag, san->v[i].value);
	der_close(&w);
	return der_done(&w, oid_name(OID_SAN), ret, f);
}

static enum err
get_san_name(struct der *d, struct san_name *ret, struct fault *f)
{
	struct der_tlv t;

	TRY(der_any(d, oid_name(OID_SAN), &t, f));
	for (unsigned k = 0; k < SAN__COUNT; k++) {
		if (kinds[k].tag != t.tag)
			continue;
		if (t.value.n > kinds[k].max ||
		    (k == SAN_IP ? t.value.n != 4 && t.value.n != 16 : !graphic(t.value)))
			return FAIL_FIELD(f, E_DER, kinds[k].name, NULL,
			    "empty, too long, or octets that it cannot have");
		*ret = (struct san_name){.kind = (enum san_kind)k, .value = t.value};
		return OK;
	}
	return FAIL_FIELD(f, E_DER, oid_name(OID_SAN),
	    "rfc822Name, dNSName, uniformResourceIdentifier, iPAddress",
	    "GeneralName with tag %02x", t.tag);
}

enum err
ext_get_san(struct arena *a, struct bytes value, struct san *ret, struct fault *f)
{
	struct san_name *v = arena_array(a, EXT_SAN_MAX, sizeof(*v));
	struct der d;
	size_t n = 0;

	TRY(der_only(value, DER_SEQ, oid_name(OID_SAN), &d, f));
	do {
		if (n == EXT_SAN_MAX)
			return FAIL_FIELD(f, E_DER, oid_name(OID_SAN), "≤ 100", "too many names");
		TRY(get_san_name(&d, &v[n], f));
		n++;
	} while (!der_empty(&d));
	*ret = (struct san){.v = v, .n = n};
	return OK;
}

void
ext_put_san(struct der_out *w, struct bytes general_names, bool critical)
{
	struct ext ext = {.oid = oid_der(OID_SAN), .critical = critical, .value = general_names};

	ext_put(w, &ext);
}

/* ---- addresses ---- */

/* The address of a CRL, an OCSP service or an issuer: http, printable ASCII (RFC 5280 4.2.1.13). */
static bool
good_http(struct bytes uri)
{
	return uri.n <= kinds[SAN_URI].max && good_uri(uri) &&
	    str_starts(bytes_str(uri), STR("http://"));
}

static enum err
get_http(struct der *d, const char *what, struct str *ret, struct fault *f)
{
	struct bytes uri;

	TRY(der_get(d, kinds[SAN_URI].tag, what, &uri, f));
	if (!good_http(uri))
		return FAIL_FIELD(f, E_DER, what, "http://", "not an http address");
	*ret = bytes_str(uri);
	return OK;
}

void
ext_put_cdp(struct der_out *w, struct str uri)
{
	begin(w, OID_CDP);
	/* DistributionPoint { distributionPoint [0] { fullName [0] { URI } } } */
	der_open(w, DER_SEQ);
	der_open(w, DER_CONTEXT_CONS(0));
	der_open(w, DER_CONTEXT_CONS(0));
	der_put(w, kinds[SAN_URI].tag, str_bytes(uri));
	der_close(w);
	der_close(w);
	der_close(w);
	end(w);
	w->bad = w->bad || !good_http(str_bytes(uri));
}

enum err
ext_get_cdp(struct bytes value, struct str *ret, struct fault *f)
{
	const char *what = oid_name(OID_CDP);
	struct der points, point, name, full;
	struct str uri;

	TRY(der_only(value, DER_SEQ, what, &points, f));
	TRY(der_enter(&points, DER_SEQ, what, &point, f));
	TRY(der_end(&points, what, f));
	TRY(der_enter(&point, DER_CONTEXT_CONS(0), what, &name, f));
	TRY(der_end(&point, what, f));
	TRY(der_enter(&name, DER_CONTEXT_CONS(0), what, &full, f));
	TRY(der_end(&name, what, f));
	TRY(get_http(&full, what, &uri, f));
	TRY(der_end(&full, what, f));
	*ret = uri;
	return OK;
}

static void
put_access(struct der_out *w, enum oid method, struct str uri)
{
	if (uri.n == 0)
		return;
	der_open(w, DER_SEQ);
	der_oid(w, oid_der(method));
	der_put(w, kinds[SAN_URI].tag, str_bytes(uri));
	der_close(w);
	w->bad = w->bad || !good_http(str_bytes(uri));
}

void
ext_put_aia(struct der_out *w, struct str ocsp, struct str issuers)
{
	begin(w, OID_AIA);
	put_access(w, OID_AD_OCSP, ocsp);
	put_access(w, OID_AD_ISSUERS, issuers);
	end(w);
	w->bad = w->bad || (ocsp.n == 0 && issuers.n == 0);
}

enum err
ext_get_aia(struct bytes value, struct ext_aia *ret, struct fault *f)
{
	const char *what = oid_name(OID_AIA);
	struct ext_aia aia = {0};
	struct der d, access;
	struct bytes method;
	struct str *to;

	TRY(der_only(value, DER_SEQ, what, &d, f));
	do {
		TRY(der_enter(&d, DER_SEQ, what, &access, f));
		TRY(der_get_oid(&access, what, &method, f));
		to = oid_is(method, OID_AD_OCSP)     ? &aia.ocsp
		    : oid_is(method, OID_AD_ISSUERS) ? &aia.issuers
						     : NULL;
		/* In this order, one each. */
		if (to == NULL || to->n || (to == &aia.ocsp && aia.issuers.n))
			return FAIL_FIELD(f, E_DER, what, "ocsp, caIssuers", "another method");
		TRY(get_http(&access, what, to, f));
		TRY(der_end(&access, what, f));
	} while (!der_empty(&d));
	*ret = aia;
	return OK;
}

/* ---- policies ---- */

void
ext_put_policy(struct der_out *w, struct bytes oid)
{
	begin(w, OID_POLICIES);
	der_open(w, DER_SEQ);
	der_oid(w, oid);
	der_close(w);
	end(w);
	w->bad = w->bad || !oid_valid(oid);
}

enum err
ext_get_policy(struct bytes value, struct bytes *ret, struct fault *f)
{
	const char *what = oid_name(OID_POLICIES);
	struct der d, policy;
	struct bytes oid;

	TRY(der_only(value, DER_SEQ, what, &d, f));
	TRY(der_enter(&d, DER_SEQ, what, &policy, f));
	TRY(der_get_oid(&policy, what, &oid, f));
	TRY(der_end(&policy, what, f));
	TRY(der_end(&d, what, f));
	*ret = oid;
	return OK;
}
