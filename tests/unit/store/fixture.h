/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fixture: a store of its own, and rows to put into it. It is a SQLite file in a folder, or with
 * SIGNET_TEST_POSTGRES=postgresql://… (whoever may create databases there) a new database.
 */
#ifndef TESTS_STORE_FIXTURE_H
#define TESTS_STORE_FIXTURE_H

#include "store/store.h"

#define NOW INT64_C(1790000000)

struct fixture {
	char dir[64], where[256];
	struct arena *a;
	struct store *s;
};

/* A new, empty test store, open. */
void fixture_open(struct fixture *x);
/* Closes it and opens it again. */
void fixture_again(struct fixture *x);
/* Closes it and removes its folder. */
void fixture_close(struct fixture *x);
/* Closes it and leaves nothing of it: no file, or an empty database. */
void fixture_raze(struct fixture *x);
/* Opens the store of X a second time, as another process would. */
struct store *fixture_other(const struct fixture *x);
/* Changes the database behind the store's back. */
void fixture_sql(const struct fixture *x, const char *sql);
/* The same; false when the store refuses. */
bool fixture_try_sql(const struct fixture *x, const char *sql);

/* Is it a PostgreSQL database? */
bool fixture_postgres(void);

struct unit *fixture_unit(struct fixture *x);
/* Commits and asserts that it went well. */
void fixture_commit(struct fixture *x, struct unit *u);
/* Commits an account with the phone "+N" and a log record; what became of it. */
enum err fixture_put(struct store *s, int n, struct fault *f);
/* One row of each, committed; their ids. PHONE, NUMBER and so on differ by N. */
int64_t fixture_account(struct fixture *x, int n);
int64_t fixture_application(struct fixture *x, int64_t account, int64_t created);
int64_t fixture_enrolment(struct fixture *x, int n);
int64_t fixture_ca(struct fixture *x, const char *name);
/* A certificate with SERIAL (big-endian in 18 octets). */
int64_t fixture_certificate(struct fixture *x, int64_t ca, uint32_t serial);

#endif
