/* SPDX-License-Identifier: Apache-2.0 */
/*
 * driver: what a kind of database must do for db.h; each driver is one row of these functions, found by
 * the address (db.c). Their contracts are those of db.h's functions of the same name.
 */
#ifndef STORE_DRIVER_H
#define STORE_DRIVER_H

#include "store/db.h"

/* Words that need no parameters. */
enum control {
	CONTROL_BEGIN,
	CONTROL_COMMIT,
	CONTROL_ROLLBACK,
	CONTROL_SAVE,
	CONTROL_KEEP,
	CONTROL_UNDO,
	CONTROL__COUNT
};

struct driver {
	enum dialect dialect;
	bool (*exists)(const char *where);
	enum err (*open)(const char *where, enum db_mode mode, struct db **ret, struct fault *f);
	void (*close)(struct db *db);
	enum err (*meta)(struct db *db, struct arena *a, struct db_meta *ret, struct fault *f);
	enum err (*script)(struct db *db, struct str sql, struct fault *f);
	enum err (*alone)(struct db *db, struct fault *f);
	enum err (*prepare)(struct db *db, struct fault *f);
	enum err (*control)(struct db *db, enum control c, struct fault *f);
	enum err (*run)(struct db *db, enum stmt q, const struct value *params, struct arena *a,
	    struct result *ret, struct fault *f);
	void (*tidy)(struct db *db);
};

/* What every driver's connection begins with. */
struct db {
	const struct driver *driver;
	size_t touched; /* rows of the last statement */
	bool crossed;   /* the last failure was two transactions in each other's way */
};

extern const struct driver sqlite_driver, postgres_driver;

#endif
