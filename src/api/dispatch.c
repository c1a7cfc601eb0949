/* SPDX-License-Identifier: Apache-2.0 */
/* The one way from a request to a use-case and back. */
#include <strings.h>

#include "api/api.h"
#include "api/problem.h"
#include "api/rows.h"
#include "base/log.h"
#include "base/text.h"
#include "crypto/digest.h"
#include "service/refusal.h"
#include "service/service.h"

#define KEY_MAX    64
#define CURSOR_MAX 512
#define LIMIT_MAX  200

static enum err
check_type(const struct http_req *req, struct fault *f)
{
	static const struct str json = {"application/json", sizeof("application/json") - 1};
	struct str type;

	if (req->body.n == 0)
		return OK;
	TRY(http_header(req, "Content-Type", &type, f));
	if (type.n != json.n || strncasecmp(type.p, json.p, json.n) != 0)
		return FAIL_FIELD(f, E_CONTENT_TYPE, "Content-Type", json.p, "other type");
	return OK;
}

/* The characters that need no quoting anywhere: RFC 3986 2.3. */
static bool
is_key(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (!(c >= '0' && c <= '9') && !(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') &&
		    c != '-' && c != '.' && c != '_' && c != '~')
			return false;
	}
	return s.n >= 1 && s.n <= KEY_MAX;
}

/* The key, and what may come under it again: the same path with the same body. */
static enum err
read_key(struct api_call *k, struct fault *f)
{
	struct digest *d;
	uint8_t *hash;

	TRY(http_header(k->req, "Idempotency-Key", &k->call.idempotency, f));
	if (!is_key(k->call.idempotency))
		return FAIL_FIELD(f, E_IDEMPOTENCY_KEY, "Idempotency-Key", "1–64 [A-Za-z0-9._~-]",
		    k->call.idempotency.p ? "malformed" : "missing");
	hash = arena_alloc(k->call.a, SHA256_SIZE);
	d = digest_new(DIGEST_SHA256);
	digest_add(d, str_bytes(k->req->path));
	digest_add(d, str_bytes(STR("\n")));
	digest_add(d, k->req->body);
	digest_end(d, hash);
	digest_free(&d);
	k->call.body_hash = bytes_of(hash, SHA256_SIZE);
	return OK;
}

enum err
api_page(const struct api_call *k, struct str *ret_cursor, int64_t *ret_limit, struct fault *f)
{
	struct str cursor, limit;
	uint64_t n = 0;

	TRY(http_query(k->req, "cursor", &cursor, f));
	TRY(http_query(k->req, "limit", &limit, f));
	if (cursor.n > CURSOR_MAX)
		return FAIL_FIELD(f, E_FIELD_VALUE, "cursor", NULL, "%zu octets", cursor.n);
	if (limit.p != NULL && (!u64_parse(limit, LIMIT_MAX, &n) || n == 0))
		return FAIL_FIELD(f, E_FIELD_VALUE, "limit", "1–200", "limit");
	*ret_cursor = cursor;
	*ret_limit = (int64_t)n;
	return OK;
}

/* Cheap refusals first, then who asks, then what. */
static enum err
answer(struct api_call *k, const struct api_row *row, struct http_resp *resp, struct fault *f)
{
	struct out o = out_new(k->call.a);
	struct bytes body = {0};
	void *in;

	TRY(http_query_only(k->req, row->query, f));
	if (!(row->flags & API_OCTETS))
		TRY(check_type(k->req, f));
	TRY(api_who_asks(k, row, f));
	if (row->flags & API_KEY)
		TRY(read_key(k, f));
	in = arena_alloc(k->call.a, row->body->size + 1);
	if (!(row->flags & API_OCTETS))
		TRY(body_decode(k->call.a, k->req->body, row->body, in, f));
	TRY(row->fn(k, in, &o, f));
	resp->no_store = true;
	if (resp->body.n)
		return OK;
	if (!out_done(&o, &body))
		return FAIL(f, E_INTERNAL, "answer does not fit");
	if (body.n)
		http_resp_body(resp, k->status, "application/json", body);
	else
		http_resp_body(resp, 204, NULL, body);
	return OK;
}

void
api_dispatch(
    const struct http_route *route, struct http_req *req, struct http_resp *resp, void *app)
{
	const struct api_row *row = route->row;
	struct service *service = app;
	struct fault f = {0};
	struct api_call k = {
	    .call = {.service = service,
		.a = req->arena,
		.now = service_now(service),
		.lang = req->lang,
		.request_id = str_of(req->id),
		.peer = str_of(req->peer),
		.route = str_of(row->name)},
	    .req = req,
	    .resp = resp,
	    .status = 200,
	};

	if (answer(&k, row, resp, &f) == OK)
		return;
	refusal_note(&k.call, &f);
	api_fault(req, resp, &f, app);
}

void
api_fault(struct http_req *req, struct http_resp *resp, const struct fault *f, void *app)
{
	struct log l = log_line(LOG_REQUEST_FAULT);

	(void)app;
	log_str(&l, "req", req->id);
	log_fault(&l, f);
	log_end(&l);
	problem_render(req, resp, f);
}
