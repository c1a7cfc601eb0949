/* SPDX-License-Identifier: Apache-2.0 */
/* Each weak key is refused by its own name; good ones of every kind pass. */
#include "crypto/weak.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <string.h>

#include "base/arena.h"
#include "crypto/verify.h"
#include "test.h"

static const uint8_t usual[] = {1, 0, 1};

static struct arena *a;

static int
setup(void **state)
{
	(void)state;
	a = arena_new(0);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	arena_free(&a);
	return 0;
}

static struct bytes
octets(const BIGNUM *x)
{
	uint8_t *p = arena_alloc(a, (size_t)BN_num_bytes(x) + 1);

	return bytes_of(p, (size_t)BN_bn2bin(x, p));
}

static struct bytes
good_modulus(unsigned bits)
{
	EVP_PKEY *key = EVP_RSA_gen(bits);
	BIGNUM *n = NULL;
	struct bytes b;

	assert_int_equal(EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_N, &n), 1);
	b = octets(n);
	BN_free(n);
	EVP_PKEY_free(key);
	return b;
}

TEST_CASE(good_rsa_keys_pass)
{
	static const unsigned bits[] = {2048, 2048, 3072};

	for (size_t i = 0; i < sizeof(bits) / sizeof(bits[0]); i++)
		assert_int_equal(weak_rsa(good_modulus(bits[i]), BYTES_OF(usual), NULL), OK);
}

TEST_CASE(sizes_and_exponents)
{
	static const struct {
		const char *name;
		uint8_t e[6];
		size_t n;
		enum err want;
	} rows[] = {
	    {"3", {3}, 1, E_KEY_EXPONENT},
	    {"17", {17}, 1, E_KEY_EXPONENT},
	    {"65535", {0xff, 0xff}, 2, E_KEY_EXPONENT},
	    {"65536", {1, 0, 0}, 3, E_KEY_EXPONENT},
	    {"65537", {1, 0, 1}, 3, OK},
	    {"2^32 - 1", {0xff, 0xff, 0xff, 0xff}, 4, OK},
	    {"2^32 + 1", {1, 0, 0, 0, 1}, 5, E_KEY_EXPONENT},
	};
	struct bytes n = good_modulus(2048);
	uint8_t long_[513];
	struct fault f = {0};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		print_message("# %s\n", rows[i].name);
		assert_int_equal(weak_rsa(n, bytes_of(rows[i].e, rows[i].n), NULL), rows[i].want);
	}
	assert_int_equal(weak_rsa(good_modulus(1024), BYTES_OF(usual), &f), E_KEY_SIZE);
	assert_string_equal(f.field, "key");
	assert_string_equal(f.rule, "2048 | 3072 | 4096");
	assert_int_equal(weak_rsa(good_modulus(2056), BYTES_OF(usual), NULL), OK);
	assert_int_equal(weak_rsa(good_modulus(2052), BYTES_OF(usual), NULL), E_KEY_SIZE);
	memset(long_, 0xff, sizeof(long_));
	assert_int_equal(weak_rsa(BYTES_OF(long_), BYTES_OF(usual), NULL), E_KEY_SIZE);
}

/* The first N of LEAST + I × STEP that no prime below 752 divides: what weak_rsa says of it. */
static enum err
first_without_factor(BIGNUM *n, const BIGNUM *step, struct fault *f)
{
	for (int i = 0; i < 100000; i++) {
		enum err e = weak_rsa(octets(n), BYTES_OF(usual), f);

		if (e != E_KEY_FACTOR)
			return e;
		*f = (struct fault){0};
		assert_int_equal(BN_add(n, n, step), 1);
	}
	fail_msg("none found");
	return OK;
}

TEST_CASE(roca_is_named)
{
	BN_CTX *ctx = BN_CTX_new();
	BIGNUM *m = BN_new(), *n = BN_new(), *e = BN_new(), *base = BN_new();
	struct fault f = {0};

	/* n = 65537^7 mod 2·3·5·…·167, as such primes and their products are. */
	BN_one(m);
	for (unsigned p = 2; p <= 167; p++) {
		bool prime = true;

		for (unsigned d = 2; d < p; d++)
			prime = prime && p % d != 0;
		if (prime)
			assert_int_equal(BN_mul_word(m, p), 1);
	}
	assert_int_equal(BN_set_word(base, 65537) && BN_set_word(e, 7), 1);
	assert_int_equal(BN_mod_exp(n, base, e, m, ctx), 1);
	BN_zero(e);
	assert_int_equal(BN_set_bit(e, 2047), 1);
	assert_int_equal(BN_div(e, NULL, e, m, ctx) && BN_add_word(e, 1) && BN_mul(e, e, m, ctx) &&
		BN_add(n, n, e),
	    1);
	assert_int_equal(BN_num_bits(n), 2048);
	assert_int_equal(first_without_factor(n, m, &f), E_KEY_ROCA);
	assert_string_equal(f.field, "key");
	/* A step beside it, and the mark is gone. */
	assert_int_equal(BN_set_word(e, 2) && BN_add(n, n, e), 1);
	f = (struct fault){0};
	assert_int_equal(first_without_factor(n, e, &f), OK);
	BN_free(m);
	BN_free(n);
	BN_free(e);
	BN_free(base);
	BN_CTX_free(ctx);
}

TEST_CASE(close_primes_are_named)
{
	BN_CTX *ctx = BN_CTX_new();
	BIGNUM *p = BN_new(), *q = BN_new(), *n = BN_new();
	struct fault f = {0};

	assert_int_equal(
	    BN_generate_prime_ex(p, 1024, 0, NULL, NULL, NULL) && BN_copy(q, p) != NULL, 1);
	do
		assert_int_equal(BN_add_word(q, 2), 1);
	while (BN_check_prime(q, ctx, NULL) != 1);
	assert_int_equal(BN_mul(n, p, q, ctx), 1);
	assert_int_equal(weak_rsa(octets(n), BYTES_OF(usual), &f), E_KEY_CLOSE);
	assert_string_equal(f.field, "key");
	/* A square is the closest of all. */
	assert_int_equal(BN_sqr(n, p, ctx), 1);
	assert_int_equal(weak_rsa(octets(n), BYTES_OF(usual), NULL), E_KEY_CLOSE);
	/* Half of the octets between them is far enough for Fermat. */
	assert_int_equal(BN_set_bit(q, 600) && BN_set_bit(q, 601) && BN_set_bit(q, 602), 1);
	while (BN_check_prime(q, ctx, NULL) != 1)
		assert_int_equal(BN_add_word(q, 2), 1);
	assert_int_equal(BN_mul(n, p, q, ctx), 1);
	if (!BN_is_bit_set(p, 601))
		assert_int_equal(weak_rsa(octets(n), BYTES_OF(usual), NULL), OK);
	BN_free(p);
	BN_free(q);
	BN_free(n);
	BN_CTX_free(ctx);
}

TEST_CASE(small_factors_are_named)
{
	static const BN_ULONG factors[] = {3, 5, 7, 167, 173, 751};
	struct bytes good = good_modulus(2040);

	for (size_t i = 0; i < sizeof(factors) / sizeof(factors[0]); i++) {
		BIGNUM *n = BN_bin2bn(good.p, (int)good.n, NULL);
		struct fault f = {0};

		assert_int_equal(BN_set_bit(n, 2055) && BN_mul_word(n, factors[i]), 1);
		while (BN_num_bits(n) % 8 != 0)
			assert_int_equal(BN_mul_word(n, 3), 1);
		assert_int_equal(weak_rsa(octets(n), BYTES_OF(usual), &f), E_KEY_FACTOR);
		assert_string_equal(f.field, "key");
		BN_free(n);
	}
}

TEST_CASE(ed25519_points)
{
	static const struct {
		const char *name;
		uint8_t first, middle, last;
	} bad[] = {
	    {"y = 0, order 4", 0, 0, 0},
	    {"y = 1, the neutral one", 1, 0, 0},
	    {"the same with a sign", 1, 0, 0x80},
	    {"y = -1, order 2", 0xec, 0xff, 0x7f},
	    {"y = p", 0xed, 0xff, 0x7f},
	    {"y = p + 1", 0xee, 0xff, 0x7f},
	    {"all ones", 0xff, 0xff, 0xff},
	    {"y = 2, not on the curve", 2, 0, 0},
	};
	static const uint8_t order8[2][32] = {
	    {0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4, 0x89, 0xf2, 0xef,
		0x98, 0xf0, 0xd5, 0xdf, 0xac, 0x05, 0xd3, 0xc6, 0x33, 0x39, 0xb1, 0x38, 0x02, 0x88,
		0x6d, 0x53, 0xfc, 0x05},
	    {0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b, 0x76, 0x0d, 0x10,
		0x67, 0x0f, 0x2a, 0x20, 0x53, 0xfa, 0x2c, 0x39, 0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77,
		0x92, 0xac, 0x03, 0x7a},
	};
	uint8_t point[32];
	struct fault f = {0};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		memset(point, bad[i].middle, sizeof(point));
		point[0] = bad[i].first;
		point[31] = bad[i].last;
		print_message("# %s\n", bad[i].name);
		assert_int_equal(weak_ed25519(BYTES_OF(point), &f), E_KEY_POINT);
	}
	assert_string_equal(f.field, "key");
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(weak_ed25519(BYTES_OF(order8[i]), NULL), E_KEY_POINT);
		memcpy(point, order8[i], 32);
		point[31] |= 0x80;
		assert_int_equal(weak_ed25519(BYTES_OF(point), NULL), E_KEY_POINT);
	}
	assert_int_equal(weak_ed25519(bytes_of(point, 31), NULL), E_KEY_POINT);
	for (size_t i = 0; i < 50; i++) {
		EVP_PKEY *key = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
		size_t n = sizeof(point);

		assert_int_equal(EVP_PKEY_get_raw_public_key(key, point, &n), 1);
		assert_int_equal(weak_ed25519(BYTES_OF(point), NULL), OK);
		EVP_PKEY_free(key);
	}
}

TEST_CASE(p384_keys_off_the_curve)
{
	uint8_t point[97] = {4};
	struct bytes spki;
	struct fault f = {0};

	assert_int_equal(key_spki(a, KEY_P384, BYTES_OF(point), &spki, NULL), OK);
	assert_int_equal(spki_check(spki, &f), E_KEY_POINT);
	assert_string_equal(f.field, "key");
	/* The check of a whole key knows the same faults. */
	assert_int_equal(key_spki_rsa(a, good_modulus(1024), BYTES_OF(usual), &spki, NULL), OK);
	assert_int_equal(spki_check(spki, NULL), E_KEY_SIZE);
	point[0] = 2;
	assert_int_equal(key_spki(a, KEY_ED25519, bytes_of(point, 32), &spki, NULL), OK);
	assert_int_equal(spki_check(spki, NULL), E_KEY_POINT);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(good_rsa_keys_pass),
	    cmocka_unit_test(sizes_and_exponents),
	    cmocka_unit_test(roca_is_named),
	    cmocka_unit_test(close_primes_are_named),
	    cmocka_unit_test(small_factors_are_named),
	    cmocka_unit_test(ed25519_points),
	    cmocka_unit_test(p384_keys_off_the_curve),
	};

	return cmocka_run_group_tests_name("weak", tests, setup, teardown);
}
