/* SPDX-License-Identifier: Apache-2.0 */
/* proc: one row of the table while it runs. Monitor only. */
#ifndef MONITOR_PROC_H
#define MONITOR_PROC_H

#include <sys/types.h>

#include "monitor/monitor.h"

enum proc_state { PROC_DOWN, PROC_STARTING, PROC_READY, PROC_DONE };

struct proc {
	const struct monitor_role *role;
	enum proc_state state;
	pid_t pid;      /* 0: none */
	int control;    /* -1: none */
	int64_t since;  /* of the state, monotonic ms */
	int64_t wait;   /* before the next start, ms */
	int64_t silent; /* since when it has closed its end, monotonic ms; 0: it has not */
	bool draining;  /* was told */
	bool overdue;   /* was killed by us */
};

int64_t proc_clock(void);
/* Start it; the hand-over follows with proc_send. */
NODISCARD enum err proc_spawn(struct proc *p, struct fault *f);
/*
 * Send a frame with BODY and FD (-1: none). A child that does not take it is killed, its end is seen
 * by proc_ended.
 */
void proc_send(struct proc *p, enum child_frame type, struct bytes body, int fd);
/*
 * The next frame from the child. 0: it has closed its end (then silent is set), or sent nonsense
 * (then it was killed).
 */
int proc_receive(struct proc *p, struct arena *a);
void proc_kill(struct proc *p);
/* Its process ended with this wait status: note and log it. How long until it may start again: wait. */
void proc_ended(struct proc *p, int status);
/* The exit status a shell would show. */
int proc_status(int status);

#endif
