/* SPDX-License-Identifier: Apache-2.0 */
#include "token/link.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/ipc.h"
#include "token/ckr.h"
#include "token/p11child.h"

#define END_GRACE_MS 2000 /* for C_Finalize, which may talk to a card */

void
link_init(struct link *l, const struct token_module *m)
{
	*l = (struct link){.module = m, .sock = -1};
}

void
link_use(struct link *l, int sock)
{
	if (l->sock >= 0)
		(void)close(l->sock);
	l->given = true;
	l->sock = sock;
	l->generation++;
}

static int64_t
now_ms(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Waits for the child's end at most GRACE_MS, then kills it. */
static void
reap(pid_t pid, int64_t grace_ms)
{
	int64_t until = now_ms() + grace_ms;
	int status;

	while (waitpid(pid, &status, WNOHANG) == 0) {
		struct timespec wait = {0, 5000000};

		if (now_ms() >= until) {
			(void)kill(pid, SIGKILL);
			while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
				;
			return;
		}
		(void)nanosleep(&wait, NULL);
	}
}

static void
drop(struct link *l, int64_t grace_ms)
{
	if (l->sock >= 0)
		(void)close(l->sock);
	l->sock = -1;
	if (l->pid > 0)
		reap(l->pid, grace_ms);
	l->pid = 0;
}

void
link_close(struct link *l)
{
	drop(l, END_GRACE_MS);
}

/* Only calls that are safe between fork and exec. */
_Noreturn static void
become(const struct token_module *m, int sock)
{
	sigset_t none;

	(void)sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
	(void)signal(SIGPIPE, SIG_DFL);
	if (sock == P11_CHILD_SOCKET)
		(void)fcntl(sock, F_SETFD, 0);
	else
		(void)dup2(sock, P11_CHILD_SOCKET);
	(void)execve(
	    m->argv[0], (char *const *)(uintptr_t)m->argv, (char *const *)(uintptr_t)m->envp);
	_exit(127);
}

static enum err
start(struct link *l, struct fault *f)
{
	int pair[2];
	pid_t pid;

	TRY(ipc_pair(pair, f));
	pid = fork();
	if (pid == 0)
		become(l->module, pair[1]);
	(void)close(pair[1]);
	if (pid < 0) {
		(void)close(pair[0]);
		return FAIL(f, E_MODULE, "fork: %s", strerror(errno));
	}
	l->pid = pid;
	l->sock = pair[0];
	l->generation++;
	return OK;
}

/*
 * Octets are there before UNTIL. A child that trickles is caught by the socket's own time limit on
 * each read and by the bound of a frame.
 */
static bool
wait_readable(int sock, int64_t until)
{
	struct pollfd p = {.fd = sock, .events = POLLIN};

	for (;;) {
		int64_t left = until - now_ms();
		int n = poll(&p, 1, left > 0 ? (int)left : 0);

		if (n > 0)
			return true;
		if (n == 0 || errno != EINTR)
			return false;
	}
}

static unsigned
patience(const struct link *l)
{
	return l->module->timeout_ms ? l->module->timeout_ms : TOKEN_TIMEOUT_MS;
}

static enum err
ask(struct link *l, enum p11_message type, struct bytes body, struct fault *f)
{
	struct ipc_frame q = {.type = (uint16_t)type, .id = ++l->id, .body = body, .fd = -1};
	struct timeval limit = {.tv_sec = 5};

	(void)setsockopt(l->sock, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	(void)setsockopt(l->sock, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
	l->asked = (uint16_t)type;
	l->until = now_ms() + patience(l);
	return ipc_send(l->sock, &q, f);
}

static enum err
hear(struct link *l, struct arena *a, struct ipc_frame *ret, struct fault *f)
{
	if (!wait_readable(l->sock, l->until))
		return FAIL(f, E_UNAVAILABLE, "no answer in %u ms", patience(l));
	TRY(ipc_recv(l->sock, a, ret, f));
	if (ret->fd >= 0)
		(void)close(ret->fd);
	if (ret->type != l->asked || ret->id != l->id)
		return FAIL(f, E_FRAME, "an answer to another question");
	return OK;
}

/* What broke the talk with the child ends the child. */
static enum err
broken(struct link *l, const struct fault *why, struct fault *f)
{
	drop(l, 0);
	return FAIL_FIELD(
	    f, E_MODULE_CRASHED, l->module->name, NULL, "question %d: %s", l->asked, why->detail);
}

enum err
link_begin(struct link *l, enum p11_message type, struct bytes body, struct fault *f)
{
	struct fault why = {0};

	if (l->given && l->sock < 0)
		return FAIL_FIELD(
		    f, E_UNAVAILABLE, l->module->name, NULL, "it is being started again");
	if (!l->given && l->pid == 0)
		TRY(start(l, f));
	return ask(l, type, body, &why) == OK ? OK : broken(l, &why, f);
}

enum err
link_end(struct link *l, struct arena *a, struct rd *ret, struct fault *f)
{
	struct ipc_frame reply;
	struct p11_failure failure;
	struct fault why = {0};
	bool failed = false;
	struct rd r;
	enum err e;

	e = hear(l, a, &reply, &why);
	if (e == OK)
		e = p11_get_answer(reply.body, &r, &failed, &failure, &why);
	if (e != OK)
		return broken(l, &why, f);
	if (failed) {
		e = ckr_fail(&failure, l->module->key_slots, f);
		/* A module that did not load gets another chance, in a new child. */
		if (failure.step == P11_AT_LOAD)
			drop(l, 0);
		return e;
	}
	*ret = r;
	return OK;
}

enum err
link_ask(struct link *l, enum p11_message type, struct bytes body, struct arena *a, struct rd *ret,
    struct fault *f)
{
	TRY(link_begin(l, type, body, f));
	return link_end(l, a, ret, f);
}
