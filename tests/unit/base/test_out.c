/* SPDX-License-Identifier: Apache-2.0 */
#include "base/out.h"

#include <jansson.h>
#include <string.h>

#include "test.h"

TEST_CASE(writer_nests_and_separates)
{
	struct arena *a = arena_new(0);
	struct out o = out_new(a);
	struct bytes got = {0};

	out_object(&o, NULL);
	out_text(&o, "a", STR("x"));
	out_array(&o, "b");
	out_int(&o, NULL, -5);
	out_bool(&o, NULL, true);
	out_object(&o, NULL);
	out_close(&o);
	out_close(&o);
	out_bytes(&o, "c", bytes_of("\x01", 1));
	out_time(&o, "d", 86400);
	out_text_if(&o, "e", (struct str){0});
	out_bytes_if(&o, "f", (struct bytes){0});
	out_time_if(&o, "g", 0);
	assert_false(out_done(&o, &got));
	out_close(&o);
	assert_true(out_done(&o, &got));
	assert_true(str_is(bytes_str(got),
	    "{\"a\":\"x\",\"b\":[-5,true,{}],\"c\":\"AQ==\",\"d\":\"1970-01-02T00:00:00Z\"}"));
	arena_free(&a);
}

TEST_CASE(writer_escapes_so_that_any_parser_reads_it_back)
{
	static const struct {
		const char *in, *back;
	} rows[] = {
	    {"plain", "plain"},
	    {"a\"b\\c/", "a\"b\\c/"},
	    {"\b\f\n\r\t\x1b\x7f", "\b\f\n\r\t\x1b\x7f"},
	    {"王芳 Иван \xf0\x9f\x98\x80", "王芳 Иван \xf0\x9f\x98\x80"},
	    {"cut \xe7\x8e", "cut \xef\xbf\xbd\xef\xbf\xbd"},
	    {"bad \xff!", "bad \xef\xbf\xbd!"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct arena *a = arena_new(0);
		struct out o = out_new(a);
		struct bytes got = {0};
		json_t *root;

		out_object(&o, NULL);
		out_text(&o, rows[i].in[0] == 'p' ? "p" : "a\"\n", str_of(rows[i].in));
		out_close(&o);
		assert_true(out_done(&o, &got));
		root = json_loadb((const char *)got.p, got.n, JSON_REJECT_DUPLICATES, NULL);
		assert_non_null(root);
		assert_string_equal(
		    json_string_value(json_object_get(root, i ? "a\"\n" : "p")), rows[i].back);
		json_decref(root);
		arena_free(&a);
	}
}

TEST_CASE(writer_says_when_the_answer_is_too_large)
{
	struct arena *a = arena_new((size_t)32 << 20);
	struct out o = out_new(a);
	struct bytes got = {0};
	char *big = arena_alloc(a, OUT_CAP);

	memset(big, 'x', OUT_CAP);
	out_object(&o, NULL);
	out_text(&o, "a", (struct str){big, OUT_CAP});
	out_close(&o);
	assert_false(out_done(&o, &got));
	arena_free(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(writer_nests_and_separates),
	    cmocka_unit_test(writer_escapes_so_that_any_parser_reads_it_back),
	    cmocka_unit_test(writer_says_when_the_answer_is_too_large),
	};

	return cmocka_run_group_tests_name("out", tests, NULL, NULL);
}
