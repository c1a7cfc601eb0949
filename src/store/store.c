/* SPDX-License-Identifier: Apache-2.0 */
/* Opening: environment, migrations, one writer, readers. */
#include "store/store.h"

#include <stdlib.h>

#include "base/must.h"
#include "store/read.h"
#include "store/step.h"
#include "store/writer.h"

#define READERS     4
#define META_MEMORY ((size_t)1 << 20)

struct store {
	struct writer *writer;
	struct pool *pool;
};

struct pool *
store_pool(struct store *s)
{
	return s->pool;
}

/* New tables, or the next ones, and the stamp, in one transaction that db_begin has opened. */
static enum err
migrate(
    struct db *db, const struct store_conf *conf, int64_t from, struct arena *a, struct fault *f)
{
	struct result none;

	for (int64_t n = from + 1; n <= STORE_SCHEMA; n++)
		TRY(db_script(db, migration_text(db_dialect(db), n), f));
	TRY(db_prepare(db, f));
	if (from > 0)
		return db_run(db, Q_META_MOVE,
		    (struct value[]){value_i64(STORE_SCHEMA), value_i64(STORE_OLDEST)}, a, &none,
		    f);
	return db_run(db, Q_META_STAMP,
	    (struct value[]){value_i64(STORE_SCHEMA), value_i64(STORE_OLDEST),
		value_text(conf->environment), value_i64(conf->now)},
	    a, &none, f);
}

/* Two programs of one version may start at once: what the first has made, the second must see. */
static enum err
migrate_locked(struct db *db, const struct store_conf *conf, struct arena *a, struct fault *f)
{
	struct db_meta meta;
	enum err e;

	TRY(db_begin(db, f));
	e = db_alone(db, f);
	if (e == OK)
		e = db_meta(db, a, &meta, f);
	if (e == OK && meta.version > 0 && !str_eq(meta.environment, conf->environment))
		e = FAIL(f, E_ENVIRONMENT, "refused before its tables were touched");
	if (e == OK && meta.version < STORE_SCHEMA)
		e = migrate(db, conf, meta.version, a, f);
	if (e == OK)
		e = db_commit(db, f);
	if (e != OK)
		db_rollback(db);
	return e;
}

static enum err
check(struct db *db, const struct store_conf *conf, struct arena *a, struct fault *f)
{
	struct db_meta meta;

	TRY(db_meta(db, a, &meta, f));
	if (meta.version < STORE_SCHEMA && conf->migrate) {
		TRY(migrate_locked(db, conf, a, f));
		TRY(db_meta(db, a, &meta, f));
	}
	if (meta.version < STORE_SCHEMA)
		return FAIL_FIELD(f, E_NOT_READY, "store", "settle", "tables %jd, program %d",
		    (intmax_t)meta.version, STORE_SCHEMA);
	if (meta.oldest > STORE_SCHEMA)
		return FAIL_FIELD(f, E_NOT_READY, "store", "program", "tables want %jd, program %d",
		    (intmax_t)meta.oldest, STORE_SCHEMA);
	if (!str_eq(meta.environment, conf->environment))
		return FAIL_FIELD(f, E_ENVIRONMENT, "environment", NULL, "the store is %.*s",
		    (int)meta.environment.n, meta.environment.p);
	return db_prepare(db, f);
}

/* Only who migrates may make the file. */
static enum err
open_writer(const struct store_conf *conf, struct writer **ret, struct fault *f)
{
	struct arena *a;
	struct db *db;
	enum err e;

	if (!conf->migrate && !db_exists(conf->where))
		return FAIL_FIELD(
		    f, E_NOT_READY, "store", "settle", "%s is not there", conf->where);
	TRY(db_open(conf->where, DB_WRITE, &db, f));
	a = arena_new(META_MEMORY);
	e = check(db, conf, a, f);
	arena_free(&a);
	if (e == OK)
		e = writer_new(db, ret, f);
	if (e != OK)
		db_close(&db);
	return e;
}

enum err
store_open(const struct store_conf *conf, struct store **ret, struct fault *f)
{
	struct store *s = calloc(1, sizeof(*s));
	enum err e;

	must(s != NULL);
	e = open_writer(conf, &s->writer, f);
	if (e == OK)
		e = pool_new(conf->where, conf->readers > 0 ? conf->readers : READERS, &s->pool, f);
	if (e != OK)
		store_close(&s);
	else
		*ret = s;
	return e;
}

void
store_close(struct store **s)
{
	if (*s == NULL)
		return;
	pool_free(&(*s)->pool);
	writer_free(&(*s)->writer);
	free(*s);
	*s = NULL;
}

enum err
store_commit(struct store *s, struct unit *u, struct fault *f)
{
	return writer_commit(s->writer, u, f);
}

struct store_counts
store_counts(struct store *s)
{
	return writer_counts(s->writer);
}

/*
 * Takes due rows by the guarded UPDATE Q. Looks first whether COUNT finds any: a poll must not cost a
 * transaction.
 */
static enum err
claim(const struct ask *count, enum stmt q, const struct work_claim *c, struct list *ret,
    struct fault *f)
{
	struct unit *u = unit_new(count->a, c->worker, STR(""), 0);
	int64_t due;
	int64_t key;

	*ret = (struct list){0};
	TRY(read_numbers(count, &due, 1, f));
	if (due == 0)
		return OK;
	/* A statement takes as many of them as it has parameters. */
	key = step_add(u, q,
	    (struct value[]){value_i64(c->now), value_i64(c->until), value_text(c->worker),
		value_i64(c->most), value_text(c->channel)});
	TRY(store_commit(count->s, u, f));
	ret->n = step_of(u, key)->got.n;
	ret->rows = shape_rows(count->table, &step_of(u, key)->got, count->a);
	return OK;
}

enum err
store_job_claim(struct store *s, struct arena *a, const struct work_claim *c, struct job_list *ret,
    struct fault *f)
{
	struct list l;

	TRY(claim(ASK(job, JOB_LATE, I(c->now)), Q_JOB_CLAIM, c, &l, f));
	*ret = LIST_OF(job, l);
	return OK;
}

enum err
store_outbox_claim(struct store *s, struct arena *a, const struct work_claim *c,
    struct outbox_list *ret, struct fault *f)
{
	struct list l;

	TRY(claim(ASK(outbox, OUTBOX_DUE, I(c->now), T(c->channel)), Q_OUTBOX_CLAIM, c, &l, f));
	*ret = LIST_OF(outbox, l);
	return OK;
}
