/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pool: threads that take jobs from one bounded queue.
 */
#ifndef HTTP_POOL_H
#define HTTP_POOL_H

#include "base/err.h"

struct pool;

/* A job belongs to whoever pushed it; it stands first in a larger struct. */
struct pool_job {
	struct pool_job *next;
	void (*run)(struct pool_job *job); /* may free the job */
};

/* At most BOUND jobs wait. */
NODISCARD enum err pool_new(int threads, int bound, struct pool **ret, struct fault *f);
/* False when the queue is full; never blocks. */
bool pool_push(struct pool *p, struct pool_job *job);
/* Runs what waits, ends the threads; *P becomes NULL. */
void pool_free(struct pool **p);

#endif
