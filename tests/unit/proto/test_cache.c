/* SPDX-License-Identifier: Apache-2.0 */
/* How long answers may be kept, who has them already, and OCSP requests in paths. */
#include "proto/cache.h"

#include <string.h>

#include "base/text.h"
#include "proto/ocsp/target.h"
#include "test.h"

#define NOW ((int64_t)1795507200) /* 2026-11-24T08:00:00Z, a Tuesday */

TEST_CASE(dates_both_ways)
{
	static const struct {
		int64_t at;
		const char *text;
	} rows[] = {
	    {0, "Thu, 01 Jan 1970 00:00:00 GMT"},
	    {784111777, "Sun, 06 Nov 1994 08:49:37 GMT"}, /* RFC 9110 5.6.7 */
	    {NOW, "Tue, 24 Nov 2026 08:00:00 GMT"},
	    {951782400, "Tue, 29 Feb 2000 00:00:00 GMT"},
	    {253402300799, "Fri, 31 Dec 9999 23:59:59 GMT"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char text[CACHE_DATE_SIZE];
		int64_t back = -1;

		cache_date(rows[i].at, text);
		assert_string_equal(text, rows[i].text);
		assert_true(cache_date_parse(str_of(rows[i].text), &back));
		assert_int_equal(back, rows[i].at);
	}
}

TEST_CASE(dates_that_are_none)
{
	static const char *const rows[] = {"", "x", "Sunday, 06-Nov-94 08:49:37 GMT",
	    "Sun Nov  6 08:49:37 1994", "Mon, 06 Nov 1994 08:49:37 GMT",
	    "Sun, 31 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 24:49:37 GMT",
	    "Sun, 06 Nov 1994 08:49:37 UTC", "Sun, 06 Nov 1994 08:49:37 GMT ",
	    "Sun, 06 nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:60:37 GMT",
	    "Sun, -6 Nov 1994 08:49:37 GMT", "Sun, 06 Foo 1994 08:49:37 GMT",
	    "Sun, 06 Nov 0000 08:49:37 GMT", "Sun,  6 Nov 1994 08:49:37 GMT"};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int64_t at;

		if (cache_date_parse(str_of(rows[i]), &at))
			fail_msg("%s", rows[i]);
	}
}

/* What one answer says about being kept. */
static struct http_resp
ask(struct arena *a, const struct status_object *o, const struct http_header *headers, size_t n)
{
	struct http_req req = {
	    .method = HTTP_GET, .arena = a, .now = NOW, .headers = headers, .header_count = n};
	struct http_resp resp = {0};

	cache_answer(&req, &resp, "application/pkix-crl", o, 300);
	return resp;
}

static const struct status_object list = {
    .body = {(const uint8_t *)"crl", 3},
    .this_update = NOW - 3600,
    .next_update = NOW + 86400,
    .cacheable = true,
};

static void
has(const struct http_resp *r, const char *name, const char *value)
{
	struct str got = http_resp_get(r, name);

	if (!str_is(got, value))
		fail_msg("%s: %.*s", name, (int)got.n, got.p);
}

TEST_CASE(cacheable_says_all_of_it)
{
	struct arena *a = arena_new(0);
	struct http_resp r = ask(a, &list, NULL, 0);

	assert_int_equal(r.status, 200);
	assert_string_equal(r.content_type, "application/pkix-crl");
	assert_false(r.no_store);
	has(&r, "Last-Modified", "Tue, 24 Nov 2026 07:00:00 GMT");
	has(&r, "Expires", "Wed, 25 Nov 2026 08:00:00 GMT");
	has(&r, "Cache-Control", "max-age=300, public, no-transform, must-revalidate");
	/* SHA-256 of "crl", cut. */
	has(&r, "ETag",
	    "\""
	    "861aaa0731bdaea1fa598d1750466ef6"
	    "\"");
	arena_free(&a);
}

TEST_CASE(never_kept_past_its_end)
{
	static const struct {
		int64_t next;
		const char *value;
	} rows[] = {
	    {NOW + 302, "max-age=300, public, no-transform, must-revalidate"},
	    {NOW + 300, "max-age=299, public, no-transform, must-revalidate"},
	    {NOW + 1, "max-age=0, public, no-transform, must-revalidate"},
	    {NOW - 5, "max-age=0, public, no-transform, must-revalidate"},
	    {0, "max-age=300, public, no-transform, must-revalidate"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct arena *a = arena_new(0);
		struct status_object o = list;
		struct http_resp r;

		o.next_update = rows[i].next;
		r = ask(a, &o, NULL, 0);
		has(&r, "Cache-Control", rows[i].value);
		assert_int_equal(http_resp_get(&r, "Expires").n > 0, rows[i].next > 0);
		arena_free(&a);
	}
}

TEST_CASE(with_a_nonce_nothing_is_stored)
{
	struct arena *a = arena_new(0);
	struct status_object o = list;
	struct http_resp r;

	o.cacheable = false;
	r = ask(a, &o, NULL, 0);
	assert_int_equal(r.status, 200);
	assert_true(r.no_store);
	assert_int_equal(r.extra_count, 0);
	arena_free(&a);
}

TEST_CASE(who_has_it_already_gets_no_body)
{
	struct arena *a = arena_new(0);
	struct http_resp first = ask(a, &list, NULL, 0);
	struct str tag = http_resp_get(&first, "ETag");
	const struct {
		const char *name, *value;
		int status;
	} rows[] = {
	    {"If-None-Match", arena_cstr(a, tag), 304},
	    {"if-none-match", arena_fmt(a, "\"x\", W/%.*s", (int)tag.n, tag.p), 304},
	    {"If-None-Match", arena_fmt(a, " %.*s ,\"x\"", (int)tag.n, tag.p), 304},
	    {"If-None-Match", "*", 304},
	    {"If-None-Match", "\"x\"", 200},
	    {"If-None-Match", "", 200},
	    {"If-None-Match", ",,", 200},
	    {"If-Modified-Since", "Tue, 24 Nov 2026 07:00:00 GMT", 304},
	    {"If-Modified-Since", "Tue, 24 Nov 2026 08:00:00 GMT", 304},
	    {"If-Modified-Since", "Tue, 24 Nov 2026 06:59:59 GMT", 200},
	    {"If-Modified-Since", "yesterday", 200},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct http_header h = {str_of(rows[i].name), str_of(rows[i].value)};
		struct http_resp r = ask(a, &list, &h, 1);

		if (r.status != rows[i].status)
			fail_msg("%s: %s", rows[i].name, rows[i].value);
		assert_int_equal(r.body.n, r.status == 304 ? 0 : 3);
		/* RFC 9110 15.4.5: what a 200 would have said. */
		has(&r, "ETag", arena_cstr(a, tag));
		assert_true(http_resp_get(&r, "Cache-Control").n > 0);
	}
	arena_free(&a);
}

TEST_CASE(a_tag_counts_before_a_date)
{
	struct arena *a = arena_new(0);
	struct http_header h[] = {{STR("If-None-Match"), STR("\"x\"")},
	    {STR("If-Modified-Since"), STR("Tue, 24 Nov 2026 08:00:00 GMT")}};
	struct http_resp r = ask(a, &list, h, 2);

	assert_int_equal(r.status, 200);
	arena_free(&a);
}

TEST_CASE(a_post_is_always_answered_in_full)
{
	struct arena *a = arena_new(0);
	struct http_header h = {STR("If-None-Match"), STR("*")};
	struct http_req req = {
	    .method = HTTP_POST, .arena = a, .now = NOW, .headers = &h, .header_count = 1};
	struct http_resp r = {0};

	cache_answer(&req, &r, "application/ocsp-response", &list, 300);
	assert_int_equal(r.status, 200);
	assert_int_equal(r.body.n, 3);
	arena_free(&a);
}

/* The same octets, however a client encodes the letters of base64; slashes in a row are letters. */
TEST_CASE(requests_in_paths)
{
	static const uint8_t octets[] = {0xff, 0xff, 0xfe, 0xfb, 0xef, 0xbf, 0x00};
	static const struct {
		const char *path;
		bool same;
	} rows[] = {
	    {"/ocsp////++++/AA==", true},
	    {"/ocsp/%2F%2F%2F%2B%2B%2B%2B%2FAA%3D%3D", true},
	    {"/ocsp/%2f//+%2b++/AA%3d=", true},
	    {"/ocsp////++++/AA", true},
	    {"/ocsp///++++/AA==", false},
	    {"/ocsp//++++/AA", false},
	    {"/ocsp/", false},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct arena *a = arena_new(0);
		struct bytes got = {0};
		bool same = target_request(a, str_of(rows[i].path), &got) &&
		    bytes_eq(got, BYTES_OF(octets));

		if (same != rows[i].same)
			fail_msg("%s", rows[i].path);
		arena_free(&a);
	}
}

TEST_CASE(no_request_is_told_as_such)
{
	static const char *const rows[] = {"/ocsp/%2", "/ocsp/%zz", "/ocsp/MAA_", "/ocsp/MAA=x",
	    "/ocsp/M", "/ocsp/%00AAA", "/ocsp/MAA==", "/other/MAAA", "/ocsp"};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct arena *a = arena_new(0);
		struct bytes got;

		if (target_request(a, str_of(rows[i]), &got))
			fail_msg("%s", rows[i]);
		arena_free(&a);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(dates_both_ways),
	    cmocka_unit_test(dates_that_are_none),
	    cmocka_unit_test(cacheable_says_all_of_it),
	    cmocka_unit_test(never_kept_past_its_end),
	    cmocka_unit_test(with_a_nonce_nothing_is_stored),
	    cmocka_unit_test(who_has_it_already_gets_no_body),
	    cmocka_unit_test(a_tag_counts_before_a_date),
	    cmocka_unit_test(a_post_is_always_answered_in_full),
	    cmocka_unit_test(requests_in_paths),
	    cmocka_unit_test(no_request_is_told_as_such),
	};

	return cmocka_run_group_tests_name("cache", tests, NULL, NULL);
}
