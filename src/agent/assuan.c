/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/assuan.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define LINE_MAX_ASSUAN 1002 /* octets with the line end */
#define LINE_ROOM       4096

/* gpg-error codes, low 16 bits. */
enum { GPG_TIMEOUT = 62, GPG_CANCELED = 99, GPG_NOT_CONFIRMED = 114, GPG_FULLY_CANCELED = 198 };

int64_t
assuan_now(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static enum err
send_line(struct assuan *p, struct bytes line, struct fault *f)
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
next_line(struct assuan *p, size_t *done, int64_t until, struct str *ret, struct fault *f)
{
	struct pollfd wait = {.fd = p->sock, .events = POLLIN};

	memmove(p->in.p, p->in.p + *done, p->in.n - *done);
	p->in.n -= *done;
	*done = 0;
	for (;;) {
		uint8_t *end = memchr(p->in.p, '\n', p->in.n);
		int64_t left = until - assuan_now();
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

struct assuan
assuan_new(int sock)
{
	return (struct assuan){.sock = sock, .in = secret_new(LINE_ROOM)};
}

void
assuan_free(struct assuan *p)
{
	(void)close(p->sock);
	secret_free(&p->in);
}

enum err
assuan_answer(struct assuan *p, int64_t until, struct secret *ret, struct fault *f)
{
	bool fits = true;
	size_t done = 0;
	struct str line;
	enum err e;

	p->repeated = false;
	for (;;) {
		e = next_line(p, &done, until, &line, f);
		if (e != OK || str_starts(line, STR("OK")))
			break;
		if (str_starts(line, STR("ERR "))) {
			e = refused(line, f);
			break;
		}
		p->repeated |= str_starts(line, STR("S PIN_REPEATED"));
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
assuan_quoted_size(struct str text)
{
	size_t n = text.n;

	for (size_t i = 0; i < text.n; i++)
		n += plain(text.p[i]) ? 0 : 2;
	return n;
}

enum err
assuan_command(struct assuan *p, const char *word, struct str text, struct fault *f)
{
	char line[LINE_MAX_ASSUAN + 1];
	size_t n = strlen(word);

	if (n + 1 + assuan_quoted_size(text) + 1 > LINE_MAX_ASSUAN)
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
