/* SPDX-License-Identifier: Apache-2.0 */
/* The SQLite driver: write-ahead log, synchronous FULL, foreign keys, checkpoints only when we say so. */
#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/must.h"
#include "store/sqlite.h"

#define BUSY_MS     5000  /* for another process's group; one takes some milliseconds */
#define TIDY_BUSY   50    /* a checkpoint waits less: it comes again */
#define WAL_PASSIVE 1000  /* pages of 4 KiB after which a checkpoint is worth its writes */
#define WAL_RESTART 16384 /* 64 MiB: now readers are waited for */

static const char *const controls[CONTROL__COUNT] = {
    [CONTROL_BEGIN] = "BEGIN IMMEDIATE",
    [CONTROL_COMMIT] = "COMMIT",
    [CONTROL_ROLLBACK] = "ROLLBACK",
    [CONTROL_SAVE] = "SAVEPOINT unit",
    [CONTROL_KEEP] = "RELEASE unit",
    [CONTROL_UNDO] = "ROLLBACK TO unit",
};

/* Front and jobs are two processes: sleep a millisecond, so that the lock is had soon after it is free. */
static int
on_busy(void *ctx, int n)
{
	const struct sqlite *db = ctx;
	struct timespec ms = {.tv_nsec = 1000000};

	if (n >= db->busy_ms)
		return 0;
	(void)nanosleep(&ms, NULL);
	return 1;
}

static int
on_wal(void *ctx, sqlite3 *h, const char *name, int pages)
{
	struct sqlite *db = ctx;

	(void)h;
	(void)name;
	db->wal_pages = pages;
	return SQLITE_OK;
}

static enum err
exec(struct sqlite *db, const char *sql, struct fault *f)
{
	if (sqlite3_exec(db->h, sql, NULL, NULL, NULL) != SQLITE_OK)
		return sqlite_fail(db, sql, f);
	return OK;
}

static enum err
set_up(struct sqlite *db, enum db_mode mode, struct fault *f)
{
	(void)sqlite3_extended_result_codes(db->h, 1);
	(void)sqlite3_busy_handler(db->h, on_busy, db);
	(void)sqlite3_wal_hook(db->h, on_wal, db);
	(void)sqlite3_db_config(db->h, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	/* wal_autocheckpoint is the hook that on_wal has just replaced. secure_delete: what is wiped is gone. */
	TRY(exec(db,
	    "PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA trusted_schema=OFF; "
	    "PRAGMA secure_delete=ON; PRAGMA temp_store=MEMORY",
	    f));
	if (mode == DB_WRITE)
		TRY(exec(db, "PRAGMA journal_mode=WAL", f));
	else
		TRY(exec(db, "PRAGMA query_only=ON", f));
	for (int i = 0; i < CONTROL__COUNT; i++) {
		if (sqlite3_prepare_v3(db->h, controls[i], -1, SQLITE_PREPARE_PERSISTENT,
			&db->control[i], NULL) != SQLITE_OK)
			return sqlite_fail(db, controls[i], f);
	}
	return OK;
}

static bool
file_exists(const char *where)
{
	return access(where, F_OK) == 0;
}

static void file_close(struct db *base);

static enum err
file_open(const char *where, enum db_mode mode, struct db **ret, struct fault *f)
{
	struct sqlite *db;
	enum err e;
	int fd;

	if (mode == DB_WRITE) {
		/* SQLite would make it readable to all; its other files take the mode of this one. */
		fd = open(where, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
		if (fd < 0)
			return FAIL(f, E_STORE, "%s: %s", where, strerror(errno));
		(void)close(fd);
	}
	db = calloc(1, sizeof(*db));
	must(db != NULL);
	*db = (struct sqlite){
	    .db.driver = &sqlite_driver, .mode = mode, .busy_ms = BUSY_MS, .tidy_at = WAL_PASSIVE};
	if (sqlite3_open_v2(where, &db->h, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) !=
	    SQLITE_OK) {
		must(db->h != NULL);
		e = sqlite_fail(db, where, f);
	} else {
		e = set_up(db, mode, f);
	}
	if (e != OK)
		file_close(&db->db);
	else
		*ret = &db->db;
	return e;
}

static void
file_close(struct db *base)
{
	struct sqlite *db = (struct sqlite *)base;

	for (int i = 0; i < CONTROL__COUNT; i++)
		(void)sqlite3_finalize(db->control[i]);
	for (int q = 0; q < Q__COUNT; q++)
		(void)sqlite3_finalize(db->stmt[q]);
	must(sqlite3_close(db->h) == SQLITE_OK);
	free(db);
}

/* The first row of a text without parameters: false when there is none. */
static enum err
first_row(struct sqlite *db, const char *sql, sqlite3_stmt **ret, bool *found, struct fault *f)
{
	sqlite3_stmt *s;
	int rc;

	if (sqlite3_prepare_v2(db->h, sql, -1, &s, NULL) != SQLITE_OK)
		return sqlite_fail(db, sql, f);
	rc = sqlite3_step(s);
	if (rc != SQLITE_ROW && rc != SQLITE_DONE) {
		(void)sqlite3_finalize(s);
		return sqlite_fail(db, sql, f);
	}
	*found = rc == SQLITE_ROW;
	*ret = s;
	return OK;
}

static enum err
meta(struct db *base, struct arena *a, struct db_meta *ret, struct fault *f)
{
	struct sqlite *db = (struct sqlite *)base;
	sqlite3_stmt *s;
	bool found;

	*ret = (struct db_meta){0};
	TRY(first_row(db, "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'meta'", &s,
	    &found, f));
	(void)sqlite3_finalize(s);
	if (!found)
		return OK;
	TRY(first_row(db, "SELECT version, oldest, environment FROM meta", &s, &found, f));
	if (found) {
		ret->version = sqlite3_column_int64(s, 0);
		ret->oldest = sqlite3_column_int64(s, 1);
		ret->environment = arena_str(a,
		    (struct str){(const char *)sqlite3_column_text(s, 2),
			(size_t)sqlite3_column_bytes(s, 2)});
	}
	(void)sqlite3_finalize(s);
	return found ? OK : FAIL(f, E_STORE, "meta is empty");
}

static enum err
script(struct db *base, struct str sql, struct fault *f)
{
	/* Embedded: a NUL follows the text. */
	must(sql.p[sql.n] == '\0');
	return exec((struct sqlite *)base, sql.p, f);
}

/* BEGIN IMMEDIATE has locked out every other writer. */
static enum err
alone(struct db *base, struct fault *f)
{
	(void)base;
	(void)f;
	return OK;
}

static enum err
control(struct db *base, enum control c, struct fault *f)
{
	struct sqlite *db = (struct sqlite *)base;
	enum err e = OK;

	/* A full disk has rolled back by itself already. */
	if (c == CONTROL_ROLLBACK && sqlite3_get_autocommit(db->h))
		return OK;
	if (sqlite3_step(db->control[c]) != SQLITE_DONE)
		e = sqlite_fail(db, controls[c], f);
	(void)sqlite3_reset(db->control[c]);
	return e;
}

/*
 * A reader that never pauses keeps the log from being reused: passive checkpoints now and then, and
 * one that waits for readers when it has grown too large.
 */
static void
tidy(struct db *base)
{
	struct sqlite *db = (struct sqlite *)base;
	bool restart = db->wal_pages >= WAL_RESTART;

	if (db->wal_pages < db->tidy_at) {
		if (db->wal_pages < WAL_PASSIVE)
			db->tidy_at = WAL_PASSIVE;
		return;
	}
	db->busy_ms = TIDY_BUSY;
	(void)sqlite3_wal_checkpoint_v2(db->h, NULL,
	    restart ? SQLITE_CHECKPOINT_TRUNCATE : SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
	db->busy_ms = BUSY_MS;
	db->tidy_at = db->wal_pages + WAL_PASSIVE;
}

const struct driver sqlite_driver = {
    .dialect = DIALECT_SQLITE,
    .exists = file_exists,
    .open = file_open,
    .close = file_close,
    .meta = meta,
    .script = script,
    .alone = alone,
    .prepare = sqlite_prepare,
    .control = control,
    .run = sqlite_run,
    .tidy = tidy,
};
