/* SPDX-License-Identifier: Apache-2.0 */
/* Refusals in the log: of strangers only sums, of known callers each kind, and never enough to fill it. */
#include "walk.h"

#include <stdio.h>
#include <string.h>

#include "service/refusal.h"

static struct world w;
static int64_t minute;

static int
begin(void **state)
{
	(void)state;
	world_open(&w);
	return 0;
}

static int
end(void **state)
{
	(void)state;
	world_close(&w);
	return 0;
}

/* A call from ADDRESS at a door; every test has a minute of its own. */
static struct call
from(const char *address)
{
	struct call c = world_call(&w, NULL);

	c.now = minute;
	c.peer = str_of(address);
	c.route = STR("enrolment_check");
	return c;
}

static void
refuse(const struct call *c, enum err e, int times)
{
	const struct fault why = {.code = e};

	for (int i = 0; i < times; i++)
		refusal_note(c, &why);
}

static int64_t
head(void)
{
	struct log_head h;

	assert_int_equal(store_log_head(w.store[0], w.a, &h, NULL), OK);
	return h.seq;
}

/* What the records after AFTER say, one line each. */
static const char *
written(int64_t after)
{
	struct log_list l;
	const char *all = "";

	assert_int_equal(store_log(w.store[0], w.a, after, 200, &l, NULL), OK);
	for (size_t i = 0; i < l.n; i++)
		all = arena_fmt(w.a, "%s%.*s %.*s %.*s %.*s\n", all, (int)l.rows[i].event.n,
		    l.rows[i].event.p, (int)l.rows[i].actor.n, l.rows[i].actor.p,
		    (int)l.rows[i].object.n, l.rows[i].object.p, (int)l.rows[i].detail.n,
		    l.rows[i].detail.p);
	return all;
}

static int64_t
next_minute(void)
{
	struct call c = from("front");
	int64_t before = head();

	minute += 60;
	c.now = minute;
	assert_int_equal(refusal_flush(&c, false, NULL), OK);
	return before;
}

static const char *
sum(const char *rule, int count)
{
	return arena_fmt(w.a, "{\"rule\":\"%s\",\"count\":\"%d\",\"minute\":\"%lld\"}", rule, count,
	    (long long)(minute / 60 * 60 - 60));
}

TEST_CASE(a_flood_of_a_stranger_is_one_record_a_rule_and_minute)
{
	struct call c;
	int64_t before;

	minute = house_now();
	c = from("192.0.2.1");
	before = head();
	refuse(&c, E_SESSION, 10000);
	refuse(&c, E_CODE_WRONG, 7);
	assert_int_equal(head(), before);
	(void)next_minute();
	assert_string_equal(written(before),
	    arena_fmt(w.a, "refused stranger 192.0.2.1 %s\nrefused stranger 192.0.2.1 %s\n",
		sum("session", 10000), sum("code-wrong", 7)));
	/* Nothing was left over. */
	before = next_minute();
	assert_int_equal(head(), before);
}

TEST_CASE(addresses_without_number_find_no_room)
{
	int64_t before = head();

	for (int i = 0; i < 10000; i++) {
		struct call c = from(arena_fmt(w.a, "2001:db8::%x", i));

		refuse(&c, E_SESSION, 1);
	}
	(void)next_minute();
	assert_int_equal(head(), before + REFUSAL_KINDS + 1);
	assert_non_null(strstr(written(head() - 1), "refused stranger others"));
	assert_non_null(strstr(written(head() - 1), "\"count\":\"9744\""));
}

TEST_CASE(a_known_caller_is_named_at_once_and_cannot_fill_the_log_either)
{
	struct call c = from("192.0.2.2");
	int64_t before = head();

	c.who = (struct principal){.assurance = ASSURANCE_CERTIFICATE,
	    .role = PERSON_OPERATOR,
	    .person = STR("p-1"),
	    .person_key = 1};
	refuse(&c, E_ROLE, 500);
	assert_int_equal(head(), before + 1);
	assert_non_null(strstr(written(before), "access.refused person:p-1 enrolment_check"));
	(void)next_minute();
	assert_int_equal(head(), before + 2);
	assert_non_null(strstr(written(before + 1), "access.refused person:p-1 enrolment_check"));
	assert_non_null(strstr(written(before + 1), "\"count\":\"499\""));
}

TEST_CASE(what_says_nothing_about_rights_is_not_written)
{
	struct call c = from("192.0.2.3");
	int64_t before = head();

	refuse(&c, E_FIELD_FORMAT, 3);
	refuse(&c, E_STORE, 3);
	refuse(&c, E_NOT_READY, 3);
	c.route = STR("session_get");
	refuse(&c, E_AUTH_REQUIRED, 3);
	c.who.assurance = ASSURANCE_LOCAL;
	refuse(&c, E_ROLE, 3);
	(void)next_minute();
	assert_int_equal(head(), before);
}

TEST_CASE(a_process_that_ends_writes_the_minute_that_has_begun)
{
	struct call c = from("192.0.2.4");
	int64_t before = head();

	refuse(&c, E_NONCE, 2);
	assert_int_equal(refusal_flush(&c, false, NULL), OK);
	assert_int_equal(head(), before);
	assert_int_equal(refusal_flush(&c, true, NULL), OK);
	assert_int_equal(head(), before + 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_flood_of_a_stranger_is_one_record_a_rule_and_minute),
	    cmocka_unit_test(addresses_without_number_find_no_room),
	    cmocka_unit_test(a_known_caller_is_named_at_once_and_cannot_fill_the_log_either),
	    cmocka_unit_test(what_says_nothing_about_rights_is_not_written),
	    cmocka_unit_test(a_process_that_ends_writes_the_minute_that_has_begun),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
