/* SPDX-License-Identifier: Apache-2.0 */
/* The statements of the SQLite driver: prepared once, bound, run to the end. */
#include <stdio.h>
#include <string.h>

#include "base/must.h"
#include "base/text.h"
#include "store/sqlite.h"

enum err
sqlite_fail(struct sqlite *db, const char *what, struct fault *f)
{
	int code = sqlite3_extended_errcode(db->h);

	if (code == SQLITE_CONSTRAINT_UNIQUE || code == SQLITE_CONSTRAINT_PRIMARYKEY ||
	    code == SQLITE_CONSTRAINT_ROWID)
		return FAIL(f, E_RACE, "%s: %s", what, sqlite3_errmsg(db->h));
	/* A CHECK, a foreign key, a type: whoever made the unit is wrong, the database is not. */
	if ((code & 0xff) == SQLITE_CONSTRAINT)
		return FAIL(f, E_INTERNAL, "%s: %s", what, sqlite3_errmsg(db->h));
	return FAIL(f, E_STORE, "%s: %s (%d)", what, sqlite3_errmsg(db->h), code);
}

static enum err
prepare_one(struct sqlite *db, enum stmt q, struct fault *f)
{
	const struct stmt_row *row = stmt_row(q);
	size_t n = strlen(row->params);
	const char *rest;

	must(n <= SQLITE_PARAMS_MAX);
	if (sqlite3_prepare_v3(
		db->h, row->sql, -1, SQLITE_PREPARE_PERSISTENT, &db->stmt[q], &rest) != SQLITE_OK)
		return sqlite_fail(db, row->name, f);
	if (*rest != '\0' || (size_t)sqlite3_bind_parameter_count(db->stmt[q]) != n ||
	    (size_t)sqlite3_column_count(db->stmt[q]) != strlen(row->columns))
		return FAIL(f, E_STORE, "%s: text and letters differ", row->name);
	for (size_t i = 0; i < n; i++) {
		char name[8];
		int slot;

		(void)snprintf(name, sizeof(name), "$%zu", i + 1);
		slot = sqlite3_bind_parameter_index(db->stmt[q], name);
		if (slot == 0)
			return FAIL(f, E_STORE, "%s: no %s", row->name, name);
		db->slot[q][i] = (uint8_t)slot;
	}
	return OK;
}

enum err
sqlite_prepare(struct db *base, struct fault *f)
{
	struct sqlite *db = (struct sqlite *)base;

	/* The writer compares them all; a reader is spared those it never runs. */
	if (db->mode == DB_READ)
		return OK;
	for (int q = 0; q < Q__COUNT; q++) {
		if (db->stmt[q] == NULL)
			TRY(prepare_one(db, (enum stmt)q, f));
	}
	return OK;
}

/* 't' and 'b' that are empty are stored as empty, never as NULL; 'K' 0 is NULL. */
static enum err
bind_one(struct sqlite *db, enum stmt q, size_t i, const struct value *v, struct fault *f)
{
	const struct stmt_row *row = stmt_row(q);
	int slot = db->slot[q][i], rc;

	switch (row->params[i]) {
	case 't':
		if (!utf8_valid(value_str(*v)) ||
		    memchr(v->b.p ? v->b.p : (const uint8_t *)"", 0, v->b.n))
			return FAIL(f, E_FIELD_CHARS, "%s: $%zu is no text", row->name, i + 1);
		rc = sqlite3_bind_text64(db->stmt[q], slot, v->b.n ? (const char *)v->b.p : "",
		    v->b.n, SQLITE_STATIC, SQLITE_UTF8);
		break;
	case 'b':
		rc = v->b.n ? sqlite3_bind_blob64(db->stmt[q], slot, v->b.p, v->b.n, SQLITE_STATIC)
			    : sqlite3_bind_zeroblob(db->stmt[q], slot, 0);
		break;
	case 'K':
		rc = v->i == 0 ? sqlite3_bind_null(db->stmt[q], slot)
			       : sqlite3_bind_int64(db->stmt[q], slot, v->i);
		break;
	default:
		rc = sqlite3_bind_int64(db->stmt[q], slot, v->i);
		break;
	}
	return rc == SQLITE_OK ? OK : sqlite_fail(db, row->name, f);
}

static void
copy_row(sqlite3_stmt *s, const char *letters, struct arena *a, struct value *ret)
{
	for (int i = 0; letters[i] != '\0'; i++) {
		const void *p;
		size_t n;

		ret[i] = (struct value){.type = letters[i]};
		if (letters[i] == 'i') {
			ret[i].i = sqlite3_column_int64(s, i);
			continue;
		}
		p = letters[i] == 't' ? (const void *)sqlite3_column_text(s, i)
				      : sqlite3_column_blob(s, i);
		n = (size_t)sqlite3_column_bytes(s, i);
		must(p != NULL || n == 0); /* out of memory, in SQLite */
		ret[i].b = arena_bytes(a, bytes_of(p, n));
	}
}

static enum err
step_all(struct sqlite *db, enum stmt q, struct arena *a, struct result *ret, struct fault *f)
{
	const struct stmt_row *row = stmt_row(q);
	struct result r = {.columns = strlen(row->columns)};
	struct value *values = NULL;
	size_t room = 0;
	int rc;

	while ((rc = sqlite3_step(db->stmt[q])) == SQLITE_ROW) {
		if (r.n == room) {
			struct value *more =
			    arena_array(a, (room ? room * 4 : 1) * r.columns, sizeof(*more));

			if (r.n > 0)
				memcpy(more, values, r.n * r.columns * sizeof(*more));
			values = more;
			room = room ? room * 4 : 1;
		}
		copy_row(db->stmt[q], row->columns, a, values + r.n * r.columns);
		r.n++;
	}
	if (rc != SQLITE_DONE)
		return sqlite_fail(db, row->name, f);
	db->db.touched = r.columns > 0 ? r.n : (size_t)sqlite3_changes64(db->h);
	r.values = values;
	*ret = r;
	return OK;
}

enum err
sqlite_run(struct db *base, enum stmt q, const struct value *params, struct arena *a,
    struct result *ret, struct fault *f)
{
	struct sqlite *db = (struct sqlite *)base;
	enum err e = OK;

	if (db->stmt[q] == NULL)
		e = prepare_one(db, q, f);
	for (size_t i = 0; e == OK && stmt_row(q)->params[i] != '\0'; i++)
		e = bind_one(db, q, i, &params[i], f);
	if (e == OK)
		e = step_all(db, q, a, ret, f);
	if (db->stmt[q] == NULL)
		return e;
	(void)sqlite3_reset(db->stmt[q]);
	(void)sqlite3_clear_bindings(db->stmt[q]);
	return e;
}
