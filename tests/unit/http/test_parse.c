/* SPDX-License-Identifier: Apache-2.0 */
/* parse: raw requests and what becomes of each. */
#include "http/parse.h"

#include <stdio.h>
#include <string.h>

#include "test.h"

#define H "Host: a\r\n"

enum outcome { GOOD, BAD, MORE };

static const struct row {
	const char *name, *raw;
	enum outcome outcome;
	const char *path, *query;
	enum http_method method;
	bool keep, chunked;
	uint64_t length;
} rows[] = {
    {"plain GET", "GET / HTTP/1.1\r\n" H "\r\n", GOOD, "/", "", HTTP_GET, true, false, 0},
    {"query", "GET /a/b?x=1&y HTTP/1.1\r\n" H "\r\n", GOOD, "/a/b", "x=1&y", HTTP_GET, true, false,
	0},
    {"close", "GET / HTTP/1.1\r\n" H "Connection: x, Close\r\n\r\n", GOOD, "/", "", HTTP_GET, false,
	false, 0},
    {"length", "POST /p HTTP/1.1\r\n" H "content-length: 12\r\n\r\n", GOOD, "/p", "", HTTP_POST,
	true, false, 12},
    {"chunked", "POST /p HTTP/1.1\r\n" H "Transfer-Encoding: Chunked\r\n\r\n", GOOD, "/p", "",
	HTTP_POST, true, true, 0},
    {"HTTP/1.0 without Host", "POST / HTTP/1.0\r\nContent-Length: 1\r\n\r\n", GOOD, "/", "",
	HTTP_POST, false, false, 1},
    {"absolute form", "GET http://h:80/x?q HTTP/1.1\r\n" H "\r\n", GOOD, "/x", "q", HTTP_GET, true,
	false, 0},
    {"absolute form without path", "GET http://h HTTP/1.1\r\n" H "\r\n", GOOD, "/", "", HTTP_GET,
	true, false, 0},
    {"a method we have no word for", "BREW / HTTP/1.1\r\n" H "\r\n", GOOD, "/", "", HTTP_OTHER,
	true, false, 0},
    {"methods are case-sensitive", "get / HTTP/1.1\r\n" H "\r\n", GOOD, "/", "", HTTP_OTHER, true,
	false, 0},
    {"not all there", "GET / HTTP/1.1\r\n" H "\r", MORE, 0, 0, 0, 0, 0, 0},
    {"nothing", "", MORE, 0, 0, 0, 0, 0, 0},
    {"bare LF after the request line", "GET / HTTP/1.1\n" H "\r\n", BAD, 0, 0, 0, 0, 0, 0},
    {"bare LF at the end", "GET / HTTP/1.1\r\n" H "\n", BAD, 0, 0, 0, 0, 0, 0},
    {"bare CR in a value", "GET / HTTP/1.1\r\n" H "X: a\rb\r\n\r\n", BAD, 0, 0, 0, 0, 0, 0},
    {"control character", "GET / HTTP/1.1\r\n" H "X: \x01\r\n\r\n", BAD, 0, 0, 0, 0, 0, 0},
    {"a TLS hello", "\x16\x03\x01", BAD, 0, 0, 0, 0, 0, 0},
    {"empty line first", "\r\nGET / HTTP/1.1\r\n" H "\r\n", BAD, 0, 0, 0, 0, 0, 0},
    {"two blanks", "GET  / HTTP/1.1\r\n" H "\r\n", BAD, 0, 0, 0, 0, 0, 0},
    {"blank in the target", "GET /a b HTTP/1.1\r\n" H "\r\n", BAD, 0, 0, 0, 0, 0, 0},
    {"fragment", "GET /a#b HTTP/1.1\r\n" H "\r\n", BAD, 0, 0, 0, 0, 0, 0},
    {"octets past ASCII in the target", "GET /\xc3\xa4 HTTP/1.1\r\n" H "\r\n", BAD, 0, 0, 0, 0, 0,
	0},
    {"asterisk form", "OPTIONS * HTTP/1.1\r\n" H "\r\n", BAD, 0, 0, 0, 0, 0, 0},
    {"authority form", "CONNECT a:1 HTTP/1.1\r\n" H "\r\n", BAD, 0, 0, 0, 0, 0, 0},
    {"version 0.9", "GET /\r\n" H "\r\n", BAD, 0, 0, 0, 0, 0, 0},
    {"version 2.0", "GET / HTTP/2.0\r\n" H "\r\n", BAD, 0, 0, 0, 0, 0, 0},
    {"version in lower case", "GET / http/1.1\r\n" H "\r\n", BAD, 0, 0, 0, 0, 0, 0},
    {"no Host", "GET / HTTP/1.1\r\n\r\n", BAD, 0, 0, 0, 0, 0, 0},
    {"two Hosts", "GET / HTTP/1.1\r\n" H H "\r\n", BAD, 0, 0, 0, 0, 0, 0},
    {"two Hosts by HTTP/1.0", "GET / HTTP/1.0\r\n" H H "\r\n", BAD, 0, 0, 0, 0, 0, 0},
    {"empty Host", "GET / HTTP/1.1\r\nHost: \r\n\r\n", BAD, 0, 0, 0, 0, 0, 0},
    {"list of Hosts", "GET / HTTP/1.1\r\nHost: a, b\r\n\r\n", BAD, 0, 0, 0, 0, 0, 0},
    {"blank before a colon", "GET / HTTP/1.1\r\nHost : a\r\n\r\n", BAD, 0, 0, 0, 0, 0, 0},
    {"folded line", "GET / HTTP/1.1\r\n" H "X: a\r\n b: c\r\n\r\n", BAD, 0, 0, 0, 0, 0, 0},
    {"header without colon", "GET / HTTP/1.1\r\n" H "X\r\n\r\n", BAD, 0, 0, 0, 0, 0, 0},
    {"header without name", "GET / HTTP/1.1\r\n" H ": x\r\n\r\n", BAD, 0, 0, 0, 0, 0, 0},
    {"same length twice", "POST / HTTP/1.1\r\n" H "Content-Length: 3\r\nContent-Length: 3\r\n\r\n",
	BAD, 0, 0, 0, 0, 0, 0},
    {"length list", "POST / HTTP/1.1\r\n" H "Content-Length: 3, 3\r\n\r\n", BAD, 0, 0, 0, 0, 0, 0},
    {"length with sign", "POST / HTTP/1.1\r\n" H "Content-Length: +3\r\n\r\n", BAD, 0, 0, 0, 0, 0,
	0},
    {"length in hex", "POST / HTTP/1.1\r\n" H "Content-Length: 0x3\r\n\r\n", BAD, 0, 0, 0, 0, 0, 0},
    {"empty length", "POST / HTTP/1.1\r\n" H "Content-Length:\r\n\r\n", BAD, 0, 0, 0, 0, 0, 0},
    {"length past 64 bits", "POST / HTTP/1.1\r\n" H "Content-Length: 99999999999999999999\r\n\r\n",
	BAD, 0, 0, 0, 0, 0, 0},
    {"coding and length",
	"POST / HTTP/1.1\r\n" H "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n", BAD, 0,
	0, 0, 0, 0, 0},
    {"other coding", "POST / HTTP/1.1\r\n" H "Transfer-Encoding: gzip, chunked\r\n\r\n", BAD, 0, 0,
	0, 0, 0, 0},
    {"coding twice",
	"POST / HTTP/1.1\r\n" H "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
	BAD, 0, 0, 0, 0, 0, 0},
    {"coding by HTTP/1.0", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", BAD, 0, 0, 0, 0,
	0, 0},
    {"other expectation", "POST / HTTP/1.1\r\n" H "Expect: gold\r\n\r\n", BAD, 0, 0, 0, 0, 0, 0},
};

static enum outcome
parse(struct arena *a, struct bytes raw, struct http_head *ret, size_t *used)
{
	struct fault f = {0};
	size_t scanned = 0, n = 0;
	enum err e = http_head_find(raw, &scanned, &n, &f);

	if (e == OK && n == 0)
		return MORE;
	if (e == OK)
		e = http_head_parse(a, bytes_of(raw.p, n), ret, &f);
	if (e != OK) {
		assert_int_equal(e, E_HEADER);
		assert_int_equal(f.code, E_HEADER);
		return BAD;
	}
	*used = n;
	return GOOD;
}

TEST_CASE(each_request_has_exactly_one_reading)
{
	struct arena *a = arena_new(0);

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct row *r = &rows[i];
		struct http_head h = {0};
		size_t used = 0;
		enum outcome o = parse(a, str_bytes(str_of(r->raw)), &h, &used);

		if (o != r->outcome)
			fail_msg("%s: outcome %d", r->name, o);
		if (o != GOOD)
			continue;
		if (!str_is(h.path, r->path) || !str_is(h.query, r->query) ||
		    h.method != r->method || h.keep != r->keep || h.chunked != r->chunked ||
		    h.length != r->length || used != strlen(r->raw))
			fail_msg("%s: read otherwise", r->name);
	}
	arena_free(&a);
}

TEST_CASE(no_prefix_of_a_good_head_is_refused_or_taken)
{
	const char raw[] =
	    "POST /x?y HTTP/1.1\r\nHost: a\r\nA: b\tc\r\nContent-Length: 5\r\n\r\nhello";
	size_t scanned = 0, n = 0;

	for (size_t i = 0; i < sizeof(raw) - 1; i++) {
		assert_int_equal(http_head_find(bytes_of(raw, i), &scanned, &n, NULL), OK);
		assert_int_equal(n, i >= sizeof(raw) - 6 ? sizeof(raw) - 6 : 0);
		if (n != 0)
			break;
	}
	assert_int_equal(n, sizeof(raw) - 6);
}

TEST_CASE(a_head_has_at_most_16_KiB_and_64_headers)
{
	static char raw[HTTP_HEAD_MAX + 64];
	struct arena *a = arena_new(0);
	struct http_head h;
	size_t scanned = 0, n = 0, used;
	int at = snprintf(raw, sizeof(raw), "GET / HTTP/1.1\r\nHost: a\r\n");

	for (int i = 0; i < 63; i++)
		at += snprintf(raw + at, sizeof(raw) - (size_t)at, "X%d: y\r\n", i);
	(void)snprintf(raw + at, sizeof(raw) - (size_t)at, "\r\n");
	assert_int_equal(parse(a, str_bytes(str_of(raw)), &h, &used), GOOD);
	assert_int_equal(h.header_count, 64);
	(void)snprintf(raw + at, sizeof(raw) - (size_t)at, "Y: z\r\n\r\n");
	assert_int_equal(parse(a, str_bytes(str_of(raw)), &h, &used), BAD);
	memset(raw, 'a', sizeof(raw));
	assert_int_equal(http_head_find(bytes_of(raw, HTTP_HEAD_MAX), &scanned, &n, NULL), OK);
	assert_int_equal(n, 0);
	assert_int_equal(
	    http_head_find(bytes_of(raw, HTTP_HEAD_MAX + 1), &scanned, &n, NULL), E_HEADER);
	arena_free(&a);
}

static const struct {
	const char *name, *raw, *body;
	enum err e;
	size_t rest; /* octets after it */
	bool more;
} chunked[] = {
    {"one", "5\r\nhello\r\n0\r\n\r\n", "hello", OK, 0, false},
    {"two, and the next request", "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\nGET", "abcde", OK, 3, false},
    {"leading zeros, either case", "0000000A\r\n0123456789\r\n0\r\n\r\n", "0123456789", OK, 0,
	false},
    {"empty", "0\r\n\r\n", "", OK, 0, false},
    {"trailers are dropped", "1\r\nx\r\n0\r\nA: b\r\nC: d\r\n\r\n", "x", OK, 0, false},
    {"cut", "5\r\nhel", "hel", OK, 0, true},
    {"full to the cap", "10\r\n0123456789abcdef\r\n0\r\n\r\n", "0123456789abcdef", OK, 0, false},
    {"past the cap", "11\r\n0123456789abcdefg\r\n0\r\n\r\n", "", E_BODY_SIZE, 0, false},
    {"past the cap in two", "f\r\n0123456789abcde\r\n2\r\nfg\r\n0\r\n\r\n", "", E_BODY_SIZE, 0,
	false},
    {"a size past 64 bits", "fffffffffffffffff\r\n", "", E_HEADER, 0, false},
    {"no size", "\r\nx", "", E_HEADER, 0, false},
    {"not hexadecimal", "5g\r\nhello\r\n", "", E_HEADER, 0, false},
    {"sign", "+5\r\nhello\r\n", "", E_HEADER, 0, false},
    {"0x", "0x5\r\nhello\r\n", "", E_HEADER, 0, false},
    {"blank", "5 \r\nhello\r\n", "", E_HEADER, 0, false},
    {"extension", "5;a=b\r\nhello\r\n", "", E_HEADER, 0, false},
    {"bare LF", "5\nhello\r\n", "", E_HEADER, 0, false},
    {"bare CR", "5\rhello", "", E_HEADER, 0, false},
    {"longer than its size", "4\r\nhello\r\n", "", E_HEADER, 0, false},
    {"control character in a trailer", "0\r\nA: \x01\r\n\r\n", "", E_HEADER, 0, false},
};

/* In pieces of STEP octets. */
static void
read_chunked(size_t i, size_t step)
{
	struct arena *a = arena_new(0);
	struct buf body = buf_new(a, 16);
	struct http_chunks c = {0};
	size_t n = strlen(chunked[i].raw), at = 0;
	enum err e = OK;

	while (at < n && e == OK && !c.done) {
		size_t used = 0, give = n - at < step ? n - at : step;

		e = http_chunks_read(&c, bytes_of(chunked[i].raw + at, give), &body, &used, NULL);
		at += used;
		if (e == OK && used < give)
			assert_true(c.done);
	}
	if (e != chunked[i].e)
		fail_msg("%s by %zu: %d", chunked[i].name, step, e);
	if (e == OK &&
	    (!str_is(buf_view(&body), chunked[i].body) || n - at != chunked[i].rest ||
		c.done == chunked[i].more))
		fail_msg("%s by %zu: read otherwise", chunked[i].name, step);
	arena_free(&a);
}

TEST_CASE(chunked_bodies_read_the_same_in_any_pieces)
{
	for (size_t i = 0; i < sizeof(chunked) / sizeof(chunked[0]); i++) {
		for (size_t step = 1; step < 24; step++)
			read_chunked(i, step);
	}
}

TEST_CASE(trailers_are_bounded)
{
	struct arena *a = arena_new(0);
	struct buf body = buf_new(a, 16);
	struct http_chunks c = {0};
	size_t used;
	enum err e = http_chunks_read(&c, str_bytes(STR("0\r\n")), &body, &used, NULL);

	for (size_t i = 0; i < HTTP_TRAILERS_MAX; i++) {
		assert_int_equal(e, OK);
		e = http_chunks_read(&c, str_bytes(STR("a")), &body, &used, NULL);
	}
	assert_int_equal(e, OK);
	assert_int_equal(http_chunks_read(&c, str_bytes(STR("a")), &body, &used, NULL), E_HEADER);
	arena_free(&a);
}

TEST_CASE(decoding_is_strict)
{
	static const struct {
		const char *in, *out; /* out NULL: refused */
		bool plus, slash;
	} d[] = {
	    {"abc", "abc", false, false},
	    {"a%20b", "a b", false, false},
	    {"a+b", "a+b", false, false},
	    {"a+b", "a b", true, false},
	    {"%D0%AF%e4%b8%ad", "\xd0\xaf\xe4\xb8\xad", false, false},
	    {"a%2Fb", NULL, false, false},
	    {"a%2fb", "a/b", false, true},
	    {"a%00b", NULL, false, true},
	    {"%", NULL, false, false},
	    {"%4", NULL, false, false},
	    {"%4g", NULL, false, false},
	    {"%-1", NULL, false, false},
	    {"%ff", NULL, false, false},
	    {"%c0%af", NULL, false, true},
	    {"%ed%a0%80", NULL, false, true},
	};
	struct arena *a = arena_new(0);

	for (size_t i = 0; i < sizeof(d) / sizeof(d[0]); i++) {
		struct str out = {0};
		bool good = http_decode(a, str_of(d[i].in), d[i].plus, d[i].slash, &out);

		if (good != (d[i].out != NULL) || (good && !str_is(out, d[i].out)))
			fail_msg("%s", d[i].in);
	}
	arena_free(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(each_request_has_exactly_one_reading),
	    cmocka_unit_test(no_prefix_of_a_good_head_is_refused_or_taken),
	    cmocka_unit_test(a_head_has_at_most_16_KiB_and_64_headers),
	    cmocka_unit_test(chunked_bodies_read_the_same_in_any_pieces),
	    cmocka_unit_test(trailers_are_bounded),
	    cmocka_unit_test(decoding_is_strict),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
