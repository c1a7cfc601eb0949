/* SPDX-License-Identifier: Apache-2.0 */
/*
 * read: one statement on one of the process's reading connections, its rows as structs.
 */
#ifndef STORE_READ_H
#define STORE_READ_H

#include "store/db.h"
#include "store/shape.h"
#include "store/store.h"

struct pool;

/* N reading connections to WHERE, all statements prepared. */
NODISCARD enum err pool_new(const char *where, int n, struct pool **ret, struct fault *f);
/* Nobody may be reading. NULL is accepted. */
void pool_free(struct pool **p);
/* A connection of this thread's own for a moment; waits when all are in use. */
struct db *pool_take(struct pool *p);
void pool_give(struct pool *p, struct db *db);
/* The store's (store.c). */
struct pool *store_pool(struct store *s);

/* What is asked. */
struct ask {
	struct store *s;
	struct arena *a;
	enum table table;
	enum stmt q;
	const struct value *v;
};
/* ASK(table, STATEMENT, values…) inside a function that has s and a. */
#define ASK(t, name, ...) \
	(&(const struct ask){s, a, TABLE_##t, Q_##name, (const struct value[]){__VA_ARGS__}})
#define I(x) value_i64(x)
#define T(x) value_text(x)
#define B(x) value_bytes(x)

/* The values as they come. */
NODISCARD enum err read_raw(const struct ask *k, struct result *ret, struct fault *f);
/* The one row, as a struct of its table; E_NOT_FOUND. */
NODISCARD enum err read_one(const struct ask *k, void *ret, struct fault *f);
/* One integer, one text or octets; E_NOT_FOUND. */
NODISCARD enum err read_value(const struct ask *k, struct value *ret, struct fault *f);

/* The N integers of the one row of Q, without an arena of the caller's; E_NOT_FOUND. */
NODISCARD enum err read_numbers(const struct ask *k, int64_t *ret, size_t n, struct fault *f);
/* ASK for it: no table, no arena. */
#define NUMBERS(name, ...) \
	(&(const struct ask){s, NULL, TABLE__COUNT, Q_##name, (const struct value[]){__VA_ARGS__}})

/* Any X_list. */
struct list {
	void *rows;
	size_t n;
	bool more;
};
/* At most LIMIT rows: the statement was asked for one more, to know whether there are more. */
NODISCARD enum err read_list(const struct ask *k, size_t limit, struct list *ret, struct fault *f);
/* As LIST_OF(application, l): the typed list. */
#define LIST_OF(table, l) ((struct table##_list){(l).rows, (l).n, (l).more})

/* How many rows a page may have, and where it begins, oldest or newest first. */
size_t page_limit(const struct page *p);
int64_t page_sort(const struct page *p, bool newest);
int64_t page_id(const struct page *p, bool newest);

#endif
