/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "store/audit.h"
#include "store/shape.h"
#include "store/stmt.h"

/* Words that SQLite and PostgreSQL do not share, or read differently. */
static const char *const banned[] = {" LIKE ", "NOW(", "JSON", "IFNULL", "DATETIME", "STRFTIME",
    "ROWID", "LAST_INSERT", "REPLACE INTO", "INSERT OR", " GLOB ", "ILIKE", "::", "PRAGMA", "X'",
    "MIN($", "MAX($", "AUTOINCREMENT", "TRUE", "FALSE", "`", "[", "\""};

static void
upper(const char *s, char *ret, size_t size)
{
	assert_true(strlen(s) < size);
	for (; *s != '\0'; s++)
		*ret++ = (char)toupper((unsigned char)*s);
	*ret = '\0';
}

TEST_CASE(no_statement_uses_a_dialect)
{
	for (int q = 0; q < Q__COUNT; q++) {
		char sql[4096];

		upper(stmt_row((enum stmt)q)->sql, sql, sizeof(sql));
		for (size_t i = 0; i < sizeof(banned) / sizeof(banned[0]); i++) {
			if (strstr(sql, banned[i]) != NULL)
				fail_msg("%s: %s", stmt_row((enum stmt)q)->name, banned[i]);
		}
		assert_null(strchr(sql, '?'));
		assert_null(strchr(sql, ';'));
	}
}

TEST_CASE(every_parameter_has_a_letter_and_the_other_way_round)
{
	for (int q = 0; q < Q__COUNT; q++) {
		const struct stmt_row *row = stmt_row((enum stmt)q);
		size_t n = strlen(row->params);
		char name[8];

		assert_int_equal(strspn(row->params, "ikKtb"), n);
		assert_int_equal(strspn(row->columns, "itb"), strlen(row->columns));
		for (size_t i = 1; i <= n + 1; i++) {
			(void)snprintf(name, sizeof(name), "$%zu", i);
			if ((strstr(row->sql, name) != NULL) != (i <= n))
				fail_msg("%s: %s", row->name, name);
		}
	}
}

TEST_CASE(every_list_has_an_end_and_an_order)
{
	for (int q = 0; q < Q__COUNT; q++) {
		const struct stmt_row *row = stmt_row((enum stmt)q);
		const char *limit = strstr(row->sql, " LIMIT ");

		if (strncmp(row->sql, "SELECT", 6) == 0 && limit != NULL &&
		    strstr(row->sql, "ORDER BY") == NULL)
			fail_msg("%s", row->name);
	}
}

TEST_CASE(every_row_fills_its_struct)
{
	for (int t = 0; t < TABLE__COUNT; t++) {
		const struct shape *s = shape_of((enum table)t);
		size_t n = 0;

		for (const char *l = s->letters; *l != '\0'; l++)
			n += *l == 'i' ? sizeof(int64_t) : sizeof(struct bytes);
		assert_int_equal(n, s->size);
	}
}

TEST_CASE(every_event_has_its_own_word)
{
	for (int i = 0; i < AUDIT__COUNT; i++) {
		assert_true(strlen(audit_word((enum audit)i)) > 0);
		assert_true(strlen(audit_proves((enum audit)i)) > 0);
		for (int j = 0; j < i; j++)
			assert_string_not_equal(
			    audit_word((enum audit)i), audit_word((enum audit)j));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(no_statement_uses_a_dialect),
	    cmocka_unit_test(every_parameter_has_a_letter_and_the_other_way_round),
	    cmocka_unit_test(every_list_has_an_end_and_an_order),
	    cmocka_unit_test(every_row_fills_its_struct),
	    cmocka_unit_test(every_event_has_its_own_word),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
