/* SPDX-License-Identifier: Apache-2.0 */
/* Looking after a token: a new PIN, what is no longer used, a report for the hotline. */
#include <stdio.h>
#include <string.h>

#include "stand.h"
#include "test.h"

static const struct id one = {{1}}, two = {{2}};
static const uint8_t server_nonce[32] = {5};

#define NEW_PIN "975310"

#define STAND_CASE(name) static void name(void **state)

static json_t *
token_args(void)
{
	return json_pack("{s:s}", "token", SOFTHSM_LABEL);
}

static bool
logs_in(struct stand *s, const char *text)
{
	struct secret pin = softhsm_pin(text);
	struct token_list list;
	struct token *t;
	enum err e;

	assert_int_equal(token_list(s->agent->tokens, s->a, &list, &s->f), OK);
	assert_int_equal(token_open(s->agent->tokens, &list.tokens[0], &t, &s->f), OK);
	e = token_login(t, &pin, NULL);
	token_close(&t);
	secret_free(&pin);
	return e == OK;
}

static size_t
count(const char *text, const char *what)
{
	size_t n = 0;

	for (; (text = strstr(text, what)) != NULL; text += strlen(what))
		n++;
	return n;
}

STAND_CASE(a_pin_is_changed_in_windows_only)
{
	struct stand *s = *state;
	const char *seen;

	stand_answers(s, "pin " SOFTHSM_PIN "\npin " NEW_PIN "\npin " NEW_PIN "\n");
	(void)stand_ok(s, "pin.change", token_args());
	seen = stand_seen(s);
	assert_int_equal(count(seen, "GETPIN\n"), 3);
	assert_non_null(strstr(seen, "SETDESC " STAND_ORIGIN " asks to change the PIN"));
	assert_non_null(strstr(seen, "SETPROMPT New PIN:"));
	assert_non_null(strstr(seen, "SETPROMPT Once more:"));
	assert_null(strstr(seen, NEW_PIN));
	assert_true(logs_in(s, NEW_PIN));
	assert_false(logs_in(s, SOFTHSM_PIN));
}

STAND_CASE(a_pinentry_that_repeats_by_itself_is_asked_once)
{
	struct stand *s = *state;

	stand_repeats(s);
	stand_answers(s, "pin " SOFTHSM_PIN "\ntwice " NEW_PIN "\n");
	(void)stand_ok(s, "pin.change", token_args());
	assert_int_equal(count(stand_seen(s), "GETPIN\n"), 2);
	assert_true(logs_in(s, NEW_PIN));
}

STAND_CASE(a_new_pin_is_asked_for_until_it_will_do)
{
	struct stand *s = *state;
	const char *seen;

	stand_repeats(s);
	stand_answers(s,
	    "pin " SOFTHSM_PIN "\ntwice " SOFTHSM_PIN "\ntwice 555555\ntwice 123456\ntwice 12\n"
	    "twice " NEW_PIN "\n");
	(void)stand_ok(s, "pin.change", token_args());
	seen = stand_seen(s);
	assert_int_equal(count(seen, "SETERROR That is the old PIN"), 1);
	assert_int_equal(count(seen, "SETERROR That PIN is too easy"), 2);
	assert_int_equal(count(seen, "SETERROR The PIN has 4–255"), 1);
	assert_true(logs_in(s, NEW_PIN));
}

/* Whatever happens, the PIN is the old or the new one, and the answer says which. */
STAND_CASE(a_failed_change_leaves_the_old_pin)
{
	static const struct {
		const char *answers, *fault;
		enum err err;
	} rows[] = {
	    {"cancel\n", "", E_CANCELLED},
	    {"pin " SOFTHSM_PIN "\ncancel\n", "", E_CANCELLED},
	    {"pin " SOFTHSM_PIN "\npin " NEW_PIN "\ncancel\n", "", E_CANCELLED},
	    {"pin " SOFTHSM_PIN "\nlate\n", "", E_TIMEOUT},
	    {"pin 111\npin 0000\npin 0001\npin 0002\npin 0003\n", "", E_PIN_INCORRECT},
	    {"pin " SOFTHSM_PIN
	     "\npin 97531\npin 97532\npin 97531\npin 97532\npin 97531\npin 97532\n"
	     "pin 97531\npin 97532\npin 97531\npin 97532\n",
		"", E_PIN_NEW},
	    {"pin " SOFTHSM_PIN "\npin " NEW_PIN "\npin " NEW_PIN "\n", "C_SetPIN 1 fail 0xa1\n",
		E_PIN_CHARS},
	    {"pin " SOFTHSM_PIN "\npin " NEW_PIN "\npin " NEW_PIN "\n", "C_SetPIN 1 fail 0xa2\n",
		E_PIN_LENGTH},
	    {"pin " SOFTHSM_PIN "\npin " NEW_PIN "\npin " NEW_PIN "\n", "C_SetPIN 1 fail 0xa4\n",
		E_PIN_LOCKED},
	    {"pin " SOFTHSM_PIN "\npin " NEW_PIN "\npin " NEW_PIN "\n", "C_SetPIN 1 fail 0x54\n",
		E_ADMIN_KEY},
	    {"pin " SOFTHSM_PIN "\npin " NEW_PIN "\npin " NEW_PIN "\n", "C_SetPIN 1 pull\n",
		E_TOKEN_REMOVED},
	    {"pin " SOFTHSM_PIN "\npin " NEW_PIN "\npin " NEW_PIN "\n", "C_SetPIN 1 crash\n",
		E_MODULE_CRASHED},
	    {"pin " SOFTHSM_PIN "\npin " NEW_PIN "\npin " NEW_PIN "\n", "C_SetPIN 1 hang\n",
		E_MODULE_CRASHED},
	};
	struct stand *s = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		enum err e;

		stand_anew(s, LANG_EN);
		softhsm_fault(&s->h, rows[i].fault);
		stand_answers(s, rows[i].answers);
		e = stand_fails(s, STAND_ORIGIN, "pin.change", token_args());
		softhsm_fault(&s->h, "");
		if (e != rows[i].err || !logs_in(s, SOFTHSM_PIN))
			fail_msg("row %zu: %s", i, err_row(e)->slug);
	}
}

STAND_CASE(a_pin_that_must_be_changed_first_can_be)
{
	struct stand *s = *state;

	softhsm_fault(&s->h, "C_GetTokenInfo 1 flags 0x80000\n");
	stand_answers(s, "pin " SOFTHSM_PIN "\npin " NEW_PIN "\npin " NEW_PIN "\n");
	(void)stand_ok(s, "pin.change", token_args());
	softhsm_fault(&s->h, "");
	assert_true(logs_in(s, NEW_PIN));
}

STAND_CASE(a_reader_with_keys_of_its_own_takes_both_pins)
{
	struct stand *s = *state;
	const char *seen;

	/* SoftHSM has no such keys: it refuses to do without the PIN, and is not told one. */
	softhsm_fault(&s->h, "C_GetTokenInfo 1 flags 0x100\nC_Login 1 fail 0\nC_SetPIN 1 fail 0\n");
	(void)stand_ok(s, "pin.change", token_args());
	seen = stand_seen(s);
	assert_int_equal(count(seen, "GETPIN"), 0);
	assert_int_equal(count(seen, "CONFIRM\n"), 1);
}

static struct bytes
installed(struct stand *s, struct id id)
{
	struct bytes cert;

	stand_hello(s);
	cert = stand_issue(s, stand_ok(s, "enrol.begin", stand_job(s, id, NULL)));
	(void)stand_ok(s, "enrol.finish",
	    json_pack("{s:s,s:[o],s:o}", "enrolment", id_text(s->a, id), "chain",
		stand_text(s, cert), "nonce", stand_text(s, BYTES_OF(server_nonce))));
	(void)stand_seen(s);
	return cert;
}

static json_t *
container_args(struct stand *s, struct id id)
{
	return json_pack("{s:s,s:s}", "token", SOFTHSM_LABEL, "container", id_text(s->a, id));
}

STAND_CASE(the_only_valid_certificate_needs_a_second_yes)
{
	struct stand *s = *state;
	const char *seen;

	(void)installed(s, one);
	stand_answers(s, "pin " SOFTHSM_PIN "\ncancel\n");
	assert_int_equal(
	    stand_fails(s, STAND_ORIGIN, "container.delete", container_args(s, one)), E_CANCELLED);
	seen = stand_seen(s);
	assert_non_null(strstr(seen, "only valid certificate on the token “unit”"));
	assert_non_null(strstr(seen, "Certificate of: CN=李雷"));
	assert_int_equal(softhsm_objects(&s->h), 3);
	(void)stand_ok(s, "container.delete", container_args(s, one));
	assert_int_equal(count(stand_seen(s), "CONFIRM\n"), 1);
	assert_int_equal(softhsm_objects(&s->h), 0);
	assert_int_equal(stand_fails(s, STAND_ORIGIN, "container.delete", container_args(s, one)),
	    E_OTHER_TOKEN);
}

STAND_CASE(one_of_two_certificates_and_an_unfinished_key_go_after_one)
{
	struct stand *s = *state;
	const char *seen;

	(void)installed(s, one);
	(void)installed(s, two);
	(void)stand_ok(s, "container.delete", container_args(s, one));
	seen = stand_seen(s);
	assert_int_equal(count(seen, "CONFIRM\n"), 0);
	assert_non_null(strstr(seen, "delete a key and its certificate"));
	assert_int_equal(softhsm_objects(&s->h), 3);
	(void)stand_ok(s, "enrol.begin", stand_job(s, one, NULL));
	(void)stand_seen(s);
	(void)stand_ok(s, "container.delete", container_args(s, one));
	seen = stand_seen(s);
	assert_int_equal(count(seen, "CONFIRM\n"), 0);
	assert_non_null(strstr(seen, "unfinished key"));
	/* The other's certificate is untouched. */
	assert_int_equal(softhsm_objects(&s->h), 3);
}

STAND_CASE(a_broken_delete_can_be_repeated)
{
	static const char *const faults[] = {"C_DestroyObject 1 fail 0x32",
	    "C_DestroyObject 2 crash", "C_DestroyObject 3 hang", "C_DestroyObject 2 pull"};
	struct stand *s = *state;

	for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
		(void)installed(s, one);
		softhsm_fault(&s->h, arena_fmt(s->a, "%s\n", faults[i]));
		assert_int_not_equal(
		    stand_fails(s, STAND_ORIGIN, "container.delete", container_args(s, one)), OK);
		softhsm_fault(&s->h, "");
		(void)stand_ok(s, "container.delete", container_args(s, one));
		assert_int_equal(softhsm_objects(&s->h), 0);
	}
}

STAND_CASE(a_report_is_what_was_shown)
{
	struct stand *s = *state;
	const char *text, *seen;
	json_t *ok;

	stand_hello(s);
	stand_answers(s, "cancel\n");
	assert_int_equal(stand_fails(s, STAND_ORIGIN, "diag.report", json_object()), E_CANCELLED);
	stand_answers(s, "pin " SOFTHSM_PIN "\n");
	softhsm_fault(&s->h, "C_Sign 1 fail 0x30\n");
	assert_int_equal(
	    stand_fails(s, STAND_ORIGIN, "enrol.begin", stand_job(s, one, NULL)), E_TOKEN_ERROR);
	softhsm_fault(&s->h, "");
	(void)stand_seen(s);
	ok = stand_ok(s, "diag.report", json_object());
	text = json_string_value(json_object_get(ok, "text"));
	assert_non_null(text);
	assert_non_null(strstr(text, "signet-agent " SIGNET_VERSION));
	assert_non_null(strstr(text, "module softhsm (software)"));
	assert_non_null(strstr(text, "token " SOFTHSM_LABEL));
	assert_non_null(strstr(text, "diag.report cancelled"));
	assert_non_null(strstr(text, "enrol.begin token-error C_Sign: CKR_DEVICE_ERROR"));
	assert_null(strstr(text, SOFTHSM_PIN));
	/* Each of its lines stood in a window. */
	seen = stand_seen(s);
	for (const char *at = text; *at; at = strchr(at, '\n') + 1) {
		char *line = arena_fmt(s->a, "%.*s", (int)strcspn(at, "\n"), at);

		if (strstr(seen, line) == NULL)
			fail_msg("not shown: %s", line);
	}
}

STAND_CASE(the_last_failures_are_few_and_of_pages_that_may_ask)
{
	struct stand *s = *state;
	const char *text;

	for (int i = 0; i < 12; i++)
		assert_int_equal(
		    stand_fails(s, STAND_ORIGIN, arena_fmt(s->a, "verb-%d", i), json_object()),
		    E_AGENT_REQUEST);
	assert_int_equal(
	    stand_fails(s, "https://evil.test", "verb-evil", json_object()), E_AGENT_ORIGIN);
	text =
	    json_string_value(json_object_get(stand_ok(s, "diag.report", json_object()), "text"));
	assert_null(strstr(text, "verb-3 "));
	assert_non_null(strstr(text, "verb-4 "));
	assert_non_null(strstr(text, "verb-11 "));
	assert_null(strstr(text, "evil"));
}

#define STAND(name) cmocka_unit_test_setup_teardown(name, stand_up, stand_down)

int
main(void)
{
	static const struct CMUnitTest cases[] = {
	    STAND(a_pin_is_changed_in_windows_only),
	    STAND(a_pinentry_that_repeats_by_itself_is_asked_once),
	    STAND(a_new_pin_is_asked_for_until_it_will_do),
	    STAND(a_failed_change_leaves_the_old_pin),
	    STAND(a_pin_that_must_be_changed_first_can_be),
	    STAND(a_reader_with_keys_of_its_own_takes_both_pins),
	    STAND(the_only_valid_certificate_needs_a_second_yes),
	    STAND(one_of_two_certificates_and_an_unfinished_key_go_after_one),
	    STAND(a_broken_delete_can_be_repeated),
	    STAND(a_report_is_what_was_shown),
	    STAND(the_last_failures_are_few_and_of_pages_that_may_ask),
	};

	return cmocka_run_group_tests(cases, NULL, NULL);
}
