/* SPDX-License-Identifier: Apache-2.0 */
/* Values of forms: numbers that states give, dates, names of hosts; what is kept and what is refused. */
#include "core/fieldtype.h"

#include <string.h>

#include "test.h"

static struct arena *a;

static int
setup(void **state)
{
	(void)state;
	a = arena_new(0);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	arena_free(&a);
	return 0;
}

static enum err
check(enum fieldtype t, const char *value, struct str *ret, struct fault *f)
{
	const struct str choices[] = {STR("buyer"), STR("seller")};
	const struct fieldtype_ask ask = {.type = t,
	    .name = "number",
	    .max = fieldtype_row(t)->most,
	    .choices = choices,
	    .choice_count = 2};

	return fieldtype_check(a, &ask, str_of(value), ret, f);
}

TEST_CASE(good_values_are_kept_in_one_form)
{
	static const struct {
		enum fieldtype type;
		const char *typed, *kept;
	} rows[] = {
	    {FIELDTYPE_CN_CREDIT, "9144030071526726XG", "9144030071526726XG"},
	    {FIELDTYPE_CN_CREDIT, "9111 0000 8021 0043 3b", "91110000802100433B"},
	    {FIELDTYPE_CN_CREDIT, "914403001922038216", "914403001922038216"},
	    {FIELDTYPE_CN_CREDIT, "91330100799655058B", "91330100799655058B"},
	    {FIELDTYPE_CN_ORG, "71526726-x", "71526726X"},
	    {FIELDTYPE_CN_ORG, "80210043-3", "802100433"},
	    {FIELDTYPE_CN_ORG, "192203821", "192203821"},
	    {FIELDTYPE_CN_PERSON, "11010519491231002x", "11010519491231002X"},
	    {FIELDTYPE_CN_PERSON, "440524 18800101 0014", "440524188001010014"},
	    {FIELDTYPE_CN_MOBILE, "138 0013 8000", "13800138000"},
	    {FIELDTYPE_CN_POST, "100000", "100000"},
	    {FIELDTYPE_RU_INN, "7707083893", "7707083893"},
	    {FIELDTYPE_RU_INN, "500100732259", "500100732259"},
	    {FIELDTYPE_RU_INN_ORG, "7736050003", "7736050003"},
	    {FIELDTYPE_RU_INN_ORG, "6663003127", "6663003127"},
	    {FIELDTYPE_RU_INN_MAN, "500100732259", "500100732259"},
	    {FIELDTYPE_RU_OGRN, "1027700132195", "1027700132195"},
	    {FIELDTYPE_RU_OGRN, "1027700070518", "1027700070518"},
	    {FIELDTYPE_RU_OGRN, "1026605606620", "1026605606620"},
	    {FIELDTYPE_RU_OGRNIP, "304500116000157", "304500116000157"},
	    {FIELDTYPE_RU_SNILS, "112-233-445 95", "11223344595"},
	    {FIELDTYPE_RU_SNILS, "087-654-303 00", "08765430300"},
	    {FIELDTYPE_RU_SNILS, "001-001-998 17", "00100199817"}, /* not checked up to here */
	    {FIELDTYPE_RU_KPP, "7707 01 001", "770701001"},
	    {FIELDTYPE_RU_KPP, "7707AB001", "7707AB001"},
	    {FIELDTYPE_RU_PASSPORT, "4509 123456", "4509123456"},
	    {FIELDTYPE_RU_OFFICE, "770-001", "770001"},
	    {FIELDTYPE_DATE, "2026-11-24", "2026-11-24"},
	    {FIELDTYPE_DATE, "24.11.2026", "2026-11-24"},
	    {FIELDTYPE_DATE, "2024/02/29", "2024-02-29"},
	    {FIELDTYPE_NUMBER, "0017", "0017"},
	    {FIELDTYPE_HOST, "WWW.Example.COM", "www.example.com"},
	    {FIELDTYPE_ONE_OF, "seller", "seller"},
	    {FIELDTYPE_IDENTITY, "RU id-card 4509 123456", "RU:id-card:4509123456"},
	    {FIELDTYPE_IDENTITY, "cn id-card 11010519491231002x", "CN:id-card:11010519491231002X"},
	    {FIELDTYPE_IDENTITY, "DE passport C01X00T47", "DE:passport:C01X00T47"},
	    {FIELDTYPE_IDENTITY, "DE:passport:C01X00T47", "DE:passport:C01X00T47"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct str kept = {0}, again = {0};
		struct fault f = {0};

		if (check(rows[i].type, rows[i].typed, &kept, &f) != OK ||
		    !str_is(kept, rows[i].kept))
			fail_msg("%s: %s %s", rows[i].typed, err_row(f.code)->slug, f.detail);
		/* What is kept is itself a good value, and stays the same. */
		assert_int_equal(check(rows[i].type, rows[i].kept, &again, NULL), OK);
		assert_true(str_eq(kept, again));
	}
}

TEST_CASE(bad_values_name_field_rule_and_example)
{
	static const struct {
		enum fieldtype type;
		const char *typed;
		enum err err;
	} rows[] = {
	    {FIELDTYPE_CN_CREDIT, "91110000802100433C", E_FIELD_CHECK},
	    {FIELDTYPE_CN_CREDIT, "9111000080210043B3", E_FIELD_CHECK},
	    {FIELDTYPE_CN_CREDIT, "9111000080210043IB", E_FIELD_FORMAT}, /* no I */
	    {FIELDTYPE_CN_CREDIT, "9211000080210043", E_FIELD_FORMAT},
	    {FIELDTYPE_CN_CREDIT, "911100008021004３3B", E_FIELD_FORMAT},
	    {FIELDTYPE_CN_ORG, "71526726-1", E_FIELD_CHECK},
	    {FIELDTYPE_CN_PERSON, "110105194912310021", E_FIELD_CHECK},
	    {FIELDTYPE_CN_PERSON, "110105491231002", E_FIELD_FORMAT},    /* the dead form of 15 */
	    {FIELDTYPE_CN_PERSON, "110105194902310026", E_FIELD_FORMAT}, /* 31 February */
	    {FIELDTYPE_CN_MOBILE, "12800138000", E_FIELD_FORMAT},
	    {FIELDTYPE_CN_POST, "20000", E_FIELD_FORMAT},
	    {FIELDTYPE_RU_INN, "7707083894", E_FIELD_CHECK},
	    {FIELDTYPE_RU_INN, "77070838931", E_FIELD_FORMAT},
	    {FIELDTYPE_RU_INN, "500100732258", E_FIELD_CHECK},
	    {FIELDTYPE_RU_INN, "500100732269", E_FIELD_CHECK},
	    {FIELDTYPE_RU_INN_ORG, "500100732259", E_FIELD_FORMAT},
	    {FIELDTYPE_RU_OGRN, "1027700132194", E_FIELD_CHECK},
	    {FIELDTYPE_RU_OGRN, "304500116000157", E_FIELD_FORMAT},
	    {FIELDTYPE_RU_OGRNIP, "304500116000158", E_FIELD_CHECK},
	    {FIELDTYPE_RU_SNILS, "112-233-445 96", E_FIELD_CHECK},
	    {FIELDTYPE_RU_KPP, "7707a-001", E_FIELD_FORMAT},
	    {FIELDTYPE_RU_PASSPORT, "4510 12345", E_FIELD_FORMAT},
	    {FIELDTYPE_DATE, "2026-02-29", E_FIELD_FORMAT},
	    {FIELDTYPE_DATE, "24/11/2026", E_FIELD_FORMAT},
	    {FIELDTYPE_DATE, "1799-01-01", E_FIELD_FORMAT},
	    {FIELDTYPE_NUMBER, "1 000", E_FIELD_FORMAT},
	    {FIELDTYPE_NUMBER, "123456789012345678901", E_FIELD_LENGTH},
	    {FIELDTYPE_HOST, "localhost", E_FIELD_FORMAT},
	    {FIELDTYPE_HOST, "a_b.example", E_FIELD_FORMAT},
	    {FIELDTYPE_ONE_OF, "thief", E_FIELD_VALUE},
	    {FIELDTYPE_COUNTRY, "XX", E_FIELD_VALUE},
	    {FIELDTYPE_IDENTITY, "RU 4509 123456", E_FIELD_FORMAT},
	    {FIELDTYPE_IDENTITY, "RU id-card 4509", E_FIELD_FORMAT},
	    {FIELDTYPE_IDENTITY, "CN id-card 110105194912310021", E_FIELD_CHECK},
	    {FIELDTYPE_IDENTITY, "DE passport C0/1", E_FIELD_FORMAT},
	    {FIELDTYPE_IDENTITY, "DE passport", E_FIELD_FORMAT},
	    {FIELDTYPE_IDENTITY, "XX passport 123456", E_FIELD_FORMAT},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *example = fieldtype_row(rows[i].type)->example;
		struct str kept = {0};
		struct fault f = {0};

		if (check(rows[i].type, rows[i].typed, &kept, &f) != rows[i].err)
			fail_msg("%s: %s", rows[i].typed, err_row(f.code)->slug);
		assert_null(kept.p);
		assert_string_equal(f.field, "number");
		/* Never the value itself: it may be somebody's identity. */
		assert_null(strstr(f.rule, rows[i].typed));
		assert_null(strstr(f.detail, rows[i].typed));
		if (rows[i].type == FIELDTYPE_ONE_OF)
			assert_string_equal(f.rule, "buyer | seller");
		else if (rows[i].err != E_FIELD_LENGTH && rows[i].type != FIELDTYPE_IDENTITY)
			assert_non_null(strstr(f.rule, example));
	}
	assert_int_equal(check(FIELDTYPE_RU_INN, "", &(struct str){0}, NULL), E_FIELD_MISSING);
}

TEST_CASE(every_example_of_the_table_is_a_good_value)
{
	for (unsigned t = 0; t < FIELDTYPE__COUNT; t++) {
		const struct fieldtype_row *row = fieldtype_row((enum fieldtype)t);
		enum fieldtype back;
		struct str kept;

		assert_true(fieldtype_parse(str_of(row->word), &back));
		assert_int_equal(back, t);
		if (row->example[0])
			assert_int_equal(check((enum fieldtype)t, row->example, &kept, NULL), OK);
	}
	assert_false(fieldtype_parse(STR("pin"), &(enum fieldtype){0}));
}

/* A single wrong digit, or two neighbours changed, never passes where the sum is to catch it. */
TEST_CASE(one_wrong_digit_is_always_caught)
{
	static const struct {
		enum fieldtype type;
		const char *good;
	} rows[] = {
	    {FIELDTYPE_CN_CREDIT, "91110000802100433B"},
	    {FIELDTYPE_CN_PERSON, "11010519491231002X"},
	    {FIELDTYPE_RU_INN_MAN, "500100732259"},
	    {FIELDTYPE_RU_SNILS, "11223344595"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		for (size_t at = 0; rows[i].good[at]; at++) {
			for (char c = '0'; c <= '9'; c++) {
				char *typed = arena_fmt(a, "%s", rows[i].good);
				struct str kept;

				typed[at] = c;
				if (c != rows[i].good[at] &&
				    check(rows[i].type, typed, &kept, NULL) == OK)
					fail_msg("%s for %s", typed, rows[i].good);
			}
		}
	}
}

TEST_CASE(a_pattern_of_the_profile_holds)
{
	struct fieldtype_ask ask = {
	    .type = FIELDTYPE_TEXT, .name = "no", .max = 64, .pattern = STR("AA-9999/X")};
	struct str kept;
	struct fault f = {0};

	assert_int_equal(fieldtype_check(a, &ask, STR("QT-2026/B"), &kept, NULL), OK);
	assert_int_equal(fieldtype_check(a, &ask, STR("QT-2026/b"), &kept, &f), E_FIELD_FORMAT);
	assert_string_equal(f.rule, "AA-9999/X");
	assert_int_equal(fieldtype_check(a, &ask, STR("QT-2026/BB"), &kept, NULL), E_FIELD_FORMAT);
	ask.type = FIELDTYPE_NUMBER;
	ask.pattern = STR("999999");
	assert_int_equal(fieldtype_check(a, &ask, STR("001234"), &kept, NULL), OK);
	assert_int_equal(fieldtype_check(a, &ask, STR("1234"), &kept, NULL), E_FIELD_FORMAT);
	assert_true(fieldtype_is_pattern(STR("9")));
	assert_false(fieldtype_is_pattern(STR("")));
	assert_false(fieldtype_is_pattern(STR("no mark")));
	assert_false(fieldtype_is_pattern(STR("9\n")));
	assert_false(fieldtype_is_pattern(STR("99999999999999999999999999999999999999999")));
}

TEST_CASE(lists_show_identity_numbers_masked)
{
	static const struct {
		enum fieldtype type;
		const char *value, *shown;
	} rows[] = {
	    {FIELDTYPE_CN_PERSON, "11010519491231002X", "**************002X"},
	    {FIELDTYPE_RU_SNILS, "11223344595", "*******4595"},
	    {FIELDTYPE_IDENTITY, "DE:passport:C01X00T47", "DE:passport:*****0T47"},
	    {FIELDTYPE_IDENTITY, "DE:other:A123", "****"},
	    {FIELDTYPE_CN_CREDIT, "91110000802100433B", "91110000802100433B"},
	    {FIELDTYPE_TEXT, "Ada", "Ada"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct str shown = fieldtype_shown(a, rows[i].type, str_of(rows[i].value));

		if (!str_is(shown, rows[i].shown))
			fail_msg("%.*s", (int)shown.n, shown.p);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(good_values_are_kept_in_one_form),
	    cmocka_unit_test(bad_values_name_field_rule_and_example),
	    cmocka_unit_test(every_example_of_the_table_is_a_good_value),
	    cmocka_unit_test(one_wrong_digit_is_always_caught),
	    cmocka_unit_test(a_pattern_of_the_profile_holds),
	    cmocka_unit_test(lists_show_identity_numbers_masked),
	};

	return cmocka_run_group_tests_name("core fieldtype", tests, setup, teardown);
}
