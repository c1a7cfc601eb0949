/* SPDX-License-Identifier: Apache-2.0 */
#include "http/reply.h"

#include "base/must.h"
#include "base/text.h"
#include "http/status.h"

#define HEAD_CAP ((size_t)64 << 10)

/*
 * What each answer of a listener carries unless the handler said otherwise. The portal's pages run
 * our own scripts only and are never framed.
 */
static const struct {
	unsigned listeners;
	bool hsts;
	const char *name, *value;
} defaults[] = {
    {HTTP_PORTAL, true, "Strict-Transport-Security", "max-age=31536000"},
    {HTTP_PORTAL, false, "Content-Security-Policy",
	"default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; "
	"frame-ancestors 'none'"},
    {HTTP_PORTAL, false, "Cross-Origin-Opener-Policy", "same-origin"},
    {HTTP_PORTAL, false, "Cross-Origin-Resource-Policy", "same-origin"},
    {HTTP_PORTAL | HTTP_MACHINE, false, "Referrer-Policy", "no-referrer"},
    {HTTP_PORTAL | HTTP_MACHINE | HTTP_PLAIN | HTTP_ADMIN, false, "X-Content-Type-Options",
	"nosniff"},
};

bool
reply_bodiless(int status)
{
	return status == 204 || status == 304;
}

/* IMF-fixdate (RFC 9110 5.6.7). */
static void
put_date(struct buf *b, int64_t now)
{
	static const char days[][4] = {"Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"};
	static const char months[][4] = {
	    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
	struct civil c = civil_of(now);

	buf_fmt(b, "Date: %s, %02d %s %04d %02d:%02d:%02d GMT\r\n", days[now / 86400 % 7], c.day,
	    months[c.month - 1], c.year, c.hour, c.minute, c.second);
}

struct bytes
reply_head(
    const struct http_req *req, const struct http_resp *resp, const struct reply_frame *frame)
{
	struct buf b = buf_new(req->arena, HEAD_CAP);

	buf_fmt(&b, "HTTP/1.1 %d %s\r\n", resp->status, status_phrase(resp->status));
	put_date(&b, req->now);
	if (resp->content_type != NULL)
		buf_fmt(&b, "Content-Type: %s\r\n", resp->content_type);
	if (!reply_bodiless(resp->status))
		buf_fmt(&b, "Content-Length: %zu\r\n", resp->body.n);
	if (resp->no_store)
		buf_str(&b, STR("Cache-Control: no-store\r\n"));
	for (size_t i = 0; i < resp->extra_count; i++) {
		buf_str(&b, resp->extra[i].name);
		buf_str(&b, STR(": "));
		buf_str(&b, resp->extra[i].value);
		buf_str(&b, STR("\r\n"));
	}
	for (size_t i = 0; i < sizeof(defaults) / sizeof(defaults[0]); i++) {
		if ((defaults[i].listeners & (unsigned)req->listener) &&
		    (frame->hsts || !defaults[i].hsts) &&
		    http_resp_get(resp, defaults[i].name).p == NULL)
			buf_fmt(&b, "%s: %s\r\n", defaults[i].name, defaults[i].value);
	}
	buf_fmt(&b, "X-Request-Id: %s\r\n", req->id);
	buf_str(&b, frame->keep ? STR("\r\n") : STR("Connection: close\r\n\r\n"));
	must(!b.bad);
	return buf_bytes(&b);
}
