/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "store/fixture.h"

#define THREADS 16
#define EACH    25

/* One account of its own, with a log record; phone "+N". */
static enum err
put(struct store *s, int n, struct fault *f)
{
	struct arena *a = arena_new(0);
	struct unit *u = unit_new(a, STR("tester"), STR(""), NOW * 1000);
	struct account_row row = {
	    .created = NOW, .phone = str_of(arena_fmt(a, "+%d", n)), .ver = 1};
	enum err e;

	(void)unit_account_insert(u, &row);
	unit_log(u, AUDIT_ACCOUNT_CREATED, row.phone, STR("{}"));
	e = store_commit(s, u, f);
	arena_free(&a);
	return e;
}

static bool
has(struct fixture *x, int n)
{
	struct account_row row;

	return store_account_by_phone(x->s, x->a, str_of(arena_fmt(x->a, "+%d", n)), &row, NULL) ==
	    OK;
}

struct job {
	struct store *s;
	int first;
	int good, refused;
};

static void *
run(void *arg)
{
	struct job *j = arg;

	for (int i = 0; i < EACH; i++) {
		/* Every fifth one is somebody else's number and must fail alone. */
		enum err e = put(j->s, i % 5 == 4 ? 7 : j->first + i, NULL);

		j->good += e == OK;
		j->refused += e == E_RACE;
	}
	return NULL;
}

TEST_CASE(many_threads_share_groups_and_bad_units_fail_alone)
{
	struct fixture x;
	struct job jobs[THREADS];
	pthread_t threads[THREADS];
	struct store_counts counts;
	struct log_head head;
	int64_t broken;

	fixture_open(&x);
	assert_int_equal(put(x.s, 7, NULL), OK);
	for (int i = 0; i < THREADS; i++) {
		jobs[i] = (struct job){x.s, 1000 * (i + 1), 0, 0};
		assert_int_equal(pthread_create(&threads[i], NULL, run, &jobs[i]), 0);
	}
	for (int i = 0; i < THREADS; i++) {
		assert_int_equal(pthread_join(threads[i], NULL), 0);
		assert_int_equal(jobs[i].good, EACH - EACH / 5);
		assert_int_equal(jobs[i].refused, EACH / 5);
	}
	counts = store_counts(x.s);
	assert_int_equal(counts.units, 1 + THREADS * (EACH - EACH / 5));
	assert_int_equal(counts.refused, THREADS * (EACH / 5));
	assert_true(counts.groups < (counts.units + counts.refused) / 2);
	assert_int_equal(store_log_head(x.s, x.a, &head, NULL), OK);
	assert_int_equal(head.seq, counts.units);
	assert_int_equal(store_log_verify(x.s, &broken, NULL), OK);
	assert_int_equal(broken, 0);
	fixture_close(&x);
}

TEST_CASE(a_lone_unit_does_not_wait_for_company)
{
	struct fixture x;
	struct timespec from, to;
	double ms;

	fixture_open(&x);
	(void)clock_gettime(CLOCK_MONOTONIC, &from);
	for (int i = 0; i < 20; i++)
		assert_int_equal(put(x.s, i, NULL), OK);
	(void)clock_gettime(CLOCK_MONOTONIC, &to);
	ms = (double)(to.tv_sec - from.tv_sec) * 1e3 + (double)(to.tv_nsec - from.tv_nsec) / 1e6;
	assert_true(store_counts(x.s).groups == 20);
	/* Generous: a busy disk may be slow, a wait of 2 ms each would not be seen here but in groups. */
	assert_true(ms < 5000);
	fixture_close(&x);
}

/* Writes accounts FIRST… for ever; says each on FD when it has been acknowledged. */
_Noreturn static void
write_for_ever(const struct fixture *x, int first, int fd)
{
	struct store *s = fixture_other(x);

	for (int n = first;; n++) {
		if (put(s, n, NULL) != OK || write(fd, &n, sizeof(n)) != (ssize_t)sizeof(n))
			_exit(1);
	}
}

#define ROUNDS  12
#define WRITERS 2

TEST_CASE(what_was_acknowledged_survives_kill_9)
{
	struct fixture x;
	int seen = 0;

	fixture_open(&x);
	srand(4711);
	for (int round = 0; round < ROUNDS; round++) {
		pid_t pid[WRITERS];
		int pipes[WRITERS][2], first[WRITERS], n, status;
		struct timespec wait = {.tv_nsec = 1000000L + rand() % 60000000};
		int64_t broken;

		store_close(&x.s);
		for (int i = 0; i < WRITERS; i++) {
			assert_int_equal(pipe(pipes[i]), 0);
			pid[i] = fork();
			assert_true(pid[i] >= 0);
			if (pid[i] == 0)
				write_for_ever(
				    &x, (round * WRITERS + i + 1) * 1000000, pipes[i][1]);
			(void)close(pipes[i][1]);
		}
		/* Both are at work; then, at any moment, they die. */
		for (int i = 0; i < WRITERS; i++)
			assert_int_equal(read(pipes[i][0], &first[i], sizeof(n)), sizeof(n));
		(void)nanosleep(&wait, NULL);
		for (int i = 0; i < WRITERS; i++) {
			assert_int_equal(kill(pid[i], SIGKILL), 0);
			assert_int_equal(waitpid(pid[i], &status, 0), pid[i]);
			assert_true(WIFSIGNALED(status));
		}
		x.s = fixture_other(&x);
		for (int i = 0; i < WRITERS; i++) {
			assert_true(has(&x, first[i]));
			while (read(pipes[i][0], &n, sizeof(n)) == (ssize_t)sizeof(n)) {
				assert_true(has(&x, n));
				seen++;
			}
			(void)close(pipes[i][0]);
		}
		assert_int_equal(store_log_verify(x.s, &broken, NULL), OK);
		assert_int_equal(broken, 0);
	}
	assert_true(seen > ROUNDS);
	fixture_close(&x);
}

/* In a child, whose files may not grow: exit status 0 when all went as it must. */
_Noreturn static void
fill(const struct fixture *x)
{
	struct store *s = fixture_other(x);
	struct rlimit small = {200000, RLIM_INFINITY}, all = {RLIM_INFINITY, RLIM_INFINITY};
	struct account_row row;
	struct arena *a = arena_new(0);
	struct fault f = {0};
	int n = 0;

	(void)signal(SIGXFSZ, SIG_IGN);
	if (setrlimit(RLIMIT_FSIZE, &small) != 0)
		_exit(2);
	while (put(s, n, &f) == OK) {
		if (++n > 10000)
			_exit(3);
	}
	if (f.code != E_STORE)
		_exit(4);
	/* Nothing of the refused one is there, reading goes on, and so does writing when there is room. */
	if (store_account_by_phone(s, a, str_of(arena_fmt(a, "+%d", n)), &row, NULL) != E_NOT_FOUND)
		_exit(5);
	if (n > 0 && store_account_by_phone(s, a, STR("+0"), &row, NULL) != OK)
		_exit(6);
	if (setrlimit(RLIMIT_FSIZE, &all) != 0)
		_exit(7);
	_exit(put(s, n, NULL) == OK ? 0 : 8);
}

TEST_CASE(a_full_disk_acknowledges_nothing)
{
	struct fixture x;
	int status;
	int64_t broken;
	pid_t pid;

	fixture_open(&x);
	store_close(&x.s);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0)
		fill(&x);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
	x.s = fixture_other(&x);
	assert_int_equal(store_log_verify(x.s, &broken, NULL), OK);
	assert_int_equal(broken, 0);
	fixture_close(&x);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(many_threads_share_groups_and_bad_units_fail_alone),
	    cmocka_unit_test(a_lone_unit_does_not_wait_for_company),
	    cmocka_unit_test(what_was_acknowledged_survives_kill_9),
	    cmocka_unit_test(a_full_disk_acknowledges_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
