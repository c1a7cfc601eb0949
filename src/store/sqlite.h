/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sqlite: what the two halves of the SQLite driver share. The rest of store/ sees db.h only.
 */
#ifndef STORE_SQLITE_H
#define STORE_SQLITE_H

#include <sqlite3.h>

#include "store/driver.h"

#define SQLITE_PARAMS_MAX 40

struct sqlite {
	struct db db;
	sqlite3 *h;
	enum db_mode mode;
	sqlite3_stmt *control[CONTROL__COUNT];
	sqlite3_stmt *stmt[Q__COUNT];
	uint8_t slot[Q__COUNT][SQLITE_PARAMS_MAX]; /* SQLite's number of "$1", "$2" … */
	int busy_ms;
	int wal_pages, tidy_at;
};

/* The last failure of the connection, about WHAT, as db.h says. */
enum err sqlite_fail(struct sqlite *db, const char *what, struct fault *f);
enum err sqlite_prepare(struct db *db, struct fault *f);
enum err sqlite_run(struct db *db, enum stmt q, const struct value *params, struct arena *a,
    struct result *ret, struct fault *f);

#endif
