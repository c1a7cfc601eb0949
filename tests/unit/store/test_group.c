/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "store/fixture.h"

#define THREADS 16
#define EACH    25

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
		enum err e = fixture_put(j->s, i % 5 == 4 ? 7 : j->first + i, NULL);

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
	assert_int_equal(fixture_put(x.s, 7, NULL), OK);
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
		assert_int_equal(fixture_put(x.s, i, NULL), OK);
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
		if (fixture_put(s, n, NULL) != OK || write(fd, &n, sizeof(n)) != (ssize_t)sizeof(n))
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

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(many_threads_share_groups_and_bad_units_fail_alone),
	    cmocka_unit_test(a_lone_unit_does_not_wait_for_company),
	    cmocka_unit_test(what_was_acknowledged_survives_kill_9),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
