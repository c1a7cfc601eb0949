/* SPDX-License-Identifier: Apache-2.0 */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>

#include "crypto/rawsign.h"
#include "crypto/verify.h"
#include "softhsm.h"
#include "test.h"

static const uint8_t id_octets[16] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};
#define ID    BYTES_OF(id_octets)
#define LABEL STR("0102030405060708090a0b0c0d0e0f10")

struct bench {
	struct softhsm h;
	struct arena *a;
	struct token_set *set;
	struct token *t;
	struct token_info info;
	struct secret pin;
	struct fault f;
};

static void
find(struct bench *b)
{
	struct token_list list;

	assert_int_equal(token_list(b->set, b->a, &list, &b->f), OK);
	assert_int_equal(list.failed_n, 0);
	assert_int_equal(list.n, 1);
	b->info = list.tokens[0];
}

static void
open_and_login(struct bench *b)
{
	assert_int_equal(token_open(b->set, &b->info, &b->t, &b->f), OK);
	assert_int_equal(token_login(b->t, &b->pin, &b->f), OK);
}

static int
set_up(void **state)
{
	static struct bench b;

	b = (struct bench){.a = arena_new((size_t)64 << 20)};
	softhsm_new(&b.h, SERVE_PATH);
	b.set = token_set_new(&b.h.module, 1);
	b.pin = softhsm_pin(SOFTHSM_PIN);
	find(&b);
	*state = &b;
	return 0;
}

static int
tear_down(void **state)
{
	struct bench *b = *state;

	token_close(&b->t);
	token_set_free(&b->set);
	secret_free(&b->pin);
	arena_free(&b->a);
	softhsm_free(&b->h);
	return 0;
}

static enum err
make(struct bench *b, struct bytes *ret, struct fault *f)
{
	return token_keygen(b->t, ID, LABEL, (struct token_kind){KEY_P256, 256}, b->a, ret, f);
}

/* The private half of SPKI signs, and OpenSSL agrees. */
static void
signs(struct bench *b, struct bytes spki)
{
	struct bytes message = bytes_of("message", 7), raw = {0}, sig = {0};
	struct token_sign x = {.id = ID};
	struct key key;

	assert_int_equal(key_parse(spki, &key, &b->f), OK);
	x.kind = key.kind;
	assert_int_equal(rawsign_input(b->a, key.kind, message, &x.data, &b->f), OK);
	assert_int_equal(token_sign(b->t, &x, NULL, b->a, &raw, &b->f), OK);
	assert_int_equal(rawsign_output(b->a, key.kind, raw, &sig, &b->f), OK);
	assert_int_equal(verify_key(&key, sigalg_of_key(key.kind), message, sig, &b->f), OK);
}

#define BENCH_CASE(name) static void name(void **state)

BENCH_CASE(a_token_is_listed_with_its_names)
{
	struct bench *b = *state;

	assert_true(str_is(b->info.label, SOFTHSM_LABEL));
	assert_int_equal(b->info.serial.n, 16);
	assert_true(str_is(b->info.model, "SoftHSM v2"));
	assert_int_equal(b->info.flags, TOKEN_PIN_SET);
	assert_true(b->info.pin_min > 0 && b->info.pin_max >= 16);
}

BENCH_CASE(a_key_is_made_signs_takes_its_certificate_and_goes)
{
	struct bench *b = *state;
	struct token_certificate c = {.label = LABEL,
	    .der = bytes_of("certificate", 11),
	    .subject = bytes_of("\x30\x00", 2),
	    .issuer = bytes_of("\x30\x00", 2),
	    .serial = bytes_of("\x02\x01\x01", 3)};
	struct bytes spki = {0};
	const struct token_container *one;
	struct token_containers all;

	open_and_login(b);
	assert_int_equal(make(b, &spki, &b->f), OK);
	signs(b, spki);

	assert_int_equal(token_cert_put(b->t, ID, &c, &b->f), OK);
	c.der = bytes_of("certificate 2", 13);
	assert_int_equal(token_cert_put(b->t, ID, &c, &b->f), OK);
	assert_int_equal(softhsm_objects(&b->h), 3);
	assert_int_equal(token_containers(b->t, b->a, &all, &b->f), OK);
	assert_int_equal(all.n, 1);
	one = token_container(&all, ID);
	assert_non_null(one);
	assert_true(bytes_eq(one->label, str_bytes(LABEL)));
	assert_true(bytes_eq(one->certificate, c.der));
	assert_true(bytes_eq(one->spki, spki));
	assert_true(one->has_private && one->has_public);

	/* Without login: public halves only. */
	assert_int_equal(token_logout(b->t, &b->f), OK);
	assert_int_equal(token_containers(b->t, b->a, &all, &b->f), OK);
	assert_false(all.list[0].has_private);
	assert_true(all.list[0].has_public && all.list[0].certificate.n == 13);

	assert_int_equal(token_login(b->t, &b->pin, &b->f), OK);
	assert_int_equal(token_delete(b->t, ID, TOKEN_KEYS | TOKEN_CERTIFICATE, &b->f), OK);
	assert_int_equal(softhsm_objects(&b->h), 0);
}

BENCH_CASE(every_kind_of_key_is_made_and_signs)
{
	static const struct token_kind kinds[] = {
	    {KEY_P256, 256}, {KEY_P384, 384}, {KEY_RSA, 2048}, {KEY_RSA, 3072}, {KEY_ED25519, 255}};
	struct bench *b = *state;
	struct token_containers all;
	struct bytes spki = {0};

	open_and_login(b);
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		assert_int_equal(token_keygen(b->t, ID, LABEL, kinds[i], b->a, &spki, &b->f), OK);
		signs(b, spki);
		assert_int_equal(token_containers(b->t, b->a, &all, &b->f), OK);
		assert_int_equal(all.n, 1);
		assert_true(bytes_eq(all.list[0].spki, spki));
		assert_int_equal(token_delete(b->t, ID, TOKEN_KEYS, &b->f), OK);
	}
	assert_int_equal(softhsm_objects(&b->h), 0);
}

/* What a token cannot do is said before a key is made. */
BENCH_CASE(a_kind_that_the_token_lacks_makes_no_key)
{
	static const struct {
		struct token_kind kind;
		const char *fault;
	} rows[] = {
	    {{KEY_RSA, 512 + 32768}, ""},
	    {{KEY_P384, 384}, "C_GetMechanismInfo 2 fail 0x70\n"},
	    {{KEY_ED25519, 255}, "C_GetMechanismInfo 1 fail 0x70\n"},
	};
	struct bench *b = *state;

	open_and_login(b);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct fault f = {0};
		struct bytes spki;

		softhsm_fault(&b->h, rows[i].fault);
		assert_int_equal(token_keygen(b->t, ID, LABEL, rows[i].kind, b->a, &spki, &f),
		    E_ALG_UNSUPPORTED);
		softhsm_fault(&b->h, "");
		assert_int_equal(softhsm_objects(&b->h), 0);
	}
}

BENCH_CASE(a_second_key_of_the_same_id_is_refused)
{
	struct bench *b = *state;
	struct bytes spki;

	open_and_login(b);
	assert_int_equal(make(b, &spki, &b->f), OK);
	assert_int_equal(make(b, &spki, &b->f), E_CONTAINER);
	assert_int_equal(softhsm_objects(&b->h), 2);
}

BENCH_CASE(what_is_not_there_is_said)
{
	struct bench *b = *state;
	struct token_certificate c = {.label = LABEL, .der = bytes_of("x", 1)};
	static const uint8_t digest[32];
	struct token_sign x = {.id = ID, .kind = KEY_P256, .data = BYTES_OF(digest)};
	struct bytes raw;
	struct fault f = {0};

	open_and_login(b);
	assert_int_equal(token_sign(b->t, &x, NULL, b->a, &raw, &f), E_OTHER_TOKEN);
	f = (struct fault){0};
	assert_int_equal(token_cert_put(b->t, ID, &c, &f), E_OTHER_TOKEN);
	assert_int_equal(token_delete(b->t, ID, TOKEN_KEYS, &b->f), OK);
	f = (struct fault){0};
	b->info.slot = 999999;
	token_close(&b->t);
	assert_int_equal(token_open(b->set, &b->info, &b->t, &f), E_TOKEN_ABSENT);
}

BENCH_CASE(a_wrong_pin_is_said_and_counted)
{
	struct bench *b = *state;
	struct secret wrong = softhsm_pin("000000");
	struct fault f = {0};
	unsigned flags;

	assert_int_equal(token_open(b->set, &b->info, &b->t, &f), OK);
	assert_int_equal(token_login(b->t, &wrong, &f), E_PIN_INCORRECT);
	assert_string_equal(f.rule, "");
	assert_int_equal(token_flags(b->t, &flags, &b->f), OK);
	assert_true(flags & TOKEN_PIN_LOW);
	softhsm_fault(&b->h, "C_GetTokenInfo 1 flags 0x20000\n");
	f = (struct fault){0};
	assert_int_equal(token_login(b->t, &wrong, &f), E_PIN_INCORRECT);
	assert_string_equal(f.rule, "n=1");
	softhsm_fault(&b->h, "C_GetTokenInfo 1 flags 0x40000\n");
	f = (struct fault){0};
	assert_int_equal(token_login(b->t, &wrong, &f), E_PIN_LOCKED);
	softhsm_fault(&b->h, "");
	assert_int_equal(token_login(b->t, &b->pin, &b->f), OK);
	secret_free(&wrong);
}

struct trouble {
	const char *name, *lines;
	enum err err;
};

/* Failures of the module itself: no half pair may stay, not even by a module that made it. */
BENCH_CASE(a_failed_key_pair_leaves_nothing)
{
	static const struct trouble rows[] = {
	    {"full", "C_GenerateKeyPair 1 fail 0x31\n", E_TOKEN_FULL},
	    {"made, then failed", "C_GenerateKeyPair 1 fail-after 0x30\n", E_TOKEN_ERROR},
	    {"pulled", "C_GenerateKeyPair 1 fail 0x30\nC_GetSlotInfo 1 absent\n", E_TOKEN_REMOVED},
	    {"no such curve", "C_GenerateKeyPair 1 fail 0x140\n", E_ALG_UNSUPPORTED},
	};
	struct bench *b = *state;
	struct bytes spki;

	open_and_login(b);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct fault f = {0};

		softhsm_fault(&b->h, rows[i].lines);
		assert_int_equal(make(b, &spki, &f), rows[i].err);
		softhsm_fault(&b->h, "");
		assert_int_equal(softhsm_objects(&b->h), 0);
	}
}

BENCH_CASE(a_failed_write_leaves_the_former_certificate)
{
	static const struct trouble rows[] = {
	    {"full", "C_CreateObject 1 fail 0x31\n", E_TOKEN_FULL},
	    {"pulled", "C_CreateObject 1 fail 0x32\n", E_TOKEN_REMOVED},
	    {"some fault", "C_CreateObject 1 fail 0x6\n", E_TOKEN_ERROR},
	};
	struct bench *b = *state;
	struct token_certificate c = {
	    .label = LABEL, .der = bytes_of("first", 5), .subject = bytes_of("\x30\x00", 2)};
	struct token_containers all;
	struct bytes spki;

	open_and_login(b);
	assert_int_equal(make(b, &spki, &b->f), OK);
	assert_int_equal(token_cert_put(b->t, ID, &c, &b->f), OK);
	c.der = bytes_of("second", 6);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct fault f = {0};

		softhsm_fault(&b->h, rows[i].lines);
		assert_int_equal(token_cert_put(b->t, ID, &c, &f), rows[i].err);
	}
	softhsm_fault(&b->h, "");
	assert_int_equal(token_containers(b->t, b->a, &all, &b->f), OK);
	assert_true(bytes_eq(all.list[0].certificate, bytes_of("first", 5)));
	assert_int_equal(softhsm_objects(&b->h), 3);
}

/* The child dies or hangs: this question fails, the next works, an orphan can be removed. */
static void
broken_child(struct bench *b, const char *lines)
{
	struct bytes spki;
	struct fault f = {0};

	open_and_login(b);
	softhsm_fault(&b->h, lines);
	b->h.module.timeout_ms = 1000;
	assert_int_equal(make(b, &spki, &f), E_MODULE_CRASHED);
	assert_string_equal(f.field, "softhsm");
	/* The old session is gone and says so; it does not start a child by itself. */
	f = (struct fault){0};
	assert_int_equal(token_logout(b->t, &f), E_MODULE_CRASHED);
	softhsm_fault(&b->h, "");
	b->h.module.timeout_ms = 20000;
	token_close(&b->t);
	open_and_login(b);
	assert_int_equal(token_delete(b->t, ID, TOKEN_KEYS, &b->f), OK);
	assert_int_equal(softhsm_objects(&b->h), 0);
	assert_int_equal(make(b, &spki, &b->f), OK);
}

BENCH_CASE(a_child_that_crashes_is_replaced)
{
	broken_child(*state, "C_GenerateKeyPair 1 crash\n");
}

BENCH_CASE(a_child_that_crashes_after_the_key_leaves_one_to_delete)
{
	broken_child(*state, "C_GenerateKeyPair 1 crash-after\n");
}

BENCH_CASE(a_child_that_hangs_is_killed)
{
	struct timespec t0, t1;

	(void)clock_gettime(CLOCK_MONOTONIC, &t0);
	broken_child(*state, "C_GenerateKeyPair 1 hang\n");
	(void)clock_gettime(CLOCK_MONOTONIC, &t1);
	assert_true(t1.tv_sec - t0.tv_sec < 10);
	/* None is left behind. */
	assert_int_equal(waitpid(-1, NULL, WNOHANG), 0);
}

BENCH_CASE(a_module_that_cannot_be_loaded_is_a_row_not_a_fault)
{
	struct bench *b = *state;
	const char *argv[] = {SERVE_PATH, "/nonexistent.so", NULL};
	const char *other[] = {SERVE_PATH, SERVE_PATH, NULL};
	const char *absent[] = {"/nonexistent/program", "x", NULL};
	struct token_module m[4] = {{.name = "gone", .argv = argv, .envp = b->h.envp}, b->h.module,
	    {.name = "no-module", .argv = other, .envp = b->h.envp},
	    {.name = "no-child", .argv = absent, .envp = b->h.envp}};
	struct token_set *set = token_set_new(m, 4);
	struct token_list list;

	assert_int_equal(token_list(set, b->a, &list, &b->f), OK);
	assert_int_equal(list.n, 1);
	assert_int_equal(list.tokens[0].module, 1);
	assert_int_equal(list.failed_n, 3);
	assert_int_equal(list.failed[0].fault.code, E_MODULE);
	assert_non_null(strstr(list.failed[0].fault.detail, "nonexistent.so"));
	assert_int_equal(list.failed[1].fault.code, E_MODULE);
	assert_int_equal(list.failed[2].fault.code, E_MODULE_CRASHED);
	token_set_free(&set);
}

/* How many tokens two modules show, when the second one says about them what PLAN says. */
static size_t
two_modules(struct bench *b, const char *plan)
{
	struct token_module m[2] = {b->h.module, b->h.module};
	char path[128], env[160];
	const char *envp[] = {b->h.envp[0], env, b->h.envp[2], NULL};
	struct token_set *set;
	struct token_list list;
	FILE *f;

	(void)snprintf(path, sizeof(path), "%s/fault-2", b->h.dir);
	(void)snprintf(env, sizeof(env), "FAULT_FILE=%s", path);
	f = fopen(path, "w");
	assert_non_null(f);
	assert_true(fputs(plan, f) >= 0);
	assert_int_equal(fclose(f), 0);
	m[1].name = "again";
	m[1].envp = envp;
	set = token_set_new(m, 2);
	assert_int_equal(token_list(set, b->a, &list, &b->f), OK);
	assert_int_equal(list.failed_n, 0);
	assert_int_equal(list.tokens[0].module, 0);
	token_set_free(&set);
	return list.n;
}

BENCH_CASE(a_token_seen_by_two_modules_is_one)
{
	struct bench *b = *state;

	assert_int_equal(two_modules(b, ""), 1);
	/* By its serial number in another reader's words, by its reader under another number. */
	assert_int_equal(two_modules(b, "C_GetSlotInfo 1 reader 7\n"), 1);
	assert_int_equal(two_modules(b, "C_GetTokenInfo 1 serial 7\n"), 1);
	assert_int_equal(
	    two_modules(b, "C_GetTokenInfo 1 serial 7\nC_GetSlotInfo 1 reader 7\n"), 2);
	/* A number that names nothing is nobody's. */
	assert_int_equal(
	    two_modules(b, "C_GetTokenInfo 1 serial 0\nC_GetSlotInfo 1 reader 7\n"), 2);
}

BENCH_CASE(slow_modules_are_asked_at_once)
{
	struct bench *b = *state;
	const char *argv[] = {"/bin/sleep", "60", NULL};
	struct token_module m[4] = {
	    {.name = "slow-1", .argv = argv, .envp = b->h.envp, .timeout_ms = 1500}, b->h.module,
	    {.name = "slow-2", .argv = argv, .envp = b->h.envp, .timeout_ms = 1500},
	    {.name = "slow-3", .argv = argv, .envp = b->h.envp, .timeout_ms = 1500}};
	struct token_set *set = token_set_new(m, 4);
	struct timespec t0, t1;
	struct token_list list;

	(void)clock_gettime(CLOCK_MONOTONIC, &t0);
	assert_int_equal(token_list(set, b->a, &list, &b->f), OK);
	(void)clock_gettime(CLOCK_MONOTONIC, &t1);
	assert_int_equal(list.n, 1);
	assert_int_equal(list.failed_n, 3);
	assert_true(t1.tv_sec - t0.tv_sec < 4);
	token_set_free(&set);
}

#define BENCH(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	static const struct CMUnitTest cases[] = {
	    BENCH(a_token_is_listed_with_its_names),
	    BENCH(a_key_is_made_signs_takes_its_certificate_and_goes),
	    BENCH(every_kind_of_key_is_made_and_signs),
	    BENCH(a_kind_that_the_token_lacks_makes_no_key),
	    BENCH(a_second_key_of_the_same_id_is_refused),
	    BENCH(what_is_not_there_is_said),
	    BENCH(a_wrong_pin_is_said_and_counted),
	    BENCH(a_failed_key_pair_leaves_nothing),
	    BENCH(a_failed_write_leaves_the_former_certificate),
	    BENCH(a_child_that_crashes_is_replaced),
	    BENCH(a_child_that_crashes_after_the_key_leaves_one_to_delete),
	    BENCH(a_child_that_hangs_is_killed),
	    BENCH(a_module_that_cannot_be_loaded_is_a_row_not_a_fault),
	    BENCH(a_token_seen_by_two_modules_is_one),
	    BENCH(slow_modules_are_asked_at_once),
	};

	return cmocka_run_group_tests(cases, NULL, NULL);
}
