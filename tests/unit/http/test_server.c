/* SPDX-License-Identifier: Apache-2.0 */
/* server: whole requests over loopback. */
#include "http/server.h"

#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "serving.h"
#include "test.h"

TEST_CASE(one_connection_serves_many_requests)
{
	struct client *c;

	serving_start(&(struct http_config){0});
	c = client_open(serving_port);
	for (int i = 0; i < 1000; i++) {
		client_say(c,
		    i % 2 ? "GET /hello HTTP/1.1\r\n" H "\r\n"
			  : "GET /worker HTTP/1.1\r\n" H "\r\n");
		assert_int_equal(client_answer(c, false), 200);
		assert_string_equal(c->body, i % 2 ? "hello" : "worker");
	}
	assert_int_equal(http_server_counts(serving).requests, 1000);
	assert_int_equal(http_server_counts(serving).connections, 1);
	client_close(c);
	serving_stop();
}

TEST_CASE(pipelined_requests_are_answered_in_order)
{
	struct client *c;

	serving_start(&(struct http_config){0});
	c = serving_ask(
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
	serving_stop();
}

TEST_CASE(head_is_get_without_the_body)
{
	struct client *c;

	serving_start(&(struct http_config){0});
	c = serving_ask("HEAD /big HTTP/1.1\r\n" H "\r\nGET /hello HTTP/1.1\r\n" H "\r\n");
	assert_int_equal(client_answer(c, true), 200);
	assert_true(client_has(c, "Content-Length: 1048576\r\n"));
	assert_int_equal(client_answer(c, false), 200);
	assert_string_equal(c->body, "hello");
	client_close(c);
	serving_stop();
}

TEST_CASE(large_bodies_go_both_ways)
{
	static char body[1 << 20];
	struct client *c;

	serving_start(&(struct http_config){0});
	memset(body, 'x', sizeof(body));
	c = serving_ask("POST /echo HTTP/1.1\r\n" H "Content-Length: 1048576\r\n\r\n");
	client_send(c, body, sizeof(body));
	assert_int_equal(client_answer(c, false), 200);
	assert_int_equal(c->body_n, sizeof(body));
	assert_memory_equal(c->body, body, sizeof(body));
	client_say(c, "GET /big HTTP/1.1\r\n" H "\r\n");
	assert_int_equal(client_answer(c, false), 200);
	assert_int_equal(c->body_n, 1 << 20);
	client_close(c);
	serving_stop();
}

TEST_CASE(content_type_ignores_case_and_parameters)
{
	struct client *c;

	serving_start(&(struct http_config){0});
	c = serving_ask(
	    "POST /json HTTP/1.1\r\n" H
	    "Content-Type: Application/JSON ; charset=utf-8\r\nContent-Length: 2\r\n\r\n{}");
	assert_int_equal(client_answer(c, false), 200);
	assert_string_equal(c->body, "{}");
	client_close(c);
	serving_stop();
}

TEST_CASE(http_1_0_is_served_and_closed)
{
	struct client *c;

	serving_start(&(struct http_config){0});
	c = serving_ask(
	    "POST /echo HTTP/1.0\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nhi");
	assert_int_equal(client_answer(c, false), 200);
	assert_string_equal(c->body, "hi");
	assert_true(client_closed(c));
	client_close(c);
	serving_stop();
}

TEST_CASE(a_client_that_expects_100_gets_it)
{
	struct client *c;

	serving_start(&(struct http_config){0});
	c = serving_ask(
	    "POST /echo HTTP/1.1\r\n" H "Expect: 100-continue\r\nContent-Length: 2\r\n\r\n");
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
	serving_stop();
}

TEST_CASE(the_request_carries_who_and_in_which_language)
{
	struct client *c;

	serving_start(&(struct http_config){0});
	c = serving_ask("GET /show HTTP/1.1\r\n" H "Accept-Language: ru-RU, en;q=0.5\r\n\r\n");
	assert_int_equal(client_answer(c, false), 200);
	assert_string_equal(c->body, "127.0.0.1 plain ru -1 0");
	assert_true(client_has(c, "Cache-Control: no-store\r\n"));
	client_close(c);
	serving_stop();
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
	serving_start(&(struct http_config){0});
	assert_int_equal(http_server_open(serving, HTTP_ADMIN, fd, NULL, NULL), OK);
	c = client_open(serving_port);
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
	serving_stop();
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
	serving_start(&(struct http_config){0});
	assert_int_equal(http_server_open(serving, HTTP_PLAIN, fd, NULL, &f), E_UNAVAILABLE);
	assert_non_null(strstr(f.detail, "in use"));
	(void)close(fd);
	(void)close(other);
	serving_stop();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(one_connection_serves_many_requests),
	    cmocka_unit_test(pipelined_requests_are_answered_in_order),
	    cmocka_unit_test(head_is_get_without_the_body),
	    cmocka_unit_test(large_bodies_go_both_ways),
	    cmocka_unit_test(content_type_ignores_case_and_parameters),
	    cmocka_unit_test(http_1_0_is_served_and_closed),
	    cmocka_unit_test(a_client_that_expects_100_gets_it),
	    cmocka_unit_test(the_request_carries_who_and_in_which_language),
	    cmocka_unit_test(the_admin_socket_tells_the_callers_user),
	    cmocka_unit_test(a_port_in_use_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
