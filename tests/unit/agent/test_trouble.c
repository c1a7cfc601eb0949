/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whatever goes wrong at whatever step of an enrolment: it ends in the right words, no key stays
 * that nobody knows of, and the same enrolment goes on afterwards.
 */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/say.h"
#include "stand.h"
#include "test.h"

static const struct id one = {{0x77}};
static const uint8_t server_nonce[32] = {5};

#define STAND_CASE(name) static void name(void **state)

/* What people read: a part of the sentence in each language. */
static const struct {
	enum err err;
	const char *words[LANG__COUNT];
} words[] = {
    {E_TOKEN_REMOVED,
	{[LANG_EN] = "was pulled out", [LANG_ZH] = "UKey被拔出", [LANG_RU] = "Токен вынут"}},
    {E_TOKEN_FULL,
	{[LANG_EN] = "no room left", [LANG_ZH] = "容器已满", [LANG_RU] = "не осталось места"}},
    {E_TOKEN_ERROR,
	{[LANG_EN] = "a fault of its own",
	    [LANG_ZH] = "UKey返回故障",
	    [LANG_RU] = "внутренней ошибкой"}},
    {E_PIN_INCORRECT,
	{[LANG_EN] = "The PIN is wrong", [LANG_ZH] = "PIN错误", [LANG_RU] = "Неверный PIN"}},
    {E_PIN_LOCKED, {[LANG_EN] = "PIN is locked", [LANG_ZH] = "已锁定", [LANG_RU] = "заблокирован"}},
    {E_CANCELLED,
	{[LANG_EN] = "You closed the window", [LANG_ZH] = "您已取消", [LANG_RU] = "закрыли окно"}},
    {E_TIMEOUT,
	{[LANG_EN] = "Nobody answered", [LANG_ZH] = "等待超时", [LANG_RU] = "Ответа не дождались"}},
    {E_MODULE_CRASHED,
	{[LANG_EN] = "The driver of the token stopped",
	    [LANG_ZH] = "UKey驱动意外停止",
	    [LANG_RU] = "Драйвер токена перестал"}},
};
#define WORDS (sizeof(words) / sizeof(words[0]))

static void
right_words(const char *where, enum err e, enum lang l)
{
	for (size_t i = 0; i < WORDS; i++) {
		if (words[i].err != e)
			continue;
		if (strstr(stand_words, words[i].words[l]) == NULL)
			fail_msg("%s: said “%s”", where, stand_words);
		return;
	}
	fail_msg("%s: %s has no words here", where, err_row(e)->slug);
}

enum { PULLED, REMOVED, FULL, WRONG, LOCKED, CANCELLED, CRASHED, DONE_CRASHED, HANGS, FAULTS };

static const char *const faults[FAULTS] = {
    [PULLED] = "pull",
    [REMOVED] = "fail 0x32",
    [FULL] = "fail 0x31",
    [WRONG] = "fail 0xa0",
    [LOCKED] = "fail 0xa4",
    [CANCELLED] = "fail 0x50",
    [CRASHED] = "crash",
    [DONE_CRASHED] = "crash-after",
    [HANGS] = "hang",
};

/* A step: the call that goes wrong (the Nth since the step's verb began), and what each fault is. */
struct step {
	const char *name, *call;
	enum err err[FAULTS];
};

#define OUTCOMES(full)                                                                         \
	{                                                                                      \
		[PULLED] = E_TOKEN_REMOVED, [REMOVED] = E_TOKEN_REMOVED, [FULL] = full,        \
		[WRONG] = E_PIN_INCORRECT, [LOCKED] = E_PIN_LOCKED, [CANCELLED] = E_CANCELLED, \
		[CRASHED] = E_MODULE_CRASHED, [DONE_CRASHED] = E_MODULE_CRASHED,               \
		[HANGS] = E_MODULE_CRASHED                                                     \
	}

static const struct step begin_steps[] = {
    {"open", "C_OpenSession 1", OUTCOMES(E_TOKEN_ERROR)},
    {"look", "C_FindObjectsInit 1", OUTCOMES(E_TOKEN_ERROR)},
    {"log in", "C_Login 1", OUTCOMES(E_TOKEN_ERROR)},
    {"look again", "C_FindObjectsInit 4", OUTCOMES(E_TOKEN_ERROR)},
    {"make the key", "C_GenerateKeyPair 1", OUTCOMES(E_TOKEN_FULL)},
    {"begin to sign", "C_SignInit 1", OUTCOMES(E_TOKEN_ERROR)},
    {"sign the request", "C_Sign 1", OUTCOMES(E_TOKEN_ERROR)},
};

static const struct step finish_steps[] = {
    {"open", "C_OpenSession 1", OUTCOMES(E_TOKEN_ERROR)},
    {"log in", "C_Login 1", OUTCOMES(E_TOKEN_ERROR)},
    {"look", "C_FindObjectsInit 1", OUTCOMES(E_TOKEN_ERROR)},
    {"write the certificate", "C_CreateObject 1", OUTCOMES(E_TOKEN_FULL)},
    {"sign that it is there", "C_Sign 1", OUTCOMES(E_TOKEN_ERROR)},
};

static json_t *
with_token(json_t *args)
{
	json_object_set_new(args, "token", json_string(SOFTHSM_LABEL));
	return args;
}

static json_t *
finish_args(struct stand *s, struct bytes cert)
{
	return with_token(json_pack("{s:s,s:[o],s:o}", "enrolment", id_text(s->a, one), "chain",
	    stand_text(s, cert), "nonce", stand_text(s, BYTES_OF(server_nonce))));
}

static json_t *
begin_args(struct stand *s, bool pending)
{
	json_t *args = stand_job(s, one, NULL);

	if (pending)
		json_object_set_new(args, "pending", json_true());
	return args;
}

/* From whatever is there: begun, and given up by its own verb; nothing is left. */
static void
go_on_and_give_up(struct stand *s, const char *where, int there)
{
	stand_anew(s, LANG_EN);
	if (there)
		assert_int_equal(
		    stand_fails(s, STAND_ORIGIN, "enrol.begin", begin_args(s, false)), E_CONTAINER);
	(void)stand_ok(s, "enrol.begin", begin_args(s, there != 0));
	assert_int_equal(softhsm_objects(&s->h), 2);
	(void)stand_ok(
	    s, "enrol.abort", with_token(json_pack("{s:s}", "enrolment", id_text(s->a, one))));
	if (softhsm_objects(&s->h) != 0)
		fail_msg("%s: an orphan is left", where);
}

/* Another agent; one whose module is going to hang does not wait for long. */
static void
anew(struct stand *s, enum lang l, bool hangs)
{
	static struct settings_module m;
	const struct settings_module *usual = s->settings.modules;

	m = *usual;
	m.timeout_ms = 500;
	if (hangs)
		s->settings.modules = &m;
	stand_anew(s, l);
	s->settings.modules = usual;
}

static void
plan(struct stand *s, const char *call, const char *what)
{
	softhsm_fault(&s->h, arena_fmt(s->a, "%s %s\n", call, what));
}

STAND_CASE(a_failed_begin_says_why_and_leaves_no_orphan)
{
	struct stand *s = *state;
	unsigned turn = 0;

	for (size_t i = 0; i < sizeof(begin_steps) / sizeof(begin_steps[0]); i++) {
		const struct step *step = &begin_steps[i];

		for (size_t k = 0; k < FAULTS; k++, turn++) {
			const char *where = arena_fmt(s->a, "%s: %s", step->name, faults[k]);
			enum lang l = (enum lang)(turn % LANG__COUNT);
			int left;
			enum err e;

			anew(s, l, k == HANGS);
			plan(s, step->call, faults[k]);
			e = stand_fails(s, STAND_ORIGIN, "enrol.begin", begin_args(s, false));
			if (e != step->err[k])
				fail_msg("%s: %s", where, err_row(e)->slug);
			right_words(where, e, l);
			left = softhsm_objects(&s->h);
			/* What is pulled out with a new key in it cannot be tidied before it is back. */
			if (left != 0 && k != PULLED)
				fail_msg("%s: %d objects left", where, left);
			softhsm_fault(&s->h, "");
			go_on_and_give_up(s, where, left);
		}
	}
}

STAND_CASE(a_failed_finish_says_why_and_is_repeated)
{
	struct stand *s = *state;
	unsigned turn = 0;

	for (size_t i = 0; i < sizeof(finish_steps) / sizeof(finish_steps[0]); i++) {
		const struct step *step = &finish_steps[i];
		struct bytes cert;

		for (size_t k = 0; k < FAULTS; k++, turn++) {
			const char *where = arena_fmt(s->a, "%s: %s", step->name, faults[k]);
			enum lang l = (enum lang)(turn % LANG__COUNT);
			json_t *args;
			enum err e;

			stand_anew(s, l);
			cert = stand_issue(s, stand_ok(s, "enrol.begin", begin_args(s, false)));
			anew(s, l, k == HANGS);
			args = finish_args(s, cert);
			plan(s, step->call, faults[k]);
			e = stand_fails(s, STAND_ORIGIN, "enrol.finish", json_incref(args));
			if (e != step->err[k])
				fail_msg("%s: %s", where, err_row(e)->slug);
			right_words(where, e, l);
			softhsm_fault(&s->h, "");
			stand_anew(s, l);
			(void)stand_ok(s, "enrol.finish", args);
			if (softhsm_objects(&s->h) != 3)
				fail_msg("%s: %d objects", where, softhsm_objects(&s->h));
			stand_clear(s);
		}
	}
}

/* Breaks call N once, asks VERB; *RET_HIT: there was such a call. */
static enum err
break_once(struct stand *s, int n, const char *way, const char *verb, json_t *args, bool *ret_hit)
{
	struct stat st;
	enum err e;

	plan(s, arena_fmt(s->a, "* %d", n), way);
	e = stand_fails(s, STAND_ORIGIN, verb, args);
	assert_int_equal(stat(s->h.fault, &st), 0);
	*ret_hit = st.st_size == 0;
	softhsm_fault(&s->h, "");
	return e;
}

static const char *const ways[] = {"fail 0x32 once", "crash 0 once", "crash-after 0 once"};
#define WAYS (sizeof(ways) / sizeof(ways[0]))

/* Every single call, not only the steps above. */
STAND_CASE(any_call_of_begin_may_break_once)
{
	struct stand *s = *state;
	int calls = 0;

	for (size_t w = 0; w < WAYS; w++) {
		bool hit = true;

		for (int n = 1; hit; n++, calls++) {
			enum err e;

			stand_anew(s, LANG_EN);
			e = break_once(s, n, ways[w], "enrol.begin", begin_args(s, false), &hit);
			if (softhsm_objects(&s->h) != (e == OK ? 2 : 0))
				fail_msg("call %d: %s: %s, %d objects", n, ways[w],
				    err_row(e)->slug, softhsm_objects(&s->h));
			stand_clear(s);
		}
	}
	assert_true(calls > 60);
}

/* The certificate is issued: its key stays, whatever happens, and the same finish succeeds later. */
STAND_CASE(any_call_of_finish_may_break_once)
{
	struct stand *s = *state;
	int calls = 0;

	for (size_t w = 0; w < 2; w++) {
		bool hit = true;

		for (int n = 1; hit; n++, calls++) {
			struct bytes cert;
			json_t *args;
			enum err e;

			stand_anew(s, LANG_EN);
			cert = stand_issue(s, stand_ok(s, "enrol.begin", begin_args(s, false)));
			args = finish_args(s, cert);
			e = break_once(s, n, ways[w], "enrol.finish", json_incref(args), &hit);
			if (softhsm_objects(&s->h) < 2)
				fail_msg("call %d: %s: the key is gone", n, ways[w]);
			if (e != OK)
				(void)stand_ok(s, "enrol.finish", json_incref(args));
			json_decref(args);
			if (softhsm_objects(&s->h) != 3)
				fail_msg("call %d: %s: %s, %d objects", n, ways[w],
				    err_row(e)->slug, softhsm_objects(&s->h));
			stand_clear(s);
		}
	}
	assert_true(calls > 25);
}

STAND_CASE(any_call_of_abort_may_break_once)
{
	struct stand *s = *state;

	for (size_t w = 0; w < 2; w++) {
		bool hit = true;

		for (int n = 1; hit; n++) {
			json_t *args =
			    with_token(json_pack("{s:s}", "enrolment", id_text(s->a, one)));
			enum err e;

			stand_anew(s, LANG_EN);
			(void)stand_ok(s, "enrol.begin", begin_args(s, false));
			e = break_once(s, n, ways[w], "enrol.abort", json_incref(args), &hit);
			if (e != OK)
				(void)stand_ok(s, "enrol.abort", json_incref(args));
			json_decref(args);
			if (softhsm_objects(&s->h) != 0)
				fail_msg("call %d: %s: %s, %d objects", n, ways[w],
				    err_row(e)->slug, softhsm_objects(&s->h));
		}
	}
}

STAND_CASE(each_failure_has_its_words_in_each_language)
{
	struct stand *s = *state;

	for (size_t i = 0; i < WORDS; i++) {
		for (size_t l = 0; l < LANG__COUNT; l++) {
			struct fault f = {.code = words[i].err};
			struct say said = say_fault(s->a, (enum lang)l, &f);

			if (memmem(said.what.p, said.what.n, words[i].words[l],
				strlen(words[i].words[l])) == NULL ||
			    said.next.n == 0)
				fail_msg("%s in %s: %.*s", err_row(f.code)->slug,
				    lang_tag((enum lang)l), (int)said.what.n, said.what.p);
		}
	}
}

#define STAND(name) cmocka_unit_test_setup_teardown(name, stand_up, stand_down)

int
main(void)
{
	static const struct CMUnitTest cases[] = {
	    STAND(a_failed_begin_says_why_and_leaves_no_orphan),
	    STAND(a_failed_finish_says_why_and_is_repeated),
	    STAND(any_call_of_begin_may_break_once),
	    STAND(any_call_of_finish_may_break_once),
	    STAND(any_call_of_abort_may_break_once),
	    STAND(each_failure_has_its_words_in_each_language),
	};

	return cmocka_run_group_tests(cases, NULL, NULL);
}
