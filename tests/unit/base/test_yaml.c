/* SPDX-License-Identifier: Apache-2.0 */
#include "base/yaml.h"

#include <stdio.h>
#include <string.h>

#include "test.h"

static enum err
parse(struct arena *a, const char *text, const struct yaml **ret, struct fault *f)
{
	memset(f, 0, sizeof(*f));
	return yaml_parse(a, str_bytes(str_of(text)), ret, f);
}

TEST_CASE(a_document_becomes_a_tree)
{
	struct arena *a = arena_new(0);
	const struct yaml *doc = NULL, *list = NULL;
	struct fault f;
	struct str s;
	int64_t n;
	bool b;

	assert_int_equal(
	    parse(a, "name: \"a b\"\nyears: 3\non: yes\nlist:\n  - x\n  - y: 1\n", &doc, &f), OK);
	assert_int_equal(doc->count, 4);
	assert_int_equal(yaml_str(doc, "name", 10, &s, &f), OK);
	assert_true(str_is(s, "a b"));
	assert_int_equal(yaml_i64(doc, "years", 1, 3, &n, &f), OK);
	assert_int_equal(n, 3);
	assert_int_equal(yaml_bool(doc, "on", &b, &f), OK);
	assert_true(b);
	assert_int_equal(yaml_child(doc, "list", YAML_SEQUENCE, &list, &f), OK);
	assert_int_equal(list->count, 2);
	assert_int_equal(list->child->next->kind, YAML_MAPPING);
	assert_int_equal(list->child->next->line, 6);
	arena_free(&a);
}

TEST_CASE(whatever_is_clever_is_refused_by_place)
{
	static const struct {
		const char *text, *field, *rule;
	} rows[] = {
	    {"a: &x 1\n", "line 1, column 4", "no anchors"},
	    {"a: 1\nb: *x\n", "line 2, column 4", "no aliases"},
	    {"a: !!str 1\n", "line 1, column 4", "no tags"},
	    {"a: 1\na: 2\n", "line 2, column 1", "duplicate key"},
	    {"? [a]\n: 1\n", "line 1, column 3", "a key must be a word"},
	    {"<<: {a: 1}\n", "line 1, column 1", "a key must be a word"},
	    {"a: 1\n---\nb: 2\n", "line 2, column 1", "one document only"},
	    {"", "line 1, column 1", "the document is empty"},
	    {"a: \"\\0\"\n", "line 1, column 4", "text must be UTF-8 without NUL"},
	    {"\xe2\x80\xae: 1\n", "line 1, column 1", "a key must be a word"},
	};
	struct arena *a = arena_new(0);

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct yaml *doc = NULL;
		struct fault f;

		assert_int_equal(parse(a, rows[i].text, &doc, &f), E_YAML);
		assert_string_equal(f.field, rows[i].field);
		assert_string_equal(f.rule, rows[i].rule);
		assert_null(doc);
	}
	arena_free(&a);
}

TEST_CASE(broken_text_is_refused)
{
	static const char *const rows[] = {
	    "a: [1\n", "a: \"x\n", "\ta: 1\n", "a: \xff\n", "{a: 1", "a: 1\n b: 2\n"};
	struct arena *a = arena_new(0);

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct yaml *doc = NULL;
		struct fault f;

		if (parse(a, rows[i], &doc, &f) != E_YAML)
			fail_msg("took %s", rows[i]);
	}
	arena_free(&a);
}

TEST_CASE(depth_and_number_of_values_are_bounded)
{
	struct arena *a = arena_new(0);
	const struct yaml *doc = NULL;
	struct fault f;
	char deep[200];
	char *many = arena_alloc(a, 3 * YAML_NODES_MAX + 8);

	memset(deep, '[', 100);
	memset(deep + 100, ']', 100);
	assert_int_equal(
	    yaml_parse(a, bytes_of(deep, sizeof(deep)), &doc, memset(&f, 0, sizeof(f))), E_YAML);
	assert_string_equal(f.rule, "too many values or levels");
	many[0] = '[';
	for (size_t i = 0; i < YAML_NODES_MAX; i++)
		memcpy(many + 1 + 2 * i, "1,", 2);
	memcpy(many + 1 + 2 * YAML_NODES_MAX, "1]", 3);
	assert_int_equal(parse(a, many, &doc, &f), E_YAML);
	assert_string_equal(f.rule, "too many values or levels");
	arena_free(&a);
}

TEST_CASE(typed_reads_name_key_place_and_rule)
{
	static const char *const words[] = {"test", "production", NULL};
	static const char *const keys[] = {"n", "e", NULL};
	struct arena *a = arena_new(0);
	const struct yaml *doc = NULL;
	struct fault f;
	struct str s = {0};
	int64_t n = 5;
	size_t w = 9;

	assert_int_equal(parse(a, "n: 12\ne: prod\nq: \"7\"\nz: 1x\nm: {}\nb: ''\n", &doc, &f), OK);
	assert_int_equal(yaml_i64(doc, "n", 1, 9, &n, &f), E_FIELD_VALUE);
	assert_string_equal(f.field, "line 1, column 4: n");
	assert_string_equal(f.rule, "1–9");
	assert_int_equal(n, 5);
	assert_int_equal(yaml_word(doc, "e", words, &w, memset(&f, 0, sizeof(f))), E_FIELD_VALUE);
	assert_string_equal(f.rule, "test | production");
	assert_int_equal(yaml_i64(doc, "q", 1, 9, &n, memset(&f, 0, sizeof(f))), E_FIELD_TYPE);
	assert_int_equal(yaml_i64(doc, "z", 1, 9, &n, memset(&f, 0, sizeof(f))), E_FIELD_TYPE);
	assert_int_equal(yaml_str(doc, "m", 9, &s, memset(&f, 0, sizeof(f))), E_FIELD_TYPE);
	assert_int_equal(yaml_str(doc, "b", 9, &s, memset(&f, 0, sizeof(f))), E_FIELD_LENGTH);
	assert_int_equal(yaml_str(doc, "gone", 9, &s, memset(&f, 0, sizeof(f))), E_FIELD_MISSING);
	assert_int_equal(yaml_only(doc, keys, memset(&f, 0, sizeof(f))), E_FIELD_UNKNOWN);
	assert_string_equal(f.field, "line 3, column 4: q");
	arena_free(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_document_becomes_a_tree),
	    cmocka_unit_test(whatever_is_clever_is_refused_by_place),
	    cmocka_unit_test(broken_text_is_refused),
	    cmocka_unit_test(depth_and_number_of_values_are_bounded),
	    cmocka_unit_test(typed_reads_name_key_place_and_rule),
	};

	return cmocka_run_group_tests_name("yaml", tests, NULL, NULL);
}
