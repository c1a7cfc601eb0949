/* SPDX-License-Identifier: Apache-2.0 */
/* Codes by SMS: bound to number, purpose and asker, counted before they are looked at (S13). */
#include <stdio.h>

#include "base/buf.h"
#include "core/phone.h"
#include "crypto/digest.h"
#include "crypto/random.h"
#include "service/act.h"
#include "service/signin_in.h"

#define CLIENT_LEAST    22 /* characters of a client's secret: 128 bits in base64url */
#define CLIENT_MOST     64
#define SMS_MINUTE_MOST 1
#define SMS_HOUR_MOST   5
#define SMS_DAY_MOST    10

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

static enum err
check_budget(const struct call *c, struct str phone, struct fault *f)
{
	static const struct {
		int64_t seconds, most;
		const char *rule;
	} rows[] = {{60, SMS_MINUTE_MOST, "60 s"}, {3600, SMS_HOUR_MOST, "1 h"},
	    {86400, SMS_DAY_MOST, "24 h"}};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int64_t n;

		TRY(store_sms_count(c->service->store, phone, c->now - rows[i].seconds, &n, f));
		if (n >= rows[i].most)
			return FAIL_FIELD(
			    f, E_RATE, "phone", rows[i].rule, "%lld codes", (long long)n);
	}
	return OK;
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
	TRY(check_budget(c, phone, f));
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
	/* The try is counted before the code is looked at: guesses side by side gain nothing. */
	u = act_unit(c);
	unit_sms_try(u, row.id, SMS_TRIES);
	TRY(act_commit(c, u, f));
	hash =
	    sms_hash(c, *ret_phone, purpose, in->code, act_hash(c, str_bytes(in->client_secret)));
	if (!secret_eq(hash, row.hash)) {
		u = act_unit(c);
		unit_log(u, AUDIT_SMS_WRONG, STR(""), STR(""));
		TRY(act_commit(c, u, f));
		return FAIL_FIELD(f, E_SMS_WRONG, "code", NULL, "wrong code or another asker");
	}
	u = act_unit(c);
	unit_sms_use(u, row.id, c->now);
	return act_commit(c, u, f);
}
