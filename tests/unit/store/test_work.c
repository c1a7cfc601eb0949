/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "store/fixture.h"

#define JOBS 300

static void
ask_for(struct fixture *x, const char *object, int64_t due, int64_t now)
{
	struct unit *u = fixture_unit(x);

	unit_job(u, STR("crl"), str_of(object), due, now);
	fixture_commit(x, u);
}

static struct job_list
take(struct fixture *x, const char *worker, int64_t now)
{
	struct job_list l;

	assert_int_equal(
	    store_job_claim(x->s, x->a,
		&(struct work_claim){str_of(worker), now, now + 60, 10, STR("")}, &l, NULL),
	    OK);
	return l;
}

TEST_CASE(work_is_taken_when_due_and_again_when_its_worker_is_lost)
{
	struct fixture x;
	struct job_list l;
	struct backlog late;
	int64_t next;

	fixture_open(&x);
	ask_for(&x, "issuing-g1", NOW + 5, NOW);
	assert_int_equal(take(&x, "w1", NOW + 4).n, 0);
	assert_int_equal(store_job_next(x.s, NOW, &next, NULL), OK);
	assert_int_equal(next, NOW + 5);
	assert_int_equal(store_backlog(x.s, NOW + 5, &late, NULL), OK);
	assert_int_equal(late.jobs, 1);
	l = take(&x, "w1", NOW + 5);
	assert_int_equal(l.n, 1);
	assert_true(str_is(l.rows[0].kind, "crl") && str_is(l.rows[0].object, "issuing-g1"));
	assert_int_equal(l.rows[0].tries, 1);
	assert_int_equal(take(&x, "w2", NOW + 65).n, 0);
	l = take(&x, "w2", NOW + 66);
	assert_int_equal(l.n, 1);
	assert_int_equal(l.rows[0].tries, 2);
	fixture_close(&x);
}

TEST_CASE(asking_twice_is_one_row_and_the_earlier_time)
{
	struct fixture x;
	struct job_row row;

	fixture_open(&x);
	ask_for(&x, "a", NOW + 50, NOW);
	ask_for(&x, "a", NOW + 20, NOW);
	ask_for(&x, "a", NOW + 90, NOW);
	assert_int_equal(store_job(x.s, x.a, STR("crl"), STR("a"), &row, NULL), OK);
	assert_int_equal(row.due, NOW + 20);
	assert_int_equal(take(&x, "w", NOW + 100).n, 1);
	fixture_close(&x);
}

TEST_CASE(work_asked_for_while_it_runs_runs_again)
{
	struct fixture x;
	struct job_list l;
	struct job_row row;
	struct unit *u;

	fixture_open(&x);
	ask_for(&x, "a", NOW, NOW);
	l = take(&x, "w", NOW);
	ask_for(&x, "a", NOW + 7, NOW + 1);
	u = fixture_unit(&x);
	unit_job_done(u, &l.rows[0]);
	fixture_commit(&x, u);
	assert_int_equal(store_job(x.s, x.a, STR("crl"), STR("a"), &row, NULL), OK);
	assert_int_equal(row.due, NOW + 7);
	assert_int_equal(row.tries, 0);
	l = take(&x, "w", NOW + 7);
	assert_int_equal(l.n, 1);
	u = fixture_unit(&x);
	unit_job_done(u, &l.rows[0]);
	fixture_commit(&x, u);
	assert_int_equal(store_job(x.s, x.a, STR("crl"), STR("a"), &row, NULL), E_NOT_FOUND);
	fixture_close(&x);
}

TEST_CASE(a_lost_claim_can_neither_end_nor_delay_the_work)
{
	struct fixture x;
	struct job_list lost;
	struct job_row row;
	struct unit *u;

	fixture_open(&x);
	ask_for(&x, "a", NOW, NOW);
	lost = take(&x, "w1", NOW);
	assert_int_equal(take(&x, "w2", NOW + 61).n, 1);
	u = fixture_unit(&x);
	unit_job_done(u, &lost.rows[0]);
	fixture_commit(&x, u);
	u = fixture_unit(&x);
	unit_job_later(u, &lost.rows[0], NOW + 500, STR("slow"));
	assert_int_equal(store_commit(x.s, u, NULL), E_RACE);
	assert_int_equal(store_job(x.s, x.a, STR("crl"), STR("a"), &row, NULL), OK);
	assert_true(str_is(row.worker, "w2"));
	fixture_close(&x);
}

/* Claims until nothing is left, and writes the ids to FD. */
_Noreturn static void
work(const struct fixture *x, const char *worker, int fd)
{
	struct store *s = fixture_other(x);
	struct arena *a = arena_new(0);
	struct job_list l;

	do {
		arena_reset(a);
		if (store_job_claim(s, a,
			&(struct work_claim){str_of(worker), NOW, NOW + 600, 7, STR("")}, &l,
			NULL) != OK)
			_exit(1);
		for (size_t i = 0; i < l.n; i++) {
			if (write(fd, &l.rows[i].id, sizeof(int64_t)) != (ssize_t)sizeof(int64_t))
				_exit(2);
		}
	} while (l.n > 0);
	_exit(0);
}

TEST_CASE(two_processes_never_take_the_same_work)
{
	struct fixture x;
	int fds[2], status, taken[JOBS + 1] = {0}, sum = 0;
	int64_t id;
	pid_t pid[2];

	fixture_open(&x);
	{
		struct unit *u = fixture_unit(&x);

		for (int i = 0; i < JOBS; i++)
			unit_job(u, STR("test"), str_of(arena_fmt(x.a, "%d", i)), NOW, NOW);
		fixture_commit(&x, u);
	}
	store_close(&x.s);
	assert_int_equal(pipe(fds), 0);
	for (int i = 0; i < 2; i++) {
		pid[i] = fork();
		assert_true(pid[i] >= 0);
		if (pid[i] == 0)
			work(&x, i == 0 ? "first" : "second", fds[1]);
	}
	(void)close(fds[1]);
	while (read(fds[0], &id, sizeof(id)) == (ssize_t)sizeof(id)) {
		assert_in_range(id, 1, JOBS);
		assert_int_equal(taken[id]++, 0);
		sum++;
	}
	for (int i = 0; i < 2; i++) {
		assert_int_equal(waitpid(pid[i], &status, 0), pid[i]);
		assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	}
	assert_int_equal(sum, JOBS);
	(void)close(fds[0]);
	x.s = fixture_other(&x);
	fixture_close(&x);
}

static int64_t
message(struct fixture *x, const char *object)
{
	struct unit *u = fixture_unit(x);
	struct outbox_row row = {.created = NOW,
	    .channel = STR("sms"),
	    .template = STR("codes"),
	    .lang = STR("zh"),
	    .recipient = str_bytes(STR("sealed-recipient")),
	    .params = str_bytes(STR("sealed-params-0123456789")),
	    .object = str_of(object),
	    .state = STR("pending"),
	    .due = NOW};
	int64_t key = unit_outbox(u, &row);

	fixture_commit(x, u);
	return unit_key(u, key);
}

TEST_CASE(new_codes_take_back_messages_that_wait)
{
	struct fixture x;
	struct outbox_list l;
	struct outbox_row row;
	struct unit *u;
	int64_t id;

	fixture_open(&x);
	id = message(&x, "T-2026-1");
	(void)message(&x, "T-2026-2");
	u = fixture_unit(&x);
	unit_outbox_drop(u, STR("T-2026-1"));
	fixture_commit(&x, u);
	assert_int_equal(store_outbox(x.s, x.a, id, &row, NULL), OK);
	assert_true(str_is(row.state, "dropped") && row.params.n == 0);
	assert_int_equal(
	    store_outbox_claim(
		x.s, x.a, &(struct work_claim){STR("w"), NOW, NOW + 60, 9, STR("sms")}, &l, NULL),
	    OK);
	assert_int_equal(l.n, 1);
	assert_true(str_is(l.rows[0].object, "T-2026-2"));
	u = fixture_unit(&x);
	unit_outbox_later(u, &l.rows[0], NOW + 30, STR("gateway busy"));
	fixture_commit(&x, u);
	assert_int_equal(
	    store_outbox_claim(x.s, x.a,
		&(struct work_claim){STR("w"), NOW + 29, NOW + 60, 9, STR("sms")}, &l, NULL),
	    OK);
	assert_int_equal(l.n, 0);
	fixture_close(&x);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(work_is_taken_when_due_and_again_when_its_worker_is_lost),
	    cmocka_unit_test(asking_twice_is_one_row_and_the_earlier_time),
	    cmocka_unit_test(work_asked_for_while_it_runs_runs_again),
	    cmocka_unit_test(a_lost_claim_can_neither_end_nor_delay_the_work),
	    cmocka_unit_test(two_processes_never_take_the_same_work),
	    cmocka_unit_test(new_codes_take_back_messages_that_wait),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
