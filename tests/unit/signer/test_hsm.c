/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The signer's token: found by name, logged in once, its keys known again by their public halves; whatever
 * the module does, a signature is right or is none, and a PIN that was refused is not tried again.
 */
#include "hsmbench.h"

#include <string.h>
#include <sys/wait.h>

#include "crypto/verify.h"

static const uint8_t id_octets[16] = {7, 7, 7};

static struct pair_names
names_of(enum keyalg alg)
{
	return (struct pair_names){
	    .alg = alg, .id = BYTES_OF(id_octets), .label = STR("signet unit-g1")};
}

/* What keys.c does with a message, here by hand for one kind. */
static enum err
sign(struct bench *b, const struct pair_names *key, size_t n, struct bytes *ret, struct fault *f)
{
	static struct bytes data[PAIR_MANY];
	static uint8_t hash[SHA256_SIZE];
	struct pair_order o = {.key = key, .data = data, .count = n};

	sha256(bytes_of("message", 7), hash);
	for (size_t i = 0; i < n; i++)
		data[i] = BYTES_OF(hash);
	*f = (struct fault){0};
	return hsm_sign(b->hsm, &o, b->a, ret, f);
}

static bool
is_good(struct bench *b, struct bytes spki, struct bytes raw)
{
	struct bytes der;

	return sigalg_ecdsa_der(b->a, raw, &der, NULL) == OK &&
	    verify_spki(spki, VERIFY_ECDSA_SHA256, bytes_of("message", 7), der, NULL) == OK;
}

BENCH_CASE(a_pair_is_made_found_and_signs_many_at_once)
{
	struct bench *b = *state;
	struct pair_names key = names_of(KEYALG_EC_P256), other = names_of(KEYALG_EC_P384);
	struct bytes spki, found, raw[PAIR_MANY];
	struct fault f = {0};

	assert_int_equal(hsm_make(b->hsm, &key, b->a, &spki, &b->f), OK);
	assert_int_equal(softhsm_objects(&b->s), 2);
	assert_int_equal(hsm_find(b->hsm, &key, b->a, &found, &b->f), OK);
	assert_true(bytes_eq(spki, found));
	assert_int_equal(sign(b, &key, PAIR_MANY, raw, &b->f), OK);
	for (size_t i = 0; i < PAIR_MANY; i++)
		assert_true(is_good(b, spki, raw[i]));
	assert_string_equal(hsm_trouble(b->hsm), "");
	/* The id is taken, also for another kind; and the kind is part of what is looked for. */
	assert_int_equal(hsm_make(b->hsm, &key, b->a, &found, &f), E_CONTAINER);
	f = (struct fault){0};
	assert_int_equal(hsm_find(b->hsm, &other, b->a, &found, &f), E_OTHER_TOKEN);
}

BENCH_CASE(what_is_expected_must_be_there)
{
	struct bench *b = *state;
	struct pair_names key = names_of(KEYALG_EC_P256);
	static uint8_t wrong[256];
	struct bytes spki, raw;
	struct fault f;

	assert_int_equal(hsm_make(b->hsm, &key, b->a, &spki, &b->f), OK);
	assert_int_equal(hsm_expect(b->hsm, &key, spki, &b->f), OK);
	assert_int_equal(sign(b, &key, 1, &raw, &f), OK);
	hsm_forget(b->hsm);
	memcpy(wrong, spki.p, spki.n);
	wrong[spki.n - 1] ^= 1;
	assert_int_equal(hsm_expect(b->hsm, &key, bytes_of(wrong, spki.n), &b->f), OK);
	assert_int_equal(sign(b, &key, 1, &raw, &f), E_OTHER_TOKEN);
	assert_non_null(strstr(hsm_trouble(b->hsm), "does not hold our CA keys"));
}

BENCH_CASE(a_token_of_another_name_is_not_taken)
{
	struct bench *b = *state;
	struct pair_names key = names_of(KEYALG_EC_P256);
	struct bytes spki;
	struct fault f = {0};

	bench_know(b, "another", SOFTHSM_PIN);
	assert_int_equal(hsm_make(b->hsm, &key, b->a, &spki, &f), E_TOKEN_ABSENT);
	assert_non_null(strstr(hsm_trouble(b->hsm), "connect the token"));
	/* No try before its time. */
	f = (struct fault){0};
	assert_int_equal(hsm_make(b->hsm, &key, b->a, &spki, &f), E_UNAVAILABLE);
}

BENCH_CASE(a_refused_pin_is_not_tried_again)
{
	struct bench *b = *state;
	struct pair_names key = names_of(KEYALG_EC_P256);
	struct bytes spki;
	struct fault f = {0};

	bench_know(b, SOFTHSM_LABEL, "999999");
	assert_int_equal(hsm_make(b->hsm, &key, b->a, &spki, &f), E_PIN_INCORRECT);
	assert_non_null(strstr(hsm_trouble(b->hsm), "correct the PIN"));
	/* Whoever asks, and whatever child is there: a login now would crash it. */
	softhsm_fault(&b->s, "C_Login 1 crash\n");
	bench_again(b);
	for (int i = 0; i < 3; i++) {
		f = (struct fault){0};
		assert_int_equal(hsm_make(b->hsm, &key, b->a, &spki, &f), E_UNAVAILABLE);
	}
	assert_int_equal(waitpid(b->pid, NULL, WNOHANG), 0);
}

BENCH_CASE(the_last_try_is_left_to_a_person)
{
	struct bench *b = *state;
	struct pair_names key = names_of(KEYALG_EC_P256);
	struct bytes spki;
	struct fault f = {0};

	softhsm_fault(&b->s, "C_GetTokenInfo 1 flags 0x20000\nC_Login 1 crash\n");
	assert_int_equal(hsm_make(b->hsm, &key, b->a, &spki, &f), E_PIN_LOCKED);
	assert_non_null(strstr(f.detail, "one try is left"));
	assert_int_equal(waitpid(b->pid, NULL, WNOHANG), 0);
}

BENCH_CASE(a_child_killed_between_two_signatures_is_replaced)
{
	struct bench *b = *state;
	struct pair_names key = names_of(KEYALG_EC_P256);
	struct bytes spki, raw;
	struct fault f;

	assert_int_equal(hsm_make(b->hsm, &key, b->a, &spki, &b->f), OK);
	assert_int_equal(hsm_expect(b->hsm, &key, spki, &b->f), OK);
	assert_int_equal(sign(b, &key, 1, &raw, &f), OK);
	bench_bury(b);
	assert_int_equal(sign(b, &key, 1, &raw, &f), E_MODULE_CRASHED);
	assert_int_equal(sign(b, &key, 1, &raw, &f), E_UNAVAILABLE);
	bench_again(b);
	assert_int_equal(sign(b, &key, 1, &raw, &f), OK);
	assert_true(is_good(b, spki, raw));
}

BENCH_CASE(a_session_that_was_lost_is_opened_again_at_once)
{
	static const char *const plans[] = {"C_Sign 1 pull 0 once\n",
	    "C_SignInit 1 fail 0xb3 once\n", "C_SignInit 1 fail 0x60 once\n"};
	struct bench *b = *state;
	struct pair_names key = names_of(KEYALG_EC_P256);
	struct bytes spki, raw;
	struct fault f;

	assert_int_equal(hsm_make(b->hsm, &key, b->a, &spki, &b->f), OK);
	for (size_t i = 0; i < sizeof(plans) / sizeof(plans[0]); i++) {
		assert_int_equal(sign(b, &key, 1, &raw, &f), OK);
		softhsm_fault(&b->s, plans[i]);
		assert_int_equal(sign(b, &key, 1, &raw, &f), OK);
		assert_true(is_good(b, spki, raw));
	}
}

int
main(void)
{
	static const struct CMUnitTest cases[] = {
	    BENCH(a_pair_is_made_found_and_signs_many_at_once),
	    BENCH(what_is_expected_must_be_there),
	    BENCH(a_token_of_another_name_is_not_taken),
	    BENCH(a_refused_pin_is_not_tried_again),
	    BENCH(the_last_try_is_left_to_a_person),
	    BENCH(a_child_killed_between_two_signatures_is_replaced),
	    BENCH(a_session_that_was_lost_is_opened_again_at_once),
	};

	return cmocka_run_group_tests_name("signer_hsm", cases, NULL, NULL);
}
