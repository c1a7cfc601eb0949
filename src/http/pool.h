/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pool: threads that take jobs from one bounded queue.
 */
#ifndef HTTP_POOL_H
#define HTTP_POOL_H

#include "base/err.h"

struct http_pool;

/* A job belongs to whoever pushed it; it stands first in a larger struct. */
struct http_pool_job {
	struct http_pool_job *next;
	void (*run)(struct http_pool_job *job); /* may free the job */
};

/* At most BOUND jobs wait. */
NODISCARD enum err http_pool_new(int threads, int bound, struct http_pool **ret, struct fault *f);
/* False when the queue is full; never blocks. */
bool http_pool_push(struct http_pool *p, struct http_pool_job *job);
/* Runs what waits, ends the threads; *P becomes NULL. */
void http_pool_free(struct http_pool **p);

#endif
