/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "store/fixture.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct store *
open_file(const struct fixture *x, bool migrate)
{
	struct store *s = NULL;
	struct fault f = {0};

	if (store_open(&(struct store_conf){.where = x->file,
			   .environment = STR("test"),
			   .migrate = migrate,
			   .readers = 2,
			   .now = NOW},
		&s, &f) != OK)
		fail_msg("%s", f.detail);
	return s;
}

void
fixture_open(struct fixture *x)
{
	const char *tmp = getenv("TMPDIR");

	(void)snprintf(x->dir, sizeof(x->dir), "%s/signet-store-XXXXXX", tmp ? tmp : "/tmp");
	assert_non_null(mkdtemp(x->dir));
	(void)snprintf(x->file, sizeof(x->file), "%s/store.db", x->dir);
	x->a = arena_new((size_t)64 << 20);
	x->s = open_file(x, true);
}

void
fixture_again(struct fixture *x)
{
	store_close(&x->s);
	x->s = open_file(x, false);
}

void
fixture_close(struct fixture *x)
{
	char file[128];

	store_close(&x->s);
	arena_free(&x->a);
	for (int i = 0; i < 3; i++) {
		(void)snprintf(
		    file, sizeof(file), "%s%s", x->file, (const char *[]){"", "-wal", "-shm"}[i]);
		(void)unlink(file);
	}
	assert_int_equal(rmdir(x->dir), 0);
}

struct store *
fixture_other(const struct fixture *x)
{
	return open_file(x, false);
}

void
fixture_sql(const struct fixture *x, const char *sql)
{
	sqlite3 *h;

	assert_int_equal(sqlite3_open(x->file, &h), SQLITE_OK);
	if (sqlite3_exec(h, sql, NULL, NULL, NULL) != SQLITE_OK)
		fail_msg("%s", sqlite3_errmsg(h));
	assert_int_equal(sqlite3_close(h), SQLITE_OK);
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
