/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/ocsp/responder.h"

#include "base/text.h"
#include "proto/cache.h"
#include "proto/proto.h"

#define PREFIX  STR("/ocsp/")
#define MAX_AGE 300 /* seconds; a revocation is seen by everybody this much later at most */

static void
respond(struct http_req *req, struct http_resp *resp, struct bytes request, void *app)
{
	struct call c = proto_call(req, app, "ocsp");
	struct status_object o = {0};

	status_ocsp(&c, request, &o);
	cache_answer(req, resp, "application/ocsp-response", &o, MAX_AGE);
}

void
responder_post(
    const struct http_route *route, struct http_req *req, struct http_resp *resp, void *app)
{
	(void)route;
	respond(req, resp, req->body, app);
}

bool
responder_request(struct arena *a, struct str path, struct bytes *ret)
{
	char *text = arena_alloc(a, path.n + 4);
	size_t n = 0;

	if (!str_starts(path, PREFIX))
		return false;
	for (size_t i = PREFIX.n; i < path.n; i++) {
		struct bytes octet;

		if (path.p[i] != '%') {
			text[n++] = path.p[i];
			continue;
		}
		if (path.n - i < 3 || !hex_parse(a, (struct str){path.p + i + 1, 2}, &octet))
			return false;
		text[n++] = (char)octet.p[0];
		i += 2;
	}
	while (n % 4 > 1)
		text[n++] = '=';
	return base64_parse(a, (struct str){text, n}, ret);
}

void
responder_get(
    const struct http_route *route, struct http_req *req, struct http_resp *resp, void *app)
{
	struct bytes request = {0};

	(void)route;
	/* What is no base64 is no request either: the same malformedRequest answers both. */
	if (!responder_request(req->arena, req->path, &request))
		request = (struct bytes){0};
	respond(req, resp, request, app);
}
