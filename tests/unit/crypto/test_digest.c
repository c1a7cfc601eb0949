/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include <string.h>

#include "base/text.h"
#include "crypto/digest.h"
#include "crypto/random.h"
#include "crypto/slowhash.h"

static void
expect_hex(const uint8_t *p, size_t n, const char *hex)
{
	struct arena *a = arena_new(0);

	assert_string_equal(hex_text(a, bytes_of(p, n)), hex);
	arena_free(&a);
}

/* FIPS 180-4 examples, RFC 4231 case 2, RFC 5869 A.3. */
TEST_CASE(hashes_equal_the_published_vectors)
{
	uint8_t out[48];

	sha1(str_bytes(STR("abc")), out);
	expect_hex(out, SHA1_SIZE, "a9993e364706816aba3e25717850c26c9cd0d89d");
	sha256(str_bytes(STR("abc")), out);
	expect_hex(
	    out, SHA256_SIZE, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	sha384(str_bytes(STR("abc")), out);
	expect_hex(out, SHA384_SIZE,
	    "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed"
	    "8086072ba1e7cc2358baeca134c825a7");
	hmac_sha256(str_bytes(STR("Jefe")), str_bytes(STR("what do ya want for nothing?")), out);
	expect_hex(
	    out, SHA256_SIZE, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

TEST_CASE(hkdf_equals_rfc5869_without_salt_and_label)
{
	uint8_t key[22], out[42];

	memset(key, 0x0b, sizeof(key));
	hkdf_sha256(BYTES_OF(key), bytes_of(NULL, 0), out, sizeof(out));
	expect_hex(out, sizeof(out),
	    "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d"
	    "9d201395faa4b61a96c8");
}

TEST_CASE(pieces_hash_as_the_whole_and_the_object_begins_anew)
{
	struct digest *d = digest_new(DIGEST_SHA256);
	uint8_t whole[32], parts[32];

	sha256(str_bytes(STR("abcdef")), whole);
	for (int round = 0; round < 2; round++) {
		digest_add(d, str_bytes(STR("abc")));
		digest_add(d, bytes_of(NULL, 0));
		digest_add(d, str_bytes(STR("def")));
		digest_end(d, parts);
		assert_memory_equal(whole, parts, 32);
	}
	digest_free(&d);
	assert_null(d);
}

TEST_CASE(random_octets_differ)
{
	uint8_t a[32] = {0}, b[32] = {0}, zero[32] = {0};

	random_bytes(a, sizeof(a));
	random_bytes(b, sizeof(b));
	assert_memory_not_equal(a, b, sizeof(a));
	assert_memory_not_equal(a, zero, sizeof(a));
}

TEST_CASE(slow_hash_depends_on_secret_and_salt)
{
	uint8_t salt[SLOWHASH_SALT] = "0123456789abcde", a[32], b[32];

	assert_int_equal(slowhash(str_bytes(STR("KX7M")), salt, a, NULL), OK);
	assert_int_equal(slowhash(str_bytes(STR("KX7M")), salt, b, NULL), OK);
	assert_memory_equal(a, b, 32);
	assert_int_equal(slowhash(str_bytes(STR("KX7N")), salt, b, NULL), OK);
	assert_memory_not_equal(a, b, 32);
	salt[0] ^= 1;
	assert_int_equal(slowhash(str_bytes(STR("KX7M")), salt, b, NULL), OK);
	assert_memory_not_equal(a, b, 32);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(hashes_equal_the_published_vectors),
	    cmocka_unit_test(hkdf_equals_rfc5869_without_salt_and_label),
	    cmocka_unit_test(pieces_hash_as_the_whole_and_the_object_begins_anew),
	    cmocka_unit_test(random_octets_differ),
	    cmocka_unit_test(slow_hash_depends_on_secret_and_salt),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
