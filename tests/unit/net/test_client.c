/* SPDX-License-Identifier: Apache-2.0 */
/* The client against servers of the test's own, on loopback: one connection a server, then it ends. */
#include "net/client.h"

#include <arpa/inet.h>
#include <ftw.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "test.h"

/* Takes one request, keeps it, sends ANSWER (or nothing, and keeps silent) and closes. */
struct server {
	int listener;
	int port;
	const char *answer;
	char got[4096];
	pthread_t thread;
};

static void *
serve(void *arg)
{
	struct server *s = arg;
	int c = accept(s->listener, NULL, NULL);
	size_t n = 0;
	ssize_t more;
	struct pollfd p = {.fd = c, .events = POLLIN};

	while (n < sizeof(s->got) - 1 && poll(&p, 1, 150) > 0 &&
	    (more = read(c, s->got + n, sizeof(s->got) - 1 - n)) > 0)
		n += (size_t)more;
	s->got[n] = 0;
	if (s->answer)
		(void)!send(c, s->answer, strlen(s->answer), MSG_NOSIGNAL);
	else
		(void)poll(&p, 1, 3000);
	(void)close(c);
	return NULL;
}

static void
start(struct server *s, const char *answer)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t n = sizeof(at);

	memset(s, 0, sizeof(*s));
	s->answer = answer;
	s->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(s->listener, (struct sockaddr *)&at, sizeof(at)), 0);
	assert_int_equal(listen(s->listener, 5), 0);
	assert_int_equal(getsockname(s->listener, (struct sockaddr *)&at, &n), 0);
	s->port = ntohs(at.sin_port);
	assert_int_equal(pthread_create(&s->thread, NULL, serve, s), 0);
}

static void
stop(struct server *s)
{
	assert_int_equal(pthread_join(s->thread, NULL), 0);
	(void)close(s->listener);
}

/* One GET, or POST when BODY is given, with a client of its own. */
static enum err
ask(struct arena *a, const struct net_config *config, const char *url, const char *body,
    struct net_answer *ret, struct fault *f)
{
	static const struct net_header headers[] = {
	    {{"Authorization", 13}, {"Bearer x", 8}}, {{"Origin", 6}, {"https://localhost", 17}}};
	struct net_client *c = net_client_new(config);
	struct net_request q = {.method = body ? "POST" : "GET",
	    .url = str_of(url),
	    .headers = headers,
	    .headers_n = 2,
	    .content_type = body ? "application/json" : NULL,
	    .body = str_bytes(str_of(body))};
	enum err e = net_request(c, a, &q, ret, f);

	net_client_free(&c);
	return e;
}

static const struct net_config plain = {
    .loopback_http = true, .total_ms = 1000, .answer_max = 4096};

TEST_CASE(a_request_arrives_and_its_answer_comes_back)
{
	struct arena *a = arena_new(0);
	struct net_answer got;
	struct fault f = {.code = OK};
	struct server s;

	start(&s,
	    "HTTP/1.1 201 Created\r\nContent-Type: Application/Problem+JSON; charset=utf-8\r\n"
	    "X-Request-Id:  abc \r\nContent-Length: 2\r\n\r\n{}");
	assert_int_equal(ask(a, &plain, arena_fmt(a, "http://127.0.0.1:%d/api?x=1", s.port),
			     "{\"y\":2}", &got, &f),
	    OK);
	stop(&s);
	assert_int_equal(got.status, 201);
	assert_true(str_is(got.content_type, "application/problem+json"));
	assert_true(bytes_eq(got.body, bytes_of("{}", 2)));
	assert_true(str_is(net_header(&got, "x-request-id"), "abc"));
	assert_true(net_header(&got, "x-none").n == 0);
	assert_int_equal(strncmp(s.got, "POST /api?x=1 HTTP/1.1\r\n", 24), 0);
	assert_non_null(strstr(s.got, "\r\nAuthorization: Bearer x\r\n"));
	assert_non_null(strstr(s.got, "\r\nContent-Type: application/json\r\n"));
	assert_null(strstr(s.got, "Expect:"));
	assert_string_equal(strstr(s.got, "\r\n\r\n"), "\r\n\r\n{\"y\":2}");
	arena_free(&a);
}

TEST_CASE(answers_that_are_none_are_said)
{
	static const struct {
		const char *answer;
		enum err err;
	} rows[] = {
	    {"", E_UNAVAILABLE},
	    {NULL, E_UNAVAILABLE},
	    {"SSH-2.0-x\r\n", E_ANSWER},
	    {"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n", E_UNAVAILABLE},
	    {"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx", E_UNAVAILABLE},
	};
	struct arena *a = arena_new(0);
	struct net_answer got;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct fault f = {.code = OK};
		struct server s;
		enum err e;

		start(&s, rows[i].answer);
		e = ask(a, &plain, arena_fmt(a, "http://127.0.0.1:%d/", s.port), NULL, &got, &f);
		stop(&s);
		if (e != rows[i].err)
			fail_msg("row %zu: %s: %s", i, err_row(e)->slug, f.detail);
	}
	arena_free(&a);
}

TEST_CASE(an_answer_has_a_size)
{
	struct arena *a = arena_new(0);
	char *answer = arena_alloc(a, 9000);
	struct net_answer got;
	struct fault f = {.code = OK};
	struct server s;

	(void)strcpy(answer, "HTTP/1.0 200 OK\r\n\r\n");
	memset(answer + strlen(answer), 'x', 4097);
	start(&s, answer);
	assert_int_equal(
	    ask(a, &plain, arena_fmt(a, "http://127.0.0.1:%d/", s.port), NULL, &got, &f), E_ANSWER);
	stop(&s);
	arena_free(&a);
}

TEST_CASE(redirects_are_not_followed)
{
	struct arena *a = arena_new(0);
	struct net_answer got;
	struct server s;

	start(
	    &s, "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n");
	assert_int_equal(
	    ask(a, &plain, arena_fmt(a, "http://127.0.0.1:%d/", s.port), NULL, &got, NULL), OK);
	stop(&s);
	assert_int_equal(got.status, 302);
	arena_free(&a);
}

TEST_CASE(a_proxy_of_the_environment_is_not_asked)
{
	struct arena *a = arena_new(0);
	struct net_answer got;
	struct server s;

	assert_int_equal(setenv("http_proxy", "http://127.0.0.1:1", 1), 0);
	start(&s, "HTTP/1.1 204 No Content\r\n\r\n");
	assert_int_equal(
	    ask(a, &plain, arena_fmt(a, "http://127.0.0.1:%d/", s.port), NULL, &got, NULL), OK);
	stop(&s);
	assert_int_equal(unsetenv("http_proxy"), 0);
	arena_free(&a);
}

TEST_CASE(a_local_socket_takes_the_place_of_the_host)
{
	struct arena *a = arena_new(0);
	char dir[] = "/tmp/signet-unit-XXXXXX";
	struct sockaddr_un at = {.sun_family = AF_UNIX};
	struct net_config config = plain;
	struct net_answer got;
	struct server s = {.answer = "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n1"};

	assert_non_null(mkdtemp(dir));
	(void)snprintf(at.sun_path, sizeof(at.sun_path), "%s/s", dir);
	s.listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(s.listener, (struct sockaddr *)&at, sizeof(at)), 0);
	assert_int_equal(listen(s.listener, 1), 0);
	assert_int_equal(pthread_create(&s.thread, NULL, serve, &s), 0);
	config.unix_socket = at.sun_path;
	assert_int_equal(ask(a, &config, "http://admin/x", NULL, &got, NULL), OK);
	stop(&s);
	assert_non_null(strstr(s.got, "Host: admin\r\n"));
	assert_int_equal(unlink(at.sun_path), 0);
	assert_int_equal(rmdir(dir), 0);
	arena_free(&a);
}

TEST_CASE(what_may_not_be_asked_is_refused_before_a_connection)
{
	static const char *const urls[] = {"http://portal.test/", "ftp://localhost/",
	    "file:///etc/passwd", "https://user@localhost/", "https://localhost/ x",
	    "https://localhost:0/", "https://localhost:99999/", "https:///x",
	    "https://localhost/#a", "https://[::1/", "", "https://127.0.0.1\\@evil.test/"};
	struct arena *a = arena_new(0);
	static const struct net_config strict = {.total_ms = 500};
	struct net_answer got;

	for (size_t i = 0; i < sizeof(urls) / sizeof(urls[0]); i++)
		assert_int_equal(ask(a, &plain, urls[i], NULL, &got, NULL), E_FIELD_VALUE);
	assert_int_equal(ask(a, &strict, "http://localhost:1/", NULL, &got, NULL), E_FIELD_VALUE);
	assert_int_equal(ask(a, &plain, "http://127.0.0.1:1/", NULL, &got, NULL), E_UNAVAILABLE);
	arena_free(&a);
}

TEST_CASE(urls_have_parts)
{
	struct net_url u;

	assert_true(net_url_parse(STR("https://localhost:8443/api/v1?x"), &u));
	assert_true(u.https && str_is(u.host, "localhost"));
	assert_true(str_is(u.origin, "https://localhost:8443") && str_is(u.rest, "/api/v1?x"));
	assert_true(net_url_parse(STR("http://[::1]"), &u));
	assert_true(str_is(u.host, "[::1]") && u.rest.n == 0);
	assert_true(net_host_is_loopback(STR("127.9.8.7")) && net_host_is_loopback(STR("[::1]")));
	assert_false(net_host_is_loopback(STR("127.1")) ||
	    net_host_is_loopback(STR("localhost.evil")) || net_host_is_loopback(STR("128.0.0.1")) ||
	    net_host_is_loopback(STR("127.0.0.1.x")) || net_host_is_loopback(STR("127.0.0.256")) ||
	    net_host_is_loopback(STR("")));
}

static pid_t
run(const char *const *argv)
{
	posix_spawn_file_actions_t quiet;
	pid_t pid;

	assert_int_equal(posix_spawn_file_actions_init(&quiet), 0);
	for (int fd = 0; fd < 3; fd++)
		assert_int_equal(
		    posix_spawn_file_actions_addopen(&quiet, fd, "/dev/null", 2, 0), 0);
	assert_int_equal(
	    posix_spawnp(&pid, argv[0], &quiet, NULL, (char *const *)(uintptr_t)argv, environ), 0);
	assert_int_equal(posix_spawn_file_actions_destroy(&quiet), 0);
	return pid;
}

static void
certificate(struct arena *a, const char *dir, const char *name, const char *san)
{
	const char *key = arena_fmt(a, "%s/%s.key", dir, name);
	const char *pem = arena_fmt(a, "%s/%s.pem", dir, name);
	const char *argv[] = {"openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
	    "ec_paramgen_curve:P-256", "-nodes", "-keyout", key, "-out", pem, "-subj", "/CN=x",
	    "-addext", san, "-days", "2", NULL};
	int status = -1;

	assert_true(waitpid(run(argv), &status, 0) > 0);
	assert_int_equal(status, 0);
}

static int
remove_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
	(void)st;
	(void)kind;
	(void)at;
	return remove(path);
}

/* A port that was free a moment ago. */
static int
free_port(void)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t n = sizeof(at);
	int s = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_int_equal(bind(s, (struct sockaddr *)&at, sizeof(at)), 0);
	assert_int_equal(getsockname(s, (struct sockaddr *)&at, &n), 0);
	(void)close(s);
	return ntohs(at.sin_port);
}

TEST_CASE(only_the_named_ca_is_trusted)
{
	struct arena *a = arena_new(0);
	char dir[] = "/tmp/signet-unit-XXXXXX";
	struct net_config config = {.total_ms = 5000};
	struct net_answer got;
	struct fault f = {.code = OK};
	const char *argv[] = {
	    "openssl", "s_server", "-accept", "", "-cert", "", "-key", "", "-www", NULL};
	char *url;
	enum err e = E_UNAVAILABLE;
	int port = free_port();
	pid_t pid;

	assert_non_null(mkdtemp(dir));
	certificate(a, dir, "server", "subjectAltName=DNS:localhost");
	certificate(a, dir, "other", "subjectAltName=DNS:localhost");
	argv[3] = arena_fmt(a, "127.0.0.1:%d", port);
	argv[5] = arena_fmt(a, "%s/server.pem", dir);
	argv[7] = arena_fmt(a, "%s/server.key", dir);
	pid = run(argv);
	url = arena_fmt(a, "https://localhost:%d/", port);
	config.ca_file = argv[5];
	for (int i = 0; i < 100 && e == E_UNAVAILABLE; i++) {
		struct timespec tick = {0, 50000000};

		(void)nanosleep(&tick, NULL);
		e = ask(a, &config, url, NULL, &got, NULL);
	}
	assert_int_equal(e, OK);
	assert_int_equal(got.status, 200);
	/* The right certificate for another name; another CA; the system's. */
	assert_int_equal(
	    ask(a, &config, arena_fmt(a, "https://127.0.0.1:%d/", port), NULL, &got, &f), E_TLS);
	config.ca_file = arena_fmt(a, "%s/other.pem", dir);
	assert_int_equal(ask(a, &config, url, NULL, &got, NULL), E_TLS);
	config.ca_file = NULL;
	assert_int_equal(ask(a, &config, url, NULL, &got, NULL), E_TLS);
	config.ca_file = arena_fmt(a, "%s/none.pem", dir);
	assert_int_equal(ask(a, &config, url, NULL, &got, NULL), E_FILE);
	assert_int_equal(kill(pid, SIGTERM), 0);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	assert_int_equal(nftw(dir, remove_one, 8, FTW_DEPTH | FTW_PHYS), 0);
	arena_free(&a);
}

int
main(void)
{
	static const struct CMUnitTest cases[] = {
	    cmocka_unit_test(a_request_arrives_and_its_answer_comes_back),
	    cmocka_unit_test(answers_that_are_none_are_said),
	    cmocka_unit_test(an_answer_has_a_size),
	    cmocka_unit_test(redirects_are_not_followed),
	    cmocka_unit_test(a_proxy_of_the_environment_is_not_asked),
	    cmocka_unit_test(a_local_socket_takes_the_place_of_the_host),
	    cmocka_unit_test(what_may_not_be_asked_is_refused_before_a_connection),
	    cmocka_unit_test(urls_have_parts),
	    cmocka_unit_test(only_the_named_ca_is_trusted),
	};

	return cmocka_run_group_tests(cases, NULL, NULL);
}
