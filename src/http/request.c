/* SPDX-License-Identifier: Apache-2.0 */
/* From the octets of a connection to a handler's answer. */
#include <inttypes.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#include <event2/buffer.h>

#include "base/log.h"
#include "base/must.h"
#include "base/text.h"
#include "http/conn.h"

/* Three times the largest body (grown by doubling), and room for the handler's own. */
#define REQUEST_ARENA (4 * ROUTE_BODY_MAX)

static int64_t
read_clock(clockid_t id, int64_t scale)
{
	struct timespec t;

	(void)clock_gettime(id, &t);
	return (int64_t)t.tv_sec * scale + (scale > 1 ? t.tv_nsec / (1000000000 / scale) : 0);
}

int64_t
request_clock(void)
{
	return read_clock(CLOCK_MONOTONIC, 1000);
}

void
request_log(const struct conn *c)
{
	struct log l = log_line(LOG_REQUEST);

	log_str(&l, "listener", http_listener_name(c->listener));
	log_str(&l, "method", http_method_name(c->req.head ? HTTP_HEAD : c->req.method));
	log_str(&l, "route", c->route ? c->route->pattern : NULL);
	log_int(&l, "status", c->resp.status);
	log_int(&l, "ms", request_clock() - c->began);
	log_str(&l, "req", c->req.id);
	log_str(&l, "peer", c->peer);
	log_end(&l);
}

/* What every request has, also one whose head is not readable. */
static void
begin(struct conn *c)
{
	uint8_t id[(HTTP_ID_SIZE - 1) / 2];

	c->a = arena_new(REQUEST_ARENA);
	c->scanned = 0;
	c->route = NULL;
	c->head = (struct http_head){0};
	c->chunks = (struct http_chunks){0};
	c->resp = (struct http_resp){0};
	c->req = (struct http_req){.method = HTTP_OTHER,
	    .listener = c->listener,
	    .peer_uid = c->peer_uid,
	    .peer_pid = c->peer_pid,
	    .arena = c->a};
	memcpy(c->req.peer, c->peer, sizeof(c->peer));
	must(getrandom(id, sizeof(id), 0) == (ssize_t)sizeof(id));
	memcpy(c->req.id, hex_text(c->a, BYTES_OF(id)), sizeof(c->req.id));
}

static void
whole(struct conn *c)
{
	c->began = request_clock();
	c->req.now = read_clock(CLOCK_REALTIME, 1);
}

/* Answer F; the connection ends after it when the request's end is not known or not wanted. */
static void
refuse(struct conn *c, const struct fault *f, bool close)
{
	whole(c);
	c->close |= close;
	c->loop->server->config.fault(&c->req, &c->resp, f, c->loop->server->config.app);
	conn_send(c);
}

static void
run(struct conn *c)
{
	c->route->fn(c->route, &c->req, &c->resp, c->loop->server->config.app);
}

static void
run_job(struct http_pool_job *job)
{
	struct conn *c = (struct conn *)(void *)job;

	run(c);
	conn_back(c);
}

/* The request is whole. */
static void
dispatch(struct conn *c)
{
	struct http_server *s = c->loop->server;
	struct fault full = {.code = E_BUSY, .file = __FILE__, .line = __LINE__};

	whole(c);
	c->state = CONN_RUN;
	(void)bufferevent_disable(c->bev, EV_READ);
	conn_deadline(c, 0);
	if (c->route->flags & HTTP_ON_LOOP) {
		run(c);
		conn_send(c);
		return;
	}
	if (c->route->flags & HTTP_QUICK) {
		c->req.on_loop = true;
		run(c);
		c->req.on_loop = false;
		if (c->resp.status != 0) {
			conn_send(c);
			return;
		}
	}
	c->job.run = run_job;
	if (http_pool_push(c->route->flags & HTTP_SLOW ? s->slow : s->workers, &c->job))
		return;
	atomic_fetch_add(&s->refused, 1);
	http_resp_header(&c->resp, "Retry-After", STR("1"));
	refuse(c, &full, false);
}

/* The media type without parameters, in lower case. */
static enum err
read_type(struct conn *c, struct fault *f)
{
	struct str value;
	const char *end;
	char *p;

	TRY(http_header(&c->req, "Content-Type", &value, f));
	end = value.n ? memchr(value.p, ';', value.n) : NULL;
	value.n = end ? (size_t)(end - value.p) : value.n;
	while (value.n && (value.p[value.n - 1] == ' ' || value.p[value.n - 1] == '\t'))
		value.n--;
	p = arena_alloc(c->a, value.n + 1);
	for (size_t i = 0; i < value.n; i++) {
		char l = value.p[i];

		p[i] = l >= 'A' && l <= 'Z' ? (char)(l - 'A' + 'a') : l;
	}
	c->req.content_type = (struct str){p, value.n};
	return OK;
}

static enum err
check_body(struct conn *c, struct fault *f)
{
	const struct http_route *r = c->route;
	char rule[32];

	if (!c->head.chunked && c->head.length == 0)
		return OK;
	(void)snprintf(rule, sizeof(rule), "≤ %zu", r->body_max);
	if (c->head.length > r->body_max || r->body_max == 0)
		return FAIL_FIELD(f, E_BODY_SIZE, NULL, rule, "%" PRIu64, c->head.length);
	for (size_t i = 0; r->types != NULL; i++) {
		if (r->types[i] == NULL)
			return FAIL_FIELD(f, E_CONTENT_TYPE, "Content-Type", r->types[0], "type");
		if (str_is(c->req.content_type, r->types[i]))
			break;
	}
	return OK;
}

/* The head is there: what is asked, and may it be? */
static enum err
accept_head(struct conn *c, struct bytes head, struct str *allow, struct fault *f)
{
	struct http_req *req = &c->req;
	struct str value;

	TRY(http_head_parse(c->a, head, &c->head, f));
	req->method = c->head.method == HTTP_HEAD ? HTTP_GET : c->head.method;
	req->head = c->head.method == HTTP_HEAD;
	req->path = c->head.path;
	req->query = c->head.query;
	req->headers = c->head.headers;
	req->header_count = c->head.header_count;
	req->lang = lang_accept(
	    http_header_at(req, "Accept-Language", 0, &value) ? value : (struct str){0});
	if (c->ssl != NULL && c->listener == HTTP_MACHINE)
		req->certificate = tls_peer_certificate(c->ssl, c->a);
	TRY(route_find(c->loop->server->routes, req, &c->route, allow, f));
	TRY(read_type(c, f));
	return check_body(c, f);
}

static bool
read_head(struct conn *c)
{
	struct evbuffer *in = bufferevent_get_input(c->bev);
	size_t n = evbuffer_get_length(in), end = 0;
	struct fault f = {0};
	struct str allow = {0};
	uint8_t *head;
	enum err e;

	if (n == 0)
		return false;
	if (c->a == NULL) {
		begin(c);
		conn_deadline(c, c->loop->server->config.times.header);
	}
	if (n > HTTP_HEAD_MAX + 1)
		n = HTTP_HEAD_MAX + 1;
	e = http_head_find(bytes_of(evbuffer_pullup(in, (ev_ssize_t)n), n), &c->scanned, &end, &f);
	if (e == OK && end == 0)
		return false;
	if (e == OK) {
		head = arena_alloc(c->a, end);
		(void)evbuffer_remove(in, head, end);
		e = accept_head(c, bytes_of(head, end), &allow, &f);
	}
	if (e != OK) {
		if (allow.n)
			http_resp_header(&c->resp, "Allow", allow);
		refuse(
		    c, &f, e == E_HEADER || !c->head.keep || c->head.chunked || c->head.length > 0);
		return true;
	}
	c->close = !c->head.keep;
	c->body = buf_new(c->a, c->head.chunked ? c->route->body_max : c->head.length);
	c->chunks.done = !c->head.chunked;
	c->state = CONN_BODY;
	conn_deadline(c, c->loop->server->config.times.body);
	/* RFC 9110 10.1.1: not when the body is coming already. */
	if (c->head.expects && evbuffer_get_length(in) == 0)
		(void)evbuffer_add_printf(
		    bufferevent_get_output(c->bev), "HTTP/1.1 100 Continue\r\n\r\n");
	return true;
}

static bool
read_body(struct conn *c)
{
	struct evbuffer *in = bufferevent_get_input(c->bev);
	struct fault f = {0};
	struct evbuffer_iovec part;

	while ((c->head.chunked ? !c->chunks.done : c->body.n < c->body.cap) &&
	    evbuffer_peek(in, -1, NULL, &part, 1) > 0) {
		size_t used = part.iov_len;
		enum err e = OK;

		if (c->head.chunked) {
			e = http_chunks_read(
			    &c->chunks, bytes_of(part.iov_base, used), &c->body, &used, &f);
		} else {
			if (used > c->body.cap - c->body.n)
				used = c->body.cap - c->body.n;
			buf_put(&c->body, bytes_of(part.iov_base, used));
		}
		if (e != OK) {
			refuse(c, &f, true);
			return true;
		}
		(void)evbuffer_drain(in, used);
	}
	if (c->head.chunked ? !c->chunks.done : c->body.n < c->body.cap)
		return false;
	c->req.body = buf_bytes(&c->body);
	dispatch(c);
	return true;
}

bool
request_read(struct conn *c)
{
	if (c->state == CONN_HEAD)
		return read_head(c);
	if (c->state == CONN_BODY)
		return read_body(c);
	return false;
}
