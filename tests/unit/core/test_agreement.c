/* SPDX-License-Identifier: Apache-2.0 */
/* Agreements: what is read, and what is refused where. */
#include "core/agreement.h"

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
parse(const char *text, struct agreement *ret, struct fault *f)
{
	return agreement_parse(a, str_bytes(str_of(text)), ret, f);
}

#define HEAD  "agreement: person-1\nversion: 2\n"
#define TITLE "title: {en: Agreement, zh: 协议, ru: Соглашение}\n"

TEST_CASE(a_document_has_its_whole_text_in_each_language)
{
	struct agreement g;

	assert_int_equal(parse(HEAD TITLE "text:\n  en: |\n    One.\n    Two.\n"
					  "  zh: 一\n  ru: Раз\n",
			     &g, NULL),
	    OK);
	assert_true(str_is(g.id, "person-1"));
	assert_int_equal(g.version, 2);
	assert_true(str_is(g.title[LANG_ZH], "协议"));
	assert_true(str_is(g.text[LANG_EN], "One.\nTwo.\n"));
	assert_true(str_is(g.text[LANG_RU], "Раз"));
	assert_string_equal(agreement_kind(a, g.id), "agreement:person-1");
}

TEST_CASE(what_is_wrong_is_told_by_its_place)
{
	static const struct {
		const char *text;
		enum err err;
		const char *key;
	} rows[] = {
	    {HEAD TITLE "text: {en: A, zh: A}\n", E_FIELD_MISSING, "ru"},
	    {HEAD TITLE "text: {en: A, zh: A, ru: A, de: A}\n", E_FIELD_UNKNOWN, "de"},
	    {HEAD TITLE "text: A\n", E_FIELD_TYPE, "text"},
	    {HEAD TITLE "text: {en: '', zh: A, ru: A}\n", E_FIELD_LENGTH, "en"},
	    {HEAD TITLE "text: {en: A, zh: \"a\u202eb\", ru: A}\n", E_FIELD_CHARS, "zh"},
	    {HEAD TITLE "text: {en: A, zh: \"a\u200bb\", ru: A}\n", E_FIELD_CHARS, "zh"},
	    {HEAD TITLE "text: {en: \"a\\x07b\", zh: A, ru: A}\n", E_FIELD_CHARS, "en"},
	    {HEAD "text: {en: A, zh: A, ru: A}\n", E_FIELD_MISSING, "title"},
	    {"agreement: Person\nversion: 1\n" TITLE, E_FIELD_FORMAT, "agreement"},
	    {"agreement: p\nversion: 0\n" TITLE, E_FIELD_VALUE, "version"},
	    {"agreement: p\nversion: 1\nprofile: p\n" TITLE, E_FIELD_UNKNOWN, "profile"},
	    {"- agreement\n", E_FIELD_TYPE, "agreement"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct agreement g = {0};
		struct fault f = {0};

		if (parse(rows[i].text, &g, &f) != rows[i].err ||
		    strstr(f.field, rows[i].key) == NULL || strstr(f.field, "line ") == NULL)
			fail_msg("row %zu: %s, %s, %s", i, err_row(f.code)->slug, f.field, f.rule);
		assert_null(g.id.p);
	}
}

TEST_CASE(a_text_that_is_too_long_is_refused)
{
	char *text = arena_alloc(a, AGREEMENT_MAX + 2);
	struct agreement g;

	memset(text, 'a', AGREEMENT_MAX + 1);
	assert_int_equal(agreement_parse(a, bytes_of((uint8_t *)text, AGREEMENT_MAX + 1), &g, NULL),
	    E_BODY_SIZE);
	text[AGREEMENT_TEXT_MAX + 1] = '\0';
	assert_int_equal(
	    parse(arena_fmt(a, HEAD TITLE "text: {en: %s, zh: A, ru: A}\n", text), &g, NULL),
	    E_FIELD_LENGTH);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_document_has_its_whole_text_in_each_language),
	    cmocka_unit_test(what_is_wrong_is_told_by_its_place),
	    cmocka_unit_test(a_text_that_is_too_long_is_refused),
	};

	return cmocka_run_group_tests_name("core agreement", tests, setup, teardown);
}
