/* SPDX-License-Identifier: Apache-2.0 */
/* The child's side of monitor.h: from exec to the role's own function. */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "monitor/monitor.h"

#define WRITE_MAX 8

static int
fail(const struct fault *f)
{
	struct log l = log_line(LOG_CONFIG_FAULT);

	log_fault(&l, f);
	log_end(&l);
	return err_row(f->code)->exit;
}

struct str
monitor_user_of(const struct conf *c, enum monitor_user u)
{
	if (u == MONITOR_USER)
		return c->user;
	return u == MONITOR_P11_USER && c->hsm_user.n ? c->hsm_user : c->signer_user;
}

/* The row's directories as paths. */
static void
resolve(const struct monitor_role *r, const struct conf *c, struct arena *a,
    const char *ret[static WRITE_MAX + 1])
{
	const char *const *names = r->sandbox.write;
	size_t n = 0;

	for (; names[n] != NULL && n < WRITE_MAX; n++) {
		if (strcmp(names[n], "spool") == 0)
			ret[n] = arena_cstr(a, c->spool);
		else if (strcmp(names[n], "checkpoints") == 0)
			ret[n] = arena_cstr(a, c->checkpoints);
		else
			ret[n] = arena_fmt(a, "%.*s/%s", (int)c->data.n, c->data.p, names[n]);
	}
	ret[n] = NULL;
}

static enum err
confine(const struct monitor_role *r, const struct conf *c, struct fault *f)
{
	const char *paths[WRITE_MAX + 1], *missing = "";
	struct arena *a = arena_new(0);
	enum err e = sandbox_user(arena_cstr(a, monitor_user_of(c, r->user)), f);

	if (r->sandbox.write != NULL)
		resolve(r, c, a, paths);
	if (e == OK)
		e = sandbox_enter(&r->sandbox, r->sandbox.write ? paths : NULL, &missing, f);
	if (e == OK && missing[0] != '\0') {
		struct log l = log_line(LOG_SANDBOX_WARN);

		log_str(&l, "missing", missing);
		log_end(&l);
	}
	arena_free(&a);
	return e;
}

/*
 * A terminal's and systemd's signals reach every process; only the monitor acts on them, in order.
 * A peer that went away is told by the write that fails.
 */
static void
leave_signals_to_the_monitor(void)
{
	static const int ignored[] = {SIGINT, SIGTERM, SIGHUP, SIGPIPE};
	const struct sigaction ignore = {.sa_handler = SIG_IGN};

	for (size_t i = 0; i < sizeof(ignored) / sizeof(ignored[0]); i++)
		(void)sigaction(ignored[i], &ignore, NULL);
}

int
monitor_child(const struct monitor_table *t, const char *role)
{
	struct fault f = {0};
	struct child *c;
	int status;

	for (size_t i = 0; i < t->role_count; i++) {
		const struct monitor_role *r = &t->roles[i];

		if (strcmp(r->name, role) != 0)
			continue;
		log_process(r->name);
		leave_signals_to_the_monitor();
		if (child_start(r->name, CHILD_CONTROL_FD, &c, &f) != OK)
			return fail(&f);
		status = confine(r, child_conf(c), &f) == OK ? r->main(c) : fail(&f);
		child_free(&c);
		return status;
	}
	if (fault_set(&f, E_USAGE, __FILE__, __LINE__, NULL, NULL, "no role %s", role) != OK)
		return fail(&f);
	return 0;
}
