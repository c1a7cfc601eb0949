/* SPDX-License-Identifier: Apache-2.0 */
#include "x509/sigalg.h"

#include <string.h>

#include "base/must.h"
#include "x509/oid.h"

enum family { FAMILY_EC, FAMILY_RSA, FAMILY_ED, FAMILY_SM2 };

static const struct row {
	enum oid oid;
	enum family family;
	size_t digest;
} rows[SIGALG__COUNT] = {
    [SIGALG_ECDSA_SHA256] = {OID_ECDSA_SHA256, FAMILY_EC, 32},
    [SIGALG_ECDSA_SHA384] = {OID_ECDSA_SHA384, FAMILY_EC, 48},
    [SIGALG_ECDSA_SHA512] = {OID_ECDSA_SHA512, FAMILY_EC, 64},
    [SIGALG_RSA_SHA256] = {OID_RSA_SHA256, FAMILY_RSA, 32},
    [SIGALG_RSA_SHA384] = {OID_RSA_SHA384, FAMILY_RSA, 48},
    [SIGALG_RSA_SHA512] = {OID_RSA_SHA512, FAMILY_RSA, 64},
    [SIGALG_ED25519] = {OID_ED25519, FAMILY_ED, 0},
    [SIGALG_SM2_SM3] = {OID_SM2_SM3, FAMILY_SM2, 32},
};

static const struct {
	enum family family;
	enum sigalg alg; /* what such a key signs with here */
} keys[KEY__COUNT] = {
    [KEY_P256] = {FAMILY_EC, SIGALG_ECDSA_SHA256},
    [KEY_P384] = {FAMILY_EC, SIGALG_ECDSA_SHA384},
    [KEY_RSA] = {FAMILY_RSA, SIGALG_RSA_SHA256},
    [KEY_ED25519] = {FAMILY_ED, SIGALG_ED25519},
    [KEY_SM2] = {FAMILY_SM2, SIGALG_SM2_SM3},
};

static const struct row *
row(enum sigalg alg)
{
	must((unsigned)alg < SIGALG__COUNT);
	return &rows[alg];
}

size_t
sigalg_digest(enum sigalg alg)
{
	return row(alg)->digest;
}

const char *
sigalg_name(enum sigalg alg)
{
	return oid_name(row(alg)->oid);
}

enum sigalg
sigalg_of_key(enum key_kind kind)
{
	must((unsigned)kind < KEY__COUNT);
	return keys[kind].alg;
}

enum err
sigalg_of_spki(struct bytes spki, enum sigalg *ret, struct fault *f)
{
	struct key key;

	TRY(key_parse(spki, &key, f));
	*ret = sigalg_of_key(key.kind);
	return OK;
}

bool
sigalg_fits(enum sigalg alg, enum key_kind kind)
{
	must((unsigned)kind < KEY__COUNT);
	return row(alg)->family == keys[kind].family;
}

void
sigalg_put(struct der_out *w, enum sigalg alg)
{
	der_open(w, DER_SEQ);
	der_oid(w, oid_der(row(alg)->oid));
	if (row(alg)->family == FAMILY_RSA)
		der_null(w); /* RFC 4055 5: SHALL be NULL; RFC 5758 3.2: ECDSA SHALL omit */
	der_close(w);
}

enum err
sigalg_get(struct der *d, const char *what, enum sigalg *ret, struct fault *f)
{
	struct der alg;
	struct bytes oid;

	TRY(der_enter(d, DER_SEQ, what, &alg, f));
	TRY(der_get_oid(&alg, what, &oid, f));
	for (unsigned i = 0; i < SIGALG__COUNT; i++) {
		if (!oid_is(oid, rows[i].oid))
			continue;
		if (rows[i].family == FAMILY_RSA ||
		    (rows[i].family == FAMILY_SM2 && !der_empty(&alg)))
			TRY(der_get_null(&alg, what, f));
		TRY(der_end(&alg, what, f));
		*ret = (enum sigalg)i;
		return OK;
	}
	return FAIL_FIELD(f, E_ALG_UNSUPPORTED, what, NULL, "%s", oid_name(oid_of(oid)));
}

enum err
sigalg_ecdsa_der(struct arena *a, struct bytes raw, struct bytes *ret, struct fault *f)
{
	struct der_out w = der_out_new(a, raw.n + 16);
	struct bytes half[2] = {{0}};

	if (raw.n == 0 || raw.n % 2)
		return FAIL(f, E_SIGNATURE, "%zu octets of r and s", raw.n);
	der_open(&w, DER_SEQ);
	for (size_t i = 0; i < 2; i++) {
		half[i] = bytes_of(raw.p + i * (raw.n / 2), raw.n / 2);
		while (half[i].n && half[i].p[0] == 0)
			half[i] = bytes_of(half[i].p + 1, half[i].n - 1);
		if (half[i].n == 0)
			return FAIL(f, E_SIGNATURE, "r or s is zero");
		der_int(&w, half[i]);
	}
	der_close(&w);
	return der_done(&w, "signature", ret, f);
}

enum err
sigalg_ecdsa_raw(struct arena *a, struct bytes der, size_t half, struct bytes *ret, struct fault *f)
{
	uint8_t *out = arena_alloc(a, 2 * half);
	struct der d;
	struct bytes v;

	TRY(der_only(der, DER_SEQ, "signature", &d, f));
	for (size_t i = 0; i < 2; i++) {
		TRY(der_get_int(&d, half + 1, "signature", &v, f));
		if (v.n > half)
			return FAIL_FIELD(f, E_DER, "signature", NULL, "r or s too long");
		memcpy(out + (i + 1) * half - v.n, v.p, v.n);
	}
	TRY(der_end(&d, "signature", f));
	*ret = bytes_of(out, 2 * half);
	return OK;
}

enum err
sigalg_digest_info(struct arena *a, struct bytes hash, struct bytes *ret, struct fault *f)
{
	struct der_out w = der_out_new(a, 128);

	must(hash.n == 32 || hash.n == 48);
	der_open(&w, DER_SEQ);
	der_open(&w, DER_SEQ);
	der_oid(&w, oid_der(hash.n == 32 ? OID_SHA256 : OID_SHA384));
	der_null(&w);
	der_close(&w);
	der_put(&w, DER_OCTETS, hash);
	der_close(&w);
	return der_done(&w, "digestInfo", ret, f);
}

enum err
sigalg_seal(struct arena *a, struct bytes body, enum sigalg alg, struct bytes signature,
    struct bytes *ret, struct fault *f)
{
	struct der_out w = der_out_new(a, body.n + signature.n + 64);

	der_open(&w, DER_SEQ);
	der_raw(&w, body);
	sigalg_put(&w, alg);
	der_bits(&w, signature);
	der_close(&w);
	return der_done(&w, "signature", ret, f);
}

enum err
sigalg_open(struct bytes whole, const char *what, struct sealed *ret, struct fault *f)
{
	struct sealed s;
	struct der d;

	TRY(der_only(whole, DER_SEQ, what, &d, f));
	TRY(der_whole(&d, DER_SEQ, what, &s.body, f));
	TRY(sigalg_get(&d, "signatureAlgorithm", &s.alg, f));
	TRY(der_get_bits(&d, "signature", &s.signature, f));
	if (s.signature.n == 0)
		return FAIL_FIELD(f, E_DER, "signature", NULL, "empty");
	TRY(der_end(&d, what, f));
	*ret = s;
	return OK;
}
