/* SPDX-License-Identifier: Apache-2.0 */
/* p11: the process in which the module of hsm_module lives, for the signer. */
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "cmd/roles.h"
#include "token/p11child.h"

#define LIMIT_S 15 /* for one answer */

/* The module sees what the configuration says and nothing of ours. */
static bool
environment(struct str words, struct arena *a)
{
	char *text = arena_cstr(a, words), *rest = NULL;
	bool good = clearenv() == 0;

	for (char *w = strtok_r(text, " ", &rest); good && w; w = strtok_r(NULL, " ", &rest)) {
		char *is = strchr(w, '=');

		good = is != NULL;
		if (good) {
			*is = '\0';
			good = setenv(w, is + 1, 1) == 0;
		}
	}
	return good;
}

/* What the monitor says. False: the end. */
static bool
heed(struct child *c, int *sock)
{
	struct child_event ev = child_next(c);

	if (ev.kind == CHILD_EV_FD) {
		if (ev.old >= 0)
			(void)close(ev.old);
		*sock = ev.fd;
	}
	return ev.kind != CHILD_EV_DRAIN && ev.kind != CHILD_EV_GONE;
}

/*
 * Serves one signer: when that lets go, so does this process, and both begin anew. The module is loaded
 * after READY: one that crashes is a fault of the token, not of the start.
 */
static int
serve(struct child *c, const char *path, unsigned sessions)
{
	struct p11_serve *v = NULL;
	int sock = child_fd(c, "signer", 0);
	enum err e = OK;

	while (e == OK) {
		struct pollfd p[] = {
		    {.fd = child_control(c), .events = POLLIN}, {.fd = sock, .events = POLLIN}};

		if (poll(p, 2, -1) < 0)
			continue;
		if (p[0].revents && !heed(c, &sock))
			break;
		if (!p[1].revents || sock != p[1].fd)
			continue;
		if (v == NULL)
			v = p11_serve_new(path, 0, sessions);
		e = p11_serve_one(v, sock, LIMIT_S);
	}
	if (v)
		p11_serve_end(&v);
	/* No exit handlers: some modules crash in theirs. */
	_exit(e == OK || e == E_UNAVAILABLE ? 0 : err_row(e)->exit);
}

int
p11_main(struct child *c)
{
	struct arena *a = arena_new(0);
	const char *path = arena_cstr(a, child_conf(c)->hsm_module);
	struct fault f = {0};
	struct log l;

	if (path && environment(child_conf(c)->hsm_environment, a) && child_ready(c, &f) == OK)
		return serve(c, path, (unsigned)child_conf(c)->hsm_sessions);
	l = log_line(LOG_CONFIG_FAULT);
	log_str(&l, "field", "hsm_environment");
	log_end(&l);
	return err_row(E_CONFIG)->exit;
}
