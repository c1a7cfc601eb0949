/* SPDX-License-Identifier: Apache-2.0 */
#include "service/act.h"

#include <inttypes.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "base/buf.h"
#include "base/must.h"
#include "base/out.h"
#include "base/rd.h"
#include "base/text.h"
#include "core/mail.h"
#include "core/phone.h"
#include "crypto/digest.h"
#include "service/ready.h"
#include "service/signin.h"

#define IDEMPOTENCY_LIFE 86400  /* seconds */
#define CURSOR_TAG       12     /* octets of the mark */
#define MESSAGE_LIFE     259200 /* seconds that a message is worth sending */

struct str
act_actor(const struct call *c)
{
	switch (c->who.assurance) {
	case ASSURANCE_NONE:
		return STR("stranger");
	case ASSURANCE_SMS:
	case ASSURANCE_CERTIFICATE:
		if (c->who.person.n)
			return str_of(
			    arena_fmt(c->a, "person:%.*s", (int)c->who.person.n, c->who.person.p));
		return str_of(arena_fmt(c->a, "account:%" PRId64, c->who.account));
	case ASSURANCE_ENROLMENT:
		return str_of(
		    arena_fmt(c->a, "enrolment:%.*s", (int)c->who.enrolment.n, c->who.enrolment.p));
	case ASSURANCE_LOCAL:
		return c->who.name.n ? c->who.name : STR("admin-socket");
	default:
		return STR("unknown");
	}
}

/* The log counts milliseconds: the call's second, and the clock's part of it. */
static int64_t
now_ms(const struct call *c)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_REALTIME, &t);
	return c->now * 1000 + t.tv_nsec / 1000000;
}

struct unit *
act_unit(const struct call *c)
{
	return unit_new(c->a, act_actor(c), c->request_id, now_ms(c));
}

/* Has the unit that this thread is building a row of work in it? */
static _Thread_local bool has_work;
/* Does it change the status of a certificate? */
static _Thread_local bool has_status;

void
act_job(struct unit *u, const struct call *c, const char *kind, struct str object, int64_t due)
{
	unit_job(u, str_of(kind), object, due, c->now);
	has_work = true;
}

void
act_status(void)
{
	has_status = true;
}

enum err
act_commit(const struct call *c, struct unit *u, struct fault *f)
{
	enum err e = store_commit(c->service->store, u, f);
	int bell = c->service->bell;

	/* A full pipe rings already; a lost ring costs the jobs process its period, never the work. */
	if (e == OK && has_work && bell >= 0)
		(void)(send(bell, "", 1, MSG_DONTWAIT | MSG_NOSIGNAL) == 1);
	/* Nobody is told that it is done while this process still gives out the status of before. */
	if (has_status)
		(void)(ready_follow(c->service, NULL) == OK);
	has_work = has_status = false;
	return e;
}

enum err
act_subscriber(const struct call *c, struct fault *f)
{
	if (c->who.assurance == ASSURANCE_NONE)
		return FAIL(f, E_AUTH_REQUIRED, "no session");
	if (c->who.account == 0 ||
	    (c->who.assurance != ASSURANCE_SMS && c->who.assurance != ASSURANCE_CERTIFICATE))
		return FAIL(f, E_ROLE, "not a subscriber's session");
	return OK;
}

enum err
act_role(const struct call *c, enum person_role role, struct fault *f)
{
	if (c->who.assurance == ASSURANCE_NONE)
		return FAIL(f, E_AUTH_REQUIRED, "no session");
	if (c->who.assurance != ASSURANCE_CERTIFICATE || c->who.role != role)
		return FAIL(f, E_ROLE, "role %d needed", (int)role);
	return OK;
}

enum err
act_local(const struct call *c, struct fault *f)
{
	if (c->who.assurance != ASSURANCE_LOCAL)
		return FAIL(f, E_AUTH_REQUIRED, "only on this machine");
	return OK;
}

static enum err
seal_part(const struct call *c, const char *label, const char *template, struct bytes secret,
    struct bytes *ret, struct fault *f)
{
	const struct signer_secret q = {
	    .label = str_of(label), .associated = str_bytes(str_of(template)), .octets = secret};

	return signer_seal(c->service->signer, c->a, &q, ret, f);
}

/* Life of a message in seconds: a code that is typed at once is worth nothing afterwards. */
static int64_t
life_of(const char *template)
{
	bool typed = strcmp(template, "sms.sign-in") == 0 || strcmp(template, "sms.revoke") == 0;

	return typed ? SMS_LIFE : MESSAGE_LIFE;
}

enum err
act_message(const struct call *c, struct unit *u, const struct act_message *m, struct fault *f)
{
	struct buf params = buf_new(c->a, (size_t)16 << 10);
	struct outbox_row row = {
	    .created = c->now,
	    .channel = str_of(m->channel),
	    .template = str_of(m->template),
	    .lang = m->lang,
	    .object = m->object,
	    .state = STR("pending"),
	    .due = m->after > c->now ? m->after : c->now,
	    .masked = str_of(
		strcmp(m->channel, "mail") == 0 ? mail_mask(c->a, m->to) : phone_mask(c->a, m->to)),
	};

	row.expires = row.due + life_of(m->template);
	for (size_t i = 0; i < m->count; i++) {
		buf_field(&params, str_bytes(str_of(m->values[i].name)));
		buf_field(&params, str_bytes(m->values[i].value));
	}
	if (params.bad)
		return FAIL(f, E_INTERNAL, "message of %zu values", m->count);
	TRY(seal_part(c, "outbox-recipient", m->template, str_bytes(m->to), &row.recipient, f));
	TRY(seal_part(c, "outbox-params", m->template, buf_bytes(&params), &row.params, f));
	(void)unit_outbox(u, &row);
	act_job(u, c, "outbox", row.channel, row.due);
	return OK;
}

enum err
act_repeated(const struct call *c, int64_t *object, struct fault *f)
{
	struct idempotency_row key = {
	    .principal = act_actor(c), .route = c->route, .client_key = c->idempotency};
	struct idempotency_row row;
	struct fault absent = {0};
	enum err e;

	*object = 0;
	if (c->idempotency.n == 0)
		return OK;
	e = store_idempotency(c->service->store, c->a, &key, c->now, &row, &absent);
	if (e == E_NOT_FOUND)
		return OK;
	if (e != OK) {
		*f = absent;
		return e;
	}
	if (!bytes_eq(row.body_hash, c->body_hash))
		return FAIL_FIELD(f, E_IDEMPOTENCY_BODY, "Idempotency-Key", NULL, "other body");
	*object = row.object;
	return OK;
}

void
act_note(struct unit *u, const struct call *c, int64_t object)
{
	const struct idempotency_row row = {.created = c->now,
	    .principal = act_actor(c),
	    .route = c->route,
	    .client_key = c->idempotency,
	    .body_hash = c->body_hash,
	    .object = object,
	    .expires = c->now + IDEMPOTENCY_LIFE};

	if (c->idempotency.n)
		unit_idempotency(u, &row);
}

struct bytes
act_hash(const struct call *c, struct bytes b)
{
	uint8_t *h = arena_alloc(c->a, SHA256_SIZE);

	sha256(b, h);
	return bytes_of(h, SHA256_SIZE);
}

struct str
act_detail(const struct call *c, const char *const *pairs)
{
	struct out o = out_new(c->a);
	struct bytes text;

	out_object(&o, NULL);
	for (size_t i = 0; pairs[i] != NULL; i += 2)
		out_text(&o, pairs[i], str_of(pairs[i + 1]));
	out_close(&o);
	must(out_done(&o, &text));
	return bytes_str(text);
}

static void
cursor_tag(const struct call *c, struct bytes head, uint8_t ret[static SHA256_SIZE])
{
	struct buf b = buf_new(c->a, 512);

	buf_field(&b, str_bytes(act_actor(c)));
	buf_field(&b, str_bytes(c->route));
	buf_field(&b, head);
	hmac_sha256(BYTES_OF(c->service->key_cursor), buf_bytes(&b), ret);
}

struct str
act_cursor(const struct call *c, int64_t sort, int64_t id)
{
	struct buf b = buf_new(c->a, 64);
	uint8_t tag[SHA256_SIZE];

	buf_i64(&b, sort);
	buf_i64(&b, id);
	cursor_tag(c, buf_bytes(&b), tag);
	buf_put(&b, bytes_of(tag, CURSOR_TAG));
	return str_of(base64url_text(c->a, buf_bytes(&b)));
}

enum err
act_page(const struct call *c, struct str cursor, int64_t limit, struct page *ret, struct fault *f)
{
	struct page page = {.limit = limit};
	uint8_t tag[SHA256_SIZE];
	struct bytes raw;
	struct rd r;

	if (limit < 0 || limit > PAGE_MAX)
		return FAIL_FIELD(f, E_FIELD_VALUE, "limit", "1–200", "%" PRId64, limit);
	if (cursor.n) {
		if (cursor.n > 64 || !base64url_parse(c->a, cursor, &raw) ||
		    raw.n != 16 + CURSOR_TAG)
			return FAIL_FIELD(f, E_FIELD_VALUE, "cursor", NULL, "form");
		cursor_tag(c, bytes_of(raw.p, 16), tag);
		if (!secret_eq(bytes_of(raw.p + 16, CURSOR_TAG), bytes_of(tag, CURSOR_TAG)))
			return FAIL_FIELD(f, E_FIELD_VALUE, "cursor", NULL, "not ours");
		r = rd_new(raw);
		page.sort = rd_i64(&r);
		page.id = rd_i64(&r);
	}
	*ret = page;
	return OK;
}
