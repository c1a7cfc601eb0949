/* SPDX-License-Identifier: Apache-2.0 */
/*
 * monitor: the process table. It opens every socket, starts the roles in the order of their rows,
 * connects them, starts again what ended, and takes all down in order. It reads nothing from outside.
 */
#ifndef MONITOR_MONITOR_H
#define MONITOR_MONITOR_H

#include "base/err.h"
#include "monitor/child.h"
#include "monitor/sandbox.h"

enum monitor_user {
	MONITOR_USER,
	MONITOR_SIGNER_USER,
	MONITOR_P11_USER
}; /* keys user, signer_user, hsm_user of the configuration */

enum monitor_life {
	MONITOR_ONCE,  /* a step of the start: its end with 0 lets the next row start */
	MONITOR_SERVES /* runs until the drain; the next row starts when it is ready */
};

struct monitor_role {
	const char *name;
	int (*main)(struct child *c); /* its value is the exit status */
	enum monitor_life life;
	enum monitor_user user;
	const char *const
	    *fds;     /* what it is handed besides links, NULL ends the list: "listen.portal",
				   "listen.machine", "listen.plain", "listen.admin", "secret.unlock", "secret.pin",
				   "secret.mail", "secret.sms" */
	int drain;    /* 1 goes first; rows of one number go together */
	int ready_ms; /* time to READY (ONCE: to its end) */
	bool (*wanted)(
	    const struct conf *c); /* NULL: always; else it runs only where this says so */
	bool
	    spare; /* keeps nothing: its end never ends the first start, its return settles nothing */
	bool settles; /* gets CHILD_SETTLE whenever a process came back */
	struct sandbox sandbox;
};

/* The system user that U means. */
struct str monitor_user_of(const struct conf *c, enum monitor_user u);

/* A socket pair between two roles, made anew when either starts. */
struct monitor_link {
	const char *a, *a_name; /* role, and what its descriptor is called there */
	const char *b, *b_name;
};

/* A directory under data that must exist before its owner starts. */
struct monitor_place {
	const char *path; /* "" is data itself */
	enum monitor_user user;
	unsigned mode;
};

struct monitor_table {
	const struct monitor_role *roles; /* at most MONITOR_ROLES_MAX */
	size_t role_count;
	const struct monitor_link *links;
	size_t link_count;
	const struct monitor_place *places;
	size_t place_count;
};

#define MONITOR_ROLES_MAX 8

/*
 * Runs the service until it is drained; the exit status. SIGTERM and SIGINT drain (the second one
 * kills), SIGHUP reloads. Tells systemd where NOTIFY_SOCKET is set.
 */
int monitor_main(const struct monitor_table *t, const struct conf *c);
/* The child's side of exec: runs ROLE's function on descriptor 3; the exit status. */
int monitor_child(const struct monitor_table *t, const char *role);

#endif
