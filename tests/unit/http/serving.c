/* SPDX-License-Identifier: Apache-2.0 */
#include "serving.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/must.h"
#include "test.h"

struct http_server *serving;
int serving_port;
sem_t serving_entered, serving_gate;

static void
hello(const struct http_route *route, struct http_req *req, struct http_resp *resp, void *app)
{
	(void)req;
	(void)app;
	http_resp_body(resp, 200, "text/plain", str_bytes(str_of(route->row)));
}

static void
echo(const struct http_route *route, struct http_req *req, struct http_resp *resp, void *app)
{
	(void)route;
	(void)app;
	http_resp_body(resp, 200, "application/octet-stream", req->body);
}

static void
big(const struct http_route *route, struct http_req *req, struct http_resp *resp, void *app)
{
	uint8_t *p = arena_alloc(req->arena, 1 << 20);

	(void)route;
	(void)app;
	memset(p, 'b', 1 << 20);
	http_resp_body(resp, 200, "text/plain", bytes_of(p, 1 << 20));
}

static void
wait_gate(const struct http_route *route, struct http_req *req, struct http_resp *resp, void *app)
{
	(void)route;
	(void)req;
	(void)app;
	(void)sem_post(&serving_entered);
	(void)sem_wait(&serving_gate);
	http_resp_body(resp, 200, "text/plain", str_bytes(STR("late")));
}

static void
show(const struct http_route *route, struct http_req *req, struct http_resp *resp, void *app)
{
	char *text =
	    arena_fmt(req->arena, "%s %s %s %lld %zu", req->peer, http_listener_name(req->listener),
		lang_tag(req->lang), (long long)req->peer_uid, req->certificate.n);

	(void)route;
	(void)app;
	resp->no_store = true;
	http_resp_body(resp, 200, "text/plain", str_bytes(str_of(text)));
}

static void
tell(struct http_req *req, struct http_resp *resp, const struct fault *f, void *app)
{
	const struct err_row *row = err_row(f->code);

	(void)req;
	(void)app;
	http_resp_body(resp, row->http, "text/plain", str_bytes(str_of(row->slug)));
}

static const char *const json[] = {"application/json", NULL};

static const struct http_route routes[] = {
    {HTTP_GET, "/hello", HTTP_PLAIN, 0, NULL, HTTP_ON_LOOP, hello, "hello"},
    {HTTP_GET, "/worker", HTTP_PLAIN, 0, NULL, 0, hello, "worker"},
    {HTTP_GET, "/big", HTTP_PLAIN, 0, NULL, 0, big, NULL},
    {HTTP_GET, "/gate", HTTP_PLAIN, 0, NULL, 0, wait_gate, NULL},
    {HTTP_GET, "/hash", HTTP_PLAIN, 0, NULL, HTTP_SLOW, wait_gate, NULL},
    {HTTP_POST, "/echo", HTTP_PLAIN, 1 << 20, NULL, 0, echo, NULL},
    {HTTP_POST, "/json", HTTP_PLAIN, 100, json, 0, echo, NULL},
    {HTTP_GET, "/show", HTTP_PLAIN | HTTP_ADMIN, 0, NULL, HTTP_ON_LOOP, show, NULL},
};

void
serving_start(const struct http_config *from)
{
	struct http_config config = *from;
	int fd = client_bound(&serving_port);

	config.routes = routes;
	config.route_count = sizeof(routes) / sizeof(routes[0]);
	config.fault = tell;
	must(sem_init(&serving_entered, 0, 0) == 0 && sem_init(&serving_gate, 0, 0) == 0);
	must(http_server_new(&config, &serving, NULL) == OK);
	must(http_server_open(serving, HTTP_PLAIN, fd, NULL, NULL) == OK);
	must(http_server_start(serving, NULL) == OK);
	(void)close(fd);
}

void
serving_stop(void)
{
	assert_int_equal(http_server_drain(serving, 5000, NULL), OK);
	assert_int_equal(http_server_counts(serving).connections, 0);
	http_server_free(&serving);
	assert_null(serving);
}

struct client *
serving_ask(const char *raw)
{
	struct client *c = client_open(serving_port);

	assert_true(c->fd >= 0);
	client_say(c, raw);
	return c;
}
