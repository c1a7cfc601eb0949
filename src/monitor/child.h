/* SPDX-License-Identifier: Apache-2.0 */
/*
 * child: how a role talks with the monitor that started it.
 *
 * The monitor starts itself anew as "signetd --child ROLE" with one socket on descriptor 3. Over it
 * come the configuration, descriptors by name and GO; the role answers READY when it serves. Later
 * come new descriptors (a process at the other end was restarted) and orders.
 *
 * When the role's function runs, user, rights and system calls are already cut to its row (sandbox.h).
 *
 *	int front_main(struct child *c)
 *		fd = child_fd(c, "listen.portal", 0);  …  child_ready(c, &f);
 *		for (;;) poll(child_control(c), …) → ev = child_next(c) → switch (ev.kind)
 */
#ifndef MONITOR_CHILD_H
#define MONITOR_CHILD_H

#include "base/err.h"
#include "monitor/conf.h"

#define CHILD_CONTROL_FD 3
#define CHILD_NAME_MAX   32 /* octets of a descriptor's name */

/* Frames on the control socket (base/ipc.h). Monitor to child up to NEXT, child to monitor after. */
enum child_frame {
	CHILD_CONF = 1, /* body: the text of the configuration */
	CHILD_FD,     /* body: a name; beside it the descriptor. After GO it replaces the old one */
	CHILD_GO,     /* all is handed over */
	CHILD_DRAIN,  /* finish what has begun, then end with 0 */
	CHILD_SETTLE, /* a process came back: compare journal and store */
	CHILD_RELOAD, /* read the TLS certificate anew */
	CHILD_READY = 16,
	CHILD_STOP /* an administrator asks the whole service to drain */
};

enum child_kind { CHILD_EV_FD, CHILD_EV_DRAIN, CHILD_EV_SETTLE, CHILD_EV_RELOAD, CHILD_EV_GONE };

struct child_event {
	enum child_kind kind;
	char name[CHILD_NAME_MAX]; /* of EV_FD */
	int fd;                    /* of EV_FD: the new one, from now on child_fd(c, name, 0) */
	int old; /* of EV_FD: the one that it replaces, for the caller to close; -1 */
};

struct child;

/* Read what the monitor hands over, until GO. E_FRAME, E_UNAVAILABLE. */
NODISCARD enum err child_start(const char *role, int control, struct child **ret, struct fault *f);
/* Closes what is still open; *C becomes NULL. */
void child_free(struct child **c);

/* The role's name, the configuration, a descriptor by name (the I-th of that name), -1 if none. */
const char *child_role(const struct child *c);
const struct conf *child_conf(const struct child *c);
int child_fd(const struct child *c, const char *name, size_t i);
/* To poll for reading. */
int child_control(const struct child *c);

/* Tell the monitor that this process serves. */
NODISCARD enum err child_ready(struct child *c, struct fault *f);
/* Ask the monitor to drain the whole service. */
NODISCARD enum err child_stop(struct child *c, struct fault *f);
/*
 * Blocks for the next order. The monitor's end, or nonsense from it, is EV_GONE: leave at once.
 * One thread only.
 */
struct child_event child_next(struct child *c);

#endif
