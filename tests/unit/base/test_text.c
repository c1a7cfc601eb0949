/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text.h"

#include <string.h>

#include "test.h"

TEST_CASE(utf8_accepts_the_shortest_form_only)
{
	static const struct {
		const char *text;
		size_t n;
		bool valid;
	} rows[] = {
	    {"", 0, true},
	    {"abc", 3, true},
	    {"a\0b", 3, true},
	    {"\xc3\xa9", 2, true},
	    {"\xe4\xb8\xad", 3, true},
	    {"\xf0\x9f\x98\x80", 4, true},
	    {"\xf4\x8f\xbf\xbf", 4, true},
	    {"\xf4\x90\x80\x80", 4, false}, /* above U+10FFFF */
	    {"\xc0\x80", 2, false},         /* overlong NUL */
	    {"\xe0\x80\xaf", 3, false},     /* overlong slash */
	    {"\xf0\x80\x80\xaf", 4, false},
	    {"\xed\xa0\x80", 3, false}, /* surrogate */
	    {"\xc3", 1, false},
	    {"\xe4\xb8", 2, false},
	    {"\x80", 1, false},
	    {"\xff", 1, false},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (utf8_valid((struct str){rows[i].text, rows[i].n}) != rows[i].valid)
			fail_msg("row %zu", i);
	}
	assert_int_equal(utf8_count(STR("a\xe4\xb8\xad\xf0\x9f\x98\x80")), 3);
}

TEST_CASE(base64_is_canonical_both_ways)
{
	static const struct {
		const char *raw, *text, *url;
	} rows[] = {{"", "", ""}, {"f", "Zg==", "Zg"}, {"fo", "Zm8=", "Zm8"},
	    {"foo", "Zm9v", "Zm9v"}, {"foob", "Zm9vYg==", "Zm9vYg"}, {"\xfb\xff", "+/8=", "-_8"}};
	static const char *const bad[] = {
	    "Z", "Zg", "Zg=", "Zh==", "Zg==\n", " Zg==", "Zm9v=", "====", "Zm-v", "Zm9v\x80"};
	struct arena *a = arena_new(0);
	struct bytes out;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct bytes raw = str_bytes(str_of(rows[i].raw));

		assert_string_equal(base64_text(a, raw), rows[i].text);
		assert_string_equal(base64url_text(a, raw), rows[i].url);
		assert_true(base64_parse(a, str_of(rows[i].text), &out));
		assert_true(bytes_eq(out, raw));
		assert_true(base64url_parse(a, str_of(rows[i].url), &out));
		assert_true(bytes_eq(out, raw));
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		if (base64_parse(a, str_of(bad[i]), &out))
			fail_msg("took \"%s\"", bad[i]);
	}
	arena_free(&a);
}

TEST_CASE(hex_takes_pairs_only)
{
	struct arena *a = arena_new(0);
	struct bytes out;

	assert_true(hex_parse(a, STR("00Ffa5"), &out));
	assert_string_equal(hex_text(a, out), "00ffa5");
	assert_false(hex_parse(a, STR("0"), &out));
	assert_false(hex_parse(a, STR("0g"), &out));
	assert_false(hex_parse(a, STR("0x"), &out));
	arena_free(&a);
}

TEST_CASE(time_goes_to_civil_and_back)
{
	char text[TIME_TEXT_SIZE];
	int64_t t;

	time_text(1795507200, text);
	assert_string_equal(text, "2026-11-24T08:00:00Z");
	assert_true(time_parse(STR("2026-11-24T08:00:00Z"), &t));
	assert_int_equal(t, 1795507200);
	assert_true(time_parse(STR("2026-11-24T11:00:00+03:00"), &t));
	assert_int_equal(t, 1795507200);
	time_text(-1, text);
	assert_string_equal(text, "1969-12-31T23:59:59Z");
	/* Every day of four centuries has exactly one civil date. */
	for (int64_t day = -36524; day < 110000; day++) {
		struct civil c = civil_of(day * 86400 + 43200);

		if (civil_seconds(c) != day * 86400 + 43200 || c.day > civil_days(c.year, c.month))
			fail_msg("day %lld", (long long)day);
	}
}

TEST_CASE(time_refuses_what_is_no_date)
{
	static const char *const bad[] = {"", "2026-11-24", "2026-11-24T08:00:00",
	    "2026-02-29T00:00:00Z", "2026-13-01T00:00:00Z", "2026-11-24T24:00:00Z",
	    "2026-11-24T08:60:00Z", "2026-11-24T08:00:60Z", "2026-11-24 08:00:00Z",
	    "2026-11-24T08:00:00.5Z", "2026-11-24T08:00:00+3:00", "2026-11-24T08:00:00+24:00",
	    "0000-01-01T00:00:00Z", "2o26-11-24T08:00:00Z"};
	int64_t t = 7;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		if (time_parse(str_of(bad[i]), &t))
			fail_msg("took \"%s\"", bad[i]);
	}
	assert_int_equal(t, 7);
}

TEST_CASE(numbers_are_digits_within_a_limit)
{
	uint64_t v = 0;

	assert_true(u64_parse(STR("18446744073709551615"), UINT64_MAX, &v));
	assert_true(v == UINT64_MAX);
	assert_false(u64_parse(STR("18446744073709551616"), UINT64_MAX, &v));
	assert_false(u64_parse(STR(""), 9, &v));
	assert_false(u64_parse(STR("10"), 9, &v));
	assert_false(u64_parse(STR("-1"), 9, &v));
	assert_false(u64_parse(STR("+1"), 9, &v));
	assert_false(u64_parse(STR("1 "), 9, &v));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(utf8_accepts_the_shortest_form_only),
	    cmocka_unit_test(base64_is_canonical_both_ways),
	    cmocka_unit_test(hex_takes_pairs_only),
	    cmocka_unit_test(time_goes_to_civil_and_back),
	    cmocka_unit_test(time_refuses_what_is_no_date),
	    cmocka_unit_test(numbers_are_digits_within_a_limit),
	};

	return cmocka_run_group_tests_name("text", tests, NULL, NULL);
}
