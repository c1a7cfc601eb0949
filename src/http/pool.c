/* SPDX-License-Identifier: Apache-2.0 */
#include "http/pool.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/must.h"

struct http_pool {
	pthread_mutex_t lock;
	pthread_cond_t work;
	struct http_pool_job *first, **last;
	int waiting, bound;
	bool ending;
	int threads;
	pthread_t thread[];
};

static void *
serve(void *arg)
{
	struct http_pool *p = arg;

	(void)pthread_mutex_lock(&p->lock);
	for (;;) {
		struct http_pool_job *job = p->first;

		if (job != NULL) {
			p->first = job->next;
			if (p->first == NULL)
				p->last = &p->first;
			p->waiting--;
			(void)pthread_mutex_unlock(&p->lock);
			job->run(job);
			(void)pthread_mutex_lock(&p->lock);
		} else if (p->ending) {
			break;
		} else {
			(void)pthread_cond_wait(&p->work, &p->lock);
		}
	}
	(void)pthread_mutex_unlock(&p->lock);
	return NULL;
}

enum err
http_pool_new(int threads, int bound, struct http_pool **ret, struct fault *f)
{
	struct http_pool *p = calloc(1, sizeof(*p) + (size_t)threads * sizeof(p->thread[0]));

	must(p != NULL);
	p->last = &p->first;
	p->bound = bound;
	(void)pthread_mutex_init(&p->lock, NULL);
	(void)pthread_cond_init(&p->work, NULL);
	for (; p->threads < threads; p->threads++) {
		if (pthread_create(&p->thread[p->threads], NULL, serve, p) != 0) {
			http_pool_free(&p);
			return FAIL(f, E_UNAVAILABLE, "no more threads");
		}
	}
	*ret = p;
	return OK;
}

bool
http_pool_push(struct http_pool *p, struct http_pool_job *job)
{
	bool room;

	(void)pthread_mutex_lock(&p->lock);
	room = p->waiting < p->bound && !p->ending;
	if (room) {
		job->next = NULL;
		*p->last = job;
		p->last = &job->next;
		p->waiting++;
		(void)pthread_cond_signal(&p->work);
	}
	(void)pthread_mutex_unlock(&p->lock);
	return room;
}

void
http_pool_free(struct http_pool **pool)
{
	struct http_pool *p = *pool;

	if (p == NULL)
		return;
	(void)pthread_mutex_lock(&p->lock);
	p->ending = true;
	(void)pthread_cond_broadcast(&p->work);
	(void)pthread_mutex_unlock(&p->lock);
	for (int i = 0; i < p->threads; i++)
		(void)pthread_join(p->thread[i], NULL);
	(void)pthread_cond_destroy(&p->work);
	(void)pthread_mutex_destroy(&p->lock);
	free(p);
	*pool = NULL;
}
