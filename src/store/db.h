/* SPDX-License-Identifier: Apache-2.0 */
/*
 * db: one connection to one database, as the rest of store/ sees it. What a kind of database must do
 * is driver.h; which one it is, nobody above knows.
 *
 * A connection is used by one thread at a time. Failures: E_RACE when a unique value is taken, E_STORE
 * for everything else; after E_STORE the transaction is lost and db_rollback the only way on.
 */
#ifndef STORE_DB_H
#define STORE_DB_H

#include "base/arena.h"
#include "base/err.h"
#include "store/migration.h"
#include "store/stmt.h"

struct db;

enum db_mode { DB_READ, DB_WRITE };

/* What a database says of itself; version 0: nothing in it yet. */
struct db_meta {
	int64_t version;
	int64_t oldest; /* lowest schema number a program must know to work with it */
	struct str environment;
};

/*
 * WHERE names the database: a file is SQLite's and is created, empty and private, by DB_WRITE; an address
 * postgresql://… names a PostgreSQL database that is there already.
 */
NODISCARD enum err db_open(const char *where, enum db_mode mode, struct db **ret, struct fault *f);
/* Is there a database at all? */
bool db_exists(const char *where);
/* NULL is accepted; *DB becomes NULL. */
void db_close(struct db **db);
NODISCARD enum err db_meta(struct db *db, struct arena *a, struct db_meta *ret, struct fault *f);
/* The text of one migration of this driver: several statements. */
NODISCARD enum err db_script(struct db *db, struct str sql, struct fault *f);
/* How this database spells its migrations. */
enum dialect db_dialect(const struct db *db);
/* A writer prepares every statement of sql.def and compares its shape with the table's letters. */
NODISCARD enum err db_prepare(struct db *db, struct fault *f);

/* Within a transaction: nobody else is alone until it ends. For those who change tables. */
NODISCARD enum err db_alone(struct db *db, struct fault *f);
/* Waits a bounded time for another process's writer. */
NODISCARD enum err db_begin(struct db *db, struct fault *f);
/* Durable when it returns OK. */
NODISCARD enum err db_commit(struct db *db, struct fault *f);
void db_rollback(struct db *db);
/* A savepoint; then db_keep or db_undo. */
NODISCARD enum err db_save(struct db *db, struct fault *f);
NODISCARD enum err db_keep(struct db *db, struct fault *f);
NODISCARD enum err db_undo(struct db *db, struct fault *f);

/*
 * Runs Q with its parameters (as many as its letters) to the end; *ret lies on A.
 */
NODISCARD enum err db_run(struct db *db, enum stmt q, const struct value *params, struct arena *a,
    struct result *ret, struct fault *f);
/* Rows that the last db_run changed or, where it gives rows, gave. */
size_t db_touched(const struct db *db);
/*
 * Did the last failure come of two transactions in each other's way (a deadlock)? Then the same again may
 * go well, once this one is rolled back. False again after each begin.
 */
bool db_crossed(const struct db *db);
/* Housekeeping between groups: moves the write-ahead log into the database when it has grown. */
void db_tidy(struct db *db);

#endif
