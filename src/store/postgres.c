/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The PostgreSQL driver: the connection, its transactions, its tables. A connection that is lost takes its
 * transaction along (E_STORE: nothing was done, or nobody heard that it was; guards and idempotency
 * keys make trying again safe) and is made anew for the next one.
 */
#include "store/postgres.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/must.h"

#define OPTIONS_MAX 64

static const char *const controls[CONTROL__COUNT] = {
    [CONTROL_BEGIN] = "BEGIN",
    [CONTROL_COMMIT] = "COMMIT",
    [CONTROL_ROLLBACK] = "ROLLBACK",
    [CONTROL_SAVE] = "SAVEPOINT unit",
    [CONTROL_KEEP] = "RELEASE SAVEPOINT unit",
    [CONTROL_UNDO] = "ROLLBACK TO SAVEPOINT unit",
};

/* What an address does not say: bounded waits, and text as we have it. */
static const struct {
	const char *key, *value;
	bool ours; /* the address does not choose it */
} options[] = {
    {"client_encoding", "UTF8", true},
    {"application_name", "signet", false},
    {"connect_timeout", "5", false},
    {"keepalives_idle", "10", false},
    {"keepalives_interval", "5", false},
    {"keepalives_count", "3", false},
    {"tcp_user_timeout", "10000", false},
};

/*
 * A session waits a bounded time for a lock or an answer, and a commit is durable, whatever the server's
 * defaults are; a stricter setting (remote_apply) stays.
 */
static const char session[] =
    "SET statement_timeout = '15s'; SET lock_timeout = '5s'; "
    "SET idle_in_transaction_session_timeout = '60s'; SET bytea_output = 'hex'; "
    "SELECT set_config('synchronous_commit', 'on', false) "
    "WHERE current_setting('synchronous_commit') IN ('off', 'local')";

/* Numbers that a row brought along are not given out again. */
static const char sequences[] =
    "DO $$ DECLARE r record; BEGIN FOR r IN SELECT table_name t, column_name c "
    "FROM information_schema.columns WHERE table_schema = current_schema() AND is_identity = 'YES' "
    "LOOP EXECUTE format('SELECT setval(pg_get_serial_sequence(%L, %L), "
    "(SELECT GREATEST(MAX(%I), 1) FROM %I), (SELECT COUNT(*) > 0 FROM %I))', "
    "r.t, r.c, r.c, r.t, r.t); END LOOP; END $$";

/* "signet", as a number: who holds it changes the tables. */
static const char alone_lock[] = "SELECT pg_advisory_xact_lock(126879371486580)";

static bool
here(const char *host)
{
	return host == NULL || host[0] == '\0' || host[0] == '/' ||
	    strcmp(host, "localhost") == 0 || strcmp(host, "127.0.0.1") == 0 ||
	    strcmp(host, "::1") == 0;
}

/* The address's words, with ours; false when there are too many. */
static bool
gather(const PQconninfoOption *said, enum db_mode mode, const char **keys, const char **values)
{
	const char *host = NULL, *tls = NULL, *attrs = NULL;
	size_t n = 0;

	for (; said->keyword != NULL; said++) {
		if (said->val == NULL)
			continue;
		if (n + 12 > OPTIONS_MAX)
			return false;
		host = strcmp(said->keyword, "host") == 0 ? said->val : host;
		tls = strcmp(said->keyword, "sslmode") == 0 ? said->val : tls;
		attrs = strcmp(said->keyword, "target_session_attrs") == 0 ? said->val : attrs;
		keys[n] = said->keyword;
		values[n++] = said->val;
	}
	/* Over a network the server proves who it is, unless the address says otherwise. */
	if (tls == NULL && !here(host)) {
		keys[n] = "sslmode";
		values[n++] = "verify-full";
	}
	/* Of several hosts, the one that may write. */
	if (attrs == NULL && mode == DB_WRITE) {
		keys[n] = "target_session_attrs";
		values[n++] = "read-write";
	}
	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
		size_t k = 0;

		while (k < n && strcmp(keys[k], options[i].key) != 0)
			k++;
		if (k < n && !options[i].ours)
			continue;
		keys[k] = options[i].key;
		values[k] = options[i].value;
		n += k == n;
	}
	keys[n] = NULL;
	values[n] = NULL;
	return true;
}

static void
no_notice(void *ctx, const char *text)
{
	(void)ctx;
	(void)text;
}

static enum err
lost(struct postgres *db, const char *what, struct fault *f)
{
	const char *text = PQerrorMessage(db->h);

	return FAIL(f, E_STORE, "%s: %.*s", what, (int)strcspn(text, "\n"), text);
}

enum err
postgres_done(struct postgres *db, PGresult *r, const char *what, struct fault *f)
{
	ExecStatusType s = PQresultStatus(r);
	const char *state, *text;
	enum err e = E_STORE;

	if (s == PGRES_COMMAND_OK || s == PGRES_TUPLES_OK) {
		PQclear(r);
		return OK;
	}
	state = PQresultErrorField(r, PG_DIAG_SQLSTATE);
	text = PQresultErrorField(r, PG_DIAG_MESSAGE_PRIMARY);
	if (state == NULL || text == NULL) {
		PQclear(r);
		return lost(db, what, f);
	}
	/* Unique; then a CHECK, a foreign key, a type: whoever made the unit is wrong, the database is not. */
	if (strcmp(state, "23505") == 0)
		e = E_RACE;
	else if (strncmp(state, "23", 2) == 0 || strncmp(state, "22", 2) == 0)
		e = E_INTERNAL;
	/* serialization_failure, deadlock_detected, lock_not_available */
	db->db.crossed = strcmp(state, "40001") == 0 || strcmp(state, "40P01") == 0 ||
	    strcmp(state, "55P03") == 0;
	e = FAIL(f, e, "%s: %s (%s)", what, text, state);
	PQclear(r);
	return e;
}

static enum err
say(struct postgres *db, const char *sql, const char *what, struct fault *f)
{
	return postgres_done(db, PQexec(db->h, sql), what, f);
}

static enum err
set_up(struct postgres *db, struct fault *f)
{
	memset(db->prepared, 0, sizeof(db->prepared));
	if (PQstatus(db->h) != CONNECTION_OK)
		return lost(db, "connect", f);
	(void)PQsetNoticeProcessor(db->h, no_notice, NULL);
	TRY(say(db, session, "session", f));
	if (db->mode == DB_READ)
		TRY(say(db, "SET default_transaction_read_only = on", "session", f));
	return OK;
}

enum err
postgres_ready(struct postgres *db, struct fault *f)
{
	if (PQstatus(db->h) == CONNECTION_OK)
		return OK;
	PQreset(db->h);
	return set_up(db, f);
}

static bool
server_exists(const char *where)
{
	(void)where;
	return true;
}

static void
server_close(struct db *base)
{
	struct postgres *db = (struct postgres *)base;

	PQfinish(db->h);
	free(db);
}

static enum err
server_open(const char *where, enum db_mode mode, struct db **ret, struct fault *f)
{
	const char *keys[OPTIONS_MAX], *values[OPTIONS_MAX];
	PQconninfoOption *said;
	struct postgres *db;
	char *wrong = NULL;
	enum err e;

	said = PQconninfoParse(where, &wrong);
	if (said == NULL) {
		e = FAIL_FIELD(f, E_CONFIG, "store", NULL, "%s", wrong ? wrong : "no memory");
		PQfreemem(wrong);
		return e;
	}
	for (const PQconninfoOption *o = said; o->keyword != NULL; o++) {
		if (strcmp(o->keyword, "password") == 0 && o->val != NULL) {
			PQconninfoFree(said);
			return FAIL_FIELD(f, E_CONFIG, "store", "passfile",
			    "a password does not stand in the address");
		}
	}
	if (!gather(said, mode, keys, values)) {
		PQconninfoFree(said);
		return FAIL_FIELD(f, E_CONFIG, "store", NULL, "too many words in the address");
	}
	db = calloc(1, sizeof(*db));
	must(db != NULL);
	db->db.driver = &postgres_driver;
	db->mode = mode;
	db->h = PQconnectdbParams(keys, values, 0);
	must(db->h != NULL);
	PQconninfoFree(said);
	e = set_up(db, f);
	if (e != OK)
		server_close(&db->db);
	else
		*ret = &db->db;
	return e;
}

static enum err
meta_row(const PGresult *r, struct arena *a, struct db_meta *ret, struct fault *f)
{
	if (PQntuples(r) != 1)
		return FAIL(f, E_STORE, "meta is empty");
	ret->version = strtoll(PQgetvalue(r, 0, 0), NULL, 10);
	ret->oldest = strtoll(PQgetvalue(r, 0, 1), NULL, 10);
	ret->environment = arena_str(a, str_of(PQgetvalue(r, 0, 2)));
	return OK;
}

static enum err
meta(struct db *base, struct arena *a, struct db_meta *ret, struct fault *f)
{
	struct postgres *db = (struct postgres *)base;
	PGresult *r =
	    PQexec(db->h, "SELECT 1 FROM pg_catalog.pg_class WHERE oid = to_regclass('meta')");
	bool there = PQresultStatus(r) == PGRES_TUPLES_OK && PQntuples(r) == 1;
	enum err e;

	*ret = (struct db_meta){0};
	TRY(postgres_done(db, r, "meta", f));
	if (!there)
		return OK;
	r = PQexec(db->h, "SELECT version, oldest, environment FROM meta");
	if (PQresultStatus(r) != PGRES_TUPLES_OK)
		return postgres_done(db, r, "meta", f);
	e = meta_row(r, a, ret, f);
	PQclear(r);
	return e;
}

static enum err
script(struct db *base, struct str sql, struct fault *f)
{
	struct postgres *db = (struct postgres *)base;

	/* Embedded: a NUL follows the text. */
	must(sql.p[sql.n] == '\0');
	TRY(say(db, sql.p, "tables", f));
	return say(db, sequences, "tables", f);
}

static enum err
alone(struct db *base, struct fault *f)
{
	return say((struct postgres *)base, alone_lock, "lock", f);
}

static enum err
begin(struct postgres *db, struct fault *f)
{
	TRY(postgres_ready(db, f));
	/* The server may have gone since: found out before anything is done. */
	if (say(db, controls[CONTROL_BEGIN], "", NULL) != OK) {
		TRY(postgres_ready(db, f));
		TRY(say(db, controls[CONTROL_BEGIN], controls[CONTROL_BEGIN], f));
	}
	db->inside = true;
	return OK;
}

static enum err
commit(struct postgres *db, struct fault *f)
{
	PGresult *r = PQexec(db->h, controls[CONTROL_COMMIT]);
	/* What failed before is told as a ROLLBACK without a fault. */
	bool rolled_back =
	    PQresultStatus(r) == PGRES_COMMAND_OK && strcmp(PQcmdStatus(r), "COMMIT") != 0;

	TRY(postgres_done(db, r, controls[CONTROL_COMMIT], f));
	db->inside = false;
	return rolled_back ? FAIL(f, E_STORE, "COMMIT: rolled back") : OK;
}

static enum err
rollback(struct postgres *db, struct fault *f)
{
	PGTransactionStatusType t = PQtransactionStatus(db->h);

	db->inside = false;
	if (t != PQTRANS_INTRANS && t != PQTRANS_INERROR)
		return OK;
	return say(db, controls[CONTROL_ROLLBACK], controls[CONTROL_ROLLBACK], f);
}

static enum err
control(struct db *base, enum control c, struct fault *f)
{
	struct postgres *db = (struct postgres *)base;

	if (c == CONTROL_BEGIN)
		return begin(db, f);
	if (c == CONTROL_COMMIT)
		return commit(db, f);
	if (c == CONTROL_ROLLBACK)
		return rollback(db, f);
	return say(db, controls[c], controls[c], f);
}

/* The server cleans up after itself. */
static void
tidy(struct db *base)
{
	(void)base;
}

const struct driver postgres_driver = {
    .dialect = DIALECT_POSTGRES,
    .exists = server_exists,
    .open = server_open,
    .close = server_close,
    .meta = meta,
    .script = script,
    .alone = alone,
    .prepare = postgres_prepare,
    .control = control,
    .run = postgres_run,
    .tidy = tidy,
};
