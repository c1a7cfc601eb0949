/* SPDX-License-Identifier: Apache-2.0 */
/* server: every way in which a client misbehaves, full pools, and the drain. */
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "serving.h"
#include "test.h"

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
	serving_start(&(struct http_config){0});
	for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++) {
		struct client *c = serving_ask(refusals[i].raw);

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
	serving_stop();
}

TEST_CASE(a_refused_upload_reads_its_answer)
{
	static char body[1 << 20];
	struct client *c;

	serving_start(&(struct http_config){0});
	c = serving_ask("POST /json HTTP/1.1\r\n" H
			"Content-Type: application/json\r\nContent-Length: 1048576\r\n\r\n");
	client_send(c, body, sizeof(body));
	assert_int_equal(client_answer(c, false), 413);
	client_close(c);
	serving_stop();
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

	serving_start(&(struct http_config){.times = {.header = 150, .body = 150, .idle = 150}});
	for (size_t i = 0; i < sizeof(slow) / sizeof(slow[0]); i++) {
		c = serving_ask(slow[i].raw);
		assert_true(client_closed(c));
		broken += slow[i].broken;
		client_close(c);
	}
	assert_int_equal(http_server_counts(serving).broken, broken);
	c = serving_ask("GET /hello HTTP/1.1\r\n" H "\r\n");
	assert_int_equal(client_answer(c, false), 200);
	assert_true(client_closed(c));
	client_close(c);
	serving_stop();
}

TEST_CASE(a_head_that_drips_is_cut_in_all)
{
	struct client *c;
	struct timespec t = {.tv_nsec = 50000000};
	bool open = true;
	int sent = 0;

	serving_start(&(struct http_config){.times = {.header = 200, .idle = 60000}});
	c = serving_ask("GET /hello HTTP/1.1\r\nX: ");
	for (; open && sent < 100; sent++) {
		(void)nanosleep(&t, NULL);
		open = send(c->fd, "a", 1, MSG_NOSIGNAL) == 1;
	}
	assert_in_range(sent, 2, 20);
	client_close(c);
	serving_stop();
}

TEST_CASE(an_answer_that_nobody_takes_is_cut)
{
	struct client *c;
	char request[64 * 32] = "";
	struct timespec t = {.tv_nsec = 20000000};
	int tries = 0;

	for (int i = 0; i < 32; i++)
		strcat(request, "GET /big HTTP/1.1\r\n" H "\r\n");
	serving_start(&(struct http_config){.times = {.stall = 100}});
	c = serving_ask(request);
	while (http_server_counts(serving).broken == 0 && tries++ < 200)
		(void)nanosleep(&t, NULL);
	assert_int_equal(http_server_counts(serving).broken, 1);
	assert_int_equal(http_server_counts(serving).connections, 0);
	client_close(c);
	serving_stop();
}

TEST_CASE(full_pools_answer_503)
{
	static const char *const paths[] = {"/gate", "/hash"};
	char raw[64];

	serving_start(&(struct http_config){
	    .loops = 1, .workers = 1, .queue = 1, .slow_workers = 1, .slow_queue = 1});
	for (int i = 0; i < 2; i++) {
		struct client *first, *second, *third, *other;

		(void)snprintf(raw, sizeof(raw), "GET %s HTTP/1.1\r\n" H "\r\n", paths[i]);
		first = serving_ask(raw);
		(void)sem_wait(&serving_entered);
		/* One loop: the second has its place in the queue when the answer after it came. */
		second = serving_ask(raw);
		other = serving_ask("GET /hello HTTP/1.1\r\n" H "\r\n");
		assert_int_equal(client_answer(other, false), 200);
		third = serving_ask(raw);
		assert_int_equal(client_answer(third, false), 503);
		assert_true(client_has(third, "Retry-After: 1\r\n"));
		assert_string_equal(third->body, "busy");
		(void)sem_post(&serving_gate);
		(void)sem_post(&serving_gate);
		assert_int_equal(client_answer(first, false), 200);
		assert_int_equal(client_answer(second, false), 200);
		(void)sem_wait(&serving_entered);
		client_close(first);
		client_close(second);
		client_close(third);
		client_close(other);
	}
	assert_int_equal(http_server_counts(serving).refused, 2);
	serving_stop();
}

TEST_CASE(past_the_limit_connections_wait)
{
	struct client *c[3];

	serving_start(&(struct http_config){.loops = 1, .connections = 2});
	for (int i = 0; i < 2; i++) {
		c[i] = serving_ask("GET /hello HTTP/1.1\r\n" H "\r\n");
		assert_int_equal(client_answer(c[i], false), 200);
	}
	c[2] = serving_ask("GET /worker HTTP/1.1\r\n" H "\r\n");
	client_say(c[0], "GET /hello HTTP/1.1\r\n" H "\r\n");
	assert_int_equal(client_answer(c[0], false), 200);
	assert_int_equal(http_server_counts(serving).connections, 2);
	client_close(c[0]);
	assert_int_equal(client_answer(c[2], false), 200);
	assert_string_equal(c[2]->body, "worker");
	client_close(c[1]);
	client_close(c[2]);
	serving_stop();
}

static void *
open_gate(void *arg)
{
	struct client *probe;
	struct timespec t = {.tv_nsec = 10000000};

	(void)arg;
	/* Not before the door is closed: the drain has begun. */
	for (int i = 0; i < 400; i++) {
		probe = client_open(serving_port);
		if (probe->fd < 0)
			i = 400;
		client_close(probe);
		(void)nanosleep(&t, NULL);
	}
	(void)sem_post(&serving_gate);
	return NULL;
}

TEST_CASE(a_drain_finishes_what_has_begun)
{
	struct client *busy, *idle;
	pthread_t thread;

	serving_start(&(struct http_config){0});
	idle = serving_ask("GET /hello HTTP/1.1\r\n" H "\r\n");
	assert_int_equal(client_answer(idle, false), 200);
	busy = serving_ask("GET /gate HTTP/1.1\r\n" H "\r\n");
	(void)sem_wait(&serving_entered);
	assert_int_equal(pthread_create(&thread, NULL, open_gate, NULL), 0);
	serving_stop();
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

	serving_start(&(struct http_config){0});
	half = serving_ask("POST /echo HTTP/1.1\r\n" H "Content-Length: 5\r\n\r\nab");
	busy = serving_ask("GET /gate HTTP/1.1\r\n" H "\r\n");
	(void)sem_wait(&serving_entered);
	assert_int_equal(http_server_drain(serving, 100, NULL), E_TIMEOUT);
	assert_true(client_closed(half));
	(void)sem_post(&serving_gate);
	http_server_free(&serving);
	assert_true(client_closed(busy));
	client_close(busy);
	client_close(half);
}

TEST_CASE(a_client_that_leaves_harms_nobody)
{
	struct client *c;

	serving_start(&(struct http_config){.workers = 1});
	c = serving_ask("GET /gate HTTP/1.1\r\n" H "\r\n");
	(void)sem_wait(&serving_entered);
	client_close(c);
	(void)sem_post(&serving_gate);
	c = serving_ask("GET /worker HTTP/1.1\r\n" H "\r\n");
	assert_int_equal(client_answer(c, false), 200);
	client_close(c);
	serving_stop();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(each_refusal_has_its_status),
	    cmocka_unit_test(a_refused_upload_reads_its_answer),
	    cmocka_unit_test(slow_clients_are_cut),
	    cmocka_unit_test(a_head_that_drips_is_cut_in_all),
	    cmocka_unit_test(an_answer_that_nobody_takes_is_cut),
	    cmocka_unit_test(full_pools_answer_503),
	    cmocka_unit_test(past_the_limit_connections_wait),
	    cmocka_unit_test(a_drain_finishes_what_has_begun),
	    cmocka_unit_test(a_drain_ends_at_its_deadline),
	    cmocka_unit_test(a_client_that_leaves_harms_nobody),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
