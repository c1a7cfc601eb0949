/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/sign.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/must.h"
#include "cli/request.h"

#define ANSWER_MAX ((size_t)256 << 10)
#define WORDS_MAX  24

/* The agent's command line, NULL at its end. */
struct words {
	const char *v[WORDS_MAX + 1];
	size_t n;
};

static void
add(struct words *w, const char *word)
{
	must(w->n < WORDS_MAX);
	w->v[w->n++] = word;
}

static void
add_option(
    struct words *w, const struct cli *c, enum option o, const char *name, const char *variable)
{
	const char *value = c->option[o] ? c->option[o] : variable ? getenv(variable) : NULL;

	if (value && *value) {
		add(w, name);
		add(w, value);
	}
}

/* Beside ourselves, else in PATH. */
static const char *
program(struct cli *c)
{
	char self[4096];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	char *slash, *beside;

	if (n <= 0)
		return "signet-agent";
	self[n] = 0;
	slash = strrchr(self, '/');
	beside = arena_fmt(c->a, "%.*s/signet-agent", (int)(slash - self), self);
	return access(beside, X_OK) == 0 ? beside : "signet-agent";
}

/* Everything the agent prints, until it closes. */
static bool
read_all(int fd, struct buf *out)
{
	for (;;) {
		uint8_t part[4096];
		ssize_t n = read(fd, part, sizeof(part));

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n == 0 && !out->bad;
		buf_put(out, bytes_of(part, (size_t)n));
	}
}

static void
quiet(int fd)
{
	int null = open("/dev/null", O_WRONLY | O_CLOEXEC);

	if (null >= 0)
		(void)dup2(null, fd);
}

/* Run it; terminal and standard error stay ours, its standard output is *RET. */
static enum err
run(struct cli *c, struct words *w, struct bytes *ret, int *ret_status, struct fault *f)
{
	struct buf out = buf_new(c->a, ANSWER_MAX);
	const char *path = program(c);
	int pipe_fd[2], status = 0;
	bool good;
	pid_t pid;

	if (pipe2(pipe_fd, O_CLOEXEC) != 0)
		return FAIL(f, E_INTERNAL, "pipe: %s", strerror(errno));
	pid = fork();
	if (pid == 0) {
		char *argv[WORDS_MAX + 2];

		argv[0] = arena_fmt(c->a, "signet-agent");
		for (size_t i = 0; i <= w->n; i++)
			argv[i + 1] = w->v[i] ? arena_fmt(c->a, "%s", w->v[i]) : NULL;
		/* For machines standard error is ours alone. */
		if (c->json)
			quiet(STDERR_FILENO);
		if (dup2(pipe_fd[1], STDOUT_FILENO) >= 0)
			(void)execvp(path, argv);
		_exit(127);
	}
	(void)close(pipe_fd[1]);
	good = pid > 0 && read_all(pipe_fd[0], &out);
	(void)close(pipe_fd[0]);
	while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (!good || !WIFEXITED(status) || WEXITSTATUS(status) == 127)
		return FAIL_FIELD(f, E_AGENT_MISSING, path, NULL, "status %x", (unsigned)status);
	*ret = buf_bytes(&out);
	*ret_status = WEXITSTATUS(status);
	return OK;
}

/* Run it and read its JSON; a failure becomes ours, with the agent's own words. */
static enum err
ask_agent(struct cli *c, struct words *w, json_t **ret, struct fault *f)
{
	struct bytes text;
	const char *slug;
	json_t *answer;
	int status;

	TRY(run(c, w, &text, &status, f));
	answer = json_loadb((const char *)text.p, text.n, JSON_REJECT_DUPLICATES, NULL);
	if (!json_is_object(answer)) {
		json_decref(answer);
		return FAIL_FIELD(f, E_ANSWER, "signet-agent", NULL, "exit %d, no JSON", status);
	}
	must(json_array_append_new(c->keep, answer) == 0);
	if (status == 0) {
		*ret = answer;
		return OK;
	}
	slug = json_string_value(json_object_get(answer, "code"));
	json_decref(c->problem);
	c->problem = json_incref(answer);
	c->told = true;
	return FAIL(
	    f, slug ? err_of_slug(str_of(slug)) : E_INTERNAL, "signet-agent: exit %d", status);
}

/* What both have in common: where, trusted by what, with which token. */
static enum err
begin(struct cli *c, struct words *w, const char *verb, struct fault *f)
{
	struct str server;

	TRY(request_server(c, &server, f));
	add(w, verb);
	add(w, "--json");
	add(w, "--lang");
	add(w, lang_tag(c->lang));
	add(w, "--server");
	add(w, arena_cstr(c->a, server));
	add_option(w, c, OPTION_CA, "--ca", "SIGNET_CA");
	add_option(w, c, OPTION_TOKEN, "--token", "SIGNET_TOKEN");
	add_option(w, c, OPTION_CONTAINER, "--container", NULL);
	return OK;
}

enum err
sign_in(struct cli *c, json_t **ret, struct fault *f)
{
	struct words w = {0};

	TRY(begin(c, &w, "sign-in", f));
	return ask_agent(c, &w, ret, f);
}

enum err
sign(struct cli *c, const char *purpose, struct str nonce, struct str payload, json_t **ret,
    struct fault *f)
{
	struct words w = {0};

	TRY(begin(c, &w, "sign", f));
	add(&w, "--purpose");
	add(&w, purpose);
	add(&w, "--nonce");
	add(&w, arena_cstr(c->a, nonce));
	add(&w, "--payload");
	add(&w, arena_cstr(c->a, payload));
	return ask_agent(c, &w, ret, f);
}
