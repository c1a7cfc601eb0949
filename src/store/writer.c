/* SPDX-License-Identifier: Apache-2.0 */
#include "store/writer.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>

#include "base/must.h"
#include "store/group.h"
#include "store/step.h"

#define SCRATCH_CAP ((size_t)64 << 20)

/* One caller that waits; it lies on that caller's stack. */
struct waiter {
	struct unit *unit;
	struct waiter *next;
	pthread_cond_t over;
	bool done;
};

struct writer {
	struct db *db;
	struct arena *scratch;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t wake; /* monotonic clock */
	struct waiter *first, **last;
	size_t waiting, last_group;
	bool stop;
	struct store_counts counts;
};

/*
 * A group closes when 64 wait, or after 2 ms. When the last one was a single unit nobody waits for
 * company; else we wait until as many are here as came the last time.
 */
static void
gather(struct writer *w)
{
	size_t want = w->last_group < GROUP_MAX ? w->last_group : GROUP_MAX;
	struct timespec end;

	(void)clock_gettime(CLOCK_MONOTONIC, &end);
	end.tv_nsec += GROUP_MS * 1000000L;
	if (end.tv_nsec >= 1000000000L) {
		end.tv_nsec -= 1000000000L;
		end.tv_sec++;
	}
	while (w->waiting < want && !w->stop) {
		if (pthread_cond_timedwait(&w->wake, &w->lock, &end) != 0)
			break;
	}
}

static size_t
take(struct writer *w, struct waiter *ret[static GROUP_MAX])
{
	size_t n = 0;

	while (w->first != NULL && n < GROUP_MAX) {
		ret[n++] = w->first;
		w->first = w->first->next;
	}
	if (w->first == NULL)
		w->last = &w->first;
	w->waiting -= n;
	w->last_group = n;
	return n;
}

/* Only now, when the group is durable or gone, may the callers go on. */
static void
release(struct writer *w, struct waiter *const *group, size_t n)
{
	w->counts.groups++;
	for (size_t i = 0; i < n; i++) {
		if (group[i]->unit->err == OK)
			w->counts.units++;
		else
			w->counts.refused++;
		group[i]->done = true;
		(void)pthread_cond_signal(&group[i]->over);
	}
}

static void *
run(void *arg)
{
	struct writer *w = arg;
	struct waiter *group[GROUP_MAX];
	struct unit *units[GROUP_MAX];

	(void)pthread_mutex_lock(&w->lock);
	for (;;) {
		size_t n;

		while (w->first == NULL && !w->stop)
			(void)pthread_cond_wait(&w->wake, &w->lock);
		if (w->first == NULL)
			break;
		gather(w);
		n = take(w, group);
		(void)pthread_mutex_unlock(&w->lock);
		for (size_t i = 0; i < n; i++)
			units[i] = group[i]->unit;
		group_commit(w->db, w->scratch, units, n);
		(void)pthread_mutex_lock(&w->lock);
		release(w, group, n);
		(void)pthread_mutex_unlock(&w->lock);
		db_tidy(w->db);
		(void)pthread_mutex_lock(&w->lock);
	}
	(void)pthread_mutex_unlock(&w->lock);
	return NULL;
}

enum err
writer_new(struct db *db, struct writer **ret, struct fault *f)
{
	struct writer *w = calloc(1, sizeof(*w));
	pthread_condattr_t attr;
	sigset_t all, old;
	int rc;

	must(w != NULL);
	w->db = db;
	w->scratch = arena_new(SCRATCH_CAP);
	w->last = &w->first;
	must(pthread_mutex_init(&w->lock, NULL) == 0);
	must(pthread_condattr_init(&attr) == 0);
	must(pthread_condattr_setclock(&attr, CLOCK_MONOTONIC) == 0);
	must(pthread_cond_init(&w->wake, &attr) == 0);
	(void)pthread_condattr_destroy(&attr);
	/* Signals are for the process's main thread. */
	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &old);
	rc = pthread_create(&w->thread, NULL, run, w);
	(void)pthread_sigmask(SIG_SETMASK, &old, NULL);
	if (rc != 0) {
		arena_free(&w->scratch);
		free(w);
		return FAIL(f, E_STORE, "no thread for the writer: %d", rc);
	}
	*ret = w;
	return OK;
}

void
writer_free(struct writer **w)
{
	if (*w == NULL)
		return;
	(void)pthread_mutex_lock(&(*w)->lock);
	(*w)->stop = true;
	(void)pthread_cond_signal(&(*w)->wake);
	(void)pthread_mutex_unlock(&(*w)->lock);
	(void)pthread_join((*w)->thread, NULL);
	(void)pthread_cond_destroy(&(*w)->wake);
	(void)pthread_mutex_destroy(&(*w)->lock);
	db_close(&(*w)->db);
	arena_free(&(*w)->scratch);
	free(*w);
	*w = NULL;
}

enum err
writer_commit(struct writer *w, struct unit *u, struct fault *f)
{
	struct waiter me = {.unit = u};

	must(pthread_cond_init(&me.over, NULL) == 0);
	(void)pthread_mutex_lock(&w->lock);
	must(!w->stop);
	*w->last = &me;
	w->last = &me.next;
	w->waiting++;
	(void)pthread_cond_signal(&w->wake);
	while (!me.done)
		(void)pthread_cond_wait(&me.over, &w->lock);
	(void)pthread_mutex_unlock(&w->lock);
	(void)pthread_cond_destroy(&me.over);
	if (u->err != OK && f != NULL && f->code == OK)
		*f = u->fault;
	return u->err;
}

struct store_counts
writer_counts(struct writer *w)
{
	struct store_counts c;

	(void)pthread_mutex_lock(&w->lock);
	c = w->counts;
	(void)pthread_mutex_unlock(&w->lock);
	return c;
}
