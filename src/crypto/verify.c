/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/verify.h"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/must.h"
#include "crypto/digest.h"
#include "crypto/fail.h"
#include "crypto/weak.h"

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
		return FAIL_FIELD(f, E_KEY_POINT, "key", NULL, "P-256: %s", openssl_reason());
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

/* A key of another kind, from its numbers: OpenSSL's decoders cost more than the verification. */
static EVP_PKEY *
from_params(const char *type, OSSL_PARAM *params)
{
	EVP_PKEY_CTX *ctx;
	EVP_PKEY *key = NULL;

	must(ctx = EVP_PKEY_CTX_new_from_name(NULL, type, NULL));
	must(EVP_PKEY_fromdata_init(ctx) == 1);
	if (EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_PUBLIC_KEY, params) != 1)
		key = NULL;
	EVP_PKEY_CTX_free(ctx);
	return key;
}

static EVP_PKEY *
rsa_key(const struct key *k)
{
	BIGNUM *n = BN_bin2bn(k->n.p, (int)k->n.n, NULL), *e = BN_bin2bn(k->e.p, (int)k->e.n, NULL);
	OSSL_PARAM_BLD *bld = OSSL_PARAM_BLD_new();
	OSSL_PARAM *params = NULL;
	EVP_PKEY *key;

	must(n && e && bld && OSSL_PARAM_BLD_push_BN(bld, OSSL_PKEY_PARAM_RSA_N, n) == 1 &&
	    OSSL_PARAM_BLD_push_BN(bld, OSSL_PKEY_PARAM_RSA_E, e) == 1);
	must(params = OSSL_PARAM_BLD_to_param(bld));
	key = from_params("RSA", params);
	OSSL_PARAM_free(params);
	OSSL_PARAM_BLD_free(bld);
	BN_free(n);
	BN_free(e);
	return key;
}

/* NULL: the point is not on its curve (OpenSSL looks when it takes one). */
static EVP_PKEY *
ec_key(const struct key *k)
{
	char group[8], point[2 * 48 + 1];
	OSSL_PARAM params[3];

	(void)snprintf(group, sizeof(group), "%s", key_kind_name(k->kind));
	must(k->point.n <= sizeof(point));
	memcpy(point, k->point.p, k->point.n);
	params[0] = OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group, 0);
	params[1] = OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, point, k->point.n);
	params[2] = OSSL_PARAM_construct_end();
	return from_params(k->kind == KEY_SM2 ? "SM2" : "EC", params);
}

static enum err
load(const struct key *k, EVP_PKEY **ret, struct fault *f)
{
	EVP_PKEY *key = NULL;

	switch (k->kind) {
	case KEY_RSA:
		key = rsa_key(k);
		break;
	case KEY_P256:
	case KEY_P384:
	case KEY_SM2:
		key = ec_key(k);
		break;
	case KEY_ED25519:
		key = EVP_PKEY_new_raw_public_key_ex(NULL, "ED25519", NULL, k->point.p, k->point.n);
		break;
	case KEY__COUNT:
		break;
	}
	if (key == NULL)
		return FAIL_FIELD(f, E_KEY_POINT, "key", NULL, "%s: %s", key_kind_name(k->kind),
		    openssl_reason());
	*ret = key;
	return OK;
}

/* The digest of a signature algorithm, NULL where the algorithm hashes itself. */
static const char *
digest_name(enum sigalg alg)
{
	if (alg == SIGALG_SM2_SM3)
		return "SM3";
	switch (sigalg_digest(alg)) {
	case 32:
		return "SHA256";
	case 48:
		return "SHA384";
	case 64:
		return "SHA512";
	default:
		return NULL;
	}
}

/*
 * SM2 signs the digest of an identifier too: the usual one (GM/T 0009 10), which OpenSSL 3.0 does not assume.
 * Returns the context to be freed after CTX, or NULL.
 */
static EVP_PKEY_CTX *
set_sm2_id(EVP_MD_CTX *ctx, EVP_PKEY *key)
{
	static const char id[] = "1234567812345678";
	EVP_PKEY_CTX *own;

	if (!EVP_PKEY_is_a(key, "SM2"))
		return NULL;
	must(own = EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL));
	must(EVP_PKEY_CTX_set1_id(own, id, (int)sizeof(id) - 1) > 0);
	EVP_MD_CTX_set_pkey_ctx(ctx, own);
	return own;
}

enum err
verify_key(const struct key *key, enum sigalg alg, struct bytes message, struct bytes signature,
    struct fault *f)
{
	EVP_MD_CTX *ctx;
	EVP_PKEY_CTX *own;
	EVP_PKEY *pkey;
	int ok;

	if (!sigalg_fits(alg, key->kind))
		return FAIL_FIELD(
		    f, E_KEY_TYPE, "key", sigalg_name(alg), "a %s key", key_kind_name(key->kind));
	if (key->kind == KEY_P256 && alg == SIGALG_ECDSA_SHA256)
		return verify_p256(key->point.p, message, signature, f);
	TRY(load(key, &pkey, f));
	must(ctx = EVP_MD_CTX_new());
	own = set_sm2_id(ctx, pkey);
	ok = EVP_DigestVerifyInit_ex(ctx, NULL, digest_name(alg), NULL, NULL, pkey, NULL) == 1 &&
	    EVP_DigestVerify(ctx, signature.p, signature.n, message.p, message.n) == 1;
	EVP_MD_CTX_free(ctx);
	EVP_PKEY_CTX_free(own);
	EVP_PKEY_free(pkey);
	return ok ? OK : FAIL(f, E_SIGNATURE, "%s: %s", sigalg_name(alg), openssl_reason());
}

enum err
verify_spki(struct bytes spki, enum verify_algorithm algorithm, struct bytes message,
    struct bytes signature, struct fault *f)
{
	static const enum sigalg algs[VERIFY__COUNT] = {
	    [VERIFY_ECDSA_SHA256] = SIGALG_ECDSA_SHA256,
	    [VERIFY_ECDSA_SHA384] = SIGALG_ECDSA_SHA384,
	    [VERIFY_RSA_SHA256] = SIGALG_RSA_SHA256,
	    [VERIFY_ED25519] = SIGALG_ED25519,
	};
	struct fault why = {0};
	struct key key;

	if (key_parse(spki, &key, &why) != OK)
		return FAIL(f, E_KEY_TYPE, "public key: %s", why.detail);
	return verify_key(&key, algs[algorithm], message, signature, f);
}

enum err
spki_check(struct bytes spki, struct fault *f)
{
	struct key key;
	EVP_PKEY *pkey;

	TRY(key_parse(spki, &key, f));
	switch (key.kind) {
	case KEY_RSA:
		return weak_rsa(key.n, key.e, f);
	case KEY_ED25519:
		return weak_ed25519(key.point, f);
	case KEY_P256:
		if (EVP_PKEY_set1_encoded_public_key(
			own_get()->key, key.point.p, P256_POINT_SIZE) != 1)
			return FAIL_FIELD(
			    f, E_KEY_POINT, "key", NULL, "P-256: %s", openssl_reason());
		return OK;
	case KEY_P384:
	case KEY_SM2:
		TRY(load(&key, &pkey, f));
		EVP_PKEY_free(pkey);
		return OK;
	case KEY__COUNT:
		break;
	}
	return FAIL(f, E_KEY_TYPE, "kind %d", (int)key.kind);
}

enum err
ecdsa_der(struct arena *a, struct bytes raw, struct bytes *ret, struct fault *f)
{
	if (raw.n != P256_RAW_SIZE)
		return FAIL(f, E_SIGNATURE, "raw signature of %zu octets", raw.n);
	return sigalg_ecdsa_der(a, raw, ret, f);
}
