/* SPDX-License-Identifier: Apache-2.0 */
#include "base/err.h"

#include <string.h>

#include "base/catalogue.h"
#include "test.h"

static enum err
inner(struct fault *f)
{
	return FAIL_FIELD(f, E_FIELD_LENGTH, "subject.cn", "≤ 64", "%d characters", 70);
}

static enum err
outer(struct fault *f)
{
	TRY(inner(f));
	return OK;
}

TEST_CASE(the_first_explanation_wins)
{
	struct fault f = {0};

	assert_int_equal(outer(&f), E_FIELD_LENGTH);
	assert_int_equal(FAIL(&f, E_INTERNAL, "later"), E_FIELD_LENGTH);
	assert_string_equal(f.field, "subject.cn");
	assert_string_equal(f.rule, "≤ 64");
	assert_string_equal(f.detail, "70 characters");
	assert_int_equal(outer(NULL), E_FIELD_LENGTH);
}

TEST_CASE(every_row_has_a_slug_of_its_own)
{
	for (unsigned e = OK; e < E__COUNT; e++) {
		const struct err_row *row = err_row((enum err)e);

		assert_int_equal(err_of_slug(str_of(row->slug)), e);
		assert_true(e == OK || (row->http >= 400 && row->http < 600));
		assert_true(e == OK || row->exit > 0);
	}
	assert_int_equal(err_of_slug(STR("no-such")), E_INTERNAL);
}

TEST_CASE(language_follows_the_header)
{
	static const struct {
		const char *header;
		enum lang lang;
	} rows[] = {{"", LANG_EN}, {"zh-CN,zh;q=0.9,en;q=0.8", LANG_ZH}, {"ru", LANG_RU},
	    {"de, ru;q=0.3", LANG_RU}, {"en;q=0.1, ru;q=0.2", LANG_RU}, {"fr", LANG_EN},
	    {"RU-ru", LANG_RU}, {"zhx", LANG_EN}, {"zh;q=0", LANG_EN}, {",,;;q=", LANG_EN}};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_int_equal(lang_accept(str_of(rows[i].header)), rows[i].lang);
}

TEST_CASE(texts_are_found_in_each_language_and_filled)
{
	struct arena *a = arena_new(0);
	const struct catalogue_value none = {"nothing", STR("x")};

	for (unsigned l = 0; l < LANG__COUNT; l++)
		assert_non_null(catalogue_text((enum lang)l, "error.internal"));
	assert_string_not_equal(
	    catalogue_text(LANG_ZH, "error.internal"), catalogue_text(LANG_RU, "error.internal"));
	assert_null(catalogue_text(LANG_EN, "error.no-such-thing"));
	assert_null(catalogue_text(LANG_EN, ""));
	assert_true(str_is(catalogue_fill(a, LANG_EN, "no.such.key", &none, 1), "no.such.key"));
	arena_free(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_first_explanation_wins),
	    cmocka_unit_test(every_row_has_a_slug_of_its_own),
	    cmocka_unit_test(language_follows_the_header),
	    cmocka_unit_test(texts_are_found_in_each_language_and_filled),
	};

	return cmocka_run_group_tests_name("err", tests, NULL, NULL);
}
