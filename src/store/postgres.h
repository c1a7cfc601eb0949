/* SPDX-License-Identifier: Apache-2.0 */
/*
 * postgres: what the two halves of the PostgreSQL driver share. The rest of store/ sees db.h only.
 */
#ifndef STORE_POSTGRES_H
#define STORE_POSTGRES_H

#include <libpq-fe.h>

#include "store/driver.h"

struct postgres {
	struct db db;
	PGconn *h;
	enum db_mode mode;
	bool inside; /* between BEGIN and COMMIT or ROLLBACK, whatever became of the connection */
	bool prepared[Q__COUNT]; /* on this session of the server */
};

/* Takes R; the failure it tells of, about WHAT, as db.h says. OK when it is none. */
enum err postgres_done(struct postgres *db, PGresult *r, const char *what, struct fault *f);
/* A connection that was lost is made anew, outside a transaction only; what was prepared is gone with it. */
enum err postgres_ready(struct postgres *db, struct fault *f);
enum err postgres_prepare(struct db *db, struct fault *f);
enum err postgres_run(struct db *db, enum stmt q, const struct value *params, struct arena *a,
    struct result *ret, struct fault *f);

#endif
