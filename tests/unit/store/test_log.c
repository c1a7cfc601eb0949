/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include <stdio.h>

#include "store/fixture.h"

#define RECORDS 205 /* more than two steps of the walk */

static void
write_log(struct fixture *x)
{
	fixture_open(x);
	for (int i = 0; i < RECORDS; i += 5) {
		struct unit *u = fixture_unit(x);

		for (int n = 0; n < 5; n++)
			unit_log(u, AUDIT_SESSION_OPENED,
			    str_of(arena_fmt(x->a, "account:%d", i + n)), STR("{\"by\":\"sms\"}"));
		fixture_commit(x, u);
		assert_int_equal(unit_seq(u), i + 5);
	}
}

static int64_t
first_broken(struct fixture *x)
{
	struct fault f = {0};
	int64_t broken = -1;

	if (store_log_verify(x->s, &broken, &f) != OK)
		fail_msg("%s", f.detail);
	return broken;
}

TEST_CASE(the_log_is_append_only)
{
	struct fixture x;

	write_log(&x);
	assert_int_equal(first_broken(&x), 0);
	/* The schema itself refuses; whoever changes it must take the triggers away first. */
	{
		struct log_list l;

		assert_int_equal(store_log_of(x.s, x.a, STR("account:7"), 0, &l, NULL), OK);
		assert_int_equal(l.n, 1);
		assert_int_equal(l.rows[0].seq, 8);
		assert_true(str_is(l.rows[0].event, "session.opened"));
		assert_true(str_is(l.rows[0].actor, "tester"));
	}
	fixture_close(&x);
}

TEST_CASE(verify_names_the_first_record_that_was_touched)
{
	static const struct {
		const char *sql;
		int64_t broken;
	} rows[] = {
	    {"UPDATE log SET detail = '{}' WHERE seq = 120", 120},
	    {"UPDATE log SET actor = 'other' WHERE seq = 1", 1},
	    {"UPDATE log SET request = '' WHERE seq = 64", 64},
	    {"UPDATE log SET object = 'account:9' WHERE seq = 205", 205},
	    {"UPDATE log SET event = 'session.ended' WHERE seq = 100", 100},
	    {"UPDATE log SET time_ms = time_ms - 1 WHERE seq = 101", 101},
	    {"UPDATE log SET hash = (SELECT hash FROM head) WHERE seq = 200", 200},
	    {"DELETE FROM log WHERE seq = 3", 3},
	    {"DELETE FROM log WHERE seq >= 204", 204},
	    {"DELETE FROM log", 1},
	    {"INSERT INTO log SELECT 206, time_ms, request, actor, event, object, detail, hash "
	     "FROM log WHERE seq = 205",
		206},
	    {"UPDATE head SET hash = (SELECT hash FROM log WHERE seq = 2)", 205},
	    {"UPDATE head SET seq = 204", 204},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct fixture x;

		write_log(&x);
		fixture_sql(&x,
		    fixture_postgres()
			? "ALTER TABLE log DISABLE TRIGGER USER"
			: "DROP TRIGGER log_keeps_update; DROP TRIGGER log_keeps_delete");
		fixture_sql(&x, rows[i].sql);
		if (first_broken(&x) != rows[i].broken)
			fail_msg("%s", rows[i].sql);
		fixture_close(&x);
	}
}

TEST_CASE(time_never_goes_back)
{
	struct fixture x;
	struct unit *u;
	struct log_list l;
	int64_t ms;

	fixture_open(&x);
	for (int i = 0; i < 3; i++) {
		u = unit_new(x.a, STR("tester"), STR(""), NOW * 1000 - 500 * i);
		unit_log(u, AUDIT_SETTLED, STR(""), STR(""));
		fixture_commit(&x, u);
	}
	assert_int_equal(store_log(x.s, x.a, 0, 0, &l, NULL), OK);
	assert_int_equal(l.n, 3);
	assert_int_equal(l.rows[2].time_ms, NOW * 1000);
	assert_int_equal(store_time(x.s, 5, &ms, NULL), OK);
	assert_int_equal(ms, NOW * 1000);
	assert_int_equal(store_time(x.s, NOW * 1000 + 5, &ms, NULL), OK);
	assert_int_equal(ms, NOW * 1000 + 5);
	assert_int_equal(first_broken(&x), 0);
	fixture_close(&x);
}

TEST_CASE(two_processes_write_one_chain)
{
	struct fixture x;
	struct store *other;

	fixture_open(&x);
	other = fixture_other(&x);
	for (int i = 0; i < 20; i++) {
		struct unit *u = fixture_unit(&x);

		unit_log(u, AUDIT_SETTLED, STR(""), STR(""));
		assert_int_equal(store_commit(i % 2 ? other : x.s, u, NULL), OK);
		assert_int_equal(unit_seq(u), i + 1);
	}
	assert_int_equal(first_broken(&x), 0);
	store_close(&other);
	fixture_close(&x);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_log_is_append_only),
	    cmocka_unit_test(verify_names_the_first_record_that_was_touched),
	    cmocka_unit_test(time_never_goes_back),
	    cmocka_unit_test(two_processes_write_one_chain),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
