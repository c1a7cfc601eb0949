/* SPDX-License-Identifier: Apache-2.0 */
/* Codes by SMS: bound to number, purpose and asker, counted before they are looked at (S13). */
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "core/phone.h"
#include "crypto/digest.h"
#include "crypto/random.h"
#include "service/act.h"
#include "service/signin_in.h"

#define CLIENT_LEAST 22 /* characters of a client's secret: 128 bits in base64url */
#define CLIENT_MOST  64
#define NUMBER_TRIES 10 /* wrong codes of a number in a row, over all its codes */

/* What is stored of an SMS code: keyed, and bound to number, purpose and asker. */
static struct bytes
sms_hash(const struct call *c, struct str phone, struct str purpose, struct str code,
    struct bytes client)
{
	struct buf b = buf_new(c->a, 1024);
	uint8_t *h = arena_alloc(c->a, SHA256_SIZE);

	buf_field(&b, str_bytes(phone));
	buf_field(&b, str_bytes(purpose));
	buf_field(&b, str_bytes(code));
	buf_field(&b, client);
	hmac_sha256(BYTES_OF(c->service->key_sms), buf_bytes(&b), h);
	return bytes_of(h, SHA256_SIZE);
}

static enum err
check_client(struct str secret, struct fault *f)
{
	if (secret.n < CLIENT_LEAST || secret.n > CLIENT_MOST)
		return FAIL_FIELD(f, E_FIELD_LENGTH, "client_secret", "22–64", "%zu", secret.n);
	return OK;
}

/*
 * Who asked, as a keyed hash: of an IPv6 address the network, for one place has as many addresses as it likes.
 * Empty for this machine, where other rules guard.
 */
static struct str
peer_of(const struct call *c)
{
	uint8_t octets[16] = {0}, h[SHA256_SIZE];
	char *text = arena_cstr(c->a, c->peer);
	bool four = text != NULL && inet_pton(AF_INET, text, octets) == 1;

	if (text == NULL || (!four && inet_pton(AF_INET6, text, octets) != 1) ||
	    (four && octets[0] == 127) || strcmp(text, "::1") == 0)
		return STR("");
	hmac_sha256(BYTES_OF(c->service->key_sms), bytes_of(octets, four ? 4 : 8), h);
	return str_of(hex_text(c->a, bytes_of(h, 16)));
}

/* S13: per number, per range of ten thousand numbers, per address, and in all. */
static enum err
check_budget(const struct call *c, struct str phone, struct str peer, struct fault *f)
{
	static const struct {
		enum { NUMBER, RANGE, PEER, ALL } of;
		int64_t seconds, most;
		const char *field, *rule;
	} rows[] = {{NUMBER, 60, 1, "phone", "60 s"}, {NUMBER, 3600, 5, "phone", "1 h"},
	    {NUMBER, 86400, 10, "phone", "24 h"}, {RANGE, 3600, 200, NULL, "1 h"},
	    {PEER, 3600, 20, NULL, "1 h"}, {PEER, 86400, 60, NULL, "24 h"},
	    {ALL, 3600, 2000, NULL, "1 h"}, {ALL, 86400, 20000, NULL, "24 h"}};
	struct str range = {phone.p, phone.n - 4};
	const struct sms_want wants[] = {{.from = phone, .to = phone},
	    {.from = range, .to = str_of(arena_fmt(c->a, "%.*s~", (int)range.n, range.p))},
	    {.peer = peer}, {.since = 0}};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct sms_want want = wants[rows[i].of];
		int64_t n;

		if (rows[i].of == PEER && peer.n == 0)
			continue;
		want.since = c->now - rows[i].seconds;
		TRY(store_sms_count(c->service->store, &want, &n, f));
		if (n >= rows[i].most)
			return FAIL_FIELD(
			    f, E_RATE, rows[i].field, rows[i].rule, "%lld codes", (long long)n);
	}
	return OK;
}

static struct bytes
number_key(const struct call *c, struct str phone)
{
	uint8_t *h = arena_alloc(c->a, SHA256_SIZE);

	hmac_sha256(BYTES_OF(c->service->key_try),
	    str_bytes(str_of(arena_fmt(c->a, "sms:%.*s", (int)phone.n, phone.p))), h);
	return bytes_of(h, SHA256_SIZE);
}

/* A number that waits after too many wrong codes; new codes change nothing about it. */
static enum err
check_lock(const struct call *c, struct str phone, struct fault *f)
{
	struct code_try t;

	TRY(store_code_try(c->service->store, number_key(c, phone), &t, f));
	if (t.locked_until > c->now)
		return FAIL_FIELD(f, E_RATE, "code",
		    arena_fmt(c->a, "%lld s", (long long)(t.locked_until - c->now)), "%lld tries",
		    (long long)t.tries);
	return OK;
}

/* From the tenth wrong code in a row on: 30 s, 60 s … an hour. After an hour without any it begins anew. */
static enum err
count_number(const struct call *c, struct unit *u, struct str phone, struct fault *f)
{
	struct bytes key = number_key(c, phone);
	struct code_try t;
	int64_t wait = 30;

	TRY(store_code_try(c->service->store, key, &t, f));
	if (t.tries && t.since < c->now - 3600 && t.locked_until <= c->now) {
		unit_try_reset(u, key);
		t.tries = 0;
	}
	for (int64_t n = NUMBER_TRIES; n <= t.tries && wait < 3600; n++)
		wait *= 2;
	(void)unit_try_count(u, key, c->now, NUMBER_TRIES, c->now + (wait < 3600 ? wait : 3600));
	return OK;
}

static enum err
log_wrong(const struct call *c, struct str phone, struct fault *f)
{
	struct unit *u = act_unit(c);
	struct code_try t;

	TRY(store_code_try(c->service->store, number_key(c, phone), &t, f));
	unit_log(u, AUDIT_SMS_WRONG, STR(""), STR(""));
	if (t.locked_until > c->now)
		unit_log(u, AUDIT_SMS_LOCKED, STR(""),
		    act_detail(c,
			(const char *const[]){"seconds",
			    arena_fmt(c->a, "%lld", (long long)(t.locked_until - c->now)), NULL}));
	return act_commit(c, u, f);
}

/* Only "sign-in", or "revoke:" and the serial of the certificate. */
static bool
purpose_known(struct str purpose)
{
	return str_is(purpose, "sign-in") ||
	    (str_starts(purpose, STR("revoke:")) && purpose.n > 7 && purpose.n <= 7 + 40);
}

static void
random_digits(char ret[static SMS_DIGITS + 1])
{
	uint32_t v;

	/* The largest multiple of 10^6 below 2^32: every code is as likely as any other. */
	do
		random_bytes(&v, sizeof(v));
	while (v >= 4294000000u);
	(void)snprintf(ret, SMS_DIGITS + 1, "%06u", v % 1000000u);
}

enum err
signin_sms_send(const struct call *c, const struct sms_send *in, struct fault *f)
{
	char code[SMS_DIGITS + 1];
	struct sms_code_row row = {.created = c->now, .expires = c->now + SMS_LIFE};
	struct str purpose = in->purpose.n ? in->purpose : STR("sign-in"), phone;
	bool revoke = str_starts(purpose, STR("revoke:"));
	const struct catalogue_value values[] = {{"brand", c->service->conf.brand},
	    {"code", (struct str){code, SMS_DIGITS}}, {"min", STR("5")},
	    {"hotline", c->service->conf.hotline},
	    {"serial", revoke ? (struct str){purpose.p + 7, purpose.n - 7} : STR("")}};
	struct act_message m = {.channel = "sms",
	    .template = revoke ? "sms.revoke" : "sms.sign-in",
	    .lang = str_of(lang_tag(c->lang)),
	    .object = STR("sms-code"),
	    .values = values,
	    .count = sizeof(values) / sizeof(values[0])};
	struct unit *u;
	enum err e;

	TRY(service_ready(c->service, f));
	TRY(phone_check(c->a, in->phone, "phone", &phone, f));
	TRY(check_client(in->client_secret, f));
	if (!purpose_known(purpose))
		return FAIL_FIELD(
		    f, E_FIELD_VALUE, "purpose", "sign-in | revoke:SERIAL", "purpose");
	row.peer = peer_of(c);
	TRY(check_budget(c, phone, row.peer, f));
	random_digits(code);
	row.phone = phone;
	row.purpose = purpose;
	row.client = act_hash(c, str_bytes(in->client_secret));
	row.hash = sms_hash(c, phone, purpose, str_of(code), row.client);
	m.to = phone;
	u = act_unit(c);
	(void)unit_sms_insert(u, &row);
	e = act_message(c, u, &m, f);
	wipe(code, sizeof(code));
	TRY(e);
	unit_log(u, AUDIT_SMS_SENT, STR(""),
	    act_detail(c, (const char *const[]){"purpose", revoke ? "revoke" : "sign-in", NULL}));
	return act_commit(c, u, f);
}

enum err
signin_sms_use(const struct call *c, const struct sms_sign_in *in, struct str purpose,
    struct str *ret_phone, struct fault *f)
{
	struct sms_code_row row;
	struct fault absent = {0};
	struct unit *u;
	struct bytes hash;
	enum err e;

	TRY(phone_check(c->a, in->phone, "phone", ret_phone, f));
	TRY(check_client(in->client_secret, f));
	e = store_sms_latest(c->service->store, c->a, *ret_phone, purpose, &row, &absent);
	if (e == E_NOT_FOUND)
		return FAIL_FIELD(f, E_SMS_WRONG, "code", NULL, "no code for this number");
	if (e != OK)
		return FAIL(f, e, "%s", absent.detail);
	if (row.used || row.expires < c->now)
		return FAIL_FIELD(f, E_SMS_EXPIRED, "code", NULL, "used or old");
	TRY(check_lock(c, *ret_phone, f));
	/* The try is counted before the code is looked at: guesses side by side gain nothing. */
	u = act_unit(c);
	TRY(count_number(c, u, *ret_phone, f));
	unit_sms_try(u, row.id, SMS_TRIES);
	TRY(act_commit(c, u, f));
	hash =
	    sms_hash(c, *ret_phone, purpose, in->code, act_hash(c, str_bytes(in->client_secret)));
	if (!secret_eq(hash, row.hash)) {
		TRY(log_wrong(c, *ret_phone, f));
		return FAIL_FIELD(f, E_SMS_WRONG, "code", NULL, "wrong code or another asker");
	}
	u = act_unit(c);
	unit_try_reset(u, number_key(c, *ret_phone));
	unit_sms_use(u, row.id, c->now);
	return act_commit(c, u, f);
}
