/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Requests as octets come in: the first octet says in how large pieces. Whatever the pieces, the same
 * requests are read; then the route, parameters, query and cookies of each.
 */
#include <string.h>

#include "base/must.h"
#include "base/text.h"
#include "http/parse.h"
#include "http/route.h"

#define BODY_MAX ((size_t)256)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
nothing(const struct http_route *route, struct http_req *req, struct http_resp *resp, void *app)
{
	(void)route;
	(void)req;
	(void)resp;
	(void)app;
}

static const struct http_route routes[] = {
    {HTTP_GET, "/", HTTP_PORTAL, 0, NULL, 0, nothing, NULL},
    {HTTP_GET, "/a/{x}", HTTP_PORTAL, 0, NULL, 0, nothing, NULL},
    {HTTP_POST, "/a/{x}/{y}", HTTP_PORTAL, 0, NULL, 0, nothing, NULL},
    {HTTP_GET, "/o/{x*}", HTTP_PORTAL, 0, NULL, 0, nothing, NULL},
};

/* What a handler would ask of the request. */
static void
use(struct arena *a, const struct route_table *t, const struct http_head *head)
{
	struct http_req req = {.method = head->method,
	    .listener = HTTP_PORTAL,
	    .path = head->path,
	    .query = head->query,
	    .headers = head->headers,
	    .header_count = head->header_count,
	    .arena = a};
	const char *const keys[] = {"q", NULL};
	const struct http_route *r;
	struct str allow, v;

	must(head->path.n > 0 && head->path.p[0] == '/');
	must(head->minor == 1 || !head->keep);
	must(!head->chunked || head->length == 0);
	if (route_find(t, &req, &r, &allow, NULL) == OK) {
		for (size_t i = 0; i < req.param_count; i++)
			must(utf8_valid(req.params[i].value) &&
			    (req.params[i].value.n == 0 ||
				memchr(req.params[i].value.p, 0, req.params[i].value.n) == NULL));
	}
	if (http_query(&req, "q", &v, NULL) == OK && v.p != NULL)
		must(utf8_valid(v));
	if (http_query_only(&req, keys, NULL) != OK || http_cookie(&req, "c", &v, NULL) != OK)
		return;
}

/* The body of HEAD at the start of IN, by pieces of STEP; octets used, or 0 when not whole or bad. */
static size_t
body(struct arena *a, const struct http_head *head, struct bytes in, size_t step)
{
	struct buf b = buf_new(a, BODY_MAX);
	struct http_chunks c = {0};
	size_t at = 0, used;

	if (!head->chunked)
		return head->length <= in.n ? (size_t)head->length : 0;
	while (at < in.n && !c.done) {
		size_t n = in.n - at < step ? in.n - at : step;

		if (http_chunks_read(&c, bytes_of(in.p + at, n), &b, &used, NULL) != OK)
			return 0;
		must(used == n || c.done);
		at += used;
	}
	must(!b.bad);
	return c.done ? at : 0;
}

/* A digest of everything read, requests by pieces of STEP. */
static uint64_t
read_all(const struct route_table *t, struct bytes in, size_t step)
{
	struct arena *a = arena_new((size_t)64 << 20);
	uint64_t sum = 1;

	for (int i = 0; i < 8 && in.n; i++) {
		struct http_head head;
		size_t scanned = 0, end = 0, n = 0, used;
		enum err e = OK;

		while (e == OK && end == 0 && n < in.n) {
			n = in.n - n < step ? in.n : n + step;
			e = http_head_find(bytes_of(in.p, n), &scanned, &end, NULL);
		}
		if (e != OK || end == 0 ||
		    http_head_parse(a, bytes_of(in.p, end), &head, NULL) != OK)
			break;
		use(a, t, &head);
		in = bytes_of(in.p + end, in.n - end);
		used = body(a, &head, in, step);
		sum = sum * 31 + end * 7 + used;
		if (used == 0 && (head.chunked || head.length))
			break;
		in = bytes_of(in.p + used, in.n - used);
	}
	arena_free(&a);
	return sum;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct route_table *t;
	struct bytes in;

	if (size < 1)
		return 0;
	in = bytes_of(data + 1, size - 1);
	must(route_table_new(routes, sizeof(routes) / sizeof(routes[0]), &t, NULL) == OK);
	must(read_all(t, in, in.n + 1) == read_all(t, in, (size_t)data[0] + 1));
	route_table_free(&t);
	return 0;
}
