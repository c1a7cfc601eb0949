/* SPDX-License-Identifier: Apache-2.0 */
#include "roles.h"

#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/ipc.h"

static void
note(struct child *c, const char *what)
{
	struct arena *a = arena_new(0);
	struct str data = child_conf(c)->data;
	char *path = arena_fmt(a, "%.*s/log", (int)data.n, data.p);
	char *line = arena_fmt(a, "%s\n", what);
	int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);

	if (fd < 0 || write(fd, line, strlen(line)) < 0)
		_exit(99);
	(void)close(fd);
	arena_free(&a);
}

static bool
brand_is(const struct child *c, const char *what)
{
	return str_is(child_conf(c)->brand, what);
}

/* Answer one question on SOCK with our pid; false at its end. */
static bool
answer(int sock)
{
	struct arena *a = arena_new(0);
	struct ipc_frame frame;
	bool good = ipc_recv(sock, a, &frame, NULL) == OK;

	if (good) {
		frame.body = str_bytes(str_of(arena_fmt(a, "%d", (int)getpid())));
		frame.fd = -1;
		good = ipc_send(sock, &frame, NULL) == OK;
	}
	arena_free(&a);
	return good;
}

/* Who is the signer? "-" while there is none. */
static void
who_signs(int sock, char ret[static 32])
{
	struct arena *a = arena_new(0);
	struct ipc_frame frame = {.type = 1, .fd = -1};

	(void)snprintf(ret, 32, "-");
	if (ipc_send(sock, &frame, NULL) == OK && ipc_recv(sock, a, &frame, NULL) == OK)
		(void)snprintf(ret, 32, "%.*s", (int)frame.body.n, (const char *)frame.body.p);
	arena_free(&a);
}

static int
signer_main(struct child *c)
{
	static const char *const names[] = {"peer.once", "peer.front", "peer.jobs"};
	int peers[3];

	for (int i = 0; i < 3; i++)
		peers[i] = child_fd(c, names[i], 0);
	if (child_ready(c, NULL) != OK)
		return 1;
	for (;;) {
		struct pollfd p[4] = {{child_control(c), POLLIN, 0}, {peers[0], POLLIN, 0},
		    {peers[1], POLLIN, 0}, {peers[2], POLLIN, 0}};
		struct child_event ev;

		(void)poll(p, 4, -1);
		for (int i = 0; i < 3; i++) {
			if (p[i + 1].revents && !answer(peers[i]))
				peers[i] = -1;
		}
		if (!p[0].revents)
			continue;
		ev = child_next(c);
		if (ev.kind == CHILD_EV_GONE)
			return 1;
		if (ev.kind == CHILD_EV_DRAIN) {
			note(c, "signer drained");
			return 0;
		}
		for (int i = 0; ev.kind == CHILD_EV_FD && i < 3; i++) {
			if (strcmp(names[i], ev.name) == 0)
				peers[i] = ev.fd;
		}
		if (ev.kind == CHILD_EV_FD && ev.old >= 0)
			(void)close(ev.old);
	}
}

static int
once_main(struct child *c)
{
	char signer[32];

	if (brand_is(c, "fail"))
		return 65;
	who_signs(child_fd(c, "signer", 0), signer);
	note(c, signer[0] == '-' ? "once alone" : "once asked the signer");
	return 0;
}

/* One connection: one octet, one line. */
static void
serve(struct child *c, int listener)
{
	int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
	char command = 0, line[32] = "";

	if (fd < 0 || read(fd, &command, 1) != 1) {
		(void)close(fd);
		return;
	}
	if (command == 'x')
		_exit(9);
	if (command == 's')
		who_signs(child_fd(c, "signer", 0), line);
	else if (command == 't')
		(void)snprintf(line, sizeof(line), "%d", child_stop(c, NULL) == OK ? 1 : 0);
	else
		(void)snprintf(line, sizeof(line), "%d", (int)getpid());
	if (write(fd, line, strlen(line)) < 0)
		note(c, "front could not answer");
	(void)close(fd);
}

static int
front_main(struct child *c)
{
	int listener = child_fd(c, "listen.plain", 0);

	if (brand_is(c, "hang"))
		(void)pause();
	if (listener < 0 || child_fd(c, "listen.portal", 0) >= 0 || listen(listener, 64) != 0)
		return 1;
	note(c, "front listens");
	if (child_ready(c, NULL) != OK)
		return 1;
	for (;;) {
		struct pollfd p[2] = {{child_control(c), POLLIN, 0}, {listener, POLLIN, 0}};
		struct child_event ev;

		(void)poll(p, 2, -1);
		if (p[1].revents)
			serve(c, listener);
		if (!p[0].revents)
			continue;
		ev = child_next(c);
		if (ev.kind == CHILD_EV_GONE)
			return 1;
		if (ev.kind == CHILD_EV_RELOAD)
			note(c, "front reloaded");
		if (ev.kind == CHILD_EV_FD && ev.old >= 0)
			(void)close(ev.old);
		if (ev.kind == CHILD_EV_DRAIN) {
			note(c, "front drained");
			return 0;
		}
	}
}

static int
jobs_main(struct child *c)
{
	if (child_fd(c, "bell", 0) < 0 || child_ready(c, NULL) != OK)
		return 1;
	for (;;) {
		struct child_event ev = child_next(c);

		if (ev.kind == CHILD_EV_GONE)
			return 1;
		if (ev.kind == CHILD_EV_SETTLE)
			note(c, "settle");
		if (ev.kind == CHILD_EV_DRAIN && !brand_is(c, "stubborn")) {
			note(c, "jobs drained");
			return 0;
		}
	}
}

/* The first two times it ends before it is ready. */
static int
spare_main(struct child *c)
{
	struct arena *a = arena_new(0);
	struct str data = child_conf(c)->data;
	bool second = access(arena_fmt(a, "%.*s/spare-1", (int)data.n, data.p), F_OK) == 0,
	     third = access(arena_fmt(a, "%.*s/spare-2", (int)data.n, data.p), F_OK) == 0;
	char *mark = arena_fmt(a, "%.*s/spare-%d", (int)data.n, data.p, second ? 2 : 1);

	note(c, "spare tried");
	if (!third) {
		(void)close(open(mark, O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
		_exit(70);
	}
	arena_free(&a);
	if (child_ready(c, NULL) != OK)
		return 1;
	while (child_next(c).kind == CHILD_EV_SETTLE)
		;
	return 0;
}

static bool
spare_wanted(const struct conf *c)
{
	return str_is(c->brand, "spare");
}

static const char *const front_fds[] = {"listen.plain", NULL};

static const struct monitor_role roles[] = {
    {.name = "spare",
	.main = spare_main,
	.life = MONITOR_SERVES,
	.drain = 4,
	.ready_ms = 5000,
	.wanted = spare_wanted,
	.spare = true,
	.sandbox = {.calls = SANDBOX_FREE}},
    {.name = "signer",
	.main = signer_main,
	.life = MONITOR_SERVES,
	.drain = 3,
	.ready_ms = 5000,
	.sandbox = {.calls = SANDBOX_SIGNER}},
    {.name = "once", .main = once_main, .life = MONITOR_ONCE, .ready_ms = 5000},
    {.name = "front",
	.main = front_main,
	.life = MONITOR_SERVES,
	.fds = front_fds,
	.drain = 1,
	.ready_ms = 1000,
	.sandbox = {.calls = SANDBOX_NET}},
    {.name = "jobs",
	.main = jobs_main,
	.life = MONITOR_SERVES,
	.drain = 2,
	.ready_ms = 5000,
	.settles = true,
	.sandbox = {.calls = SANDBOX_LOCAL}},
};

static const struct monitor_link links[] = {
    {"signer", "peer.once", "once", "signer"},
    {"signer", "peer.front", "front", "signer"},
    {"signer", "peer.jobs", "jobs", "signer"},
    {"front", "bell", "jobs", "bell"},
};

static const struct monitor_place places[] = {{"", MONITOR_USER, 0700}};

const struct monitor_table roles_table = {.roles = roles,
    .role_count = 5,
    .links = links,
    .link_count = 4,
    .places = places,
    .place_count = 1};
