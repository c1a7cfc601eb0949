/* SPDX-License-Identifier: Apache-2.0 */
/* What only the embedded store has: a file, whoever may read it, and what is left in it. */
#include "test.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "store/fixture.h"

static enum err
try_open(const struct fixture *x, bool migrate)
{
	struct store *s = NULL;
	enum err e = store_open(
	    &(struct store_conf){
		.where = x->where, .environment = STR("test"), .migrate = migrate, .now = NOW},
	    &s, NULL);

	store_close(&s);
	return e;
}

TEST_CASE(it_is_private)
{
	struct fixture x;
	struct stat st;

	fixture_open(&x);
	assert_int_equal(stat(x.where, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	fixture_close(&x);
}

TEST_CASE(who_does_not_migrate_makes_no_file)
{
	struct fixture x;
	struct stat st;

	fixture_open(&x);
	fixture_raze(&x);
	assert_int_equal(try_open(&x, false), E_NOT_READY);
	assert_int_not_equal(stat(x.where, &st), 0);
	assert_int_equal(try_open(&x, true), OK);
	fixture_close(&x);
}

TEST_CASE(an_empty_file_is_refused_without_migration)
{
	struct fixture x;

	fixture_open(&x);
	fixture_raze(&x);
	fixture_sql(&x, "PRAGMA user_version = 1");
	assert_int_equal(try_open(&x, false), E_NOT_READY);
	fixture_close(&x);
}

TEST_CASE(a_file_that_is_no_database_is_refused)
{
	struct fixture x;
	FILE *file;

	fixture_open(&x);
	store_close(&x.s);
	file = fopen(x.where, "w");
	assert_non_null(file);
	for (int i = 0; i < 2000; i++)
		assert_true(fputs("no database ", file) >= 0);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(try_open(&x, true), E_STORE);
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

/* Does any file of the store hold these octets? */
static bool
on_disk(const struct fixture *x, const char *needle)
{
	static char all[4 << 20];
	size_t n = 0;
	FILE *file = fopen(x->where, "r");

	assert_non_null(file);
	n = fread(all, 1, sizeof(all), file);
	assert_int_equal(fclose(file), 0);
	return memmem(all, n, needle, strlen(needle)) != NULL;
}

TEST_CASE(a_sent_message_leaves_no_secret_on_disk)
{
	struct fixture x;
	struct outbox_list l;
	struct outbox_row row;
	struct unit *u;
	int64_t id;

	fixture_open(&x);
	id = message(&x, "T-2026-1");
	store_close(&x.s);
	assert_true(on_disk(&x, "sealed-params-0123456789"));
	x.s = fixture_other(&x);
	assert_int_equal(
	    store_outbox_claim(
		x.s, x.a, &(struct work_claim){STR("w"), NOW, NOW + 60, 1, STR("sms")}, &l, NULL),
	    OK);
	assert_int_equal(l.n, 1);
	assert_int_equal(l.rows[0].id, id);
	u = fixture_unit(&x);
	unit_outbox_sent(u, &l.rows[0], NOW + 1);
	fixture_commit(&x, u);
	assert_int_equal(store_outbox(x.s, x.a, id, &row, NULL), OK);
	assert_true(str_is(row.state, "sent"));
	assert_int_equal(row.params.n + row.recipient.n, 0);
	u = fixture_unit(&x);
	unit_outbox_failed(u, &l.rows[0], STR("late"));
	assert_int_equal(store_commit(x.s, u, NULL), E_RACE);
	store_close(&x.s);
	assert_false(on_disk(&x, "sealed-params-0123456789"));
	assert_false(on_disk(&x, "sealed-recipient"));
	x.s = fixture_other(&x);
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
	while (fixture_put(s, n, &f) == OK) {
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
	_exit(fixture_put(s, n, NULL) == OK ? 0 : 8);
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
	    cmocka_unit_test(it_is_private),
	    cmocka_unit_test(who_does_not_migrate_makes_no_file),
	    cmocka_unit_test(an_empty_file_is_refused_without_migration),
	    cmocka_unit_test(a_file_that_is_no_database_is_refused),
	    cmocka_unit_test(a_full_disk_acknowledges_nothing),
	    cmocka_unit_test(a_sent_message_leaves_no_secret_on_disk),
	};

	(void)unsetenv("SIGNET_TEST_POSTGRES");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
