/* SPDX-License-Identifier: Apache-2.0 */
#include "base/yamldiff.h"

#include "base/buf.h"
#include "test.h"

static const struct yaml *
parsed(struct arena *a, const char *text)
{
	const struct yaml *n;

	assert_int_equal(yaml_parse(a, str_bytes(str_of(text)), &n, NULL), OK);
	return n;
}

/* "path: old -> now" a line. */
static const char *
told(struct arena *a, const char *old, const char *now)
{
	struct buf b = buf_new(a, 1 << 16);
	size_t n;
	const struct yamldiff_change *v =
	    yamldiff(a, old ? parsed(a, old) : NULL, parsed(a, now), &n);

	for (size_t i = 0; i < n; i++)
		buf_fmt(&b, "%.*s: %.*s -> %.*s\n", (int)v[i].path.n, v[i].path.p, (int)v[i].old.n,
		    v[i].old.n ? v[i].old.p : "", (int)v[i].now.n, v[i].now.n ? v[i].now.p : "");
	return arena_cstr(a, buf_view(&b));
}

TEST_CASE(changes_are_told_key_by_key)
{
	static const struct {
		const char *old, *now, *told;
	} rows[] = {
	    {"a: 1\n", "a: 1\n", ""},
	    {"a: 1\n", "a: 2\n", "a: 1 -> 2\n"},
	    {"a: 1\n", "a: 1\nb: 2\n", "b:  -> 2\n"},
	    {"a: 1\nb: 2\n", "a: 1\n", "b: 2 -> \n"},
	    {NULL, "a: 1\n", "a:  -> 1\n"},
	    {"a: {b: 1, c: 2}\n", "a: {b: 1, c: 3}\n", "a.c: 2 -> 3\n"},
	    {"k: [x, y]\n", "k: [x, z]\n", "k: [x, y] -> [x, z]\n"},
	    {"k: [x]\n", "k: []\n", "k: [x] -> []\n"},
	    {"k: ''\n", "k: 'x'\n", "k: '' -> x\n"},
	    {"f: [{name: m, max: 1}, {name: p, max: 2}]\n",
		"f: [{name: m, max: 1}, {name: p, max: 3}]\n", "f.p.max: 2 -> 3\n"},
	    {"f: [{name: m, max: 1}]\n", "f: [{name: m, max: 1}, {name: p, max: 2}]\n",
		"f: [m] -> [m, p]\nf.p.name:  -> p\nf.p.max:  -> 2\n"},
	    {"f: [{name: m}, {name: p}]\n", "f: [{name: p}, {name: m}]\n", "f: [m, p] -> [p, m]\n"},
	    {"s: [{name: dns, field: a}, {name: dns, field: b, required: no}]\n",
		"s: [{name: dns, field: a}, {name: dns, field: b, required: yes}]\n",
		"s.b.required: no -> yes\n"},
	    {"a: 1\n", "a: {b: 1}\n", "a.b:  -> 1\na: 1 -> \n"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct arena *a = arena_new(0);

		assert_string_equal(told(a, rows[i].old, rows[i].now), rows[i].told);
		arena_free(&a);
	}
}

/* Elements that nothing names go by their place. */
TEST_CASE(nameless_elements_go_by_their_place)
{
	struct arena *a = arena_new(0);

	assert_string_equal(
	    told(a, "s: [{x: 1}, {x: 1}]\n", "s: [{x: 1}, {x: 2}]\n"), "s.2.x: 1 -> 2\n");
	assert_string_equal(told(a, "s: [[1], [2]]\n", "s: [[1], [3]]\n"), "s.2: [2] -> [3]\n");
	arena_free(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(changes_are_told_key_by_key),
	    cmocka_unit_test(nameless_elements_go_by_their_place),
	};

	return cmocka_run_group_tests_name("yamldiff", tests, NULL, NULL);
}
