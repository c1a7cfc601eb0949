/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/cmd.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "agent/native.h"
#include "base/must.h"
#include "base/say.h"
#include "token/p11child.h"

static const struct option_row {
	const char *name;
	bool value;
	const char *variable, *help;
} options[CMD__COUNT] = {
#define X(symbol, name, value, variable, help) {name, value, variable, help},
#include "agent/option.def"
#undef X
};

static const struct command_row {
	const char *word;
	enum err (*run)(struct cmd *c, struct fault *f);
	bool server;
	const char *help;
} commands[] = {
#define X(word, function, server, help) {word, cmd_##function, server, help},
#include "agent/command.def"
#undef X
};
#define COMMANDS (sizeof(commands) / sizeof(commands[0]))

static int
help(void)
{
	(void)printf("usage: signet-agent COMMAND [OPTION...]\n\n");
	for (size_t i = 0; i < COMMANDS; i++)
		(void)printf("  %-10s  %s\n", commands[i].word, commands[i].help);
	(void)printf("\n");
	for (size_t i = 0; i < CMD__COUNT; i++) {
		if (options[i].help)
			(void)printf("  %-15s %s\n", options[i].name, options[i].help);
	}
	(void)printf("\nA browser starts it without a command, with its extension's name.\n");
	return 0;
}

/* One option and its value at ARGV; how many words they are, 0: not one of ours. */
static int
take_option(struct cmd *c, int argc, char **argv)
{
	for (size_t i = 0; i < CMD__COUNT; i++) {
		size_t n = strlen(options[i].name);

		if (!options[i].value && strcmp(argv[0], options[i].name) == 0) {
			c->option[i] = "";
			return 1;
		}
		if (options[i].value && strncmp(argv[0], options[i].name, n) == 0 &&
		    argv[0][n] == '=') {
			c->option[i] = argv[0] + n + 1;
			return 1;
		}
		if (options[i].value && strcmp(argv[0], options[i].name) == 0 && argc > 1) {
			c->option[i] = argv[1];
			return 2;
		}
	}
	return 0;
}

static enum err
parse(struct cmd *c, int argc, char **argv, const struct command_row **ret, struct fault *f)
{
	*ret = NULL;
	for (int i = 1; i < argc;) {
		int n = argv[i][0] == '-' ? take_option(c, argc - i, argv + i) : 0;

		for (size_t k = 0; k < COMMANDS && n == 0 && *ret == NULL; k++) {
			if (strcmp(argv[i], commands[k].word) == 0) {
				*ret = &commands[k];
				n = 1;
			}
		}
		if (n == 0)
			return FAIL_FIELD(f, E_USAGE, argv[i], "--help", "unknown word");
		i += n;
	}
	return OK;
}

static void
from_environment(struct cmd *c)
{
	for (size_t i = 0; i < CMD__COUNT; i++) {
		const char *value = options[i].variable ? getenv(options[i].variable) : NULL;

		if (c->option[i] == NULL && value && *value)
			c->option[i] = value;
	}
}

static enum err
choose_language(struct cmd *c, const struct settings *s, struct fault *f)
{
	const char *from = c->option[CMD_LANG], *given = NULL;
	char two[3] = "";

	if (from && !lang_parse(str_of(from), &c->play.lang))
		return FAIL_FIELD(f, E_USAGE, "--lang", "en | zh | ru", "no such language");
	if (from)
		return OK;
	if (s && s->has_language)
		c->play.lang = s->language;
	given = getenv("LC_ALL");
	if (given == NULL || *given == 0)
		given = getenv("LANG");
	if (given)
		(void)snprintf(two, sizeof(two), "%s", given);
	if (s == NULL || !s->has_language)
		(void)(lang_parse(str_of(two), &c->play.lang) || (c->play.lang = LANG_EN));
	return OK;
}

/* The server's origin: the one named, or (for commands that ask none) any that is configured. */
static enum err
choose_server(struct cmd *c, const struct command_row *row, struct fault *f)
{
	struct play *p = &c->play;
	const struct settings_origin *o;
	struct net_url url;

	if (c->option[CMD_SERVER]) {
		if (!net_url_parse(str_of(c->option[CMD_SERVER]), &url) || url.rest.n > 1)
			return FAIL_FIELD(f, E_USAGE, "--server", "https://HOST[:PORT]", "no URL");
		p->server = url.origin;
		return settings_origin(p->settings, p->server, &o, f);
	}
	if (row->server)
		return FAIL_FIELD(f, E_USAGE, "--server", "https://HOST[:PORT]", "missing");
	if (p->settings->origins_n == 0)
		return FAIL(f, E_AGENT_ORIGIN, "no origin is configured");
	p->server = p->settings->origins[0].origin;
	return OK;
}

static enum err
run(struct cmd *c, const struct command_row *row, const char *config, struct settings *s,
    struct fault *f)
{
	struct net_config net = {.ca_file = c->option[CMD_CA], .loopback_http = true};
	enum err e;

	TRY(choose_server(c, row, f));
	c->play.agent = agent_new(s, "/proc/self/exe", config);
	agent_language(c->play.agent, c->play.lang);
	c->play.net = net_client_new(&net);
	e = row->run(c, f);
	net_client_free(&c->play.net);
	agent_free(&c->play.agent);
	return e;
}

/* For the hotline, in one pair of brackets: code, the old catalogue's number, field, request. */
static void
print_marks(const struct fault *f, const char *request)
{
	const char *const marks[] = {
	    err_row(f->code)->slug, err_row(f->code)->cfca, f->field, request ? request : ""};

	(void)fputc('[', stderr);
	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++)
		if (marks[i][0])
			(void)fprintf(stderr, "%s%s", i ? ", " : "", marks[i]);
	(void)fprintf(stderr, "] %s\n", f->detail);
}

/* What went wrong, in words: the server's own where it said some. */
static int
report(struct cmd *c, const struct fault *f)
{
	struct say s = say_fault(c->play.a, c->play.lang, f);
	json_t *problem = c->play.problem;
	const char *detail = json_string_value(json_object_get(problem, "detail"));
	const char *next = json_string_value(json_object_get(problem, "next"));
	const char *request = json_string_value(json_object_get(problem, "request_id"));

	if (detail)
		s.what = str_of(detail);
	if (detail && next)
		s.next = str_of(next);
	if (c->option[CMD_JSON]) {
		json_t *out = json_pack("{s:s,s:o,s:o,s:s,s:s}", "code", err_row(f->code)->slug,
		    "detail", json_stringn(s.what.p, s.what.n), "next",
		    json_stringn(s.next.p, s.next.n), "field", f->field, "rule", f->rule);

		if (request)
			json_object_set(out, "request_id", json_object_get(problem, "request_id"));
		cmd_print_json(out);
		json_decref(out);
	}
	(void)fprintf(stderr, "signet-agent: %.*s\n", (int)s.what.n, s.what.p);
	if (s.next.n)
		(void)fprintf(stderr, "%.*s\n", (int)s.next.n, s.next.p);
	print_marks(f, request);
	return err_row(f->code)->exit;
}

/* PINs pass through this process: no core file, no debugger of the same user. */
static void
confine(void)
{
	struct rlimit none = {0, 0};

	(void)setrlimit(RLIMIT_CORE, &none);
	(void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	(void)prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	(void)signal(SIGPIPE, SIG_IGN);
}

static enum err
serve_module(const struct settings *s, const char *name, int *ret, struct fault *f)
{
	const struct settings_module *m = settings_module(s, name);

	if (m == NULL)
		return FAIL_FIELD(f, E_MODULE, name, NULL, "not in the modules' file");
	*ret = p11_child_main(m->path, m->quirks, 1);
	return OK;
}

static enum err
start(struct cmd *c, int argc, char **argv, int *ret, struct fault *f)
{
	bool browser = native_is_start(argc, (const char *const *)argv);
	const struct command_row *row = NULL;
	struct settings s = {.pinentry = NULL};
	const char *config;

	if (!browser)
		TRY(parse(c, argc, argv, &row, f));
	if (c->option[CMD_VERSION] || c->option[CMD_HELP]) {
		*ret =
		    c->option[CMD_HELP] ? help() : printf("signet-agent " SIGNET_VERSION "\n") < 0;
		return OK;
	}
	if (!browser && c->option[CMD_P11] == NULL)
		from_environment(c);
	config = c->option[CMD_CONFIG] ? c->option[CMD_CONFIG] : SETTINGS_DEFAULT;
	TRY(settings_load(c->play.a, config, &s, f));
	c->play.settings = &s;
	if (c->option[CMD_P11])
		return serve_module(&s, c->option[CMD_P11], ret, f);
	TRY(choose_language(c, &s, f));
	if (browser) {
		TRY(native_caller(&s, argc, (const char *const *)argv, f));
		c->play.agent = agent_new(&s, "/proc/self/exe", config);
		*ret = native_serve(c->play.agent, STDIN_FILENO, STDOUT_FILENO);
		agent_free(&c->play.agent);
		return OK;
	}
	if (row == NULL)
		return FAIL_FIELD(f, E_USAGE, NULL, "--help", "no command");
	return run(c, row, config, &s, f);
}

int
cmd_main(int argc, char **argv)
{
	struct fault f = {.code = OK};
	struct cmd c = {.play = {.a = arena_new(0), .keep = json_array()}};
	int status = 0;
	enum err e;

	confine();
	(void)choose_language(&c, NULL, NULL) /* until the files are read */;
	e = start(&c, argc, argv, &status, &f);
	if (e != OK) {
		if (f.code == OK)
			f.code = e;
		status = report(&c, &f);
	}
	json_decref(c.play.problem);
	json_decref(c.play.keep);
	arena_free(&c.play.a);
	return status;
}
