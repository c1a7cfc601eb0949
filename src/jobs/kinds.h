/* SPDX-License-Identifier: Apache-2.0 */
/* kinds: kind.def in C. Only for the files of jobs/. */
#ifndef JOBS_KINDS_H
#define JOBS_KINDS_H

#include "jobs/jobs.h"
#include "service/upkeep.h"

struct jobs_kind {
	const char *kind, *object;
	int64_t period, retry, most; /* seconds */
	enum err (*run)(const struct jobs *j, const struct call *c, const struct upkeep_work *w,
	    struct fault *f);
};

/* The row of this work; a kind with objects serves others than its rows name, too. NULL: unknown. */
const struct jobs_kind *jobs_kind(struct str kind, struct str object);
const struct jobs_kind *jobs_kinds(size_t *count);

/* Hand over what is due on CHANNEL; stops after a bounded time. One that nobody knows has nothing. */
NODISCARD enum err outbox_deliver(
    const struct jobs_conf *conf, const struct call *c, struct str channel, struct fault *f);
/* What the drivers that are on must have. */
NODISCARD enum err outbox_open(const struct jobs_conf *conf, struct fault *f);

const struct jobs_conf *jobs_settings(const struct jobs *j);

#endif
