/* SPDX-License-Identifier: Apache-2.0 */
/* monitor: real processes, killed and drained. */
#include "monitor/monitor.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/must.h"
#include "roles.h"
#include "test.h"

static char data[64];
static int port, notified;
static pid_t monitor;

static int
tcp(void)
{
	struct timeval t = {.tv_sec = 5};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	must(fd >= 0);
	(void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &t, sizeof(t));
	return fd;
}

static struct sockaddr_in
address(int p)
{
	return (struct sockaddr_in){.sin_family = AF_INET,
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	    .sin_port = htons((uint16_t)p)};
}

static int
free_port(void)
{
	struct sockaddr_in a = address(0);
	socklen_t n = sizeof(a);
	int fd = tcp();

	must(bind(fd, (struct sockaddr *)(void *)&a, sizeof(a)) == 0);
	must(getsockname(fd, (struct sockaddr *)(void *)&a, &n) == 0);
	(void)close(fd);
	return ntohs(a.sin_port);
}

static int
be_monitor(const char *brand)
{
	struct arena *a = arena_new(0);
	const char *user = getpwuid(getuid())->pw_name;
	char *text = arena_fmt(a,
	    "environment: test\npublic_url: https://localhost\npublic_http_url: http://localhost\n"
	    "data: %s\nlisten_plain: [127.0.0.1:%d]\nuser: %s\nsigner_user: %s\nbrand: %s\n",
	    data, port, user, user, brand);
	struct conf c;
	int status;

	must(conf_parse(a, str_bytes(str_of(text)), &c, NULL) == OK);
	status = monitor_main(&roles_table, &c);
	arena_free(&a);
	return status;
}

/* The next state the monitor tells systemd. */
static void
expect(const char *state)
{
	char got[64] = "";
	ssize_t n = recv(notified, got, sizeof(got) - 1, 0);

	if (n < 0 || strcmp(got, state) != 0)
		fail_msg("%s instead of %s", n < 0 ? "nothing" : got, state);
}

static void
launch(const char *brand)
{
	pid_t pid = fork();

	must(pid >= 0);
	if (pid == 0)
		_exit(be_monitor(brand));
	monitor = pid;
}

static void
fresh(void)
{
	(void)snprintf(data, sizeof(data), "/tmp/signet-monitor-XXXXXX");
	must(mkdtemp(data) != NULL);
	port = free_port();
}

static int
end_status(void)
{
	int status;

	must(waitpid(monitor, &status, 0) == monitor);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

/* A number for COMMAND; 0 when the front ended before it answered. A refusal is a failure. */
static int
ask(char command)
{
	struct sockaddr_in a = address(port);
	char line[32] = "";
	ssize_t n = -1;
	int fd = tcp();

	if (connect(fd, (struct sockaddr *)(void *)&a, sizeof(a)) != 0)
		fail_msg("refused");
	if (send(fd, &command, 1, MSG_NOSIGNAL) == 1)
		n = recv(fd, line, sizeof(line) - 1, 0);
	(void)close(fd);
	return n > 0 ? atoi(line) : 0;
}

/* Until there is an answer other than NOT. */
static int
ask_until(char command, int not )
{
	for (int i = 0; i < 500; i++) {
		const struct timespec t = {.tv_nsec = 10000000};
		int got = ask(command);

		if (got != 0 && got != not )
			return got;
		(void)nanosleep(&t, NULL);
	}
	fail_msg("no answer to %c", command);
	return 0;
}

static char *
read_log(void)
{
	static char text[4096];
	char path[128];
	int fd;
	ssize_t n;

	(void)snprintf(path, sizeof(path), "%s/log", data);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	n = fd < 0 ? 0 : read(fd, text, sizeof(text) - 1);
	if (fd >= 0)
		(void)close(fd);
	text[n < 0 ? 0 : n] = '\0';
	return text;
}

static int
count(const char *what)
{
	int n = 0;

	for (const char *at = read_log(); (at = strstr(at, what)) != NULL; at++)
		n++;
	return n;
}

static void
wait_for(const char *what, int times)
{
	const struct timespec t = {.tv_nsec = 10000000};

	for (int i = 0; i < 500 && count(what) < times; i++)
		(void)nanosleep(&t, NULL);
	assert_int_equal(count(what), times);
}

static void
clean(void)
{
	char path[128];

	static const char *const left[] = {"lock", "log", "spare-1", "spare-2"};

	for (size_t i = 0; i < sizeof(left) / sizeof(left[0]); i++) {
		(void)snprintf(path, sizeof(path), "%s/%s", data, left[i]);
		(void)unlink(path);
	}
	assert_int_equal(rmdir(data), 0);
}

static void
drain(void)
{
	assert_int_equal(kill(monitor, SIGTERM), 0);
	expect("STOPPING=1");
	assert_int_equal(end_status(), 0);
}

TEST_CASE(roles_start_in_order_and_drain_in_theirs)
{
	fresh();
	launch("x");
	expect("READY=1");
	assert_true(ask('s') > 0);
	assert_int_not_equal(ask('s'), ask('p'));
	drain();
	assert_string_equal(read_log(),
	    "once asked the signer\nfront listens\nfront drained\njobs drained\nsigner drained\n");
	clean();
}

TEST_CASE(a_spare_role_may_fail_at_the_first_start)
{
	fresh();
	launch("spare");
	expect("READY=1");
	assert_true(ask('s') > 0);
	drain();
	assert_string_equal(read_log(),
	    "spare tried\nspare tried\nspare tried\nonce asked the signer\nfront listens\n"
	    "front drained\njobs drained\nsigner drained\n");
	clean();
}

TEST_CASE(a_killed_front_comes_back_and_refuses_nobody)
{
	int first, second;

	fresh();
	launch("x");
	expect("READY=1");
	first = ask('p');
	assert_int_equal(kill(first, SIGKILL), 0);
	/* Every connect succeeds; those it broke are tried again. */
	second = ask_until('p', first);
	assert_int_equal(ask('x'), 0);
	assert_int_not_equal(ask_until('p', second), second);
	assert_true(ask_until('s', 0) > 0);
	wait_for("settle", 2);
	assert_int_equal(count("once"), 1);
	drain();
	clean();
}

TEST_CASE(a_killed_signer_is_linked_anew)
{
	int signer, front;

	fresh();
	launch("x");
	expect("READY=1");
	front = ask('p');
	for (int i = 1; i <= 3; i++) {
		signer = ask_until('s', 0);
		assert_int_equal(kill(signer, SIGKILL), 0);
		assert_int_not_equal(ask_until('s', signer), signer);
		wait_for("settle", i);
	}
	assert_int_equal(ask('p'), front);
	drain();
	clean();
}

TEST_CASE(a_start_that_fails_is_not_repeated)
{
	fresh();
	launch("fail");
	expect("STOPPING=1");
	assert_int_equal(end_status(), 65);
	assert_string_equal(read_log(), "signer drained\n");
	clean();
}

TEST_CASE(a_start_that_hangs_is_ended)
{
	fresh();
	launch("hang");
	expect("STOPPING=1");
	assert_int_equal(end_status(), 128 + SIGKILL);
	clean();
}

TEST_CASE(a_second_signal_ends_at_once)
{
	fresh();
	launch("stubborn");
	expect("READY=1");
	assert_int_equal(kill(monitor, SIGINT), 0);
	expect("STOPPING=1");
	wait_for("front drained", 1);
	assert_int_equal(kill(monitor, SIGINT), 0);
	assert_int_equal(end_status(), 0);
	assert_int_equal(count("jobs drained"), 0);
	clean();
}

TEST_CASE(a_hang_up_reloads)
{
	fresh();
	launch("x");
	expect("READY=1");
	assert_int_equal(kill(monitor, SIGHUP), 0);
	wait_for("front reloaded", 1);
	drain();
	clean();
}

TEST_CASE(a_role_may_ask_for_the_drain)
{
	fresh();
	launch("x");
	expect("READY=1");
	assert_int_equal(ask('t'), 1);
	expect("STOPPING=1");
	assert_int_equal(end_status(), 0);
	clean();
}

TEST_CASE(a_port_in_use_stops_the_start)
{
	struct sockaddr_in a;
	int fd = tcp();

	fresh();
	a = address(port);
	assert_int_equal(bind(fd, (struct sockaddr *)(void *)&a, sizeof(a)), 0);
	assert_int_equal(listen(fd, 1), 0);
	launch("x");
	assert_int_equal(end_status(), 75);
	assert_string_equal(read_log(), "");
	(void)close(fd);
	clean();
}

TEST_CASE(one_data_directory_has_one_monitor)
{
	pid_t first;
	int own;

	fresh();
	launch("x");
	expect("READY=1");
	first = monitor;
	own = port;
	port = free_port();
	launch("x");
	assert_int_equal(end_status(), 75);
	monitor = first;
	port = own;
	assert_true(ask('p') > 0);
	drain();
	clean();
}

TEST_CASE(children_end_with_the_monitor)
{
	int status, left = 3;

	fresh();
	launch("x");
	expect("READY=1");
	assert_int_equal(kill(monitor, SIGKILL), 0);
	assert_int_equal(end_status(), -SIGKILL);
	/* They are ours to bury now (PR_SET_CHILD_SUBREAPER). */
	while (left > 0) {
		assert_true(waitpid(-1, &status, 0) > 0);
		left--;
	}
	clean();
}

static int
begin(void **state)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	struct timeval t = {.tv_sec = 10};
	char name[64];

	(void)state;
	(void)prctl(PR_SET_CHILD_SUBREAPER, 1);
	notified = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	(void)snprintf(name, sizeof(name), "@signet-notify-%d", (int)getpid());
	memcpy(a.sun_path + 1, name + 1, strlen(name) - 1);
	must(bind(notified, (struct sockaddr *)(void *)&a,
		 (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(name))) == 0);
	(void)setsockopt(notified, SOL_SOCKET, SO_RCVTIMEO, &t, sizeof(t));
	return setenv("NOTIFY_SOCKET", name, 1);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(roles_start_in_order_and_drain_in_theirs),
	    cmocka_unit_test(a_spare_role_may_fail_at_the_first_start),
	    cmocka_unit_test(a_killed_front_comes_back_and_refuses_nobody),
	    cmocka_unit_test(a_killed_signer_is_linked_anew),
	    cmocka_unit_test(a_start_that_fails_is_not_repeated),
	    cmocka_unit_test(a_start_that_hangs_is_ended),
	    cmocka_unit_test(a_second_signal_ends_at_once),
	    cmocka_unit_test(a_hang_up_reloads),
	    cmocka_unit_test(a_role_may_ask_for_the_drain),
	    cmocka_unit_test(a_port_in_use_stops_the_start),
	    cmocka_unit_test(one_data_directory_has_one_monitor),
	    cmocka_unit_test(children_end_with_the_monitor),
	};

	if (argc == 3 && strcmp(argv[1], "--child") == 0)
		return monitor_child(&roles_table, argv[2]);
	return cmocka_run_group_tests(tests, begin, NULL);
}
