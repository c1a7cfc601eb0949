/* SPDX-License-Identifier: Apache-2.0 */
/* reply and the accessors of a request. */
#include "http/reply.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "http/status.h"
#include "test.h"

static struct arena *a;

static const char *
head(enum http_listener listener, const struct http_resp *resp, bool keep, bool hsts)
{
	struct http_req req = {.listener = listener, .arena = a, .id = "0123", .now = 1764000000};
	const struct reply_frame frame = {.keep = keep, .hsts = hsts};

	return arena_cstr(a, bytes_str(reply_head(&req, resp, &frame)));
}

TEST_CASE(a_plain_answer_in_full)
{
	struct http_resp resp = {.no_store = true};

	http_resp_body(&resp, 200, "text/plain", str_bytes(STR("hello")));
	http_resp_header(&resp, "ETag", STR("\"1\""));
	assert_string_equal(head(HTTP_PLAIN, &resp, true, true),
	    "HTTP/1.1 200 OK\r\nDate: Mon, 24 Nov 2025 16:00:00 GMT\r\n"
	    "Content-Type: text/plain\r\nContent-Length: 5\r\nCache-Control: no-store\r\n"
	    "ETag: \"1\"\r\nX-Content-Type-Options: nosniff\r\nX-Request-Id: 0123\r\n\r\n");
}

/* A fault whose status had no phrase would stop the front; each has one, and none is shared. */
TEST_CASE(every_fault_has_its_phrase)
{
	assert_string_equal(status_phrase(423), "Locked");
	assert_string_equal(status_phrase(507), "Insufficient Storage");
	for (unsigned e = OK + 1; e < E__COUNT; e++) {
		struct http_resp resp = {.status = err_row((enum err)e)->http};
		const char *line = head(HTTP_PLAIN, &resp, true, true);

		assert_memory_equal(line, "HTTP/1.1 ", 9);
		assert_int_equal(strtol(line + 9, NULL, 10), resp.status);
		assert_true(strlen(status_phrase(resp.status)) > 1);
		assert_memory_equal(
		    line + 13, status_phrase(resp.status), strlen(status_phrase(resp.status)));
	}
}

TEST_CASE(no_content_has_no_length_and_close_is_said)
{
	struct http_resp resp = {.status = 204};

	assert_string_equal(head(HTTP_PLAIN, &resp, false, false),
	    "HTTP/1.1 204 No Content\r\nDate: Mon, 24 Nov 2025 16:00:00 GMT\r\n"
	    "X-Content-Type-Options: nosniff\r\nX-Request-Id: 0123\r\nConnection: close\r\n\r\n");
}

TEST_CASE(the_portal_has_its_headers_unless_the_handler_said_otherwise)
{
	struct http_resp resp = {.status = 200};
	const char *text = head(HTTP_PORTAL, &resp, true, true);

	assert_non_null(strstr(text, "Strict-Transport-Security: max-age="));
	assert_non_null(strstr(text, "frame-ancestors 'none'"));
	assert_non_null(strstr(text, "Referrer-Policy: no-referrer\r\n"));
	assert_null(strstr(text, "Server:"));
	text = head(HTTP_PORTAL, &resp, true, false);
	assert_null(strstr(text, "Strict-Transport-Security"));
	http_resp_header(&resp, "content-security-policy", STR("sandbox"));
	text = head(HTTP_PORTAL, &resp, true, false);
	assert_non_null(strstr(text, "content-security-policy: sandbox\r\n"));
	assert_null(strstr(text, "frame-ancestors"));
}

#define TEXT(lit)                       \
	{                               \
		"" lit, sizeof(lit) - 1 \
	}

static const struct http_header headers[] = {
    {TEXT("Cookie"), TEXT("a=1; session=xyz; b")},
    {TEXT("X-One"), TEXT("1")},
    {TEXT("x-two"), TEXT("first")},
    {TEXT("X-TWO"), TEXT("second")},
    {TEXT("cookie"), TEXT("c=3;a=2")},
};

TEST_CASE(repeated_headers_are_seen)
{
	const struct http_req req = {.headers = headers, .header_count = 5, .arena = a};
	struct str v;

	assert_int_equal(http_header(&req, "x-one", &v, NULL), OK);
	assert_true(str_is(v, "1"));
	assert_int_equal(http_header(&req, "x-three", &v, NULL), OK);
	assert_null(v.p);
	assert_int_equal(http_header(&req, "X-Two", &v, NULL), E_HEADER);
	assert_true(http_header_at(&req, "X-Two", 1, &v));
	assert_true(str_is(v, "second"));
	assert_false(http_header_at(&req, "X-Two", 2, &v));
}

TEST_CASE(cookies)
{
	const struct http_req req = {.headers = headers, .header_count = 5, .arena = a};
	struct str v;

	assert_int_equal(http_cookie(&req, "session", &v, NULL), OK);
	assert_true(str_is(v, "xyz"));
	assert_int_equal(http_cookie(&req, "c", &v, NULL), OK);
	assert_true(str_is(v, "3"));
	assert_int_equal(http_cookie(&req, "b", &v, NULL), OK);
	assert_non_null(v.p);
	assert_int_equal(v.n, 0);
	assert_int_equal(http_cookie(&req, "sess", &v, NULL), OK);
	assert_null(v.p);
	assert_int_equal(http_cookie(&req, "a", &v, NULL), E_HEADER);
}

TEST_CASE(queries)
{
	const struct http_req req = {
	    .query = STR("a=1&b=%D0%AF+x&&c&d=%ff&e=1&e=2&f="), .arena = a};
	const char *const keys[] = {"a", "b", "c", "d", "e", NULL};
	const char *const all[] = {"a", "b", "c", "d", "e", "f", NULL};
	struct fault f = {0};
	struct str v;

	assert_int_equal(http_query(&req, "b", &v, NULL), OK);
	assert_true(str_is(v, "\xd0\xaf x"));
	assert_int_equal(http_query(&req, "c", &v, NULL), OK);
	assert_non_null(v.p);
	assert_int_equal(v.n, 0);
	assert_int_equal(http_query(&req, "f", &v, NULL), OK);
	assert_non_null(v.p);
	assert_int_equal(http_query(&req, "g", &v, NULL), OK);
	assert_null(v.p);
	assert_int_equal(http_query(&req, "d", &v, NULL), E_FIELD_CHARS);
	assert_int_equal(http_query(&req, "e", &v, NULL), E_FIELD_DUPLICATE);
	assert_int_equal(http_query_only(&req, all, NULL), OK);
	assert_int_equal(http_query_only(&req, keys, &f), E_FIELD_UNKNOWN);
	assert_string_equal(f.field, "f");
}

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

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_plain_answer_in_full),
	    cmocka_unit_test(every_fault_has_its_phrase),
	    cmocka_unit_test(no_content_has_no_length_and_close_is_said),
	    cmocka_unit_test(the_portal_has_its_headers_unless_the_handler_said_otherwise),
	    cmocka_unit_test(repeated_headers_are_seen),
	    cmocka_unit_test(cookies),
	    cmocka_unit_test(queries),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
