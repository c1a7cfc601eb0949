/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/consent.h"

#include <string.h>

#include "agent/assuan.h"
#include "agent/pinentry.h"
#include "test.h"

TEST_CASE(only_what_shows_itself_is_shown)
{
	static const struct {
		struct str in, out;
	} rows[] = {
	    {{"Токен 李", 14}, {"Токен 李", 14}},
	    {{"a\nb\tc", 5}, {"a?b?c", 5}},
	    {{"a\0b", 3}, {"a?b", 3}},
	    {{"ab\xe2\x80\xae"
	      "cd",
		 7},
		{"ab?cd", 5}},
	    {{"a\xe2\x80\x8b"
	      "b",
		 5},
		{"a?b", 3}},
	    {{"\xee\x80\x80", 3}, {"?", 1}},
	    {{"Zoe\xcc\x88", 5}, {"Zo\xc3\xab", 4}},
	    {{"\xff\xfe", 2}, {"?", 1}},
	    {{"", 0}, {"", 0}},
	};
	struct arena *a = arena_new(0);

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct str got = consent_clean(a, rows[i].in);

		if (!str_eq(got, rows[i].out))
			fail_msg("row %zu: %.*s", i, (int)got.n, got.p);
	}
	arena_free(&a);
}

TEST_CASE(a_field_has_64_characters)
{
	struct arena *a = arena_new(0);
	struct consent c = consent_new(a, LANG_EN);
	char text[65 * 3];
	struct fault f = {.code = OK};

	for (size_t i = 0; i < 65; i++)
		memcpy(text + i * 3, "李", 3);
	assert_int_equal(
	    consent_exact(&c, "agent.token", (struct str){text, (size_t)64 * 3}, &f), OK);
	assert_int_equal(
	    consent_exact(&c, "agent.token", (struct str){text, (size_t)65 * 3}, &f), E_NAME_CHARS);
	assert_string_equal(f.field, "agent.token");
	assert_int_equal(consent_clean(a, (struct str){text, (size_t)65 * 3}).n, 64 * 3 + 3);
	assert_int_equal(c.n, 1);
	arena_free(&a);
}

TEST_CASE(long_consents_take_several_windows_and_lose_nothing)
{
	struct arena *a = arena_new(0);
	struct consent c = consent_new(a, LANG_EN);
	struct consent_pages pages;
	size_t lines = 1;

	for (int i = 0; i < 30; i++)
		assert_int_equal(
		    consent_exact(&c, "agent.token",
			str_of("0123456789 0123456789 0123456789 0123456789 0123456789"), NULL),
		    OK);
	assert_int_equal(consent_split(&c, &pages, NULL), OK);
	assert_true(pages.n > 1);
	for (size_t i = 0; i < pages.n; i++) {
		assert_true(assuan_quoted_size(pages.v[i]) <= PINENTRY_TEXT_MAX);
		for (size_t k = 0; k < pages.v[i].n; k++)
			lines += pages.v[i].p[k] == '\n';
		lines += i > 0;
	}
	assert_int_equal(lines, 30);
	for (int i = 0; i < CONSENT_LINES; i++)
		consent_line(&c, "agent.token", STR("x"));
	assert_int_equal(consent_split(&c, &pages, NULL), E_AGENT_REQUEST);
	arena_free(&a);
}

int
main(void)
{
	static const struct CMUnitTest cases[] = {
	    cmocka_unit_test(only_what_shows_itself_is_shown),
	    cmocka_unit_test(a_field_has_64_characters),
	    cmocka_unit_test(long_consents_take_several_windows_and_lose_nothing),
	};

	return cmocka_run_group_tests(cases, NULL, NULL);
}
