/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "store/fixture.h"

static enum err
try_open(const struct fixture *x, const char *environment, bool migrate)
{
	struct store *s = NULL;
	enum err e = store_open(&(struct store_conf){.where = x->where,
				    .environment = str_of(environment),
				    .migrate = migrate,
				    .now = NOW},
	    &s, NULL);

	store_close(&s);
	return e;
}

TEST_CASE(a_store_opens_again_with_what_is_in_it)
{
	struct fixture x;
	struct account_row row;
	int64_t id;

	fixture_open(&x);
	id = fixture_account(&x, 1);
	fixture_again(&x);
	assert_int_equal(store_account(x.s, x.a, id, &row, NULL), OK);
	assert_int_equal(try_open(&x, "test", true), OK);
	fixture_close(&x);
}

TEST_CASE(only_who_migrates_makes_a_store)
{
	struct fixture x;

	fixture_open(&x);
	fixture_raze(&x);
	assert_int_equal(try_open(&x, "test", false), E_NOT_READY);
	assert_int_equal(try_open(&x, "test", false), E_NOT_READY);
	assert_int_equal(try_open(&x, "test", true), OK);
	assert_int_equal(try_open(&x, "test", false), OK);
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
	fixture_raze(&x);
	assert_int_not_equal(try_open(&x, "staging", true), OK);
	assert_int_equal(try_open(&x, "test", false), E_NOT_READY);
	assert_int_equal(try_open(&x, "test", true), OK);
	fixture_close(&x);
}

TEST_CASE(newer_tables_say_which_program_may_go_on)
{
	struct fixture x;

	fixture_open(&x);
	fixture_sql(&x, "UPDATE meta SET version = 9999");
	assert_int_equal(try_open(&x, "test", false), OK);
	assert_int_equal(try_open(&x, "test", true), OK);
	fixture_sql(&x, "UPDATE meta SET oldest = 9999");
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

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_store_opens_again_with_what_is_in_it),
	    cmocka_unit_test(only_who_migrates_makes_a_store),
	    cmocka_unit_test(the_other_environment_is_refused),
	    cmocka_unit_test(an_unknown_environment_makes_no_tables),
	    cmocka_unit_test(newer_tables_say_which_program_may_go_on),
	    cmocka_unit_test(tables_that_lack_a_column_stop_the_start),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
