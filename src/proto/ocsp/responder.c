/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/ocsp/responder.h"

#include "proto/cache.h"
#include "proto/ocsp/target.h"
#include "proto/proto.h"

#define MAX_AGE 300 /* seconds; a revocation is seen by everybody this much later at most */

static void
respond(struct http_req *req, struct http_resp *resp, struct bytes request, void *app)
{
	struct call c = proto_call(req, app, "ocsp");
	struct status_object o = {0};

	if (req->on_loop && !status_ocsp_ready(&c, request, &o))
		return;
	if (!req->on_loop)
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

void
responder_get(
    const struct http_route *route, struct http_req *req, struct http_resp *resp, void *app)
{
	struct bytes request = {0};

	(void)route;
	/* What is no base64 is no request either: the same malformedRequest answers both. */
	if (!target_request(req->arena, req->path, &request))
		request = (struct bytes){0};
	respond(req, resp, request, app);
}
