/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <pthread.h>
#include <string.h>

#include "base/text.h"
#include "crypto/random.h"
#include "crypto/softkey.h"
#include "crypto/verify.h"

#define KEYS 4

static void
keys_check(int rounds)
{
	struct arena *a = arena_new(0);
	struct softkey *k[KEYS];
	struct bytes sig[KEYS], message = str_bytes(STR("what was signed"));

	for (int i = 0; i < KEYS; i++) {
		assert_int_equal(softkey_generate(&k[i], NULL), OK);
		assert_int_equal(softkey_sign(k[i], a, message, &sig[i], NULL), OK);
	}
	/* The kept key must never answer for the point of an earlier call. */
	for (int r = 0; r < rounds; r++)
		for (int i = 0; i < KEYS; i++)
			for (int j = 0; j < KEYS; j++) {
				const uint8_t *point = spki_p256_point(softkey_spki(k[i]));

				assert_non_null(point);
				assert_int_equal(verify_p256(point, message, sig[j], NULL),
				    i == j ? OK : E_SIGNATURE);
			}
	for (int i = 0; i < KEYS; i++)
		softkey_free(&k[i]);
	arena_free(&a);
}

static void *
keys_thread(void *p)
{
	(void)p;
	keys_check(8);
	return NULL;
}

TEST_CASE(kept_key_tells_keys_apart_in_every_thread)
{
	pthread_t other;

	assert_int_equal(pthread_create(&other, NULL, keys_thread, NULL), 0);
	keys_check(8);
	assert_int_equal(pthread_join(other, NULL), 0);
}

TEST_CASE(altered_octets_are_refused)
{
	struct arena *a = arena_new(0);
	struct softkey *k;
	struct bytes sig, message = str_bytes(STR("what was signed"));
	uint8_t point[P256_POINT_SIZE], der[80];

	assert_int_equal(softkey_generate(&k, NULL), OK);
	assert_int_equal(softkey_sign(k, a, message, &sig, NULL), OK);
	memcpy(point, spki_p256_point(softkey_spki(k)), sizeof(point));
	for (size_t i = 0; i < sig.n; i++) {
		memcpy(der, sig.p, sig.n);
		der[i] ^= 0x01;
		assert_int_equal(
		    verify_p256(point, message, bytes_of(der, sig.n), NULL), E_SIGNATURE);
		assert_int_equal(
		    verify_p256(point, message, bytes_of(sig.p, i), NULL), E_SIGNATURE);
	}
	memcpy(der, sig.p, sig.n);
	der[sig.n] = 0;
	assert_int_equal(verify_p256(point, message, bytes_of(der, sig.n + 1), NULL), E_SIGNATURE);
	assert_int_equal(
	    verify_p256(point, str_bytes(STR("what was signeD")), sig, NULL), E_SIGNATURE);
	/* y one off: no longer on the curve; the next good call still works. */
	point[64] ^= 1;
	assert_int_equal(verify_p256(point, message, sig, NULL), E_KEY_POINT);
	point[64] ^= 1;
	assert_int_equal(verify_p256(point, message, sig, NULL), OK);
	/* A compressed point's first octet. */
	point[0] = 0x02;
	assert_int_equal(verify_p256(point, message, sig, NULL), E_KEY_POINT);
	softkey_free(&k);
	arena_free(&a);
}

/* OpenSSL's own key of another kind: its SPKI and a signature over MESSAGE. */
static void
foreign(const char *type, void *param, const char *md, struct bytes message, struct arena *a,
    struct bytes *spki, struct bytes *sig)
{
	EVP_PKEY *key = strcmp(type, "RSA") == 0 ? EVP_RSA_gen(*(unsigned *)param)
	    : strcmp(type, "EC") == 0            ? EVP_EC_gen((const char *)param)
						 : EVP_PKEY_Q_keygen(NULL, NULL, type);
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	uint8_t *der = NULL, *out = arena_alloc(a, 1024);
	size_t n = 1024;
	int len = i2d_PUBKEY(key, &der);

	assert_true(len > 0);
	*spki = arena_bytes(a, bytes_of(der, (size_t)len));
	OPENSSL_free(der);
	assert_int_equal(EVP_DigestSignInit_ex(ctx, NULL, md, NULL, NULL, key, NULL), 1);
	assert_int_equal(EVP_DigestSign(ctx, out, &n, message.p, message.n), 1);
	*sig = bytes_of(out, n);
	EVP_MD_CTX_free(ctx);
	EVP_PKEY_free(key);
}

TEST_CASE(other_kinds_take_the_generic_way)
{
	struct arena *a = arena_new(0);
	struct bytes spki, sig, message = str_bytes(STR("m"));
	char p384[] = "P-384", p521[] = "P-521";
	unsigned good = 2048, small = 1024;

	foreign("EC", p384, "SHA384", message, a, &spki, &sig);
	assert_int_equal(verify_spki(spki, VERIFY_ECDSA_SHA384, message, sig, NULL), OK);
	assert_int_equal(verify_spki(spki, VERIFY_RSA_SHA256, message, sig, NULL), E_KEY_TYPE);
	assert_int_equal(spki_check(spki, NULL), OK);
	assert_int_equal(spki_check(bytes_of(spki.p, spki.n - 1), NULL), E_DER);
	foreign("RSA", &good, "SHA256", message, a, &spki, &sig);
	assert_int_equal(verify_spki(spki, VERIFY_RSA_SHA256, message, sig, NULL), OK);
	assert_int_equal(verify_spki(spki, VERIFY_RSA_SHA256, spki, sig, NULL), E_SIGNATURE);
	assert_int_equal(spki_check(spki, NULL), OK);
	foreign("RSA", &small, "SHA256", message, a, &spki, &sig);
	assert_int_equal(spki_check(spki, NULL), E_KEY_SIZE);
	foreign("ED25519", NULL, NULL, message, a, &spki, &sig);
	assert_int_equal(verify_spki(spki, VERIFY_ED25519, message, sig, NULL), OK);
	assert_int_equal(spki_check(spki, NULL), OK);
	foreign("EC", p521, "SHA256", message, a, &spki, &sig);
	assert_int_equal(spki_check(spki, NULL), E_KEY_TYPE);
	assert_null(spki_p256_point(spki));
	arena_free(&a);
}

/* The public vector of GmSSL: it verifies only with the identifier that everybody uses. */
TEST_CASE(sm2_is_verified_with_the_usual_identifier)
{
	static const char point[] =
	    "048356e642a40ebd18d29ba3532fbd9f3bbee8f027c3f6f39a5ba2f870369f9988981f5efe55d1c5cdf6c0"
	    "ef2b070847a14f7fdf4272a8df09c442f3058af94ba1";
	static const char signature[] =
	    "304402205b3a799bd94c9063120d7286769220af6b0fa127009af3e873c0e8742edc5f890220097968a4c8"
	    "b040fd548d1456b33f470cabd8456bfea53e8a828f92f6d4bdcd77";
	struct bytes message = str_bytes(STR("ShangMi SM2 Sign Standard")), sig, p, spki;
	struct arena *a = arena_new(0);
	struct key key;

	assert_true(hex_parse(a, str_of(point), &p));
	assert_true(hex_parse(a, str_of(signature), &sig));
	assert_int_equal(key_spki(a, KEY_SM2, p, &spki, NULL), OK);
	assert_int_equal(key_parse(spki, &key, NULL), OK);
	assert_int_equal(verify_key(&key, SIGALG_SM2_SM3, message, sig, NULL), OK);
	assert_int_equal(verify_key(&key, SIGALG_SM2_SM3, p, sig, NULL), E_SIGNATURE);
	assert_int_equal(verify_key(&key, SIGALG_ECDSA_SHA256, message, sig, NULL), E_KEY_TYPE);
	assert_int_equal(spki_check(spki, NULL), OK);
	((uint8_t *)(uintptr_t)p.p)[64] ^= 1;
	assert_int_equal(key_spki(a, KEY_SM2, p, &spki, NULL), OK);
	assert_int_equal(spki_check(spki, NULL), E_KEY_POINT);
	arena_free(&a);
}

TEST_CASE(p256_keys_off_the_curve_are_weak)
{
	uint8_t point[P256_POINT_SIZE] = {0x04}, spki[P256_SPKI_SIZE];
	struct softkey *k;

	spki_of_point(point, spki);
	assert_int_equal(spki_check(BYTES_OF(spki), NULL), E_KEY_POINT);
	memset(point + 1, 0xff, 64);
	spki_of_point(point, spki);
	assert_int_equal(spki_check(BYTES_OF(spki), NULL), E_KEY_POINT);
	assert_int_equal(softkey_generate(&k, NULL), OK);
	assert_int_equal(spki_check(softkey_spki(k), NULL), OK);
	spki_of_point(spki_p256_point(softkey_spki(k)), spki);
	assert_memory_equal(spki, softkey_spki(k).p, sizeof(spki));
	softkey_free(&k);
}

TEST_CASE(raw_signatures_become_the_shortest_der)
{
	struct arena *a = arena_new(0);
	uint8_t raw[64] = {0};
	struct bytes der;
	static const uint8_t small[] = {0x30, 0x07, 0x02, 0x01, 0x01, 0x02, 0x02, 0x00, 0x80};

	assert_int_equal(ecdsa_der(a, BYTES_OF(raw), &der, NULL), E_SIGNATURE);
	raw[31] = 1;
	assert_int_equal(ecdsa_der(a, BYTES_OF(raw), &der, NULL), E_SIGNATURE);
	raw[63] = 0x80;
	assert_int_equal(ecdsa_der(a, bytes_of(raw, 63), &der, NULL), E_SIGNATURE);
	assert_int_equal(ecdsa_der(a, BYTES_OF(raw), &der, NULL), OK);
	assert_true(bytes_eq(der, BYTES_OF(small)));
	memset(raw, 0xff, sizeof(raw));
	assert_int_equal(ecdsa_der(a, BYTES_OF(raw), &der, NULL), OK);
	assert_int_equal(der.n, 72);
	arena_free(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(kept_key_tells_keys_apart_in_every_thread),
	    cmocka_unit_test(altered_octets_are_refused),
	    cmocka_unit_test(other_kinds_take_the_generic_way),
	    cmocka_unit_test(sm2_is_verified_with_the_usual_identifier),
	    cmocka_unit_test(p256_keys_off_the_curve_are_weak),
	    cmocka_unit_test(raw_signatures_become_the_shortest_der),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
