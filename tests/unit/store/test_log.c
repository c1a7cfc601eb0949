/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

#include "store/fixture.h"
#include "store/stmt.h"

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

/* What SQLite would do for this filter: which index it walks, and whether it sorts. */
static void
plan_of(const struct fixture *x, enum stmt q, char *ret, size_t size)
{
	char sql[4096];
	sqlite3 *h;
	sqlite3_stmt *s;

	(void)snprintf(sql, sizeof(sql), "EXPLAIN QUERY PLAN %s", stmt_row(q)->sql);
	assert_int_equal(sqlite3_open(x->where, &h), SQLITE_OK);
	assert_int_equal(sqlite3_prepare_v2(h, sql, -1, &s, NULL), SQLITE_OK);
	ret[0] = '\0';
	while (sqlite3_step(s) == SQLITE_ROW)
		(void)snprintf(ret + strlen(ret), size - strlen(ret), "%s\n",
		    (const char *)sqlite3_column_text(s, 3));
	assert_int_equal(sqlite3_finalize(s), SQLITE_OK);
	assert_int_equal(sqlite3_close(h), SQLITE_OK);
}

TEST_CASE(every_filter_walks_its_index)
{
	static const struct {
		enum stmt q;
		const char *plan;
	} rows[] = {
	    {Q_LOG_FIND, "SEARCH log USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)"},
	    {Q_LOG_FIND_EVENT, "SEARCH log USING INDEX log_event (event=? AND seq>? AND seq<?)"},
	    {Q_LOG_FIND_OBJECT, "SEARCH log USING INDEX log_object (object=? AND seq>? AND seq<?)"},
	    {Q_LOG_FIND_ACTOR, "SEARCH log USING INDEX log_actor (actor=? AND seq>? AND seq<?)"},
	    {Q_LOG_SINCE, "SEARCH log USING COVERING INDEX log_time (time_ms>?)"},
	    {Q_CHECKPOINT_AFTER, "SEARCH checkpoint USING INDEX"},
	};
	struct fixture x;
	char plan[1024];

	/* Its planner looks at what the tables hold. */
	if (fixture_postgres())
		return;
	fixture_open(&x);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		plan_of(&x, rows[i].q, plan, sizeof(plan));
		if (strstr(plan, rows[i].plan) == NULL || strstr(plan, "TEMP B-TREE") != NULL)
			fail_msg("%s: %s", stmt_row(rows[i].q)->name, plan);
	}
	fixture_close(&x);
}

TEST_CASE(filters_and_times_give_what_was_asked_for)
{
	const struct page first = {.limit = 200};
	struct log_want want = {.event = STR("session.opened"), .actor = STR("tester")};
	struct fixture x;
	struct log_list l;

	write_log(&x);
	assert_int_equal(store_log_find(x.s, x.a, &want, &first, &l, NULL), OK);
	assert_true(l.n == 200 && l.more);
	want.object = STR("account:7");
	assert_int_equal(store_log_find(x.s, x.a, &want, &first, &l, NULL), OK);
	assert_true(l.n == 1 && !l.more && l.rows[0].seq == 8);
	want.actor = STR("nobody");
	assert_int_equal(store_log_find(x.s, x.a, &want, &first, &l, NULL), OK);
	assert_int_equal(l.n, 0);
	want = (struct log_want){.since_ms = INT64_MAX};
	assert_int_equal(store_log_find(x.s, x.a, &want, &first, &l, NULL), OK);
	assert_int_equal(l.n, 0);
	want = (struct log_want){.until_ms = 1};
	assert_int_equal(store_log_find(x.s, x.a, &want, &first, &l, NULL), OK);
	assert_int_equal(l.n, 0);
	want = (struct log_want){.since_ms = 1};
	assert_int_equal(
	    store_log_find(x.s, x.a, &want, &(struct page){.id = 200, .limit = 200}, &l, NULL), OK);
	assert_true(l.n == 5 && !l.more && l.rows[0].seq == 201);
	fixture_close(&x);
}

TEST_CASE(a_page_of_large_records_ends_early_and_the_next_goes_on)
{
	enum { LARGE = 60000, COUNT = 40 };
	struct page page = {.limit = 200};
	const struct log_want all = {0};
	struct fixture x;
	struct log_list l;
	int64_t seq = 0;
	char *detail;

	fixture_open(&x);
	detail = arena_alloc(x.a, LARGE);
	memset(detail, 'x', LARGE);
	for (int i = 0; i < COUNT; i++) {
		struct unit *u = fixture_unit(&x);

		unit_log(u, AUDIT_SETTLED, STR(""), (struct str){detail, LARGE});
		fixture_commit(&x, u);
	}
	do {
		size_t octets = 0;

		assert_int_equal(store_log_find(x.s, x.a, &all, &page, &l, NULL), OK);
		for (size_t i = 0; i < l.n; i++) {
			assert_int_equal(l.rows[i].seq, ++seq);
			octets += l.rows[i].detail.n;
		}
		assert_true(l.n >= 1 && octets <= 600000);
		page.id = seq;
	} while (l.more);
	assert_int_equal(seq, COUNT);
	fixture_close(&x);
}

TEST_CASE(a_walk_in_pieces_finds_what_one_walk_finds)
{
	struct fixture x;
	struct chain at = {0}, there;
	int64_t broken = 0;

	write_log(&x);
	while (at.seq < RECORDS) {
		int64_t from = at.seq;

		assert_int_equal(store_log_walk(x.s, &at, RECORDS, 60, &broken, NULL), OK);
		assert_int_equal(broken, 0);
		assert_int_equal(at.seq, from + 60 < RECORDS ? from + 60 : RECORDS);
		assert_int_equal(store_log_point(x.s, at.seq, &there, NULL), OK);
		assert_memory_equal(&there, &at, sizeof(at));
	}
	assert_int_equal(store_log_end(x.s, &at, &broken, NULL), OK);
	assert_int_equal(broken, 0);
	assert_int_equal(store_log_point(x.s, RECORDS + 1, &there, NULL), E_NOT_FOUND);
	fixture_close(&x);
}

TEST_CASE(a_checkpoint_stays_as_it_was_written)
{
	const struct checkpoint_row row = {.created = NOW,
	    .seq = 3,
	    .octets = str_bytes(STR("octets")),
	    .signature = str_bytes(STR("signature"))};
	struct checkpoint_list l;
	struct checkpoint_row got;
	struct fixture x;
	struct unit *u;

	write_log(&x);
	assert_int_equal(store_checkpoint(x.s, x.a, &got, NULL), E_NOT_FOUND);
	u = fixture_unit(&x);
	unit_checkpoint(u, &row);
	fixture_commit(&x, u);
	u = fixture_unit(&x);
	unit_checkpoint(u, &row);
	assert_int_equal(store_commit(x.s, u, NULL), E_RACE);
	assert_int_equal(store_checkpoint(x.s, x.a, &got, NULL), OK);
	assert_true(got.seq == 3 && bytes_eq(got.octets, row.octets));
	assert_int_equal(store_checkpoints(x.s, x.a, 2, 10, &l, NULL), OK);
	assert_int_equal(l.n, 1);
	assert_int_equal(store_checkpoints(x.s, x.a, 3, 10, &l, NULL), OK);
	assert_int_equal(l.n, 0);
	assert_false(fixture_try_sql(&x, "UPDATE checkpoint SET seq = 4"));
	assert_false(fixture_try_sql(&x, "DELETE FROM checkpoint"));
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
	    cmocka_unit_test(every_filter_walks_its_index),
	    cmocka_unit_test(filters_and_times_give_what_was_asked_for),
	    cmocka_unit_test(a_page_of_large_records_ends_early_and_the_next_goes_on),
	    cmocka_unit_test(a_walk_in_pieces_finds_what_one_walk_finds),
	    cmocka_unit_test(a_checkpoint_stays_as_it_was_written),
	    cmocka_unit_test(two_processes_write_one_chain),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
