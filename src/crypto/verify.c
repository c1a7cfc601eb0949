/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/verify.h"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/must.h"
#include "crypto/digest.h"
#include "crypto/fail.h"
#include "x509/key.h"
#include "x509/sigalg.h"

/* A thread's P-256 key: its parameters stay, each call gives it another point. */
struct own {
	EVP_PKEY *key;
	EVP_PKEY_CTX *ctx;
};

static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_key_t slot;

static void
own_free(void *p)
{
	struct own *own = p;

	EVP_PKEY_CTX_free(own->ctx);
	EVP_PKEY_free(own->key);
	free(own);
}

/* The main thread does not run the destructors of its slots. */
static void
own_forget(void)
{
	struct own *own = pthread_getspecific(slot);

	if (own)
		own_free(own);
	(void)pthread_setspecific(slot, NULL);
}

static void
slot_make(void)
{
	must(pthread_key_create(&slot, own_free) == 0);
	must(OPENSSL_atexit(own_forget) == 1);
}

static struct own *
own_get(void)
{
	struct own *own;
	EVP_PKEY_CTX *params;

	must(pthread_once(&once, slot_make) == 0);
	own = pthread_getspecific(slot);
	if (own)
		return own;
	must(own = calloc(1, sizeof(*own)));
	must(params = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL));
	must(EVP_PKEY_paramgen_init(params) == 1);
	must(EVP_PKEY_CTX_set_ec_paramgen_curve_nid(params, NID_X9_62_prime256v1) == 1);
	must(EVP_PKEY_paramgen(params, &own->key) == 1);
	EVP_PKEY_CTX_free(params);
	must(pthread_setspecific(slot, own) == 0);
	return own;
}

enum err
verify_p256(const uint8_t point[static P256_POINT_SIZE], struct bytes message,
    struct bytes signature, struct fault *f)
{
	struct own *own = own_get();
	uint8_t hash[SHA256_SIZE];

	/* Checks that the point is on the curve (SP 800-56A 5.6.2.3.3, partial). */
	if (point[0] != 0x04 ||
	    EVP_PKEY_set1_encoded_public_key(own->key, point, P256_POINT_SIZE) != 1)
		return FAIL(f, E_KEY_WEAK, "point: %s", openssl_reason());
	if (!own->ctx) {
		must(own->ctx = EVP_PKEY_CTX_new_from_pkey(NULL, own->key, NULL));
		must(EVP_PKEY_verify_init(own->ctx) == 1);
	}
	sha256(message, hash);
	if (EVP_PKEY_verify(own->ctx, signature.p, signature.n, hash, sizeof(hash)) != 1)
		return FAIL(f, E_SIGNATURE, "P-256: %s", openssl_reason());
	return OK;
}

const uint8_t *
spki_p256_point(struct bytes spki)
{
	struct key key;

	if (key_parse(spki, &key, NULL) != OK || key.kind != KEY_P256)
		return NULL;
	return key.point.p;
}

void
spki_of_point(const uint8_t point[static P256_POINT_SIZE], uint8_t ret[static P256_SPKI_SIZE])
{
	struct arena *a = arena_new(0);
	struct bytes spki = {0};

	must(key_spki(a, KEY_P256, bytes_of(point, P256_POINT_SIZE), &spki, NULL) == OK &&
	    spki.n == P256_SPKI_SIZE);
	memcpy(ret, spki.p, P256_SPKI_SIZE);
	arena_free(&a);
}

/* The slow way: OpenSSL's decoder, all octets or nothing. */
static EVP_PKEY *
decode(struct bytes spki)
{
	const uint8_t *p = spki.p;
	EVP_PKEY *key = spki.n > 0 && spki.n < 4096 ? d2i_PUBKEY(NULL, &p, (long)spki.n) : NULL;

	if (key && p != spki.p + spki.n) {
		EVP_PKEY_free(key);
		key = NULL;
	}
	return key;
}

static const struct {
	const char *type;
	const char *md; /* NULL: the algorithm hashes itself */
} ways[VERIFY__COUNT] = {
    [VERIFY_ECDSA_SHA256] = {"EC", "SHA256"},
    [VERIFY_ECDSA_SHA384] = {"EC", "SHA384"},
    [VERIFY_RSA_SHA256] = {"RSA", "SHA256"},
    [VERIFY_ED25519] = {"ED25519", NULL},
};

enum err
verify_spki(struct bytes spki, enum verify_algorithm algorithm, struct bytes message,
    struct bytes signature, struct fault *f)
{
	const uint8_t *point = algorithm == VERIFY_ECDSA_SHA256 ? spki_p256_point(spki) : NULL;
	EVP_MD_CTX *ctx;
	EVP_PKEY *key;
	int ok;

	if (point)
		return verify_p256(point, message, signature, f);
	key = decode(spki);
	if (!key || !EVP_PKEY_is_a(key, ways[algorithm].type)) {
		EVP_PKEY_free(key);
		return FAIL(f, E_KEY_TYPE, "public key: %s", openssl_reason());
	}
	must(ctx = EVP_MD_CTX_new());
	ok = EVP_DigestVerifyInit_ex(ctx, NULL, ways[algorithm].md, NULL, NULL, key, NULL) == 1 &&
	    EVP_DigestVerify(ctx, signature.p, signature.n, message.p, message.n) == 1;
	EVP_MD_CTX_free(ctx);
	EVP_PKEY_free(key);
	return ok ? OK : FAIL(f, E_SIGNATURE, "%s", openssl_reason());
}

/* RSA: 2048 to 4096 bits, odd exponent from 65537 to 2^32 (BR 6.1.6 wants at least 65537). */
static enum err
check_rsa(EVP_PKEY *key, struct fault *f)
{
	int bits = EVP_PKEY_get_bits(key);
	BIGNUM *e = NULL;
	bool good;

	if (bits < 2048 || bits > 4096 || bits % 8 != 0)
		return FAIL_FIELD(f, E_KEY_WEAK, NULL, "2048 ≤ RSA ≤ 4096", "RSA of %d bits", bits);
	good = EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_E, &e) == 1 && BN_is_odd(e) &&
	    BN_num_bits(e) >= 17 && BN_num_bits(e) <= 32;
	BN_free(e);
	return good ? OK : FAIL_FIELD(f, E_KEY_WEAK, NULL, "e ≥ 65537", "RSA exponent");
}

static enum err
check_key(EVP_PKEY *key, struct fault *f)
{
	EVP_PKEY_CTX *ctx;
	char group[32] = "";
	int ok;

	if (EVP_PKEY_is_a(key, "RSA"))
		return check_rsa(key, f);
	if (EVP_PKEY_is_a(key, "ED25519"))
		return OK;
	if (!EVP_PKEY_is_a(key, "EC") ||
	    EVP_PKEY_get_group_name(key, group, sizeof(group), NULL) != 1 ||
	    strcmp(group, "secp384r1") != 0)
		return FAIL(f, E_KEY_TYPE, "key of another kind: %s", group);
	must(ctx = EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL));
	ok = EVP_PKEY_public_check(ctx);
	EVP_PKEY_CTX_free(ctx);
	return ok == 1 ? OK : FAIL(f, E_KEY_WEAK, "P-384: %s", openssl_reason());
}

enum err
spki_check(struct bytes spki, struct fault *f)
{
	const uint8_t *point = spki_p256_point(spki);
	EVP_PKEY *key;
	enum err e;

	if (point) {
		if (EVP_PKEY_set1_encoded_public_key(own_get()->key, point, P256_POINT_SIZE) != 1)
			return FAIL(f, E_KEY_WEAK, "P-256: %s", openssl_reason());
		return OK;
	}
	key = decode(spki);
	if (!key)
		return FAIL(f, E_KEY_TYPE, "public key: %s", openssl_reason());
	e = check_key(key, f);
	EVP_PKEY_free(key);
	return e;
}

enum err
ecdsa_der(struct arena *a, struct bytes raw, struct bytes *ret, struct fault *f)
{
	if (raw.n != P256_RAW_SIZE)
		return FAIL(f, E_SIGNATURE, "raw signature of %zu octets", raw.n);
	return sigalg_ecdsa_der(a, raw, ret, f);
}
