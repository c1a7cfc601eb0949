/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The signer's token: found by name, logged in once, its keys known again by their public halves; whatever
 * the module does, a signature is right or is none, and a PIN that was refused is not tried again.
 */
#include "house.h"

#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/ipc.h"
#include "crypto/selfcheck.h"
#include "crypto/verify.h"
#include "signer/hsm.h"
#include "softhsm.h"
#include "token/p11child.h"
#include "x509/crl.h"

struct bench {
	struct softhsm s;
	struct arena *a;
	struct hsm *hsm;
	pid_t pid;
	struct fault f;
};

static const uint8_t id_octets[16] = {7, 7, 7};

static struct pair_names
names_of(enum keyalg alg)
{
	return (struct pair_names){
	    .alg = alg, .id = BYTES_OF(id_octets), .label = STR("signet unit-g1")};
}

/* A child as the monitor would start it; its socket. */
static int
child(struct bench *b)
{
	posix_spawn_file_actions_t actions;
	int pair[2];

	assert_int_equal(ipc_pair(pair, NULL), OK);
	assert_int_equal(posix_spawn_file_actions_init(&actions), 0);
	assert_int_equal(posix_spawn_file_actions_adddup2(&actions, pair[1], P11_CHILD_SOCKET), 0);
	assert_int_equal(
	    posix_spawn(&b->pid, b->s.argv[0], &actions, NULL, (char *const *)(uintptr_t)b->s.argv,
		(char *const *)(uintptr_t)b->s.envp),
	    0);
	assert_int_equal(posix_spawn_file_actions_destroy(&actions), 0);
	(void)close(pair[1]);
	return pair[0];
}

static void
bury(struct bench *b)
{
	if (b->pid > 0) {
		(void)kill(b->pid, SIGKILL);
		(void)waitpid(b->pid, NULL, 0);
	}
	b->pid = 0;
}

/* The monitor's part: another child in place of the one that ended. */
static void
again(struct bench *b)
{
	bury(b);
	hsm_use(b->hsm, child(b));
}

static void
know(struct bench *b, const char *label, const char *pin)
{
	struct hsm_options o = {.label = str_of(label), .pin = softhsm_pin(pin)};

	hsm_free(&b->hsm);
	bury(b);
	b->hsm = hsm_new(&o);
	hsm_use(b->hsm, child(b));
}

static int
set_up(void **state)
{
	static struct bench b;

	b = (struct bench){.a = arena_new(0)};
	softhsm_new(&b.s, SERVE_PATH);
	know(&b, SOFTHSM_LABEL, SOFTHSM_PIN);
	*state = &b;
	return 0;
}

static int
tear_down(void **state)
{
	struct bench *b = *state;

	hsm_free(&b->hsm);
	bury(b);
	softhsm_free(&b->s);
	arena_free(&b->a);
	return 0;
}

#define BENCH_CASE(name) static void name(void **state)

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

	know(b, "another", SOFTHSM_PIN);
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

	know(b, SOFTHSM_LABEL, "999999");
	assert_int_equal(hsm_make(b->hsm, &key, b->a, &spki, &f), E_PIN_INCORRECT);
	assert_non_null(strstr(hsm_trouble(b->hsm), "correct the PIN"));
	/* Whoever asks, and whatever child is there: a login now would crash it. */
	softhsm_fault(&b->s, "C_Login 1 crash\n");
	again(b);
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
	bury(b);
	assert_int_equal(sign(b, &key, 1, &raw, &f), E_MODULE_CRASHED);
	assert_int_equal(sign(b, &key, 1, &raw, &f), E_UNAVAILABLE);
	again(b);
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

/* A whole signer whose CA keys lie on the token. */
static void
house_on_token(struct bench *b, enum keyalg alg)
{
	struct house h;
	struct bytes tbs, signature, crl;
	struct fault f = {0};
	struct order o;
	struct house_list l;

	know(b, SOFTHSM_LABEL, SOFTHSM_PIN);
	house_open(&h);
	house_stop(&h);
	h.options.hsm = b->hsm;
	h.options.no_soft_keys = true;
	house_start(&h);
	h.kinds.issuing = h.kinds.management = str_of(keyalg_name(alg));
	house_set_up(&h);
	house_people(&h);
	house_stop(&h);
	/* Signer and child are new; the keys are the same. */
	know(b, SOFTHSM_LABEL, SOFTHSM_PIN);
	h.options.hsm = b->hsm;
	house_start(&h);
	house_order(&h, "On Token", OPERATOR_1, &o);
	assert_int_equal(house_issue(&h, &o, &f), OK);
	assert_int_equal(selfcheck_certificate(o.issued.certificate,
			     (const struct bytes[]){h.ca[0], h.root}, 2, house_now(), &f),
	    OK);
	l = house_list_now(PROFILE_CA_ISSUING, NULL, 0);
	assert_int_equal(house_crl(&h, &l, &tbs, &signature, &f), OK);
	assert_int_equal(crl_finish(h.a, tbs, h.issuer[0].alg, signature, &crl, &f), OK);
	assert_int_equal(selfcheck_crl(crl, h.ca[0], house_now(), &f), OK);
	softkey_free(&o.key);
	house_close(&h);
}

BENCH_CASE(a_ca_of_each_kind_lies_on_a_token)
{
	static const enum keyalg kinds[] = {KEYALG_EC_P256, KEYALG_EC_P384, KEYALG_RSA_3072};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		house_on_token(*state, kinds[i]);
	assert_int_equal(softhsm_objects(&((struct bench *)*state)->s), 3 * 2 * 2);
}

/* A certificate whose signature does not hold would stand in the journal for ever. */
BENCH_CASE(what_no_token_should_give_is_not_let_out)
{
	struct bench *b = *state;
	struct house h;
	struct fault f = {0};
	struct order o;
	struct signer_status st;

	house_open(&h);
	house_stop(&h);
	h.options.hsm = b->hsm;
	house_start(&h);
	house_set_up(&h);
	house_people(&h);
	house_order(&h, "Wrong Octets", OPERATOR_1, &o);
	assert_int_equal(signer_status(h.front, h.a, &st, &f), OK);
	assert_true(st.on_token && st.trouble.n == 0);
	softhsm_fault(&b->s, "C_Sign 1 spoil\n");
	assert_int_equal(house_issue(&h, &o, &f), E_UNAVAILABLE);
	assert_non_null(strstr(f.detail, "no signature"));
	softhsm_fault(&b->s, "C_Sign 1 fail 0x30\n");
	f = (struct fault){0};
	assert_int_equal(house_issue(&h, &o, &f), E_UNAVAILABLE);
	softhsm_fault(&b->s, "");
	/* The same question later: the certificate, once. */
	for (int i = 0; i < 30 && house_issue(&h, &o, &f) != OK; i++)
		(void)nanosleep(&(struct timespec){0, 100000000}, NULL);
	assert_false(o.issued.repeated);
	assert_int_equal(house_issue(&h, &o, &f), OK);
	assert_true(o.issued.repeated);
	softkey_free(&o.key);
	house_close(&h);
}

#define BENCH(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

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
	    BENCH(a_ca_of_each_kind_lies_on_a_token),
	    BENCH(what_no_token_should_give_is_not_let_out),
	};

	return cmocka_run_group_tests_name("signer_hsm", cases, NULL, NULL);
}
