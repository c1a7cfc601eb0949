/* SPDX-License-Identifier: Apache-2.0 */
/*
 * recent: the last failures of this user's agents, for the report: when, which verb, which code,
 * which call. A browser starts an agent for each flow: so they are kept in a file of the session.
 */
#ifndef AGENT_RECENT_H
#define AGENT_RECENT_H

#include "base/arena.h"
#include "base/err.h"

#define RECENT_MAX 8

struct recent {
	struct str line[RECENT_MAX]; /* the newest last; from a file: not to be trusted */
	size_t n;
};

/* Notes F (its code is not OK) at NOW; what cannot be written is left out. */
void recent_note(int64_t now, struct str verb, const struct fault *f);
struct recent recent_read(struct arena *a);

#endif
