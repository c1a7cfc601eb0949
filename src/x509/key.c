/* SPDX-License-Identifier: Apache-2.0 */
#include "x509/key.h"

#include "base/must.h"
#include "x509/der.h"
#include "x509/oid.h"

/* How each kind is named in an AlgorithmIdentifier. */
static const struct row {
	const char *name;
	enum oid alg;
	enum oid curve; /* parameters; OID_UNKNOWN: none, or NULL for RSA */
	size_t point;   /* octets of the BIT STRING; 0: any */
	unsigned size;  /* bits; 0: of the modulus */
} rows[KEY__COUNT] = {
    [KEY_P256] = {"P-256", OID_EC_KEY, OID_P256, 65, 256},
    [KEY_P384] = {"P-384", OID_EC_KEY, OID_P384, 97, 384},
    [KEY_RSA] = {"RSA", OID_RSA, OID_UNKNOWN, 0, 0},
    [KEY_ED25519] = {"Ed25519", OID_ED25519, OID_UNKNOWN, 32, 255},
    [KEY_SM2] = {"SM2", OID_EC_KEY, OID_SM2, 65, 256},
};

/* AlgorithmIdentifier → kind. */
static enum err
parse_alg(struct der *spki, enum key_kind *ret, struct fault *f)
{
	struct der alg;
	struct bytes oid, curve = {0};

	TRY(der_enter(spki, DER_SEQ, "algorithm", &alg, f));
	TRY(der_get_oid(&alg, "algorithm", &oid, f));
	if (oid_is(oid, OID_EC_KEY))
		TRY(der_get_oid(&alg, "namedCurve", &curve, f)); /* RFC 5480 2.1.1: no other form */
	else if (oid_is(oid, OID_RSA))
		TRY(der_get_null(&alg, "algorithm", f)); /* RFC 3279 2.3.1 */
	for (unsigned k = 0; k < KEY__COUNT; k++) {
		if (oid_is(oid, rows[k].alg) && bytes_eq(curve, oid_der(rows[k].curve))) {
			*ret = (enum key_kind)k;
			return der_end(&alg, "algorithm", f);
		}
	}
	return FAIL_FIELD(f, E_KEY_TYPE, "key", "P-256, P-384, RSA, Ed25519", "%s %s",
	    oid_name(oid_of(oid)), curve.n ? oid_name(oid_of(curve)) : "");
}

static unsigned
bit_length(struct bytes magnitude)
{
	unsigned bits = (unsigned)magnitude.n * 8;

	for (unsigned top = magnitude.p[0]; !(top & 0x80); top <<= 1)
		bits--;
	return bits;
}

/* RSAPublicKey (RFC 8017 A.1.1). */
static enum err
parse_rsa(struct key *key, struct fault *f)
{
	struct der rsa;

	TRY(der_only(key->bits, DER_SEQ, "RSAPublicKey", &rsa, f));
	TRY(der_get_int(&rsa, key->bits.n, "modulus", &key->n, f));
	TRY(der_get_int(&rsa, key->bits.n, "publicExponent", &key->e, f));
	TRY(der_end(&rsa, "RSAPublicKey", f));
	if (key->n.n > KEY_RSA_MAX / 8)
		return FAIL_FIELD(
		    f, E_KEY_TYPE, "key", "≤ 8192", "modulus of %zu octets", key->n.n);
	/* Without these no number of ours can work with it: the rest is for crypto (weak.h). */
	if (!(key->n.p[key->n.n - 1] & 1))
		return FAIL_FIELD(f, E_KEY_FACTOR, "key", NULL, "even modulus");
	if (!(key->e.p[key->e.n - 1] & 1) || (key->e.n == 1 && key->e.p[0] == 1) ||
	    key->e.n > key->n.n)
		return FAIL_FIELD(
		    f, E_KEY_EXPONENT, "key", "odd, 65537 ≤ e", "exponent even or out of range");
	key->size = bit_length(key->n);
	return OK;
}

enum err
key_parse(struct bytes spki, struct key *ret, struct fault *f)
{
	struct key key = {.spki = spki};
	struct der d;

	TRY(der_only(spki, DER_SEQ, "subjectPublicKeyInfo", &d, f));
	TRY(parse_alg(&d, &key.kind, f));
	TRY(der_get_bits(&d, "subjectPublicKey", &key.bits, f));
	TRY(der_end(&d, "subjectPublicKeyInfo", f));
	if (key.kind == KEY_RSA) {
		TRY(parse_rsa(&key, f));
	} else {
		if (key.bits.n != rows[key.kind].point)
			return FAIL_FIELD(f, E_DER, "key", NULL, "point of %zu octets", key.bits.n);
		/* RFC 5480 2.2: a point may be compressed; we take it as everybody writes it. */
		if (key.kind != KEY_ED25519 && key.bits.p[0] != 4)
			return FAIL_FIELD(
			    f, E_DER, "key", NULL, "point in form %02x", key.bits.p[0]);
		key.point = key.bits;
		key.size = rows[key.kind].size;
	}
	*ret = key;
	return OK;
}

/* Written, then read back: nothing leaves that key_parse would refuse. */
static enum err
spki_done(struct der_out *w, struct bytes *ret, struct fault *f)
{
	struct bytes spki;
	struct key key;

	TRY(der_done(w, "subjectPublicKeyInfo", &spki, f));
	TRY(key_parse(spki, &key, f));
	*ret = spki;
	return OK;
}

enum err
key_spki(
    struct arena *a, enum key_kind kind, struct bytes point, struct bytes *ret, struct fault *f)
{
	struct der_out w = der_out_new(a, point.n + 64);

	must((unsigned)kind < KEY__COUNT && kind != KEY_RSA);
	der_open(&w, DER_SEQ);
	der_open(&w, DER_SEQ);
	der_oid(&w, oid_der(rows[kind].alg));
	if (rows[kind].curve != OID_UNKNOWN)
		der_oid(&w, oid_der(rows[kind].curve));
	der_close(&w);
	der_bits(&w, point);
	der_close(&w);
	return spki_done(&w, ret, f);
}

enum err
key_spki_rsa(struct arena *a, struct bytes n, struct bytes e, struct bytes *ret, struct fault *f)
{
	struct der_out inner = der_out_new(a, n.n + e.n + 32);
	struct der_out w = der_out_new(a, n.n + e.n + 96);
	struct bytes rsa;

	der_open(&inner, DER_SEQ);
	der_int(&inner, n);
	der_int(&inner, e);
	der_close(&inner);
	TRY(der_done(&inner, "RSAPublicKey", &rsa, f));
	der_open(&w, DER_SEQ);
	der_open(&w, DER_SEQ);
	der_oid(&w, oid_der(OID_RSA));
	der_null(&w);
	der_close(&w);
	der_bits(&w, rsa);
	der_close(&w);
	return spki_done(&w, ret, f);
}

const char *
key_kind_name(enum key_kind kind)
{
	must((unsigned)kind < KEY__COUNT);
	return rows[kind].name;
}
