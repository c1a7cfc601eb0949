/* SPDX-License-Identifier: Apache-2.0 */
#include "api/problem.h"

#include "base/must.h"
#include "base/out.h"
#include "base/say.h"
#include "http/status.h"

/* How long to wait before the next try, in seconds; others of 429 and 503 take the last row. */
static const struct {
	enum err code;
	const char *seconds;
} waits[] = {
    {E_RATE, "60"},
    {E_SMS_LOCKED, "300"},
    {E_QUOTA, "3600"},
    {E_NOT_READY, "30"},
    {E_BUSY, "2"},
    {E_INTERNAL, "5"},
};

static const char *const who_words[] = {
    [WHO_SELF] = "self",
    [WHO_OFFICE] = "office",
    [WHO_ADMIN] = "admin",
    [WHO_CLIENT] = "client",
    [WHO_SERVICE] = "service",
};

static void
headers(struct http_resp *resp, const struct err_row *row, enum err code)
{
	size_t i = 0;

	if (row->http == 401)
		http_resp_header(resp, "WWW-Authenticate", STR("Bearer"));
	if ((row->http != 429 && row->http != 503) || http_resp_get(resp, "Retry-After").n)
		return;
	while (i + 1 < sizeof(waits) / sizeof(waits[0]) && waits[i].code != code)
		i++;
	http_resp_header(resp, "Retry-After", str_of(waits[i].seconds));
}

void
problem_render(const struct http_req *req, struct http_resp *resp, const struct fault *f)
{
	const struct err_row *row = err_row(f->code);
	struct say words = say_fault(req->arena, req->lang, f);
	struct out o = out_new(req->arena);
	struct bytes body = {0};

	out_object(&o, NULL);
	out_text(&o, "type", str_of(arena_fmt(req->arena, "urn:signet:error:%s", row->slug)));
	out_text(&o, "title", str_of(status_phrase(row->http)));
	out_int(&o, "status", row->http);
	out_text(&o, "code", str_of(row->slug));
	out_text_if(&o, "cfca", str_of(row->cfca));
	out_text(&o, "detail", words.what);
	out_text_if(&o, "next", words.next);
	out_text(&o, "who", str_of(who_words[row->who]));
	out_text_if(&o, "field", str_of(f->field));
	out_text_if(&o, "rule", str_of(f->rule));
	out_text(&o, "request_id", str_of(req->id));
	out_text(&o, "lang", str_of(lang_tag(req->lang)));
	out_close(&o);
	must(out_done(&o, &body));
	http_resp_body(resp, row->http, "application/problem+json", body);
	http_resp_header(resp, "Content-Language", str_of(lang_tag(req->lang)));
	resp->no_store = true;
	headers(resp, row, f->code);
}
