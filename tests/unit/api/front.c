/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "front.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "api/api.h"
#include "base/log.h"
#include "crypto/digest.h"
#include "http/server.h"
#include "service/service.h"
#include "signer/client.h"
#include "store/store.h"

/* Each session's bearer is its letter, 43 times. */
static const char letters[] = "-shoaue";

const struct door doors[] = {
#define LISTENER_PORTAL false, true
#define LISTENER_ADMIN  true, false
#define LISTENER_BOTH   true, true
#define X(method, pattern, name, who, listener, body_max, body, query, flags) \
	{#method, pattern, #name, API_##who, LISTENER_##listener, body_max, flags},
#include "api/route.def"
#undef X
};
const size_t door_count = sizeof(doors) / sizeof(doors[0]);

static char dir[] = "/tmp/signet-api-XXXXXX";
static struct store *store;
static struct signer_client *signer;
static struct service *service;
static struct http_server *server;

static int64_t
key_of(struct arena *a, struct unit *u, int64_t key)
{
	struct fault f = {0};

	(void)a;
	if (store_commit(store, u, &f) != OK)
		fail_msg("%s: %s", err_row(f.code)->symbol, f.detail);
	return unit_key(u, key);
}

static struct unit *
new_unit(struct arena *a, int64_t now)
{
	return unit_new(a, STR("tester"), STR("0123456789abcdef0123456789abcdef"), now * 1000);
}

static void
put_session(struct arena *a, int64_t now, enum session who, struct session_row row)
{
	char secret[43];
	uint8_t hash[SHA256_SIZE];
	struct unit *u = new_unit(a, now);

	memset(secret, letters[who], sizeof(secret));
	sha256(bytes_of(secret, sizeof(secret)), hash);
	row.created = now;
	row.hash = arena_bytes(a, BYTES_OF(hash));
	row.seen = now;
	row.expires = row.absolute = now + 86400;
	(void)key_of(a, u, unit_session_insert(u, &row));
}

/* A person of the roster (or, without a role, the account) with an active certificate and a session. */
static void
put_holder(
    struct arena *a, int64_t now, int64_t ca, int64_t account, enum session who, const char *role)
{
	uint8_t *serial = arena_alloc(a, 18), *hash = arena_alloc(a, SHA256_SIZE);
	struct unit *u = new_unit(a, now);
	struct certificate_row cert = {.created = now,
	    .ca = ca,
	    .serial = bytes_of(serial, 18),
	    .profile = STR("operator"),
	    .profile_version = 1,
	    .template_hash = bytes_of(hash, SHA256_SIZE),
	    .subject = STR("CN=Somebody"),
	    .subject_fold = STR("cn=somebody"),
	    .not_before = now - 60,
	    .not_after = now + 86400,
	    .state = STR("active"),
	    .ver = 1,
	    .key_hash = bytes_of(hash, SHA256_SIZE),
	    .account = role ? 0 : account,
	    .entrance = STR("agent"),
	    .key_place = STR("token")};

	memset(serial, (int)who + 1, 18);
	memset(hash, (int)who + 1, SHA256_SIZE);
	if (role) {
		struct person_row person = {.created = now,
		    .person = str_of(arena_fmt(a, "p-%s", role)),
		    .name = STR("Somebody"),
		    .role = str_of(role),
		    .phone = STR("+8613900000000"),
		    .mail = STR("a@b.example"),
		    .lang = STR("en"),
		    .enrolment = str_of(arena_fmt(a, "%032d", who)),
		    .key_hash = cert.key_hash,
		    .roster = 1};

		cert.person = unit_person_insert(u, &person);
	}
	cert.id = key_of(a, u, unit_certificate_insert(u, &cert, BYTES_OF(((uint8_t[]){0x30, 0}))));
	put_session(
	    a, now, who, (struct session_row){.kind = STR("certificate"), .certificate = cert.id});
}

static void
fill_store(void)
{
	static const char *const roles[] = {"operator", "administrator", "auditor"};
	int64_t now = service_now(service), account, ca, key;
	struct arena *a = arena_new(0);
	struct unit *u = new_unit(a, now);
	struct account_row who = {
	    .created = now, .phone = STR("+8613912345678"), .lang = STR("en"), .ver = 1};
	struct ca_row ca_row = {.created = now,
	    .label = STR("management-g1"),
	    .name = STR("management"),
	    .generation = 1,
	    .der = bytes_of("\x30\x00", 2)};
	struct enrolment_row enrolment = {.created = now,
	    .public_id = STR(FRONT_ENROLMENT),
	    .account = 0,
	    .profile = STR("person-signature"),
	    .profile_version = 1,
	    .state = STR("open"),
	    .ver = 1,
	    .generation = 1,
	    .expires = now + 86400,
	    .changed = now};

	account = key_of(a, u, unit_account_insert(u, &who));
	u = new_unit(a, now);
	ca = key_of(a, u, unit_ca_insert(u, &ca_row));
	u = new_unit(a, now);
	enrolment.account = account;
	key = key_of(a, u, unit_enrolment_insert(u, &enrolment));
	put_session(a, now, SMS, (struct session_row){.kind = STR("sms"), .account = account});
	put_session(
	    a, now, TICKET, (struct session_row){.kind = STR("enrolment"), .enrolment = key});
	put_holder(a, now, ca, account, HOLDER, NULL);
	for (int i = 0; i < 3; i++)
		put_holder(a, now, ca, 0, (enum session)(OPERATOR + i), roles[i]);
	arena_free(&a);
}

static struct sockaddr_un
address(const char *name)
{
	struct sockaddr_un at = {.sun_family = AF_UNIX};

	(void)snprintf(at.sun_path, sizeof(at.sun_path), "%s/%s", dir, name);
	return at;
}

static void
listen_on(const char *name, enum http_listener l)
{
	struct sockaddr_un at = address(name);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	struct fault f = {0};

	assert_true(fd >= 0);
	assert_int_equal(bind(fd, (const struct sockaddr *)&at, sizeof(at)), 0);
	assert_int_equal(http_server_open(server, l, fd, NULL, &f), OK);
	assert_int_equal(close(fd), 0);
}

int
front_start(void **state)
{
	static const struct service_conf conf = {
	    .environment = {"test", 4},
	    .origin = {"https://localhost:8443", 22},
	    .http_base = {"http://localhost:8445", 21},
	    .policy_arc = {"2.25.1", 6},
	    .brand = {"Signet", 6},
	    .hotline = {"1", 1},
	    .data_dir = {dir, sizeof(dir) - 1},
	    .node = 1,
	    .administrators = 1,
	};
	static char file[64];
	struct http_config http = {.fault = api_fault};
	struct fault f = {0};

	(void)state;
	api_setup();
	log_process("test");
	assert_non_null(mkdtemp(dir));
	(void)snprintf(file, sizeof(file), "%s/store.db", dir);
	assert_int_equal(store_open(&(struct store_conf){.where = file,
					.environment = STR("test"),
					.migrate = true,
					.now = (int64_t)time(NULL)},
			     &store, &f),
	    OK);
	assert_int_equal(signer_client_new(-1, &signer, &f), OK);
	assert_int_equal(service_open(&conf, store, signer, &service, &f), OK);
	fill_store();
	http.routes = api_routes(&http.route_count);
	http.app = service;
	assert_int_equal(http_server_new(&http, &server, &f), OK);
	listen_on("portal", HTTP_PORTAL);
	listen_on("admin", HTTP_ADMIN);
	assert_int_equal(http_server_start(server, &f), OK);
	return 0;
}

static int
remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st, (void)type, (void)at;
	return remove(path);
}

int
front_stop(void **state)
{
	(void)state;
	http_server_free(&server);
	service_close(&service);
	signer_client_free(&signer);
	store_close(&store);
	return nftw(dir, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

void
front_path(const char *pattern, char ret[static 256])
{
	static const char *const values[][2] = {{"{no}", "T-2026-1183"}, {"{id}", FRONT_ENROLMENT},
	    {"{ca}", "issuing-g1"}, {"{serial}", "01ab"}, {"{kind}", "roster"}, {"{version}", "1"}};
	size_t n = 0;

	while (*pattern) {
		size_t i = 0;

		while (i < 6 && strncmp(pattern, values[i][0], strlen(values[i][0])) != 0)
			i++;
		if (i == 6) {
			ret[n++] = *pattern++;
			continue;
		}
		n += (size_t)snprintf(ret + n, 256 - n, "%s", values[i][1]);
		pattern += strlen(values[i][0]);
	}
	ret[n] = 0;
}

static void
read_reply(int fd, struct reply *ret)
{
	size_t n = 0;
	const char *code;
	ssize_t got;

	while ((got = read(fd, ret->text + n, sizeof(ret->text) - 1 - n)) > 0)
		n += (size_t)got;
	ret->text[n] = 0;
	ret->code[0] = 0;
	if (sscanf(ret->text, "HTTP/1.1 %d", &ret->status) != 1)
		fail_msg("no answer: %s", ret->text);
	code = strstr(ret->text, "\"code\":\"");
	if (code)
		assert_int_equal(sscanf(code, "\"code\":\"%63[^\"]", ret->code), 1);
}

const struct reply *
front_ask(const struct door *d, const struct question *q)
{
	static char out[16384];
	static struct reply r;
	char path[256], bearer[64] = "";
	struct sockaddr_un at = address(q->socket ? q->socket : d->portal ? "portal" : "admin");
	const char *type = q->type ? q->type : q->body ? "application/json" : "";
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), n;

	front_path(d->pattern, path);
	if (q->session)
		memset(bearer, letters[q->session], 43);
	n = snprintf(out, sizeof(out),
	    "%s %s%s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n",
	    q->method ? q->method : d->method, q->path ? q->path : path, q->query ? q->query : "");
	if (q->bearer || *bearer)
		n += snprintf(out + n, sizeof(out) - (size_t)n, "Authorization: %s%s\r\n",
		    q->bearer ? "" : "Bearer ", q->bearer ? q->bearer : bearer);
	if (*type)
		n += snprintf(out + n, sizeof(out) - (size_t)n, "Content-Type: %s\r\n", type);
	if (!q->key || *q->key)
		n += snprintf(out + n, sizeof(out) - (size_t)n, "Idempotency-Key: %s\r\n",
		    q->key ? q->key : "k-1");
	n += snprintf(out + n, sizeof(out) - (size_t)n, "%sContent-Length: %zu\r\n\r\n%s",
	    q->headers ? q->headers : "", q->claimed ? q->claimed : strlen(q->body ? q->body : ""),
	    q->body ? q->body : "");
	assert_int_equal(connect(fd, (const struct sockaddr *)&at, sizeof(at)), 0);
	assert_int_equal(write(fd, out, (size_t)n), n);
	read_reply(fd, &r);
	assert_int_equal(close(fd), 0);
	return &r;
}

const struct door *
front_door(const char *name)
{
	size_t i = 0;

	while (i < door_count && strcmp(doors[i].name, name) != 0)
		i++;
	assert_true(i < door_count);
	return &doors[i];
}

/* Records of known callers who were refused, each a unit of its own. */
static uint64_t
refusals(void)
{
	const struct log_want want = {.event = STR("access.refused")};
	struct page page = {.limit = PAGE_MAX};
	struct arena *a = arena_new(0);
	struct log_list l = {.more = true};
	uint64_t n = 0;

	while (l.more) {
		assert_int_equal(store_log_find(store, a, &want, &page, &l, NULL), OK);
		n += l.n;
		page.id = l.n ? l.rows[l.n - 1].seq : page.id;
	}
	arena_free(&a);
	return n;
}

uint64_t
front_units(void)
{
	return store_counts(store).units - refusals();
}
