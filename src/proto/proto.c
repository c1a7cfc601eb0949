/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/proto.h"

#include "base/log.h"
#include "proto/dist/dist.h"
#include "proto/ocsp/responder.h"
#include "service/service.h"

#define OCSP_REQUEST_MAX 16384

static const char *const ocsp_types[] = {"application/ocsp-request", NULL};

static const struct http_route routes[] = {
    {HTTP_POST, "/ocsp", HTTP_PLAIN, OCSP_REQUEST_MAX, ocsp_types, HTTP_QUICK, responder_post,
	NULL},
    {HTTP_GET, "/ocsp/{request*}", HTTP_PLAIN, 0, NULL, HTTP_QUICK, responder_get, NULL},
    {HTTP_GET, "/crl/{ca}/0.crl", HTTP_PLAIN, 0, NULL, 0, dist_crl, NULL},
    {HTTP_GET, "/ca/{file}", HTTP_PLAIN, 0, NULL, 0, dist_ca, NULL},
};

const struct http_route *
proto_routes(size_t *count)
{
	*count = sizeof(routes) / sizeof(routes[0]);
	return routes;
}

struct call
proto_call(struct http_req *req, void *app, const char *route)
{
	struct service *service = app;

	return (struct call){.service = service,
	    .a = req->arena,
	    .now = service_now(service),
	    .lang = req->lang,
	    .request_id = str_of(req->id),
	    .peer = str_of(req->peer),
	    .route = str_of(route)};
}

void
proto_fault(const struct http_req *req, struct http_resp *resp, const struct fault *f)
{
	const struct err_row *row = err_row(f->code);
	struct log l = log_line(LOG_REQUEST_FAULT);

	log_str(&l, "req", req->id);
	log_fault(&l, f);
	log_end(&l);
	http_resp_body(resp, row->http, "text/plain; charset=utf-8", str_bytes(str_of(row->slug)));
	if (row->http == 503)
		http_resp_header(resp, "Retry-After", STR("30"));
	resp->no_store = true;
}
