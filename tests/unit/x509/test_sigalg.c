/* SPDX-License-Identifier: Apache-2.0 */
#include "x509/sigalg.h"

#include <string.h>

#include "made.h"

static const struct {
	enum sigalg alg;
	enum key_kind kind;
	const char *name, *der;
} rows[] = {
    {SIGALG_ECDSA_SHA256, KEY_P256, "ecdsa-with-SHA256", "300a06082a8648ce3d040302"},
    {SIGALG_ECDSA_SHA384, KEY_P384, "ecdsa-with-SHA384", "300a06082a8648ce3d040303"},
    {SIGALG_ECDSA_SHA512, KEY_P384, "ecdsa-with-SHA512", "300a06082a8648ce3d040304"},
    {SIGALG_RSA_SHA256, KEY_RSA, "sha256WithRSAEncryption", "300d06092a864886f70d01010b0500"},
    {SIGALG_RSA_SHA384, KEY_RSA, "sha384WithRSAEncryption", "300d06092a864886f70d01010c0500"},
    {SIGALG_RSA_SHA512, KEY_RSA, "sha512WithRSAEncryption", "300d06092a864886f70d01010d0500"},
    {SIGALG_ED25519, KEY_ED25519, "Ed25519", "300506032b6570"},
    {SIGALG_SM2_SM3, KEY_SM2, "sm2-with-sm3", "300a06082a811ccf55018375"},
};

TEST_CASE(each_has_its_octets)
{
	for (size_t i = 0; i < SIGALG__COUNT; i++) {
		struct der_out w = der_out_new(mem, 64);
		struct bytes der;
		struct der d;
		enum sigalg back;

		sigalg_put(&w, rows[i].alg);
		assert_int_equal(der_done(&w, "alg", &der, &fault), OK);
		assert_hex(der, rows[i].der);
		d = der_new(der);
		assert_int_equal(sigalg_get(&d, "alg", &back, &fault), OK);
		assert_int_equal(back, rows[i].alg);
		assert_string_equal(sigalg_name(back), rows[i].name);
	}
}

TEST_CASE(keys_sign_with_their_own)
{
	for (size_t i = 0; i < SIGALG__COUNT; i++) {
		for (unsigned k = 0; k < KEY__COUNT; k++) {
			bool ec = rows[i].kind == KEY_P256 || rows[i].kind == KEY_P384;
			bool fits =
			    k == (unsigned)rows[i].kind || (ec && (k == KEY_P256 || k == KEY_P384));

			assert_int_equal(sigalg_fits(rows[i].alg, (enum key_kind)k), fits);
		}
	}
	for (unsigned k = 0; k < KEY__COUNT; k++)
		assert_true(sigalg_fits(sigalg_of_key((enum key_kind)k), (enum key_kind)k));
	assert_int_equal(sigalg_of_key(KEY_P384), SIGALG_ECDSA_SHA384);
}

TEST_CASE(null_behind_sm2_is_read)
{
	struct der d = der_new(hex("300c06082a811ccf55018375 0500"));
	enum sigalg alg;

	assert_int_equal(sigalg_get(&d, "alg", &alg, &fault), OK);
	assert_int_equal(alg, SIGALG_SM2_SM3);
	d = der_new(hex("300d06082a811ccf55018375 040100"));
	assert_fault(sigalg_get(&d, "alg", &alg, &fault), E_DER, "alg");
}

TEST_CASE(other_parameters_are_refused)
{
	static const struct {
		const char *der;
		enum err e;
	} bad[] = {
	    {"300c06082a8648ce3d040302 0500", E_DER},              /* ECDSA with NULL */
	    {"300b06092a864886f70d01010b", E_DER},                 /* RSA without */
	    {"300e06092a864886f70d01010b050100", E_DER},           /* NULL with contents */
	    {"300d06092a864886f70d0101050500", E_ALG_UNSUPPORTED}, /* SHA-1 */
	    {"300706032b6570 0500", E_DER},
	    {"3000", E_DER},
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct der d = der_new(hex(bad[i].der));
		enum sigalg alg;

		assert_fault(sigalg_get(&d, "alg", &alg, &fault), bad[i].e, "alg");
	}
}

TEST_CASE(ecdsa_values_go_both_ways)
{
	struct bytes data = hex("0102"), raw, der;

	for (int i = 0; i < 32; i++) {
		struct bytes sig = made_signature(made_key(KEY_P256), SIGALG_ECDSA_SHA256, data);

		assert_int_equal(sigalg_ecdsa_raw(mem, sig, 32, &raw, &fault), OK);
		assert_int_equal(raw.n, 64);
		assert_int_equal(sigalg_ecdsa_der(mem, raw, &der, &fault), OK);
		assert_bytes(der, sig);
	}
	assert_int_equal(sigalg_ecdsa_der(mem, hex("0080 0001"), &der, &fault), OK);
	assert_hex(der, "3007 0202 0080 0201 01");
	assert_int_equal(sigalg_ecdsa_raw(mem, der, 2, &raw, &fault), OK);
	assert_hex(raw, "0080 0001");
	assert_int_equal(sigalg_ecdsa_raw(mem, der, 1, &raw, &fault), OK);
	assert_fault(sigalg_ecdsa_raw(mem, hex("3007 0202 0100 0201 01"), 1, &raw, &fault), E_DER,
	    "signature");
	assert_fault(sigalg_ecdsa_raw(mem, hex("3003 0201 01"), 1, &raw, &fault), E_DER, NULL);
	assert_fault(sigalg_ecdsa_der(mem, hex(""), &der, &fault), E_SIGNATURE, NULL);
	assert_fault(sigalg_ecdsa_der(mem, hex("010203"), &der, &fault), E_SIGNATURE, NULL);
	assert_fault(sigalg_ecdsa_der(mem, hex("0100"), &der, &fault), E_SIGNATURE, NULL);
}

TEST_CASE(the_shell_is_closed)
{
	struct bytes whole;
	struct sealed s;

	assert_int_equal(
	    sigalg_seal(mem, hex("3000"), SIGALG_ED25519, hex("aabb"), &whole, &fault), OK);
	assert_hex(whole, "300e 3000 300506032b6570 030300aabb");
	assert_int_equal(sigalg_open(whole, "it", &s, &fault), OK);
	assert_hex(s.body, "3000");
	assert_hex(s.signature, "aabb");
	assert_fault(sigalg_open(hex("300c 3000 300506032b6570 030100"), "it", &s, &fault), E_DER,
	    "signature");
	assert_fault(sigalg_open(hex("3010 3000 300506032b6570 030300aabb 0500"), "it", &s, &fault),
	    E_DER, "it");
	assert_fault(sigalg_open(hex("300e 3000 300506032b6570 030300aabb 00"), "it", &s, &fault),
	    E_DER, "it");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    MADE_CASE(each_has_its_octets),
	    MADE_CASE(keys_sign_with_their_own),
	    MADE_CASE(null_behind_sm2_is_read),
	    MADE_CASE(other_parameters_are_refused),
	    MADE_CASE(ecdsa_values_go_both_ways),
	    MADE_CASE(the_shell_is_closed),
	};

	return cmocka_run_group_tests_name("sigalg", tests, NULL, NULL);
}
