/* SPDX-License-Identifier: Apache-2.0 */
/* What the windows say and what their answers do: right and wrong PINs, last tries, cancelling. */
#include <string.h>
#include <unistd.h>

#include "agent/lock.h"
#include "stand.h"
#include "test.h"

static const struct id one = {{7}};

#define STAND_CASE(name) static void name(void **state)

static enum err
begin(struct stand *s)
{
	return stand_fails(s, STAND_ORIGIN, "enrol.begin", stand_job(s, one, NULL));
}

static size_t
count(const char *text, const char *what)
{
	size_t n = 0;

	while ((text = strstr(text, what)) != NULL) {
		text += strlen(what);
		n++;
	}
	return n;
}

STAND_CASE(a_wrong_pin_is_asked_again_in_the_same_window)
{
	struct stand *s = *state;
	const char *seen;

	stand_hello(s);
	stand_answers(s, "pin 000000\npin 12\npin " SOFTHSM_PIN "\n");
	assert_int_equal(begin(s), OK);
	seen = stand_seen(s);
	assert_int_equal(count(seen, "GETPIN\n"), 3);
	assert_int_equal(count(seen, "BYE\n"), 1);
	assert_int_equal(count(seen, "SETERROR The PIN is wrong.\n"), 1);
	/* Too short for this token: said before a try is spent. */
	assert_int_equal(count(seen, "SETERROR The PIN has 4–255 characters."), 1);
	assert_int_equal(softhsm_objects(&s->h), 2);
}

STAND_CASE(a_quoted_pin_arrives_whole)
{
	struct stand *s = *state;

	stand_hello(s);
	stand_answers(s, "pin 24%36810\n");
	assert_int_equal(begin(s), OK);
}

STAND_CASE(a_token_that_never_locks_is_not_asked_for_ever)
{
	struct stand *s = *state;

	stand_hello(s);
	stand_answers(s, "pin 0000\npin 0001\npin 0002\npin 0003\npin 0004\npin 0005\n");
	assert_int_equal(begin(s), E_PIN_INCORRECT);
	assert_int_equal(count(stand_seen(s), "GETPIN\n"), 5);
	assert_int_equal(softhsm_objects(&s->h), 0);
}

STAND_CASE(the_last_try_is_asked_for_by_itself)
{
	struct stand *s = *state;
	const char *seen;

	stand_hello(s);
	softhsm_fault(&s->h, "C_GetTokenInfo 1 flags 0x20000\n");
	stand_answers(s, "cancel\n");
	assert_int_equal(begin(s), E_CANCELLED);
	seen = stand_seen(s);
	assert_int_equal(count(seen, "CONFIRM\n"), 1);
	assert_int_equal(count(seen, "GETPIN\n"), 0);
	assert_non_null(strstr(seen, "locks the token “unit”"));
	stand_answers(s, "ok\npin 000000\ncancel\n");
	assert_int_equal(begin(s), E_CANCELLED);
	seen = stand_seen(s);
	assert_int_equal(count(seen, "GETPIN\n"), 1);
	assert_int_equal(count(seen, "CONFIRM\n"), 2);
	stand_answers(s, "ok\n");
	assert_int_equal(begin(s), OK);
}

STAND_CASE(a_locked_token_is_not_asked_for)
{
	struct stand *s = *state;

	stand_hello(s);
	softhsm_fault(&s->h, "C_GetTokenInfo 1 flags 0x40000\n");
	assert_int_equal(begin(s), E_PIN_LOCKED);
	assert_int_equal(count(stand_seen(s), "GETPIN"), 0);
	softhsm_fault(&s->h, "C_GetTokenInfo 1 flags 0x80000\n");
	assert_int_equal(begin(s), E_PIN_NOT_SET);
}

STAND_CASE(a_reader_with_keys_of_its_own_is_asked_there)
{
	struct stand *s = *state;
	const char *seen;

	stand_hello(s);
	/* The flag is seen when the token is listed; SoftHSM then refuses the login without a PIN. */
	softhsm_fault(&s->h, "C_GetTokenInfo 1 flags 0x100\nC_Login 1 fail 0x50\n");
	assert_int_equal(begin(s), E_CANCELLED);
	seen = stand_seen(s);
	assert_int_equal(count(seen, "GETPIN"), 0);
	assert_int_equal(count(seen, "CONFIRM\n"), 1);
	assert_non_null(strstr(seen, "reader's own keys"));
}

STAND_CASE(cancelling_and_time_limits_change_nothing)
{
	static const struct {
		const char *answers;
		enum err err;
	} rows[] = {{"cancel\n", E_CANCELLED}, {"late\n", E_TIMEOUT}, {"junk\n", E_CONFIG},
	    {"end\n", E_CONFIG}};
	struct stand *s = *state;

	stand_hello(s);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		stand_answers(s, rows[i].answers);
		assert_int_equal(begin(s), rows[i].err);
	}
	assert_int_equal(softhsm_objects(&s->h), 0);
}

STAND_CASE(a_pinentry_that_hangs_is_ended)
{
	struct stand *s = *state;

	stand_hello(s);
	s->settings.pin_timeout_s = 1;
	stand_answers(s, "hang\n");
	assert_int_equal(begin(s), E_TIMEOUT);
	assert_int_equal(softhsm_objects(&s->h), 0);
}

STAND_CASE(three_cancelled_questions_make_a_pause)
{
	struct stand *s = *state;

	stand_hello(s);
	for (int i = 0; i < 3; i++) {
		stand_answers(s, "cancel\n");
		assert_int_equal(begin(s), E_CANCELLED);
	}
	(void)stand_seen(s);
	assert_int_equal(begin(s), E_RATE);
	assert_string_equal(stand_seen(s), "");
}

STAND_CASE(another_agent_has_the_token)
{
	struct stand *s = *state;
	json_t *list, *row;
	int lock;

	list = stand_ok(s, "tokens.list", json_object());
	row = json_array_get(json_object_get(list, "tokens"), 0);
	assert_int_equal(
	    lock_take(str_of(json_string_value(json_object_get(row, "serial"))), &lock, &s->f), OK);
	stand_hello(s);
	assert_int_equal(begin(s), E_TOKEN_BUSY);
	assert_string_equal(stand_seen(s), "");
	assert_int_equal(close(lock), 0);
	assert_int_equal(begin(s), OK);
}

STAND_CASE(the_language_is_the_pages)
{
	struct stand *s = *state;
	const char *seen;

	s->settings.has_language = false;
	s->nonce = str_of(json_string_value(
	    json_object_get(stand_ok(s, "hello", json_pack("{s:s}", "language", "ru")), "nonce")));
	stand_answers(s, "cancel\n");
	assert_int_equal(begin(s), E_CANCELLED);
	seen = stand_seen(s);
	assert_non_null(strstr(seen, "просит создать"));
	assert_non_null(strstr(seen, "организация: Example Ltd"));
}

#define STAND(name) cmocka_unit_test_setup_teardown(name, stand_up, stand_down)

int
main(void)
{
	static const struct CMUnitTest cases[] = {
	    STAND(a_wrong_pin_is_asked_again_in_the_same_window),
	    STAND(a_quoted_pin_arrives_whole),
	    STAND(a_token_that_never_locks_is_not_asked_for_ever),
	    STAND(the_last_try_is_asked_for_by_itself),
	    STAND(a_locked_token_is_not_asked_for),
	    STAND(a_reader_with_keys_of_its_own_is_asked_there),
	    STAND(cancelling_and_time_limits_change_nothing),
	    STAND(a_pinentry_that_hangs_is_ended),
	    STAND(three_cancelled_questions_make_a_pause),
	    STAND(another_agent_has_the_token),
	    STAND(the_language_is_the_pages),
	};

	return cmocka_run_group_tests(cases, NULL, NULL);
}
