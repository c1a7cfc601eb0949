/* SPDX-License-Identifier: Apache-2.0 */
#include "x509/keyalg.h"

#include <string.h>

#include "made.h"

static const struct {
	const char *word;
	enum sigalg alg;
	bool ca;
} rows[KEYALG__COUNT] = {
    [KEYALG_EC_P256] = {"ec-p256", SIGALG_ECDSA_SHA256, true},
    [KEYALG_EC_P384] = {"ec-p384", SIGALG_ECDSA_SHA384, true},
    [KEYALG_RSA_2048] = {"rsa-2048", SIGALG_RSA_SHA256, false},
    [KEYALG_RSA_3072] = {"rsa-3072", SIGALG_RSA_SHA256, true},
    [KEYALG_RSA_4096] = {"rsa-4096", SIGALG_RSA_SHA256, true},
    [KEYALG_ED25519] = {"ed25519", SIGALG_ED25519, true},
};

TEST_CASE(words_name_kinds)
{
	enum keyalg alg;

	for (unsigned i = 0; i < KEYALG__COUNT; i++) {
		assert_string_equal(keyalg_name((enum keyalg)i), rows[i].word);
		assert_true(keyalg_parse(str_of(rows[i].word), &alg));
		assert_int_equal(alg, i);
		assert_int_equal(keyalg_sigalg(alg), rows[i].alg);
		assert_int_equal(keyalg_for_ca(alg), rows[i].ca);
		/* The refusal that lists them lists this one. */
		assert_non_null(strstr(KEYALG_WORDS, rows[i].word));
		assert_int_equal(strstr(KEYALG_CA_WORDS, rows[i].word) != NULL, rows[i].ca);
	}
	assert_false(keyalg_parse(STR("rsa"), &alg));
	assert_false(keyalg_parse(STR("EC-P256"), &alg));
	assert_false(keyalg_parse(STR(""), &alg));
}

TEST_CASE(keys_are_told_apart_by_size)
{
	uint8_t n[513] = {0xc0}, e[] = {1, 0, 1}, point[97] = {4};
	struct bytes spki;
	enum keyalg alg;
	enum sigalg sig;

	n[255] = n[256] = n[383] = n[511] = 1;
	assert_int_equal(key_spki_rsa(mem, bytes_of(n, 384), BYTES_OF(e), &spki, NULL), OK);
	assert_int_equal(keyalg_of_spki(spki, &alg, NULL), OK);
	assert_int_equal(alg, KEYALG_RSA_3072);
	assert_int_equal(sigalg_of_spki(spki, &sig, NULL), OK);
	assert_int_equal(sig, SIGALG_RSA_SHA256);
	assert_int_equal(key_spki_rsa(mem, bytes_of(n, 257), BYTES_OF(e), &spki, NULL), OK);
	assert_int_equal(keyalg_of_spki(spki, &alg, NULL), E_KEY_TYPE);
	assert_int_equal(key_spki(mem, KEY_P384, BYTES_OF(point), &spki, NULL), OK);
	assert_int_equal(keyalg_of_spki(spki, &alg, NULL), OK);
	assert_int_equal(alg, KEYALG_EC_P384);
	assert_int_equal(sigalg_of_spki(spki, &sig, NULL), OK);
	assert_int_equal(sig, SIGALG_ECDSA_SHA384);
	assert_int_equal(sigalg_of_spki(bytes_of(point, 3), &sig, NULL), E_DER);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    MADE_CASE(words_name_kinds),
	    MADE_CASE(keys_are_told_apart_by_size),
	};

	return cmocka_run_group_tests_name("keyalg", tests, NULL, NULL);
}
