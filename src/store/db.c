/* SPDX-License-Identifier: Apache-2.0 */
#include "store/db.h"

#include <string.h>

#include "store/driver.h"

/* An address says by its beginning which database it is; a path is SQLite's. */
static const struct driver *
driver_of(const char *where)
{
	static const char scheme[] = "postgresql://";

	return strncmp(where, scheme, strlen(scheme)) == 0 ? &postgres_driver : &sqlite_driver;
}

enum err
db_open(const char *where, enum db_mode mode, struct db **ret, struct fault *f)
{
	return driver_of(where)->open(where, mode, ret, f);
}

bool
db_exists(const char *where)
{
	return driver_of(where)->exists(where);
}

void
db_close(struct db **db)
{
	if (*db != NULL)
		(*db)->driver->close(*db);
	*db = NULL;
}

enum dialect
db_dialect(const struct db *db)
{
	return db->driver->dialect;
}

enum err
db_meta(struct db *db, struct arena *a, struct db_meta *ret, struct fault *f)
{
	return db->driver->meta(db, a, ret, f);
}

enum err
db_script(struct db *db, struct str sql, struct fault *f)
{
	return db->driver->script(db, sql, f);
}

enum err
db_alone(struct db *db, struct fault *f)
{
	return db->driver->alone(db, f);
}

enum err
db_prepare(struct db *db, struct fault *f)
{
	return db->driver->prepare(db, f);
}

enum err
db_begin(struct db *db, struct fault *f)
{
	db->crossed = false;
	return db->driver->control(db, CONTROL_BEGIN, f);
}

enum err
db_commit(struct db *db, struct fault *f)
{
	return db->driver->control(db, CONTROL_COMMIT, f);
}

void
db_rollback(struct db *db)
{
	(void)db->driver->control(db, CONTROL_ROLLBACK, NULL);
}

enum err
db_save(struct db *db, struct fault *f)
{
	return db->driver->control(db, CONTROL_SAVE, f);
}

enum err
db_keep(struct db *db, struct fault *f)
{
	return db->driver->control(db, CONTROL_KEEP, f);
}

enum err
db_undo(struct db *db, struct fault *f)
{
	enum err e = db->driver->control(db, CONTROL_UNDO, f);

	return e == OK ? db_keep(db, f) : e;
}

enum err
db_run(struct db *db, enum stmt q, const struct value *params, struct arena *a, struct result *ret,
    struct fault *f)
{
	return db->driver->run(db, q, params, a, ret, f);
}

size_t
db_touched(const struct db *db)
{
	return db->touched;
}

bool
db_crossed(const struct db *db)
{
	return db->crossed;
}

void
db_tidy(struct db *db)
{
	db->driver->tidy(db);
}
