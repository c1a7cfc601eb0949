/* SPDX-License-Identifier: Apache-2.0 */
/*
 * signetd: options, and the table of processes that the monitor runs. What a process does stands in
 * its role_*.c (the signer's in signer/), what it may do stands here.
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/say.h"
#include "base/yaml.h"
#include "cmd/roles.h"
#include "monitor/monitor.h"
#include "signer/main.h"

#define CONF_PATH "/etc/signet/signetd.conf"

static const char *const signer_fds[] = {"secret.unlock", "secret.pin", NULL};
static const char *const front_fds[] = {"listen.portal", "listen.plain", "listen.admin", NULL};
static const char *const jobs_fds[] = {"secret.mail", "secret.sms", NULL};
static const char *const signer_write[] = {"signer", NULL};
static const char *const p11_write[] = {"p11", NULL};
static const char *const settle_write[] = {"store", NULL};
static const char *const front_write[] = {"store", "front", NULL};
static const char *const jobs_write[] = {"store", "spool", "checkpoints", NULL};

static bool
has_module(const struct conf *c)
{
	return c->hsm_module.n > 0;
}

/* In the order of their start; settle may have tables to bring up to date first. */
static const struct monitor_role roles[] = {
    /* Sockets, because modules of network HSMs open them; no program. */
    {.name = "p11",
	.main = p11_main,
	.life = MONITOR_SERVES,
	.user = MONITOR_P11_USER,
	.drain = 4,
	.ready_ms = 30000,
	.wanted = has_module,
	.spare = true,
	.sandbox = {.calls = SANDBOX_NET, .write = p11_write, .files = 1024}},
    {.name = "signer",
	.main = signer_main,
	.life = MONITOR_SERVES,
	.user = MONITOR_SIGNER_USER,
	.fds = signer_fds,
	.drain = 3,
	.ready_ms = 30000,
	.sandbox = {.calls = SANDBOX_SIGNER, .write = signer_write, .files = 256}},
    {.name = "settle",
	.main = settle_main,
	.life = MONITOR_ONCE,
	.drain = 1,
	.ready_ms = 600000,
	/* The database may lie on another machine. */
	.sandbox = {.calls = SANDBOX_NET, .write = settle_write, .files = 256}},
    {.name = "front",
	.main = front_main,
	.life = MONITOR_SERVES,
	.fds = front_fds,
	.drain = 1,
	.ready_ms = 30000,
	.sandbox = {.calls = SANDBOX_NET, .write = front_write}},
    {.name = "jobs",
	.main = jobs_main,
	.life = MONITOR_SERVES,
	.fds = jobs_fds,
	.drain = 2,
	.ready_ms = 30000,
	.settles = true,
	.sandbox = {.calls = SANDBOX_NET, .write = jobs_write, .files = 1024}},
};

/* The signer knows by the name of a pair whose rights count on it. */
static const struct monitor_link links[] = {
    {"p11", "signer", "signer", "p11"},
    {"signer", "settle", "settle", "signer"},
    {"signer", "front", "front", "signer"},
    {"signer", "jobs", "jobs", "signer"},
    {"front", "bell", "jobs", "bell"},
};

static const struct monitor_place places[] = {
    {"", MONITOR_USER, 0755},
    {"signer", MONITOR_SIGNER_USER, 0700},
    {"p11", MONITOR_P11_USER, 0700},
    {"store", MONITOR_USER, 0700},
    {"front", MONITOR_USER, 0700},
    {"spool", MONITOR_USER, 0700},
    {"checkpoints", MONITOR_USER, 0700},
};

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

static const struct monitor_table table = {
    roles, COUNT(roles), links, COUNT(links), places, COUNT(places)};

enum option_id {
	OPT_FIRST = 256,
#define X(symbol, name, value, help) OPT_##symbol,
#include "cmd/option.def"
#undef X
};

static const struct option options[] = {
#define X(symbol, name, value, help) \
	{name, (const char *)(value) ? required_argument : no_argument, NULL, OPT_##symbol},
#include "cmd/option.def"
#undef X
    {NULL, 0, NULL, 0},
};

static const struct {
	const char *name, *value, *help;
} option_rows[] = {
#define X(symbol, name, value, help) {name, value, help},
#include "cmd/option.def"
#undef X
};

static void
usage(FILE *out)
{
	(void)fprintf(out, "usage: signetd [--config FILE] [--check | --print-config]\n\n");
	for (size_t i = 0; i < COUNT(option_rows); i++) {
		if (option_rows[i].help)
			(void)fprintf(out, "  --%s %-*s %s\n", option_rows[i].name,
			    14 - (int)strlen(option_rows[i].name),
			    option_rows[i].value ? option_rows[i].value : "", option_rows[i].help);
	}
}

static int
help(struct arena *a)
{
	struct str keys = conf_help(a);

	usage(stdout);
	(void)printf("\nKeys of the configuration:\n%.*s", (int)keys.n, keys.p);
	return 0;
}

static enum err
read_all(struct arena *a, const char *path, struct bytes *ret, struct fault *f)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	uint8_t *p;
	size_t n = 0;
	ssize_t got = 1;

	if (fd < 0)
		return FAIL(f, E_FILE, "%s: %s", path, strerror(errno));
	p = arena_alloc(a, YAML_INPUT_MAX + 1);
	while (n <= YAML_INPUT_MAX && got > 0) {
		got = read(fd, p + n, YAML_INPUT_MAX + 1 - n);
		n += got > 0 ? (size_t)got : 0;
	}
	(void)close(fd);
	if (got < 0)
		return FAIL(f, E_FILE, "%s: %s", path, strerror(errno));
	*ret = bytes_of(p, n);
	return OK;
}

static int
run(struct arena *a, const char *path, int what)
{
	struct fault f = {0};
	struct bytes text;
	struct conf c;
	struct say say;
	struct str out;
	enum err e = read_all(a, path, &text, &f);

	if (e == OK)
		e = conf_parse(a, text, &c, &f);
	if (e != OK) {
		say = say_fault(a, LANG_EN, &f);
		(void)fprintf(stderr, "%s: %s%s%s\n%.*s\n", path, f.field[0] ? f.field : f.detail,
		    f.rule[0] ? ": " : "", f.rule, (int)say.next.n, say.next.p);
		return err_row(E_CONFIG)->exit;
	}
	if (what == OPT_PRINT) {
		out = conf_print(a, &c);
		(void)printf("%.*s", (int)out.n, out.p);
		return 0;
	}
	return what == OPT_CHECK ? 0 : monitor_main(&table, &c);
}

int
main(int argc, char **argv)
{
	struct arena *a = arena_new(0);
	const char *path = CONF_PATH, *child = NULL;
	int what = 0, o, status;

	while ((o = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (o == OPT_CONFIG)
			path = optarg;
		else if (o == OPT_CHILD)
			child = optarg;
		else
			what = o;
	}
	if (child != NULL) {
		status = monitor_child(&table, child);
	} else if (what == OPT_HELP) {
		status = help(a);
	} else if (what == OPT_VERSION) {
		status = printf("signetd %s\n", SIGNET_VERSION) < 0;
	} else if (what == '?' || optind < argc) {
		usage(stderr);
		status = err_row(E_USAGE)->exit;
	} else {
		status = run(a, path, what);
	}
	arena_free(&a);
	return status;
}
