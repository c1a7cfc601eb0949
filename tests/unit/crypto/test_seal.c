/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include <string.h>

#include "crypto/seal.h"

static const uint8_t key[SEAL_KEY_SIZE] = "0123456789abcdef0123456789abcde";

TEST_CASE(sealed_opens_with_the_same_key_and_data_only)
{
	struct arena *a = arena_new(0);
	struct bytes sealed, again, out, secret = str_bytes(STR("KX7M-9RTQ-4BWD"));
	struct bytes about = str_bytes(STR("enrolment 7"));
	uint8_t other[SEAL_KEY_SIZE];

	assert_int_equal(seal(key, about, secret, a, &sealed, NULL), OK);
	assert_int_equal(sealed.n, secret.n + SEAL_OVERHEAD);
	assert_int_equal(seal(key, about, secret, a, &again, NULL), OK);
	assert_false(bytes_eq(sealed, again));
	assert_int_equal(seal_open(key, about, sealed, a, &out, NULL), OK);
	assert_true(bytes_eq(out, secret));
	assert_int_equal(
	    seal_open(key, str_bytes(STR("enrolment 8")), sealed, a, &out, NULL), E_SEAL);
	memcpy(other, key, sizeof(other));
	other[0] ^= 1;
	assert_int_equal(seal_open(other, about, sealed, a, &out, NULL), E_SEAL);
	arena_free(&a);
}

TEST_CASE(every_altered_octet_and_every_cut_is_seen)
{
	struct arena *a = arena_new(0);
	struct bytes sealed, out, none = bytes_of(NULL, 0);
	uint8_t copy[64];

	assert_int_equal(seal(key, none, str_bytes(STR("s")), a, &sealed, NULL), OK);
	assert_true(sealed.n < sizeof(copy));
	for (size_t i = 0; i < sealed.n; i++) {
		memcpy(copy, sealed.p, sealed.n);
		copy[i] ^= 0x40;
		assert_int_equal(
		    seal_open(key, none, bytes_of(copy, sealed.n), a, &out, NULL), E_SEAL);
		assert_int_equal(
		    seal_open(key, none, bytes_of(sealed.p, i), a, &out, NULL), E_SEAL);
	}
	arena_free(&a);
}

TEST_CASE(empty_secret_is_sealed_and_a_huge_one_refused)
{
	struct arena *a = arena_new(0);
	struct bytes sealed, out, none = bytes_of(NULL, 0);

	assert_int_equal(seal(key, none, none, a, &sealed, NULL), OK);
	assert_int_equal(seal_open(key, none, sealed, a, &out, NULL), OK);
	assert_int_equal(out.n, 0);
	assert_int_equal(
	    seal(key, none, bytes_of(key, SEAL_MAX + 1), a, &sealed, NULL), E_FIELD_LENGTH);
	arena_free(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(sealed_opens_with_the_same_key_and_data_only),
	    cmocka_unit_test(every_altered_octet_and_every_cut_is_seen),
	    cmocka_unit_test(empty_secret_is_sealed_and_a_huge_one_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
