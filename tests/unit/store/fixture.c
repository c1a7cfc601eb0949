/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "store/fixture.h"

#include <libpq-fe.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

bool
fixture_postgres(void)
{
	return getenv("SIGNET_TEST_POSTGRES") != NULL;
}

static struct store *
open_it(const struct fixture *x, bool migrate)
{
	struct store *s = NULL;
	struct fault f = {0};

	if (store_open(&(struct store_conf){.where = x->where,
			   .environment = STR("test"),
			   .migrate = migrate,
			   .readers = 2,
			   .now = NOW},
		&s, &f) != OK)
		fail_msg("%s", f.detail);
	return s;
}

static void
postgres_sql(const char *where, const char *sql)
{
	PGconn *h = PQconnectdb(where);
	PGresult *r;

	if (PQstatus(h) != CONNECTION_OK)
		fail_msg("%s", PQerrorMessage(h));
	r = PQexec(h, sql);
	if (PQresultStatus(r) != PGRES_COMMAND_OK && PQresultStatus(r) != PGRES_TUPLES_OK)
		fail_msg("%s: %s", sql, PQerrorMessage(h));
	PQclear(r);
	PQfinish(h);
}

/* "postgresql://me@/postgres?host=…" names another database of the same server. */
static void
postgres_name(struct fixture *x, const char *server)
{
	static int n;
	const char *slash = strchr(server + strlen("postgresql://"), '/');
	const char *words = strchr(server, '?');
	char sql[128];

	assert_non_null(slash);
	(void)snprintf(x->dir, sizeof(x->dir), "signet_%ld_%d", (long)getpid(), n++);
	(void)snprintf(x->where, sizeof(x->where), "%.*s/%s%s", (int)(slash - server), server,
	    x->dir, words ? words : "");
	(void)snprintf(sql, sizeof(sql), "CREATE DATABASE %s", x->dir);
	postgres_sql(server, sql);
}

void
fixture_open(struct fixture *x)
{
	const char *tmp = getenv("TMPDIR");

	if (fixture_postgres()) {
		postgres_name(x, getenv("SIGNET_TEST_POSTGRES"));
	} else {
		(void)snprintf(
		    x->dir, sizeof(x->dir), "%s/signet-store-XXXXXX", tmp ? tmp : "/tmp");
		assert_non_null(mkdtemp(x->dir));
		(void)snprintf(x->where, sizeof(x->where), "%s/store.db", x->dir);
	}
	x->a = arena_new((size_t)64 << 20);
	x->s = open_it(x, true);
}

void
fixture_again(struct fixture *x)
{
	store_close(&x->s);
	x->s = open_it(x, false);
}

void
fixture_close(struct fixture *x)
{
	char text[320];

	store_close(&x->s);
	arena_free(&x->a);
	if (fixture_postgres()) {
		(void)snprintf(text, sizeof(text), "DROP DATABASE %s WITH (FORCE)", x->dir);
		postgres_sql(getenv("SIGNET_TEST_POSTGRES"), text);
		return;
	}
	for (int i = 0; i < 3; i++) {
		(void)snprintf(
		    text, sizeof(text), "%s%s", x->where, (const char *[]){"", "-wal", "-shm"}[i]);
		(void)unlink(text);
	}
	assert_int_equal(rmdir(x->dir), 0);
}

void
fixture_raze(struct fixture *x)
{
	store_close(&x->s);
	if (fixture_postgres())
		postgres_sql(x->where, "DROP SCHEMA public CASCADE; CREATE SCHEMA public");
	else
		assert_int_equal(remove(x->where), 0);
}

struct store *
fixture_other(const struct fixture *x)
{
	return open_it(x, false);
}

void
fixture_sql(const struct fixture *x, const char *sql)
{
	sqlite3 *h;

	if (fixture_postgres()) {
		postgres_sql(x->where, sql);
		return;
	}
	assert_int_equal(sqlite3_open(x->where, &h), SQLITE_OK);
	if (sqlite3_exec(h, sql, NULL, NULL, NULL) != SQLITE_OK)
		fail_msg("%s", sqlite3_errmsg(h));
	assert_int_equal(sqlite3_close(h), SQLITE_OK);
}

static bool
postgres_try_sql(const char *where, const char *sql)
{
	PGconn *h = PQconnectdb(where);
	PGresult *r;
	bool good;

	if (PQstatus(h) != CONNECTION_OK)
		fail_msg("%s", PQerrorMessage(h));
	r = PQexec(h, sql);
	good = PQresultStatus(r) == PGRES_COMMAND_OK;
	PQclear(r);
	PQfinish(h);
	return good;
}

bool
fixture_try_sql(const struct fixture *x, const char *sql)
{
	sqlite3 *h;
	bool good;

	if (fixture_postgres())
		return postgres_try_sql(x->where, sql);
	assert_int_equal(sqlite3_open(x->where, &h), SQLITE_OK);
	good = sqlite3_exec(h, sql, NULL, NULL, NULL) == SQLITE_OK;
	assert_int_equal(sqlite3_close(h), SQLITE_OK);
	return good;
}

struct unit *
fixture_unit(struct fixture *x)
{
	return unit_new(x->a, STR("tester"), STR("0123456789abcdef0123456789abcdef"), NOW * 1000);
}

void
fixture_commit(struct fixture *x, struct unit *u)
{
	struct fault f = {0};

	if (store_commit(x->s, u, &f) != OK)
		fail_msg("%s: %s", err_row(f.code)->symbol, f.detail);
}

static struct str
text(struct fixture *x, const char *fmt, int n)
{
	char s[64];

	(void)snprintf(s, sizeof(s), "%s%08d", fmt, n);
	return arena_str(x->a, str_of(s));
}

int64_t
fixture_account(struct fixture *x, int n)
{
	struct unit *u = fixture_unit(x);
	struct account_row row = {
	    .created = NOW, .phone = text(x, "+86", n), .lang = STR("zh"), .ver = 1};
	int64_t key = unit_account_insert(u, &row);

	fixture_commit(x, u);
	return unit_key(u, key);
}

int64_t
fixture_application(struct fixture *x, int64_t account, int64_t created)
{
	struct unit *u = fixture_unit(x);
	struct application_row row = {.created = created,
	    .account = account,
	    .profile = STR("person"),
	    .state = STR("draft"),
	    .ver = 1,
	    .revision = 1,
	    .fields = STR("{}"),
	    .lang = STR("ru"),
	    .changed = created,
	    .number = STR("T-2026")};
	int64_t key = unit_application_insert(u, &row);

	fixture_commit(x, u);
	return unit_key(u, key);
}

int64_t
fixture_enrolment(struct fixture *x, int n)
{
	struct unit *u = fixture_unit(x);
	struct enrolment_row row = {.created = NOW,
	    .public_id = text(x, "e", n),
	    .profile = STR("person"),
	    .profile_version = 1,
	    .state = STR("open"),
	    .ver = 1,
	    .generation = 1,
	    .reference = text(x, "9", n),
	    .sealed = BYTES_OF(((const uint8_t[]){1, 2, 3})),
	    .expires = NOW + 14 * 86400,
	    .changed = NOW};
	int64_t key = unit_enrolment_insert(u, &row);

	fixture_commit(x, u);
	return unit_key(u, key);
}

int64_t
fixture_ca(struct fixture *x, const char *name)
{
	struct unit *u = fixture_unit(x);
	struct ca_row row = {.created = NOW,
	    .name = str_of(name),
	    .generation = 1,
	    .label = str_of(arena_fmt(x->a, "%s-g1", name)),
	    .der = str_bytes(STR("der"))};
	int64_t key = unit_ca_insert(u, &row);

	fixture_commit(x, u);
	return unit_key(u, key);
}

int64_t
fixture_certificate(struct fixture *x, int64_t ca, uint32_t serial)
{
	struct unit *u = fixture_unit(x);
	uint8_t *octets = arena_alloc(x->a, 18);
	struct certificate_row row = {.created = NOW + serial,
	    .ca = ca,
	    .serial = bytes_of(octets, 18),
	    .profile = STR("person"),
	    .profile_version = 1,
	    .not_before = NOW,
	    .not_after = NOW + 86400,
	    .state = STR("active"),
	    .ver = 1,
	    .subject = text(x, "CN=Иван ", (int)serial),
	    .subject_fold = text(x, "cn=иван ", (int)serial),
	    .key_hash = bytes_of(octets, 18),
	    .entrance = STR("agent")};
	int64_t key;

	octets[0] = 1;
	for (int i = 0; i < 4; i++)
		octets[14 + i] = (uint8_t)(serial >> (24 - 8 * i));
	key = unit_certificate_insert(u, &row, str_bytes(STR("0\x82\x01")));
	fixture_commit(x, u);
	return unit_key(u, key);
}

enum err
fixture_put(struct store *s, int n, struct fault *f)
{
	struct arena *a = arena_new(0);
	struct unit *u = unit_new(a, STR("tester"), STR(""), NOW * 1000);
	struct account_row row = {
	    .created = NOW, .phone = str_of(arena_fmt(a, "+%d", n)), .ver = 1};
	enum err e;

	(void)unit_account_insert(u, &row);
	unit_log(u, AUDIT_ACCOUNT_CREATED, row.phone, STR("{}"));
	e = store_commit(s, u, f);
	arena_free(&a);
	return e;
}
