/* SPDX-License-Identifier: Apache-2.0 */
/* cmdshare: what the commands share: which token, which container, the two codes, printing. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "agent/cmd.h"
#include "base/text.h"

#define LINE_MAX_CODES 256

enum err
cmd_token(struct cmd *c, struct str *ret, struct fault *f)
{
	json_t *answer, *tokens;
	struct str serial;

	if (c->option[CMD_TOKEN]) {
		*ret = str_of(c->option[CMD_TOKEN]);
		return OK;
	}
	TRY(play_verb(&c->play, "tokens.list", json_object(), &answer, f));
	tokens = json_object_get(answer, "tokens");
	if (json_array_size(tokens) == 0) {
		const json_t *why = json_object_get(answer, "why");
		const char *code = json_string_value(json_object_get(why, "code"));

		return FAIL_FIELD(f, code ? err_of_slug(str_of(code)) : E_TOKEN_ABSENT,
		    json_string_value(json_object_get(why, "field")), NULL, "no token");
	}
	if (json_array_size(tokens) > 1)
		return FAIL_FIELD(
		    f, E_USAGE, "--token", "LABEL | SERIAL", "%zu tokens", json_array_size(tokens));
	TRY(play_text(json_array_get(tokens, 0), "serial", &serial, f));
	if (serial.n == 0)
		return play_text(json_array_get(tokens, 0), "label", ret, f);
	*ret = serial;
	return OK;
}

/* With key and certificate, the certificate not over? */
static bool
usable(const json_t *container)
{
	const char *until = json_string_value(json_object_get(container, "notAfter"));
	int64_t end = 0;

	return json_is_true(json_object_get(container, "hasKey")) && until &&
	    time_parse(str_of(until), &end) && end >= time(NULL);
}

enum err
cmd_container(struct cmd *c, struct str token, struct str *ret, struct fault *f)
{
	json_t *answer, *found = NULL, *one;
	size_t i, n = 0;

	if (c->option[CMD_CONTAINER]) {
		*ret = str_of(c->option[CMD_CONTAINER]);
		return OK;
	}
	TRY(play_verb(
	    &c->play, "certs.list", json_pack("{s:s%}", "token", token.p, token.n), &answer, f));
	json_array_foreach(json_object_get(answer, "containers"), i, one)
	{
		if (usable(one)) {
			found = one;
			n++;
		}
	}
	if (n == 0)
		return FAIL_FIELD(f, E_OTHER_TOKEN, "token", NULL, "no certificate on it");
	if (n > 1)
		return FAIL_FIELD(
		    f, E_USAGE, "--container", "signet-agent certs", "%zu certificates", n);
	return play_text(found, "container", ret, f);
}

/* A line without its end and without blanks at its edges; false at the end of the input. */
static bool
read_line(int fd, char *line, size_t size)
{
	size_t n = 0, at = 0;
	char ch = 0;
	ssize_t got;

	while ((got = read(fd, &ch, 1)) == 1 || (got < 0 && errno == EINTR)) {
		if (got == 1 && ch == '\n')
			break;
		if (got == 1 && n + 1 < size)
			line[n++] = ch;
	}
	while (n && strchr(" \t\r", line[n - 1]))
		n--;
	line[n] = 0;
	while (line[at] == ' ' || line[at] == '\t')
		at++;
	memmove(line, line + at, n - at + 1);
	return n > 0 || (got == 1 && ch == '\n');
}

/* One code: asked for on a terminal (without echo), else the next line. */
static enum err
ask(struct cmd *c, int fd, const char *key, bool echo, struct str *ret, struct fault *f)
{
	bool terminal = fd == STDIN_FILENO && isatty(fd);
	struct termios was = {.c_lflag = 0}, now;
	char line[LINE_MAX_CODES];
	bool got;

	if (terminal) {
		/* First the terminal, then the question: an answer that comes at once is not lost. */
		(void)tcgetattr(fd, &was);
		now = was;
		if (!echo)
			now.c_lflag &= ~(tcflag_t)ECHO;
		(void)tcsetattr(fd, TCSAFLUSH, &now);
		(void)fprintf(stderr, "%s: ", catalogue_text(c->play.lang, key));
		(void)fflush(stderr);
	}
	got = read_line(fd, line, sizeof(line));
	if (terminal) {
		(void)tcsetattr(fd, TCSAFLUSH, &was);
		if (!echo)
			(void)fprintf(stderr, "\n");
	}
	if (got)
		*ret = arena_str(c->play.a, str_of(line));
	wipe(line, sizeof(line));
	return got ? OK : FAIL_FIELD(f, E_FIELD_MISSING, key, NULL, "the input ended");
}

enum err
cmd_codes(struct cmd *c, struct str *ret_reference, struct str *ret_code, struct fault *f)
{
	const char *path = c->option[CMD_CODES_FILE];
	int fd = path ? open(path, O_RDONLY | O_CLOEXEC) : STDIN_FILENO;
	enum err e;

	if (fd < 0)
		return FAIL_FIELD(f, E_FILE, path, NULL, "%s", strerror(errno));
	e = ask(c, fd, "agent.reference", true, ret_reference, f);
	if (e == OK && ret_code)
		e = ask(c, fd, "agent.code", false, ret_code, f);
	if (path)
		(void)close(fd);
	return e;
}

void
cmd_step(const struct cmd *c, const char *key)
{
	(void)fprintf(stderr, "%s\n", catalogue_text(c->play.lang, key));
}

void
cmd_print_json(const json_t *answer)
{
	(void)json_dumpf(answer, stdout, JSON_INDENT(2) | JSON_PRESERVE_ORDER);
	(void)fputc('\n', stdout);
	(void)fflush(stdout);
}

const char *
cmd_show(struct cmd *c, const json_t *obj, const char *name)
{
	const char *value = json_string_value(json_object_get(obj, name));
	char *clean = arena_fmt(c->play.a, "%s", value ? value : "");

	for (char *p = clean; *p; p++) {
		if ((unsigned char)*p < ' ' || *p == 0x7f)
			*p = '?';
	}
	return clean;
}
