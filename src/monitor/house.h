/* SPDX-License-Identifier: Apache-2.0 */
/* house: the processes with what they share, and what each is handed when it starts. Monitor only. */
#ifndef MONITOR_HOUSE_H
#define MONITOR_HOUSE_H

#include "monitor/listen.h"
#include "monitor/monitor.h"
#include "monitor/proc.h"

struct house {
	const struct monitor_table *table;
	const struct conf *conf;
	struct listen_set listening;
	struct proc procs[MONITOR_ROLES_MAX]; /* in the order of the table */
};

/*
 * Start P and hand over: configuration, its descriptors, a new pair for every link between it and a
 * process that runs (which gets its end too), GO. After a fault a process may be there, to be killed.
 */
NODISCARD enum err house_start(struct house *h, struct proc *p, struct fault *f);

#endif
