/* SPDX-License-Identifier: Apache-2.0 */
#include "core/label.h"

#include <string.h>

#include "base/text.h"
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

TEST_CASE(names_of_people_and_firms_pass_as_they_are)
{
	static const char *const rows[] = {
	    "Li Lei",
	    "李雷",
	    "Иванов Иван Иванович",
	    "Ёлкина-Щукина",
	    "O'Neill",
	    "O\xe2\x80\x99Neill",
	    "Zoë Müller",
	    "上海宝钢TCL集团有限公司",
	    "ООО «Ромашка» Trade",
	    "ЗАО \"Ромашка-Trade\"",
	    "山田たろうカタカナ",
	    "김철수",
	    "Νίκος",
	    "3M",
	    "A & B, Ltd. (No. 2)",
	    "नेहा",
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct fault f = {0};
		struct str ret;

		if (label_check(a, str_of(rows[i]), LABEL_MAX, "name", &ret, &f) != OK)
			fail_msg("%s: %s", rows[i], f.rule);
		assert_true(str_is(ret, rows[i]));
	}
}

TEST_CASE(what_can_deceive_is_refused_by_its_code_point)
{
	const struct {
		struct str text;
		enum err err;
		const char *rule;
	} rows[] = {
	    {STR(""), E_FIELD_MISSING, ""},
	    {STR(" Li"), E_NAME_CHARS, "U+0020"},
	    {STR("Li "), E_NAME_CHARS, "U+0020"},
	    {STR("Li  Lei"), E_NAME_CHARS, "U+0020"},
	    {STR(" "), E_NAME_CHARS, "U+0020"},
	    {STR("Li\tLei"), E_NAME_CHARS, "U+0009"},
	    {STR("Li\nLei"), E_NAME_CHARS, "U+000A"},
	    {STR("Li\0Lei"), E_NAME_CHARS, "U+0000"},
	    {STR("Li\x7f"), E_NAME_CHARS, "U+007F"},
	    {STR("Li\xc2\x85"), E_NAME_CHARS, "U+0085"},
	    {STR("Li\xc2\xa0Lei"), E_NAME_CHARS, "U+00A0"},     /* no-break space */
	    {STR("Li\xe3\x80\x80Lei"), E_NAME_CHARS, "U+3000"}, /* ideographic space */
	    {STR("Li\xc2\xadLei"), E_NAME_CHARS, "U+00AD"},     /* soft hyphen */
	    {STR("Li\xe2\x80\x8bLei"), E_NAME_CHARS, "U+200B"}, /* zero-width space */
	    {STR("Li\xe2\x80\x8dLei"), E_NAME_CHARS, "U+200D"}, /* joiner */
	    {STR("Li\xe2\x80\x8fLei"), E_NAME_CHARS, "U+200F"}, /* right-to-left mark */
	    {STR("Li\xe2\x80\xa8Lei"), E_NAME_CHARS, "U+2028"}, /* line separator */
	    {STR("Li\xe2\x80\xaeieL"), E_NAME_CHARS, "U+202E"}, /* override */
	    {STR("Li\xe2\x81\xa6ieL"), E_NAME_CHARS, "U+2066"}, /* isolate */
	    {STR("Li\xe1\x85\x9f"), E_NAME_CHARS, "U+115F"},    /* Hangul filler */
	    {STR("Li\xef\xb8\x8f"), E_NAME_CHARS, "U+FE0F"},    /* variation selector */
	    {STR("Li\xef\xbb\xbf"), E_NAME_CHARS, "U+FEFF"},    /* BOM */
	    {STR("Li\xee\x80\x80"), E_NAME_CHARS, "U+E000"},    /* private use */
	    {STR("Li\xf3\xb0\x80\x80"), E_NAME_CHARS, "U+F0000"},
	    {STR("Li\xef\xbf\xbf"), E_NAME_CHARS, "U+FFFF"}, /* no character */
	    {STR("Li\xcd\xb8"), E_NAME_CHARS, "U+0378"},     /* unassigned */
	    {STR("Li\xff"), E_NAME_CHARS, "UTF-8"},
	    {STR("Li\xed\xa0\x80"), E_NAME_CHARS, "UTF-8"},
	    {STR("."), E_NAME_CHARS, ""},
	    {STR("--"), E_NAME_CHARS, ""},
	    {STR("p\xd0\xb0ypal"), E_NAME_SCRIPT, "U+0430"}, /* Cyrillic а in Latin */
	    {STR("Ив\x61нов"), E_NAME_SCRIPT, "U+0061"},
	    {STR("O'Не"), E_NAME_SCRIPT, "U+041D"},
	    {STR("Li Lеi"), E_NAME_SCRIPT, "U+0435"}, /* in the second word */
	    {STR("李а"), E_NAME_SCRIPT, "U+0430"},
	    {STR("αб"), E_NAME_SCRIPT, "U+0431"},
	    {STR("たろう김"), E_NAME_SCRIPT, "U+AE40"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct fault f = {0};
		struct str ret = {0};

		if (label_check(a, rows[i].text, LABEL_MAX, "name", &ret, &f) != rows[i].err)
			fail_msg("row %zu: %s", i, err_row(f.code)->slug);
		assert_null(ret.p);
		assert_string_equal(f.field, "name");
		assert_string_equal(f.rule, rows[i].rule);
	}
}

TEST_CASE(letters_are_composed)
{
	struct str ret;

	assert_int_equal(label_check(a, STR("Zoe\xcc\x88"), LABEL_MAX, "n", &ret, NULL), OK);
	assert_true(str_is(ret, "Zo\xc3\xab"));
	assert_int_equal(
	    label_check(a, STR("\xd0\x95\xcc\x88лка"), LABEL_MAX, "n", &ret, NULL), OK);
	assert_true(str_is(ret, "Ёлка"));
	/* U+0958 grows under NFC: three octets become six. */
	assert_int_equal(label_check(a, STR("\xe0\xa5\x98"), LABEL_MAX, "n", &ret, NULL), OK);
	assert_int_equal(ret.n, 6);
}

TEST_CASE(characters_count_and_nothing_is_cut)
{
	char text[4200];
	struct str s = {text, 0}, ret = {0};
	struct fault f = {0};

	for (size_t i = 0; i < LABEL_MAX; i++, s.n += 3)
		memcpy(text + s.n, "李", 3);
	assert_int_equal(label_check(a, s, LABEL_MAX, "name", &ret, &f), OK);
	assert_int_equal(utf8_count(ret), LABEL_MAX);
	memcpy(text + s.n, "李", 3);
	s.n += 3;
	ret = (struct str){0};
	assert_int_equal(label_check(a, s, LABEL_MAX, "name", &ret, &f), E_NAME_LONG);
	assert_string_equal(f.rule, "≤ 64");
	assert_null(ret.p);
	memset(text, 'a', sizeof(text));
	s.n = sizeof(text);
	assert_int_equal(label_check(a, s, 10000, "name", &ret, NULL), E_NAME_LONG);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(names_of_people_and_firms_pass_as_they_are),
	    cmocka_unit_test(what_can_deceive_is_refused_by_its_code_point),
	    cmocka_unit_test(letters_are_composed),
	    cmocka_unit_test(characters_count_and_nothing_is_cut),
	};

	return cmocka_run_group_tests_name("core label", tests, setup, teardown);
}
