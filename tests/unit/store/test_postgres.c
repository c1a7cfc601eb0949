/* SPDX-License-Identifier: Apache-2.0 */
/* What only PostgreSQL has: connections that are lost, and writers that lock each other out. */
#include "test.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "store/fixture.h"

/* Ends every other connection to the database of X, as a restart of the server does. */
static void
cut(const struct fixture *x)
{
	fixture_sql(x,
	    "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
	    "WHERE datname = current_database() AND pid <> pg_backend_pid()");
}

TEST_CASE(lost_connections_are_made_anew)
{
	struct fixture x;
	struct account_row row;
	int64_t broken;

	fixture_open(&x);
	assert_int_equal(fixture_put(x.s, 1, NULL), OK);
	for (int i = 0; i < 3; i++) {
		cut(&x);
		for (int k = 0; k < 4; k++)
			assert_int_equal(
			    store_account_by_phone(x.s, x.a, STR("+1"), &row, NULL), OK);
		cut(&x);
		assert_int_equal(fixture_put(x.s, 2 + i, NULL), OK);
	}
	assert_int_equal(store_log_verify(x.s, &broken, NULL), OK);
	assert_int_equal(broken, 0);
	fixture_close(&x);
}

#define WRITERS 8
#define EACH    60

struct writer {
	struct store *s;
	atomic_int *busy;
	int first;
	bool good[EACH];
};

static void *
write_many(void *arg)
{
	struct writer *w = arg;

	for (int i = 0; i < EACH; i++)
		w->good[i] = fixture_put(w->s, w->first + i, NULL) == OK;
	(void)atomic_fetch_sub(w->busy, 1);
	return NULL;
}

TEST_CASE(what_was_acknowledged_is_there_although_connections_were_cut)
{
	struct fixture x;
	static struct writer w[WRITERS];
	pthread_t t[WRITERS];
	atomic_int busy = WRITERS;
	int64_t broken;
	int good = 0;

	fixture_open(&x);
	for (int i = 0; i < WRITERS; i++) {
		w[i] = (struct writer){.s = x.s, .busy = &busy, .first = 1000 * (i + 1)};
		assert_int_equal(pthread_create(&t[i], NULL, write_many, &w[i]), 0);
	}
	while (atomic_load(&busy) > 0) {
		(void)nanosleep(&(struct timespec){.tv_nsec = 20000000}, NULL);
		cut(&x);
	}
	for (int i = 0; i < WRITERS; i++)
		assert_int_equal(pthread_join(t[i], NULL), 0);
	for (int i = 0; i < WRITERS; i++) {
		for (int k = 0; k < EACH; k++) {
			struct account_row row;

			if (!w[i].good[k])
				continue;
			good++;
			assert_int_equal(
			    store_account_by_phone(x.s, x.a,
				str_of(arena_fmt(x.a, "+%d", w[i].first + k)), &row, NULL),
			    OK);
		}
	}
	assert_true(good > 0);
	assert_int_equal(store_log_verify(x.s, &broken, NULL), OK);
	assert_int_equal(broken, 0);
	fixture_close(&x);
}

struct crosser {
	struct store *s;
	const char *one, *other;
	int bad;
};

static void *
cross(void *arg)
{
	struct crosser *c = arg;

	for (int i = 0; i < 40; i++) {
		struct arena *a = arena_new(0);
		struct unit *u = unit_new(a, STR("tester"), STR(""), NOW * 1000);

		unit_job(u, STR("work"), str_of(c->one), NOW, NOW);
		unit_job(u, STR("work"), str_of(c->other), NOW, NOW);
		c->bad += store_commit(c->s, u, NULL) != OK;
		arena_free(&a);
	}
	return NULL;
}

/* Each locks what the other wants next: the server ends one of them, which then does it again. */
TEST_CASE(two_processes_in_each_others_way_both_get_through)
{
	struct fixture x;
	struct store *second;
	struct crosser c[2];
	pthread_t t[2];

	fixture_open(&x);
	second = fixture_other(&x);
	c[0] = (struct crosser){.s = x.s, .one = "a", .other = "b"};
	c[1] = (struct crosser){.s = second, .one = "b", .other = "a"};
	for (int i = 0; i < 2; i++)
		assert_int_equal(pthread_create(&t[i], NULL, cross, &c[i]), 0);
	for (int i = 0; i < 2; i++)
		assert_int_equal(pthread_join(t[i], NULL), 0);
	assert_int_equal(c[0].bad + c[1].bad, 0);
	store_close(&second);
	fixture_close(&x);
}

TEST_CASE(addresses_that_cannot_be_are_refused)
{
	static const struct {
		const char *where;
		enum err e;
		const char *field;
	} rows[] = {
	    {"postgresql://me:secret@localhost/x", E_CONFIG, "store"},
	    {"postgresql://me@localhost/x?password=secret", E_CONFIG, "store"},
	    {"postgresql://me@localhost/x?nonsense=1", E_CONFIG, "store"},
	    {"postgresql://me@/x?host=/nonexistent", E_STORE, ""},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct store *s = NULL;
		struct fault f = {0};

		assert_int_equal(store_open(&(struct store_conf){.where = rows[i].where,
						.environment = STR("test"),
						.migrate = true,
						.now = NOW},
				     &s, &f),
		    rows[i].e);
		assert_string_equal(f.field, rows[i].field);
		assert_null(strstr(f.detail, "secret"));
		assert_null(s);
	}
}

/* Migrations put rows in with keys of their own; the server counts on from there. */
TEST_CASE(every_key_is_counted_by_the_server)
{
	struct fixture x;

	fixture_open(&x);
	for (int i = 1; i <= 3; i++)
		assert_int_equal(fixture_account(&x, i), i);
	fixture_close(&x);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(lost_connections_are_made_anew),
	    cmocka_unit_test(what_was_acknowledged_is_there_although_connections_were_cut),
	    cmocka_unit_test(two_processes_in_each_others_way_both_get_through),
	    cmocka_unit_test(addresses_that_cannot_be_are_refused),
	    cmocka_unit_test(every_key_is_counted_by_the_server),
	};

	if (!fixture_postgres()) {
		(void)fputs("run it by tests/postgres.sh\n", stderr);
		return 64;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
