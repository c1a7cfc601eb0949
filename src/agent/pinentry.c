/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/pinentry.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/must.h"

#define LINE_MAX_ASSUAN 1002 /* octets with the line end */
#define LINE_ROOM       4096
#define START_MS        10000
#define LATE_MS         5000 /* beyond its own time limit, before we stop waiting for it */

struct pinentry {
	pid_t pid;
	int sock;
	unsigned timeout_s;
	struct secret in; /* what came and was not read yet: it may hold the PIN */
};

/* gpg-error codes, low 16 bits. */
enum { GPG_TIMEOUT = 62, GPG_CANCELED = 99, GPG_NOT_CONFIRMED = 114, GPG_FULLY_CANCELED = 198 };

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

static int64_t
now_ms(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static enum err
send_line(struct pinentry *p, struct bytes line, struct fault *f)
{
	while (line.n) {
		ssize_t n = send(p->sock, line.p, line.n, MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return FAIL_FIELD(f, E_CONFIG, "pinentry", NULL, "it has ended");
		line = bytes_of(line.p + n, line.n - (size_t)n);
	}
	return OK;
}

/* The next line without its end, a view into p->in until the next call. DONE octets were read. */
static enum err
next_line(struct pinentry *p, size_t *done, int64_t until, struct str *ret, struct fault *f)
{
	struct pollfd wait = {.fd = p->sock, .events = POLLIN};

	memmove(p->in.p, p->in.p + *done, p->in.n - *done);
	p->in.n -= *done;
	*done = 0;
	for (;;) {
		uint8_t *end = memchr(p->in.p, '\n', p->in.n);
		int64_t left = until - now_ms();
		ssize_t n;
		int ready;

		if (end) {
			*ret = (struct str){(const char *)p->in.p, (size_t)(end - p->in.p)};
			*done = ret->n + 1;
			return OK;
		}
		if (p->in.n > LINE_MAX_ASSUAN)
			return FAIL_FIELD(f, E_CONFIG, "pinentry", NULL, "a line without end");
		ready = poll(&wait, 1, left > 0 ? (int)left : 0);
		if (ready < 0 && errno == EINTR)
			continue;
		if (ready <= 0)
			return FAIL(f, E_TIMEOUT, "pinentry does not answer");
		n = read(p->sock, p->in.p + p->in.n, LINE_ROOM - p->in.n);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return FAIL_FIELD(f, E_CONFIG, "pinentry", NULL, "it has ended");
		p->in.n += (size_t)n;
	}
}

static int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Undo the quoting of a data line at the end of RET; false when there is no room. */
static bool
unquote(struct str line, struct secret *ret)
{
	for (size_t i = 0; i < line.n; i++) {
		uint8_t c = (uint8_t)line.p[i];

		if (c == '%' && i + 2 < line.n && hex_digit(line.p[i + 1]) >= 0 &&
		    hex_digit(line.p[i + 2]) >= 0) {
			c = (uint8_t)(hex_digit(line.p[i + 1]) << 4 | hex_digit(line.p[i + 2]));
			i += 2;
		}
		if (ret->n == ret->room)
			return false;
		ret->p[ret->n++] = c;
	}
	return true;
}

static enum err
refused(struct str line, struct fault *f)
{
	unsigned long code = 0;

	for (size_t i = 4; i < line.n && line.p[i] >= '0' && line.p[i] <= '9' && code < 1ul << 40;
	     i++)
		code = code * 10 + (unsigned long)(line.p[i] - '0');
	switch (code & 0xffff) {
	case GPG_TIMEOUT:
		return FAIL(f, E_TIMEOUT, "pinentry: time is over");
	case GPG_CANCELED:
	case GPG_NOT_CONFIRMED:
	case GPG_FULLY_CANCELED:
		return FAIL(f, E_CANCELLED, "pinentry: cancelled");
	default:
		return FAIL_FIELD(f, E_CONFIG, "pinentry", NULL, "%.*s", (int)line.n, line.p);
	}
}

/* Reads up to OK or ERR; data goes to RET where the command has some. */
static enum err
answer(struct pinentry *p, int64_t until, struct secret *ret, struct fault *f)
{
	bool fits = true;
	size_t done = 0;
	struct str line;
	enum err e;

	for (;;) {
		e = next_line(p, &done, until, &line, f);
		if (e != OK || str_starts(line, STR("OK")))
			break;
		if (str_starts(line, STR("ERR "))) {
			e = refused(line, f);
			break;
		}
		if (ret && str_starts(line, STR("D ")))
			fits = unquote((struct str){line.p + 2, line.n - 2}, ret) && fits;
	}
	/* Nothing comes after the last line of an answer: what is left is wiped with the PIN. */
	secret_clear(&p->in);
	if (e == OK && !fits)
		e = FAIL(f, E_PIN_LENGTH, "longer than %zu octets", ret->room);
	if (e != OK && ret)
		secret_clear(ret);
	return e;
}

static bool
plain(char c)
{
	return (unsigned char)c >= ' ' && c != '%' && c != 0x7f;
}

size_t
pinentry_quoted_size(struct str text)
{
	size_t n = text.n;

	for (size_t i = 0; i < text.n; i++)
		n += plain(text.p[i]) ? 0 : 2;
	return n;
}

/* One command; the window is not touched by what a text holds. */
static enum err
command(struct pinentry *p, const char *word, struct str text, struct fault *f)
{
	char line[LINE_MAX_ASSUAN + 1];
	size_t n = strlen(word);

	if (n + 1 + pinentry_quoted_size(text) + 1 > LINE_MAX_ASSUAN)
		return FAIL_FIELD(f, E_AGENT_REQUEST, word, "≤ 1000", "%zu octets", text.n);
	memcpy(line, word, n);
	if (text.n)
		line[n++] = ' ';
	for (size_t i = 0; i < text.n; i++) {
		if (plain(text.p[i]))
			line[n++] = text.p[i];
		else
			n += (size_t)snprintf(
			    line + n, sizeof(line) - n, "%%%02X", (unsigned char)text.p[i]);
	}
	line[n++] = '\n';
	return send_line(p, bytes_of(line, n), f);
}

static enum err
set(struct pinentry *p, const char *word, struct str text, struct fault *f)
{
	TRY(command(p, word, text, f));
	return answer(p, now_ms() + START_MS, NULL, f);
}

/* An option that a program does not know is no fault of anybody's. */
static enum err
option(struct pinentry *p, const char *name, const char *value, struct fault *f)
{
	struct fault ignored = {0};
	char text[256];
	enum err e;

	(void)snprintf(text, sizeof(text), "%s=%s", name, value);
	TRY(command(p, "OPTION", str_of(text), f));
	e = answer(p, now_ms() + START_MS, NULL, &ignored);
	return e == E_TIMEOUT ? FAIL(f, e, "pinentry does not answer") : OK;
}

static enum err
greet(struct pinentry *p, struct fault *f)
{
	const char *term = getenv("TERM"), *tty = NULL;
	char name[128], limit[16];

	TRY(answer(p, now_ms() + START_MS, NULL, f));
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
	p->in = secret_new(LINE_ROOM);
	p->timeout_s = timeout_s;
	p->sock = pair[0];
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
	(void)!send((*p)->sock, "BYE\n", 4, MSG_NOSIGNAL); /* it may have ended already */
	(void)shutdown((*p)->sock, SHUT_WR);
	for (int i = 0; (*p)->pid > 0 && waitpid((*p)->pid, &status, WNOHANG) == 0; i++) {
		if (i == 50)
			(void)kill((*p)->pid, SIGKILL);
		(void)nanosleep(&tick, NULL);
	}
	(void)close((*p)->sock);
	secret_free(&(*p)->in);
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
	return now_ms() + (int64_t)p->timeout_s * 1000 + LATE_MS;
}

enum err
pinentry_pin(
    struct pinentry *p, const struct pinentry_window *w, struct secret *ret, struct fault *f)
{
	secret_clear(ret);
	TRY(show(p, w, f));
	TRY(command(p, "GETPIN", (struct str){0}, f));
	return answer(p, deadline(p), ret, f);
}

enum err
pinentry_confirm(struct pinentry *p, const struct pinentry_window *w, struct fault *f)
{
	TRY(show(p, w, f));
	TRY(command(p, "CONFIRM", (struct str){0}, f));
	return answer(p, deadline(p), NULL, f);
}
