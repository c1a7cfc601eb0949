/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/pinentry.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "agent/assuan.h"
#include "base/must.h"

#define START_MS 10000
#define LATE_MS  5000 /* beyond its own time limit, before we stop waiting for it */

struct pinentry {
	pid_t pid;
	struct assuan line;
	unsigned timeout_s;
};

/* What a window needs of the caller's surroundings; nothing else is handed on (S24). */
static const char *const handed_on[] = {"HOME", "TERM", "DISPLAY", "WAYLAND_DISPLAY", "XAUTHORITY",
    "XDG_RUNTIME_DIR", "XDG_SESSION_TYPE", "DBUS_SESSION_BUS_ADDRESS"};
#define HANDED_ON (sizeof(handed_on) / sizeof(handed_on[0]))

static void
environment(char *room, size_t size, const char *ret[static HANDED_ON + 3])
{
	size_t n = 0, at = 0;

	ret[n++] = "PATH=/usr/bin:/bin";
	ret[n++] = "LC_ALL=C.UTF-8";
	for (size_t i = 0; i < HANDED_ON; i++) {
		const char *value = getenv(handed_on[i]);
		int len = value ? snprintf(room + at, size - at, "%s=%s", handed_on[i], value) : 0;

		if (len <= 0 || (size_t)len >= size - at)
			continue;
		ret[n++] = room + at;
		at += (size_t)len + 1;
	}
	ret[n] = NULL;
}

_Noreturn static void
become(const char *program, int sock, const char *const *envp)
{
	const char *argv[] = {program, NULL};
	sigset_t none;

	(void)sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
	(void)signal(SIGPIPE, SIG_DFL);
	(void)dup2(sock, STDIN_FILENO);
	(void)dup2(sock, STDOUT_FILENO);
	(void)close_range(3, ~0u, 0);
	(void)execve(program, (char *const *)(uintptr_t)argv, (char *const *)(uintptr_t)envp);
	_exit(127);
}

static enum err
set(struct pinentry *p, const char *word, struct str text, struct fault *f)
{
	TRY(assuan_command(&p->line, word, text, f));
	return assuan_answer(&p->line, assuan_now() + START_MS, NULL, f);
}

/* An option that a program does not know is no fault of anybody's. */
static enum err
option(struct pinentry *p, const char *name, const char *value, struct fault *f)
{
	struct fault ignored = {0};
	char text[256];
	enum err e;

	(void)snprintf(text, sizeof(text), "%s=%s", name, value);
	TRY(assuan_command(&p->line, "OPTION", str_of(text), f));
	e = assuan_answer(&p->line, assuan_now() + START_MS, NULL, &ignored);
	return e == E_TIMEOUT ? FAIL(f, e, "pinentry does not answer") : OK;
}

static enum err
greet(struct pinentry *p, struct fault *f)
{
	const char *term = getenv("TERM"), *tty = NULL;
	char name[128], limit[16];

	TRY(assuan_answer(&p->line, assuan_now() + START_MS, NULL, f));
	for (int fd = 0; fd < 3 && tty == NULL; fd++) {
		if (ttyname_r(fd, name, sizeof(name)) == 0)
			tty = name;
	}
	if (tty)
		TRY(option(p, "ttyname", tty, f));
	if (tty && term)
		TRY(option(p, "ttytype", term, f));
	TRY(option(p, "lc-ctype", "C.UTF-8", f));
	(void)snprintf(limit, sizeof(limit), "%u", p->timeout_s);
	return set(p, "SETTIMEOUT", str_of(limit), f);
}

enum err
pinentry_open(const char *program, unsigned timeout_s, struct pinentry **ret, struct fault *f)
{
	const char *envp[HANDED_ON + 3];
	char room[4096];
	struct pinentry *p;
	int pair[2];
	enum err e;

	if (program[0] != '/')
		return FAIL_FIELD(f, E_CONFIG, "pinentry", "/…", "not an absolute path");
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
		return FAIL(f, E_UNAVAILABLE, "socketpair: %s", strerror(errno));
	environment(room, sizeof(room), envp);
	p = calloc(1, sizeof(*p));
	must(p != NULL);
	p->timeout_s = timeout_s;
	p->line = assuan_new(pair[0]);
	p->pid = fork();
	if (p->pid == 0)
		become(program, pair[1], envp);
	(void)close(pair[1]);
	e = p->pid < 0 ? FAIL(f, E_UNAVAILABLE, "fork: %s", strerror(errno)) : greet(p, f);
	if (e != OK) {
		pinentry_close(&p);
		return e == E_TIMEOUT ? E_CONFIG : e;
	}
	*ret = p;
	return OK;
}

void
pinentry_close(struct pinentry **p)
{
	struct timespec tick = {0, 10000000};
	int status;

	if (*p == NULL)
		return;
	(void)!send((*p)->line.sock, "BYE\n", 4, MSG_NOSIGNAL); /* it may have ended already */
	(void)shutdown((*p)->line.sock, SHUT_WR);
	for (int i = 0; (*p)->pid > 0 && waitpid((*p)->pid, &status, WNOHANG) == 0; i++) {
		if (i == 50)
			(void)kill((*p)->pid, SIGKILL);
		(void)nanosleep(&tick, NULL);
	}
	assuan_free(&(*p)->line);
	free(*p);
	*p = NULL;
}

static enum err
show(struct pinentry *p, const struct pinentry_window *w, struct fault *f)
{
	const struct {
		const char *word;
		struct str text;
	} texts[] = {
	    {"SETTITLE", w->title},
	    {"SETDESC", w->description},
	    {"SETPROMPT", w->prompt},
	    {"SETERROR", w->error},
	    {"SETOK", w->ok},
	    {"SETCANCEL", w->cancel},
	};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		if (texts[i].text.n)
			TRY(set(p, texts[i].word, texts[i].text, f));
	}
	return OK;
}

static int64_t
deadline(const struct pinentry *p)
{
	return assuan_now() + (int64_t)p->timeout_s * 1000 + LATE_MS;
}

enum err
pinentry_pin(
    struct pinentry *p, const struct pinentry_window *w, struct secret *ret, struct fault *f)
{
	secret_clear(ret);
	TRY(show(p, w, f));
	TRY(assuan_command(&p->line, "GETPIN", (struct str){0}, f));
	return assuan_answer(&p->line, deadline(p), ret, f);
}

/* The second time for a program that does not ask twice by itself. */
static enum err
repeat(struct pinentry *p, const struct pinentry_window *w, const struct pinentry_repeat *twice,
    const struct secret *first, struct fault *f)
{
	struct secret second = secret_new(first->room);
	struct pinentry_window again = *w;
	enum err e;

	again.prompt = twice->prompt;
	again.error = (struct str){0};
	e = pinentry_pin(p, &again, &second, f);
	if (e == OK && !secret_eq(secret_bytes(first), secret_bytes(&second)))
		e = FAIL(f, E_PIN_NEW, "the second time it was another PIN");
	secret_free(&second);
	return e;
}

enum err
pinentry_new_pin(struct pinentry *p, const struct pinentry_window *w,
    const struct pinentry_repeat *twice, struct secret *ret, struct fault *f)
{
	struct fault ignored = {0};
	enum err e;

	/* A program that does not know the first does not know the second either. */
	e = set(p, "SETREPEAT", twice->prompt, &ignored);
	if (e == OK)
		e = set(p, "SETREPEATERROR", twice->differ, &ignored);
	if (e == E_TIMEOUT)
		return FAIL(f, e, "pinentry does not answer");
	TRY(pinentry_pin(p, w, ret, f));
	if (p->line.repeated)
		return OK;
	e = repeat(p, w, twice, ret, f);
	if (e != OK)
		secret_clear(ret);
	return e;
}

enum err
pinentry_confirm(struct pinentry *p, const struct pinentry_window *w, struct fault *f)
{
	TRY(show(p, w, f));
	TRY(assuan_command(&p->line, "CONFIRM", (struct str){0}, f));
	return assuan_answer(&p->line, deadline(p), NULL, f);
}
