/* SPDX-License-Identifier: Apache-2.0 */
#include "store/read.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/must.h"

#define POOL_MAX 64

struct pool {
	pthread_mutex_t lock;
	pthread_cond_t free;
	struct db *idle[POOL_MAX];
	int n;
};

enum err
pool_new(const char *where, int n, struct pool **ret, struct fault *f)
{
	struct pool *p = calloc(1, sizeof(*p));
	enum err e = OK;

	must(p != NULL && n > 0 && n <= POOL_MAX);
	must(pthread_mutex_init(&p->lock, NULL) == 0);
	must(pthread_cond_init(&p->free, NULL) == 0);
	while (e == OK && p->n < n) {
		e = db_open(where, DB_READ, &p->idle[p->n], f);
		if (e == OK)
			e = db_prepare(p->idle[p->n++], f);
	}
	if (e != OK)
		pool_free(&p);
	else
		*ret = p;
	return e;
}

void
pool_free(struct pool **p)
{
	if (*p == NULL)
		return;
	while ((*p)->n > 0)
		db_close(&(*p)->idle[--(*p)->n]);
	(void)pthread_cond_destroy(&(*p)->free);
	(void)pthread_mutex_destroy(&(*p)->lock);
	free(*p);
	*p = NULL;
}

struct db *
pool_take(struct pool *p)
{
	struct db *db;

	(void)pthread_mutex_lock(&p->lock);
	while (p->n == 0)
		(void)pthread_cond_wait(&p->free, &p->lock);
	db = p->idle[--p->n];
	(void)pthread_mutex_unlock(&p->lock);
	return db;
}

void
pool_give(struct pool *p, struct db *db)
{
	(void)pthread_mutex_lock(&p->lock);
	p->idle[p->n++] = db;
	(void)pthread_cond_signal(&p->free);
	(void)pthread_mutex_unlock(&p->lock);
}

enum err
read_raw(const struct ask *k, struct result *ret, struct fault *f)
{
	struct pool *p = store_pool(k->s);
	struct db *db = pool_take(p);
	enum err e = db_run(db, k->q, k->v, k->a, ret, f);

	pool_give(p, db);
	return e;
}

enum err
read_one(const struct ask *k, void *ret, struct fault *f)
{
	struct result r;

	TRY(read_raw(k, &r, f));
	if (r.n == 0)
		return FAIL(f, E_NOT_FOUND, "%s", stmt_row(k->q)->name);
	must(r.n == 1);
	shape_fill(k->table, r.values, ret);
	return OK;
}

enum err
read_value(const struct ask *k, struct value *ret, struct fault *f)
{
	struct result r;

	TRY(read_raw(k, &r, f));
	if (r.n == 0)
		return FAIL(f, E_NOT_FOUND, "%s", stmt_row(k->q)->name);
	*ret = r.values[0];
	return OK;
}

enum err
read_numbers(const struct ask *k, int64_t *ret, size_t n, struct fault *f)
{
	struct ask own = *k;
	struct result r = {0};
	enum err e;

	own.a = arena_new(0);
	e = read_raw(&own, &r, f);
	if (e == OK && r.n != 1)
		e = FAIL(f, E_NOT_FOUND, "%s", stmt_row(k->q)->name);
	for (size_t i = 0; e == OK && i < n; i++) {
		must(i < r.columns && r.values[i].type == 'i');
		ret[i] = r.values[i].i;
	}
	arena_free(&own.a);
	return e;
}

enum err
read_list(const struct ask *k, size_t limit, struct list *ret, struct fault *f)
{
	struct result r;

	TRY(read_raw(k, &r, f));
	ret->more = r.n > limit;
	ret->n = ret->more ? limit : r.n;
	ret->rows = shape_rows(k->table, &r, k->a);
	return OK;
}

size_t
page_limit(const struct page *p)
{
	if (p->limit <= 0)
		return PAGE_DEFAULT;
	return p->limit > PAGE_MAX ? PAGE_MAX : (size_t)p->limit;
}

static bool
at_start(const struct page *p)
{
	return p->sort == 0 && p->id == 0;
}

int64_t
page_sort(const struct page *p, bool newest)
{
	return newest && at_start(p) ? INT64_MAX : p->sort;
}

int64_t
page_id(const struct page *p, bool newest)
{
	return newest && at_start(p) ? INT64_MAX : p->id;
}
