/* SPDX-License-Identifier: Apache-2.0 */
/* The statements of the PostgreSQL driver: prepared once a session, values in binary both ways. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/must.h"
#include "base/text.h"
#include "store/postgres.h"

#define PARAMS_MAX 40

/* Types of pg_type.dat; their numbers never change. */
enum { OID_BYTEA = 17, OID_INT8 = 20, OID_INT4 = 23, OID_TEXT = 25 };

static Oid
type_of(char letter)
{
	return letter == 't' ? OID_TEXT : letter == 'b' ? OID_BYTEA : OID_INT8;
}

/* Does the server see the columns that the letters say? */
static enum err
compare(const PGresult *r, const struct stmt_row *row, struct fault *f)
{
	size_t n = strlen(row->columns);

	if ((size_t)PQnfields(r) != n)
		return FAIL(f, E_STORE, "%s: text and letters differ", row->name);
	for (size_t i = 0; i < n; i++) {
		Oid t = PQftype(r, (int)i);

		if (t != type_of(row->columns[i]) && !(row->columns[i] == 'i' && t == OID_INT4))
			return FAIL(
			    f, E_STORE, "%s: column %zu is of type %u", row->name, i + 1, t);
	}
	return OK;
}

static enum err
prepare_one(struct postgres *db, enum stmt q, struct fault *f)
{
	const struct stmt_row *row = stmt_row(q);
	size_t n = strlen(row->params);
	Oid types[PARAMS_MAX];
	PGresult *r;
	enum err e;

	must(n <= PARAMS_MAX);
	for (size_t i = 0; i < n; i++)
		types[i] = type_of(row->params[i]);
	TRY(postgres_done(db, PQprepare(db->h, row->name, row->sql, (int)n, types), row->name, f));
	r = PQdescribePrepared(db->h, row->name);
	if (PQresultStatus(r) != PGRES_COMMAND_OK)
		return postgres_done(db, r, row->name, f);
	e = compare(r, row, f);
	PQclear(r);
	TRY(e);
	db->prepared[q] = true;
	return OK;
}

enum err
postgres_prepare(struct db *base, struct fault *f)
{
	struct postgres *db = (struct postgres *)base;

	/* The writer's session compares them all; a reader's server process is spared those it never runs. */
	if (db->mode == DB_READ)
		return OK;
	for (int q = 0; q < Q__COUNT; q++) {
		if (!db->prepared[q])
			TRY(prepare_one(db, (enum stmt)q, f));
	}
	return OK;
}

struct bound {
	const char *values[PARAMS_MAX];
	int lengths[PARAMS_MAX], formats[PARAMS_MAX];
	uint8_t numbers[PARAMS_MAX][8];
};

static void
put_number(uint8_t ret[static 8], int64_t i)
{
	for (int k = 0; k < 8; k++)
		ret[k] = (uint8_t)((uint64_t)i >> (56 - 8 * k));
}

/* 't' and 'b' that are empty are stored as empty, never as NULL; 'K' 0 is NULL. */
static enum err
bind(const struct stmt_row *row, const struct value *v, struct bound *ret, struct fault *f)
{
	for (size_t i = 0; row->params[i] != '\0'; i++) {
		char letter = row->params[i];

		ret->formats[i] = 1;
		if (letter == 't' || letter == 'b') {
			if (letter == 't' &&
			    (!utf8_valid(value_str(v[i])) ||
				(v[i].b.n > 0 && memchr(v[i].b.p, 0, v[i].b.n))))
				return FAIL(
				    f, E_FIELD_CHARS, "%s: $%zu is no text", row->name, i + 1);
			must(v[i].b.n <= INT32_MAX);
			ret->values[i] = v[i].b.n ? (const char *)v[i].b.p : "";
			ret->lengths[i] = (int)v[i].b.n;
			continue;
		}
		put_number(ret->numbers[i], v[i].i);
		ret->lengths[i] = 8;
		ret->values[i] =
		    letter == 'K' && v[i].i == 0 ? NULL : (const char *)ret->numbers[i];
	}
	return OK;
}

static int64_t
number(const PGresult *r, int row, int column)
{
	const uint8_t *p = (const uint8_t *)PQgetvalue(r, row, column);
	int n = PQgetlength(r, row, column);
	uint64_t x = n > 0 && p[0] & 0x80 ? UINT64_MAX : 0;

	must(n == 0 || n == 4 || n == 8); /* 0: NULL reads as 0 */
	for (int i = 0; i < n; i++)
		x = x << 8 | p[i];
	return (int64_t)x;
}

static void
copy(const PGresult *r, const char *letters, struct arena *a, struct result *ret)
{
	struct value *values;

	ret->n = (size_t)PQntuples(r);
	ret->columns = strlen(letters);
	if (ret->n == 0 || ret->columns == 0)
		return;
	values = arena_array(a, ret->n * ret->columns, sizeof(*values));
	for (size_t i = 0; i < ret->n * ret->columns; i++) {
		int row = (int)(i / ret->columns), column = (int)(i % ret->columns);

		values[i] = (struct value){.type = letters[column]};
		if (letters[column] == 'i')
			values[i].i = number(r, row, column);
		else
			values[i].b = arena_bytes(a,
			    bytes_of((const uint8_t *)PQgetvalue(r, row, column),
				(size_t)PQgetlength(r, row, column)));
	}
	ret->values = values;
}

static enum err
run_once(struct postgres *db, enum stmt q, const struct bound *b, struct arena *a,
    struct result *ret, struct fault *f)
{
	const struct stmt_row *row = stmt_row(q);
	struct result got = {0};
	PGresult *r;

	if (!db->prepared[q])
		TRY(prepare_one(db, q, f));
	r = PQexecPrepared(
	    db->h, row->name, (int)strlen(row->params), b->values, b->lengths, b->formats, 1);
	if (PQresultStatus(r) != PGRES_TUPLES_OK && PQresultStatus(r) != PGRES_COMMAND_OK)
		return postgres_done(db, r, row->name, f);
	copy(r, row->columns, a, &got);
	db->db.touched = got.columns > 0 ? got.n : (size_t)strtoull(PQcmdTuples(r), NULL, 10);
	PQclear(r);
	*ret = got;
	return OK;
}

enum err
postgres_run(struct db *base, enum stmt q, const struct value *params, struct arena *a,
    struct result *ret, struct fault *f)
{
	struct postgres *db = (struct postgres *)base;
	struct bound b;
	struct fault first = {0};
	enum err e;

	TRY(bind(stmt_row(q), params, &b, f));
	if (!db->inside)
		TRY(postgres_ready(db, f));
	e = run_once(db, q, &b, a, ret, &first);
	/* A read on a connection that has died since its last use is asked again on a new one. */
	if (e == E_STORE && !db->inside && PQstatus(db->h) != CONNECTION_OK) {
		TRY(postgres_ready(db, f));
		return run_once(db, q, &b, a, ret, f);
	}
	if (e != OK && f != NULL && f->code == OK)
		*f = first;
	return e;
}
