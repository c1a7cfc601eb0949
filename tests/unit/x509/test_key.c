/* SPDX-License-Identifier: Apache-2.0 */
#include "x509/key.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <string.h>

#include "made.h"

TEST_CASE(keys_of_openssl_are_read_and_written_again)
{
	static const struct {
		enum key_kind kind;
		unsigned size;
		const char *name;
	} rows[] = {{KEY_P256, 256, "P-256"}, {KEY_P384, 384, "P-384"}, {KEY_RSA, 2048, "RSA"},
	    {KEY_ED25519, 255, "Ed25519"}, {KEY_SM2, 256, "SM2"}};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct bytes spki = made_spki(made_key(rows[i].kind)), again;
		struct key key;

		assert_int_equal(key_parse(spki, &key, &fault), OK);
		assert_int_equal(key.kind, rows[i].kind);
		assert_int_equal(key.size, rows[i].size);
		assert_string_equal(key_kind_name(key.kind), rows[i].name);
		assert_bytes(key.spki, spki);
		if (key.kind == KEY_RSA)
			assert_int_equal(key_spki_rsa(mem, key.n, key.e, &again, &fault), OK);
		else
			assert_int_equal(key_spki(mem, key.kind, key.point, &again, &fault), OK);
		assert_bytes(again, spki);
	}
}

TEST_CASE(modulus_and_exponent_are_the_ones_of_openssl)
{
	struct key key;
	BIGNUM *n = NULL, *e = NULL;
	uint8_t *p = arena_alloc(mem, 256);

	assert_int_equal(key_parse(made_spki(made_key(KEY_RSA)), &key, &fault), OK);
	assert_int_equal(EVP_PKEY_get_bn_param(made_key(KEY_RSA), OSSL_PKEY_PARAM_RSA_N, &n), 1);
	assert_int_equal(EVP_PKEY_get_bn_param(made_key(KEY_RSA), OSSL_PKEY_PARAM_RSA_E, &e), 1);
	BN_bn2bin(n, p);
	assert_bytes(key.n, bytes_of(p, 256));
	assert_int_equal(BN_get_word(e), 65537);
	assert_hex(key.e, "010001");
	BN_free(n);
	BN_free(e);
}

#define P256 "30 13 06 07 2a8648ce3d0201 06 08 2a8648ce3d030107"

static const struct row {
	const char *name, *prefix;
	size_t fill; /* octets of 5a behind the prefix */
	enum err e;
} rows[] = {
    {"well", "30 59 " P256 " 03 42 00 04", 64, OK},
    {"compressed", "30 39 " P256 " 03 22 00 02", 32, E_DER},
    {"compressed of full size", "30 59 " P256 " 03 42 00 02", 64, E_DER},
    {"short point", "30 58 " P256 " 03 41 00 04", 63, E_DER},
    {"unused bits", "30 59 " P256 " 03 42 01 04", 64, E_DER},
    {"trailing", "30 59 " P256 " 03 42 00 04", 65, E_DER},
    {"parameters behind the curve",
	"30 5b 30 15 06 07 2a8648ce3d0201 06 08 2a8648ce3d030107 0500 03 42 00 04", 64, E_DER},
    {"explicit curve", "30 51 30 0b 06 07 2a8648ce3d0201 30 00 03 42 00 04", 64, E_DER},
    {"P-521", "30 56 30 10 06 07 2a8648ce3d0201 06 05 2b81040023 03 42 00 04", 64, E_KEY_TYPE},
    {"SM2", "30 59 30 13 06 07 2a8648ce3d0201 06 08 2a811ccf5501822d 03 42 00 04", 64, OK},
    {"unknown", "30 4d 30 07 06 03 2a0304 05 00 03 42 00 04", 64, E_KEY_TYPE},
    {"Ed25519", "30 2a 30 05 06 03 2b6570 03 21 00", 32, OK},
    {"Ed25519 with NULL", "30 2c 30 07 06 03 2b6570 05 00 03 21 00", 32, E_DER},
    {"Ed25519 short", "30 29 30 05 06 03 2b6570 03 20 00", 31, E_DER},
    {"RSA without NULL",
	"30 1b 30 0b 06 09 2a864886f70d010101 03 0c 00 30 09 02 02 00c1 02 03 010001", 0, E_DER},
};

TEST_CASE(other_forms_are_refused)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct key key;
		enum err e = key_parse(hex_fill(rows[i].prefix, 0x5a, rows[i].fill), &key, &fault);

		print_message("# %s\n", rows[i].name);
		if (rows[i].e == OK)
			assert_int_equal(e, OK);
		else
			assert_fault(e, rows[i].e, NULL);
	}
}

TEST_CASE(rsa_numbers_are_looked_at)
{
	struct bytes spki, n = hex_fill("c1", 0x5b, 255), e = hex("010001");
	struct key key;

	assert_int_equal(key_spki_rsa(mem, n, e, &spki, &fault), OK);
	assert_fault(
	    key_spki_rsa(mem, hex_fill("c1", 0x5a, 255), e, &spki, &fault), E_KEY_FACTOR, "key");
	assert_fault(key_spki_rsa(mem, n, hex("010000"), &spki, &fault), E_KEY_EXPONENT, "key");
	assert_fault(key_spki_rsa(mem, n, hex("01"), &spki, &fault), E_KEY_EXPONENT, "key");
	assert_fault(
	    key_spki_rsa(mem, hex("0d"), hex("0101"), &spki, &fault), E_KEY_EXPONENT, "key");
	assert_fault(
	    key_spki_rsa(mem, hex_fill("", 0x5b, 1025), e, &spki, &fault), E_KEY_TYPE, "key");
	/* A top octet of one bit: 2041 bits, and the size says so. */
	assert_int_equal(key_spki_rsa(mem, hex_fill("01", 0x5b, 255), e, &spki, &fault), OK);
	assert_int_equal(key_parse(spki, &key, &fault), OK);
	assert_int_equal(key.size, 2041);
	assert_fault(key_spki(mem, KEY_P256, hex("04"), &spki, &fault), E_DER, "key");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    MADE_CASE(keys_of_openssl_are_read_and_written_again),
	    MADE_CASE(modulus_and_exponent_are_the_ones_of_openssl),
	    MADE_CASE(other_forms_are_refused),
	    MADE_CASE(rsa_numbers_are_looked_at),
	};

	return cmocka_run_group_tests_name("key", tests, NULL, NULL);
}
