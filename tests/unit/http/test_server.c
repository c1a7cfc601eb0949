/* SPDX-License-Identifier: Apache-2.0 */
/* server: whole requests over loopback, and every way in which a client misbehaves. */
#include "http/server.h"

#include <netinet/in.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "base/must.h"
#include "client.h"
#include "test.h"

#define H "Host: a\r\n"

static struct http_server *server;
static int port;
static sem_t entered, gate; /* of /gate: the handler came in; it may leave */

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
	(void)sem_post(&entered);
	(void)sem_wait(&gate);
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

static void
start(const struct http_config *from)
{
	struct http_config config = *from;
	int fd = client_bound(&port);

	config.routes = routes;
	config.route_count = sizeof(routes) / sizeof(routes[0]);
	config.fault = tell;
	must(sem_init(&entered, 0, 0) == 0 && sem_init(&gate, 0, 0) == 0);
	must(http_server_new(&config, &server, NULL) == OK);
	must(http_server_open(server, HTTP_PLAIN, fd, NULL, NULL) == OK);
	must(http_server_start(server, NULL) == OK);
	(void)close(fd);
}

static void
stop(void)
{
	assert_int_equal(http_server_drain(server, 5000, NULL), OK);
	assert_int_equal(http_server_counts(server).connections, 0);
	http_server_free(&server);
	assert_null(server);
}

static struct client *
ask(const char *raw)
{
	struct client *c = client_open(port);

	assert_true(c->fd >= 0);
	client_say(c, raw);
	return c;
}

TEST_CASE(one_connection_serves_many_requests)
{
	struct client *c;

	start(&(struct http_config){0});
	c = client_open(port);
	for (int i = 0; i < 1000; i++) {
		client_say(c,
		    i % 2 ? "GET /hello HTTP/1.1\r\n" H "\r\n"
			  : "GET /worker HTTP/1.1\r\n" H "\r\n");
		assert_int_equal(client_answer(c, false), 200);
		assert_string_equal(c->body, i % 2 ? "hello" : "worker");
	}
	assert_int_equal(http_server_counts(server).requests, 1000);
	assert_int_equal(http_server_counts(server).connections, 1);
	client_close(c);
	stop();
}

TEST_CASE(pipelined_requests_are_answered_in_order)
{
	struct client *c;

	start(&(struct http_config){0});
	c = ask(
	    "GET /worker HTTP/1.1\r\n" H "\r\nPOST /echo HTTP/1.1\r\n" H
	    "Content-Length: 3\r\n\r\nabcGET /hello HTTP/1.1\r\n" H "\r\n"
	    "POST /echo HTTP/1.1\r\n" H "Transfer-Encoding: chunked\r\n\r\n"
	    "2\r\nde\r\n1\r\nf\r\n0\r\n\r\nGET /worker HTTP/1.1\r\n" H "Connection: close\r\n\r\n"
	    "GET /hello HTTP/1.1\r\n" H "\r\n");
	for (int i = 0; i < 5; i++) {
		static const char *const bodies[] = {"worker", "abc", "hello", "def", "worker"};

		assert_int_equal(client_answer(c, false), 200);
		assert_string_equal(c->body, bodies[i]);
	}
	assert_true(client_has(c, "Connection: close\r\n"));
	assert_true(client_closed(c));
	client_close(c);
	stop();
}

TEST_CASE(head_is_get_without_the_body)
{
	struct client *c;

	start(&(struct http_config){0});
	c = ask("HEAD /big HTTP/1.1\r\n" H "\r\nGET /hello HTTP/1.1\r\n" H "\r\n");
	assert_int_equal(client_answer(c, true), 200);
	assert_true(client_has(c, "Content-Length: 1048576\r\n"));
	assert_int_equal(client_answer(c, false), 200);
	assert_string_equal(c->body, "hello");
	client_close(c);
	stop();
}

TEST_CASE(large_bodies_go_both_ways)
{
	static char body[1 << 20];
	struct client *c;

	start(&(struct http_config){0});
	memset(body, 'x', sizeof(body));
	c = ask("POST /echo HTTP/1.1\r\n" H "Content-Length: 1048576\r\n\r\n");
	client_send(c, body, sizeof(body));
	assert_int_equal(client_answer(c, false), 200);
	assert_int_equal(c->body_n, sizeof(body));
	assert_memory_equal(c->body, body, sizeof(body));
	client_say(c, "GET /big HTTP/1.1\r\n" H "\r\n");
	assert_int_equal(client_answer(c, false), 200);
	assert_int_equal(c->body_n, 1 << 20);
	client_close(c);
	stop();
}

/* What is refused, with which status, and whether the connection survives it. */
static const struct {
	const char *name, *raw;
	int status;
	const char *slug;
	bool open;
	const char *header;
} refusals[] = {
    {"no such path", "GET /nothing HTTP/1.1\r\n" H "\r\n", 404, "route", true, NULL},
    {"other method", "PUT /echo HTTP/1.1\r\n" H "\r\n", 405, "method", true, "Allow: POST\r\n"},
    {"other method of a GET", "DELETE /hello HTTP/1.1\r\n" H "\r\n", 405, "method", true,
	"Allow: GET, HEAD\r\n"},
    {"OPTIONS", "OPTIONS /hello HTTP/1.1\r\n" H "\r\n", 405, "method", true, NULL},
    {"TRACE", "TRACE /hello HTTP/1.1\r\n" H "\r\n", 405, "method", true, NULL},
    {"body too large",
	"POST /json HTTP/1.1\r\n" H "Content-Type: application/json\r\nContent-Length: 101\r\n\r\n",
	413, "body-size", false, NULL},
    {"chunked body too large",
	"POST /json HTTP/1.1\r\n" H
	"Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n65\r\n",
	413, "body-size", false, NULL},
    {"body for a GET", "GET /hello HTTP/1.1\r\n" H "Content-Length: 1\r\n\r\nx", 413, "body-size",
	false, NULL},
    {"other content type",
	"POST /json HTTP/1.1\r\n" H "Content-Type: text/xml\r\nContent-Length: 2\r\n\r\n{}", 415,
	"content-type", false, NULL},
    {"no content type", "POST /json HTTP/1.1\r\n" H "Content-Length: 2\r\n\r\n{}", 415,
	"content-type", false, NULL},
    {"two content types",
	"POST /json HTTP/1.1\r\n" H "Content-Type: application/json\r\nContent-Type: text/xml\r\n"
	"Content-Length: 2\r\n\r\n{}",
	400, "header", false, NULL},
    {"two lengths", "POST /echo HTTP/1.1\r\n" H "Content-Length: 1\r\nContent-Length: 1\r\n\r\nx",
	400, "header", false, "Connection: close\r\n"},
    {"length and coding",
	"POST /echo HTTP/1.1\r\n" H
	"Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
	400, "header", false, NULL},
    {"bare LF", "GET /hello HTTP/1.1\n" H "\n", 400, "header", false, NULL},
    {"no Host", "GET /hello HTTP/1.1\r\n\r\n", 400, "header", false, NULL},
    {"bad chunk", "POST /echo HTTP/1.1\r\n" H "Transfer-Encoding: chunked\r\n\r\nx\r\n", 400,
	"header", false, NULL},
    {"encoded NUL", "GET /hello%00 HTTP/1.1\r\n" H "\r\n", 404, "route", true, NULL},
    {"a listener's path is not another's", "GET /admin HTTP/1.1\r\n" H "\r\n", 404, "route", true,
	NULL},
};

TEST_CASE(each_refusal_has_its_status)
{
	start(&(struct http_config){0});
	for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++) {
		struct client *c = ask(refusals[i].raw);

		if (client_answer(c, false) != refusals[i].status ||
		    strcmp(c->body, refusals[i].slug) != 0)
			fail_msg("%s: %d %s", refusals[i].name, c->status, c->body);
		if (refusals[i].header != NULL && !client_has(c, refusals[i].header))
			fail_msg("%s: %s", refusals[i].name, c->head);
		assert_true(client_has(c, "X-Request-Id: "));
		if (refusals[i].open) {
			client_say(c, "GET /hello HTTP/1.1\r\n" H "\r\n");
			assert_int_equal(client_answer(c, false), 200);
		} else if (!client_closed(c)) {
			fail_msg("%s: still open", refusals[i].name);
		}
		client_close(c);
	}
	stop();
}

TEST_CASE(a_refused_upload_reads_its_answer)
{
	static char body[1 << 20];
	struct client *c;

	start(&(struct http_config){0});
	c = ask("POST /json HTTP/1.1\r\n" H
		"Content-Type: application/json\r\nContent-Length: 1048576\r\n\r\n");
	client_send(c, body, sizeof(body));
	assert_int_equal(client_answer(c, false), 413);
	client_close(c);
	stop();
}

TEST_CASE(content_type_ignores_case_and_parameters)
{
	struct client *c;

	start(&(struct http_config){0});
	c = ask("POST /json HTTP/1.1\r\n" H
		"Content-Type: Application/JSON ; charset=utf-8\r\nContent-Length: 2\r\n\r\n{}");
	assert_int_equal(client_answer(c, false), 200);
	assert_string_equal(c->body, "{}");
	client_close(c);
	stop();
}

TEST_CASE(http_1_0_is_served_and_closed)
{
	struct client *c;

	start(&(struct http_config){0});
	c = ask("POST /echo HTTP/1.0\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nhi");
	assert_int_equal(client_answer(c, false), 200);
	assert_string_equal(c->body, "hi");
	assert_true(client_closed(c));
	client_close(c);
	stop();
}

TEST_CASE(a_client_that_expects_100_gets_it)
{
	struct client *c;

	start(&(struct http_config){0});
	c = ask("POST /echo HTTP/1.1\r\n" H "Expect: 100-continue\r\nContent-Length: 2\r\n\r\n");
	assert_int_equal(client_answer(c, false), 100);
	client_say(c, "ok");
	assert_int_equal(client_answer(c, false), 200);
	assert_string_equal(c->body, "ok");
	/* Refused before the body is sent. */
	client_say(c,
	    "POST /json HTTP/1.1\r\n" H
	    "Content-Type: a/b\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
	assert_int_equal(client_answer(c, false), 415);
	client_close(c);
	stop();
}

TEST_CASE(the_request_carries_who_and_in_which_language)
{
	struct client *c;

	start(&(struct http_config){0});
	c = ask("GET /show HTTP/1.1\r\n" H "Accept-Language: ru-RU, en;q=0.5\r\n\r\n");
	assert_int_equal(client_answer(c, false), 200);
	assert_string_equal(c->body, "127.0.0.1 plain ru -1 0");
	assert_true(client_has(c, "Cache-Control: no-store\r\n"));
	client_close(c);
	stop();
}

TEST_CASE(the_admin_socket_tells_the_callers_user)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	struct client *c;
	char expect[64];
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	/* An abstract name: nothing to clean up. */
	(void)snprintf(a.sun_path + 1, sizeof(a.sun_path) - 1, "signet-test-%d", (int)getpid());
	assert_int_equal(bind(fd, (struct sockaddr *)(void *)&a, sizeof(a)), 0);
	start(&(struct http_config){0});
	assert_int_equal(http_server_open(server, HTTP_ADMIN, fd, NULL, NULL), OK);
	c = client_open(port);
	(void)close(c->fd);
	c->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(connect(c->fd, (struct sockaddr *)(void *)&a, sizeof(a)), 0);
	client_say(c, "GET /show HTTP/1.1\r\n" H "\r\n");
	assert_int_equal(client_answer(c, false), 200);
	(void)snprintf(expect, sizeof(expect), "unix admin en %d 0", (int)getuid());
	assert_string_equal(c->body, expect);
	/* What is served elsewhere is not served here. */
	client_say(c, "GET /hello HTTP/1.1\r\n" H "\r\n");
	assert_int_equal(client_answer(c, false), 404);
	client_close(c);
	(void)close(fd);
	stop();
}

TEST_CASE(slow_clients_are_cut)
{
	static const struct {
		const char *name, *raw;
		bool broken;
	} slow[] = {
	    {"silent from the start", "", false},
	    {"half a head", "GET /hello HTTP/1.1\r\nHo", true},
	    {"half a body", "POST /echo HTTP/1.1\r\n" H "Content-Length: 5\r\n\r\nab", true},
	};
	struct client *c;
	uint64_t broken = 0;

	start(&(struct http_config){.times = {.header = 150, .body = 150, .idle = 150}});
	for (size_t i = 0; i < sizeof(slow) / sizeof(slow[0]); i++) {
		c = ask(slow[i].raw);
		assert_true(client_closed(c));
		broken += slow[i].broken;
		client_close(c);
	}
	assert_int_equal(http_server_counts(server).broken, broken);
	c = ask("GET /hello HTTP/1.1\r\n" H "\r\n");
	assert_int_equal(client_answer(c, false), 200);
	assert_true(client_closed(c));
	client_close(c);
	stop();
}

TEST_CASE(a_head_that_drips_is_cut_in_all)
{
	struct client *c;
	struct timespec t = {.tv_nsec = 50000000};
	bool open = true;
	int sent = 0;

	start(&(struct http_config){.times = {.header = 200, .idle = 60000}});
	c = ask("GET /hello HTTP/1.1\r\nX: ");
	for (; open && sent < 100; sent++) {
		(void)nanosleep(&t, NULL);
		open = send(c->fd, "a", 1, MSG_NOSIGNAL) == 1;
	}
	assert_in_range(sent, 2, 20);
	client_close(c);
	stop();
}

TEST_CASE(an_answer_that_nobody_takes_is_cut)
{
	struct client *c;
	char request[64 * 32] = "";
	struct timespec t = {.tv_nsec = 20000000};
	int tries = 0;

	for (int i = 0; i < 32; i++)
		strcat(request, "GET /big HTTP/1.1\r\n" H "\r\n");
	start(&(struct http_config){.times = {.stall = 100}});
	c = ask(request);
	while (http_server_counts(server).broken == 0 && tries++ < 200)
		(void)nanosleep(&t, NULL);
	assert_int_equal(http_server_counts(server).broken, 1);
	assert_int_equal(http_server_counts(server).connections, 0);
	client_close(c);
	stop();
}

TEST_CASE(full_pools_answer_503)
{
	static const char *const paths[] = {"/gate", "/hash"};
	char raw[64];

	start(&(struct http_config){
	    .loops = 1, .workers = 1, .queue = 1, .slow_workers = 1, .slow_queue = 1});
	for (int i = 0; i < 2; i++) {
		struct client *first, *second, *third, *other;

		(void)snprintf(raw, sizeof(raw), "GET %s HTTP/1.1\r\n" H "\r\n", paths[i]);
		first = ask(raw);
		(void)sem_wait(&entered);
		/* One loop: the second has its place in the queue when the answer after it came. */
		second = ask(raw);
		other = ask("GET /hello HTTP/1.1\r\n" H "\r\n");
		assert_int_equal(client_answer(other, false), 200);
		third = ask(raw);
		assert_int_equal(client_answer(third, false), 503);
		assert_true(client_has(third, "Retry-After: 1\r\n"));
		assert_string_equal(third->body, "busy");
		(void)sem_post(&gate);
		(void)sem_post(&gate);
		assert_int_equal(client_answer(first, false), 200);
		assert_int_equal(client_answer(second, false), 200);
		(void)sem_wait(&entered);
		client_close(first);
		client_close(second);
		client_close(third);
		client_close(other);
	}
	assert_int_equal(http_server_counts(server).refused, 2);
	stop();
}

TEST_CASE(past_the_limit_connections_wait)
{
	struct client *c[3];

	start(&(struct http_config){.loops = 1, .connections = 2});
	for (int i = 0; i < 2; i++) {
		c[i] = ask("GET /hello HTTP/1.1\r\n" H "\r\n");
		assert_int_equal(client_answer(c[i], false), 200);
	}
	c[2] = ask("GET /worker HTTP/1.1\r\n" H "\r\n");
	client_say(c[0], "GET /hello HTTP/1.1\r\n" H "\r\n");
	assert_int_equal(client_answer(c[0], false), 200);
	assert_int_equal(http_server_counts(server).connections, 2);
	client_close(c[0]);
	assert_int_equal(client_answer(c[2], false), 200);
	assert_string_equal(c[2]->body, "worker");
	client_close(c[1]);
	client_close(c[2]);
	stop();
}

static void *
open_gate(void *arg)
{
	struct client *probe;
	struct timespec t = {.tv_nsec = 10000000};

	(void)arg;
	/* Not before the door is closed: the drain has begun. */
	for (int i = 0; i < 400; i++) {
		probe = client_open(port);
		if (probe->fd < 0)
			i = 400;
		client_close(probe);
		(void)nanosleep(&t, NULL);
	}
	(void)sem_post(&gate);
	return NULL;
}

TEST_CASE(a_drain_finishes_what_has_begun)
{
	struct client *busy, *idle;
	pthread_t thread;

	start(&(struct http_config){0});
	idle = ask("GET /hello HTTP/1.1\r\n" H "\r\n");
	assert_int_equal(client_answer(idle, false), 200);
	busy = ask("GET /gate HTTP/1.1\r\n" H "\r\n");
	(void)sem_wait(&entered);
	assert_int_equal(pthread_create(&thread, NULL, open_gate, NULL), 0);
	stop();
	(void)pthread_join(thread, NULL);
	assert_int_equal(client_answer(busy, false), 200);
	assert_string_equal(busy->body, "late");
	assert_true(client_has(busy, "Connection: close\r\n"));
	assert_true(client_closed(busy));
	assert_true(client_closed(idle));
	client_close(busy);
	client_close(idle);
}

TEST_CASE(a_drain_ends_at_its_deadline)
{
	struct client *busy, *half;

	start(&(struct http_config){0});
	half = ask("POST /echo HTTP/1.1\r\n" H "Content-Length: 5\r\n\r\nab");
	busy = ask("GET /gate HTTP/1.1\r\n" H "\r\n");
	(void)sem_wait(&entered);
	assert_int_equal(http_server_drain(server, 100, NULL), E_TIMEOUT);
	assert_true(client_closed(half));
	(void)sem_post(&gate);
	http_server_free(&server);
	assert_true(client_closed(busy));
	client_close(busy);
	client_close(half);
}

TEST_CASE(a_client_that_leaves_harms_nobody)
{
	struct client *c;

	start(&(struct http_config){.workers = 1});
	c = ask("GET /gate HTTP/1.1\r\n" H "\r\n");
	(void)sem_wait(&entered);
	client_close(c);
	(void)sem_post(&gate);
	c = ask("GET /worker HTTP/1.1\r\n" H "\r\n");
	assert_int_equal(client_answer(c, false), 200);
	client_close(c);
	stop();
}

TEST_CASE(a_port_in_use_is_told)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	struct fault f = {0};
	const int one = 1;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int other = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	socklen_t n = sizeof(a);

	/* Both may be bound as long as neither listens. */
	(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	(void)setsockopt(other, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	assert_int_equal(bind(fd, (struct sockaddr *)(void *)&a, sizeof(a)), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)(void *)&a, &n), 0);
	assert_int_equal(bind(other, (struct sockaddr *)(void *)&a, sizeof(a)), 0);
	assert_int_equal(listen(other, 1), 0);
	start(&(struct http_config){0});
	assert_int_equal(http_server_open(server, HTTP_PLAIN, fd, NULL, &f), E_UNAVAILABLE);
	assert_non_null(strstr(f.detail, "in use"));
	(void)close(fd);
	(void)close(other);
	stop();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(one_connection_serves_many_requests),
	    cmocka_unit_test(pipelined_requests_are_answered_in_order),
	    cmocka_unit_test(head_is_get_without_the_body),
	    cmocka_unit_test(large_bodies_go_both_ways),
	    cmocka_unit_test(each_refusal_has_its_status),
	    cmocka_unit_test(a_refused_upload_reads_its_answer),
	    cmocka_unit_test(content_type_ignores_case_and_parameters),
	    cmocka_unit_test(http_1_0_is_served_and_closed),
	    cmocka_unit_test(a_client_that_expects_100_gets_it),
	    cmocka_unit_test(the_request_carries_who_and_in_which_language),
	    cmocka_unit_test(the_admin_socket_tells_the_callers_user),
	    cmocka_unit_test(slow_clients_are_cut),
	    cmocka_unit_test(a_head_that_drips_is_cut_in_all),
	    cmocka_unit_test(an_answer_that_nobody_takes_is_cut),
	    cmocka_unit_test(full_pools_answer_503),
	    cmocka_unit_test(past_the_limit_connections_wait),
	    cmocka_unit_test(a_drain_finishes_what_has_begun),
	    cmocka_unit_test(a_drain_ends_at_its_deadline),
	    cmocka_unit_test(a_client_that_leaves_harms_nobody),
	    cmocka_unit_test(a_port_in_use_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
