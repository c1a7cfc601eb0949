/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include <stdio.h>
#include <sys/stat.h>

#include "store/fixture.h"

static enum err
try_open(const struct fixture *x, const char *environment, bool migrate)
{
	struct store *s = NULL;
	enum err e = store_open(&(struct store_conf){.where = x->file,
				    .environment = str_of(environment),
				    .migrate = migrate,
				    .now = NOW},
	    &s, NULL);

	store_close(&s);
	return e;
}

TEST_CASE(a_store_is_private_and_opens_again)
{
	struct fixture x;
	struct stat st;

	fixture_open(&x);
	assert_int_equal(stat(x.file, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	(void)fixture_account(&x, 1);
	fixture_again(&x);
	assert_int_equal(try_open(&x, "test", true), OK);
	fixture_close(&x);
}

TEST_CASE(only_who_migrates_makes_a_store)
{
	struct fixture x;
	struct stat st;

	fixture_open(&x);
	store_close(&x.s);
	assert_int_equal(remove(x.file), 0);
	assert_int_equal(try_open(&x, "test", false), E_NOT_READY);
	assert_int_not_equal(stat(x.file, &st), 0);
	assert_int_equal(try_open(&x, "test", true), OK);
	assert_int_equal(try_open(&x, "test", false), OK);
	fixture_close(&x);
}

TEST_CASE(an_empty_file_is_refused_without_migration)
{
	struct fixture x;

	fixture_open(&x);
	store_close(&x.s);
	assert_int_equal(remove(x.file), 0);
	fixture_sql(&x, "PRAGMA user_version = 1");
	assert_int_equal(try_open(&x, "test", false), E_NOT_READY);
	fixture_close(&x);
}

TEST_CASE(the_other_environment_is_refused)
{
	struct fixture x;

	fixture_open(&x);
	assert_int_equal(try_open(&x, "production", false), E_ENVIRONMENT);
	assert_int_equal(try_open(&x, "production", true), E_ENVIRONMENT);
	assert_int_equal(try_open(&x, "test", false), OK);
	fixture_close(&x);
}

TEST_CASE(an_unknown_environment_makes_no_tables)
{
	struct fixture x;

	fixture_open(&x);
	store_close(&x.s);
	assert_int_equal(remove(x.file), 0);
	assert_int_not_equal(try_open(&x, "staging", true), OK);
	assert_int_equal(try_open(&x, "test", false), E_NOT_READY);
	assert_int_equal(try_open(&x, "test", true), OK);
	fixture_close(&x);
}

TEST_CASE(newer_tables_say_which_program_may_go_on)
{
	struct fixture x;

	fixture_open(&x);
	fixture_sql(&x, "UPDATE meta SET version = 7");
	assert_int_equal(try_open(&x, "test", false), OK);
	assert_int_equal(try_open(&x, "test", true), OK);
	fixture_sql(&x, "UPDATE meta SET oldest = 7");
	assert_int_equal(try_open(&x, "test", false), E_NOT_READY);
	fixture_close(&x);
}

TEST_CASE(tables_that_lack_a_column_stop_the_start)
{
	struct fixture x;

	fixture_open(&x);
	store_close(&x.s);
	fixture_sql(&x, "ALTER TABLE job RENAME COLUMN last_fault TO something");
	assert_int_equal(try_open(&x, "test", false), E_STORE);
	fixture_sql(&x, "ALTER TABLE job RENAME COLUMN something TO last_fault");
	assert_int_equal(try_open(&x, "test", false), OK);
	fixture_close(&x);
}

TEST_CASE(a_file_that_is_no_database_is_refused)
{
	struct fixture x;
	FILE *file;

	fixture_open(&x);
	store_close(&x.s);
	file = fopen(x.file, "w");
	assert_non_null(file);
	for (int i = 0; i < 2000; i++)
		assert_true(fputs("no database ", file) >= 0);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(try_open(&x, "test", true), E_STORE);
	fixture_close(&x);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_store_is_private_and_opens_again),
	    cmocka_unit_test(only_who_migrates_makes_a_store),
	    cmocka_unit_test(an_empty_file_is_refused_without_migration),
	    cmocka_unit_test(the_other_environment_is_refused),
	    cmocka_unit_test(an_unknown_environment_makes_no_tables),
	    cmocka_unit_test(newer_tables_say_which_program_may_go_on),
	    cmocka_unit_test(tables_that_lack_a_column_stop_the_start),
	    cmocka_unit_test(a_file_that_is_no_database_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
