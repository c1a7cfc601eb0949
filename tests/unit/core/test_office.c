/* SPDX-License-Identifier: Apache-2.0 */
/* Offices: their documents, and scopes as one text. */
#include "core/office.h"

#include <string.h>

#include "test.h"

static struct arena *a;

static int
begin(void **state)
{
	(void)state;
	a = arena_new(0);
	return 0;
}

static int
end(void **state)
{
	(void)state;
	arena_free(&a);
	return 0;
}

TEST_CASE(a_document_is_an_office)
{
	static const char text[] = "office: north\nversion: 2\ntitle:\n  en: North\n  zh: 北\n"
				   "  ru: Север\naddress: 1 Main Street\nhours: 9–17\n";
	struct office o;
	struct fault f = {0};

	assert_int_equal(office_parse(a, bytes_of(text, sizeof(text) - 1), &o, &f), OK);
	assert_true(str_is(o.name, "north"));
	assert_int_equal(o.version, 2);
	assert_true(str_is(o.title[LANG_RU], "Север"));
	assert_true(str_is(o.address, "1 Main Street"));
	assert_int_equal(o.phone.n, 0);
}

TEST_CASE(what_is_no_office_is_refused)
{
	static const struct {
		const char *text;
		enum err e;
	} rows[] = {
	    {"", E_YAML},
	    {"- office\n", E_FIELD_TYPE},
	    {"office: north\n", E_FIELD_MISSING},
	    {"office: North\nversion: 1\ntitle:\n  en: A\n  zh: A\n  ru: A\n", E_FIELD_FORMAT},
	    {"office: n\nversion: 0\ntitle:\n  en: A\n  zh: A\n  ru: A\n", E_FIELD_VALUE},
	    {"office: n\nversion: 1\ntitle:\n  en: A\n  zh: A\n", E_FIELD_MISSING},
	    {"office: n\nversion: 1\ntitle:\n  en: A\n  zh: A\n  ru: A\nboss: me\n",
		E_FIELD_UNKNOWN},
	    {"office: n\nversion: 1\ntitle:\n  en: A\n  zh: A\n  ru: A\naddress: p\xd0\xb0ypal\n",
		E_NAME_SCRIPT},
	};
	struct office o;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		enum err e =
		    office_parse(a, bytes_of(rows[i].text, strlen(rows[i].text)), &o, NULL);

		if (e != rows[i].e)
			fail_msg("row %zu: %s", i, err_row(e)->slug);
	}
}

TEST_CASE(a_scope_has_one_text)
{
	const struct str names[] = {STR("south"), STR("north")}, twice[] = {STR("n"), STR("n")};
	struct str scope, back[OFFICE_SCOPE];

	assert_int_equal(office_scope(a, names, 2, &scope, NULL), OK);
	assert_true(str_is(scope, "north south"));
	assert_int_equal(office_scope_names(scope, back), 2);
	assert_true(office_in_scope(scope, STR("south")));
	assert_false(office_in_scope(scope, STR("sout")));
	assert_false(office_in_scope(scope, STR("")));
	assert_int_equal(office_scope(a, twice, 2, &scope, NULL), E_FIELD_DUPLICATE);
	assert_int_equal(office_scope(a, NULL, 0, &scope, NULL), OK);
	/* Nothing named is everything, and what belongs to none. */
	assert_true(office_in_scope(scope, STR("south")) && office_in_scope(scope, STR("")));
	assert_true(office_scope_good(a, STR("north south")));
	assert_false(office_scope_good(a, STR("south north")));
	assert_false(office_scope_good(a, STR(" north")));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_document_is_an_office),
	    cmocka_unit_test(what_is_no_office_is_refused),
	    cmocka_unit_test(a_scope_has_one_text),
	};

	return cmocka_run_group_tests_name("office", tests, begin, end);
}
