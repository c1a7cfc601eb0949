/* SPDX-License-Identifier: Apache-2.0 */
#include "signer/batch.h"

#include "base/ipc.h"
#include "base/log.h"
#include "core/validity.h"
#include "signer/group.h"
#include "signer/handle.h"
#include "signer/refuse.h"

#define RELOAD_MS 5000 /* a folder that cannot be loaded is tried again so often */

static const struct {
	uint16_t type;
	handle_fn fn;
} handlers[] = {
#define X(symbol, number, who, when, max, fields) {SIGNER_##symbol, handle_##symbol},
#include "signer/protocol.def"
#undef X
};

enum err
ask_end(const struct ask *q, struct fault *f)
{
	return rd_done(&q->body) ? OK : FAIL(f, E_FRAME, "fields of a question");
}

enum err
handle_STATUS(struct signer *s, struct ask *q, struct buf *answer, struct fault *f)
{
	bool known = s->state == SIGNER_KEYS || s->state == SIGNER_READY;

	TRY(ask_end(q, f));
	buf_u8(answer, (uint8_t)s->state);
	buf_field(answer, str_bytes(str_of(s->reason)));
	buf_u64(answer, s->journal ? journal_synced(s->journal) : 0);
	buf_field(answer, str_bytes(str_of(known ? environment_name(s->env) : "")));
	buf_field(answer, str_bytes(s->origin));
	buf_u8(answer, s->options.hsm != NULL);
	buf_field(answer, str_bytes(str_of(s->options.hsm ? hsm_trouble(s->options.hsm) : "")));
	return OK;
}

enum err
handle_JOURNAL_READ(struct signer *s, struct ask *q, struct buf *answer, struct fault *f)
{
	uint64_t after = rd_u64(&q->body);
	uint32_t most = rd_u32(&q->body);
	struct journal_records r = {.most = most < SIGNER_RECORDS ? most : SIGNER_RECORDS};

	TRY(ask_end(q, f));
	r.v = arena_array(q->a, SIGNER_RECORDS, sizeof(*r.v));
	TRY(journal_after(s->journal, after, q->a, SIGNER_RECORDS_SIZE, &r, f));
	buf_u64(answer, journal_synced(s->journal));
	buf_u32(answer, (uint32_t)r.n);
	for (size_t i = 0; i < r.n; i++) {
		buf_u64(answer, r.v[i].sequence);
		buf_i64(answer, r.v[i].ms);
		buf_u8(answer, r.v[i].kind);
		buf_field(answer, r.v[i].body);
	}
	return OK;
}

/* Is this the time for it? */
static enum err
when(const struct signer *s, const struct signer_row *row, int64_t now, struct fault *f)
{
	bool ready = s->state == SIGNER_READY;

	if (row->when == SIGNER_WHEN_ALWAYS)
		return OK;
	if (s->stale)
		return FAIL(f, E_JOURNAL, "the journal could not be written");
	if (s->state == SIGNER_STOPPED)
		return FAIL(f, E_NOT_READY, "%s", s->reason);
	if (row->when == SIGNER_WHEN_LOADED)
		return OK;
	if (row->when == SIGNER_WHEN_SETUP)
		return ready ? FAIL(f, E_STATE, "it is set up") : OK;
	if (!ready)
		return FAIL(f, E_NOT_READY, "it is not set up");
	if (row->when == SIGNER_WHEN_CLOCK)
		TRY(validity_clock(now / 1000, journal_last_ms(s->journal) / 1000, f));
	return OK;
}

/* May it be asked at all, by this peer, now? */
static enum err
admit(const struct signer *s, const struct batch_item *item, int64_t now, struct fault *f)
{
	const struct signer_row *row = signer_row(item->type);

	if (!row)
		return FAIL(f, E_FRAME, "message %u", item->type);
	if (!signer_may(row, item->peer))
		return FAIL_FIELD(f, E_ROLE, row->name, signer_peer_name(item->peer),
		    "%s may not ask %s", signer_peer_name(item->peer), row->name);
	if (item->body.n > row->max)
		return FAIL(f, E_FRAME, "%s of %zu octets", row->name, item->body.n);
	return when(s, row, now, f);
}

static enum err
answer_one(struct signer *s, const struct batch_item *item, struct ask *q, struct buf *answer,
    struct fault *f)
{
	TRY(admit(s, item, q->now, f));
	for (size_t i = 0; i < sizeof(handlers) / sizeof(handlers[0]); i++)
		if (handlers[i].type == item->type)
			return handlers[i].fn(s, q, answer, f);
	return FAIL(f, E_INTERNAL, "message %u", item->type);
}

/* u16 err, then the texts of the fault. */
static struct bytes
fault_answer(struct arena *a, const struct fault *f)
{
	struct buf b = buf_new(a, 2048);

	buf_u16(&b, (uint16_t)f->code);
	buf_field(&b, str_bytes(str_of(f->field)));
	buf_field(&b, str_bytes(str_of(f->rule)));
	buf_field(&b, str_bytes(str_of(f->detail)));
	return buf_bytes(&b);
}

/* Not the asker's doing: nothing for the journal. */
static bool
own_trouble(enum err e)
{
	return e == E_NOT_READY || e == E_JOURNAL || e == E_CLOCK || e == E_FILE ||
	    e == E_UNAVAILABLE;
}

/* The answer as it leaves; a refusal is noted. */
static void
done(const struct group_of *of, struct batch_item *v, const struct buf *answer, struct fault *f)
{
	struct signer *s = of->s;
	enum err e = f->code;
	struct log l;

	if (e == OK && answer->bad)
		e = FAIL(f, E_INTERNAL, "the answer is too large");
	if (e == OK) {
		v->answer = buf_bytes(answer);
		return;
	}
	if (!own_trouble(e) && s->journal && !s->stale && s->state != SIGNER_STOPPED) {
		refuse_note(s, &(struct refuse){v->peer, v->type, f}, of->now);
	} else {
		l = log_line(LOG_REFUSED);
		log_str(&l, "peer", signer_peer_name(v->peer));
		log_fault(&l, f);
		log_end(&l);
	}
	v->answer = fault_answer(of->a, f);
}

static void
run_one(const struct group_of *of, struct arena *each, struct batch_item *v)
{
	struct ask q = {
	    .peer = v->peer, .body = rd_new(v->body), .fd = v->fd, .a = each, .now = of->now};
	struct buf answer = buf_new(of->a, IPC_BODY_MAX);
	struct fault f = {0};

	buf_u16(&answer, OK);
	if (answer_one(of->s, v, &q, &answer, &f) == OK)
		f = (struct fault){0};
	done(of, v, &answer, &f);
}

static bool
may_group(const struct group_of *of, const struct batch_item *v)
{
	struct fault f = {0};

	return admit(of->s, v, of->now, &f) == OK;
}

/* One line for what a CA key signed and for what changes the rules; the rest is everyday work. */
static void
tell_signed(const struct batch_item *v)
{
	const struct signer_row *row = signer_row(v->type);
	struct rd r = rd_new(v->answer);
	struct log l;

	if (rd_u16(&r) != OK ||
	    (v->type != SIGNER_ISSUE && v->type != SIGNER_ISSUE_INTERNAL &&
		v->type != SIGNER_CRL_SIGN && v->type != SIGNER_DOCUMENT_PUT &&
		v->type != SIGNER_SETUP_KEYS && v->type != SIGNER_SETUP_FINISH))
		return;
	l = log_line(LOG_SIGNED);
	log_str(&l, "peer", signer_peer_name(v->peer));
	log_str(&l, "message", row->name);
	log_end(&l);
}

/* Sync what the batch did; on a fault none of it is granted and the disk is the only truth. */
static void
sync_all(struct signer *s, struct arena *a, struct batch_item *v, size_t n)
{
	struct fault f = {0};
	struct log l;

	if (!s->journal || (journal_sync(s->journal, &f) == OK && !s->stale)) {
		for (size_t i = 0; i < n; i++)
			tell_signed(&v[i]);
		return;
	}
	s->stale = true;
	if (f.code == OK)
		f = (struct fault){.code = E_JOURNAL};
	l = log_line(LOG_SIGNER_FAULT);
	log_fault(&l, &f);
	log_end(&l);
	for (size_t i = 0; i < n; i++)
		if (v[i].type != SIGNER_STATUS)
			v[i].answer = fault_answer(a, &f);
}

static void
reload(struct signer *s, int64_t now)
{
	struct fault f = {0};
	struct log l;

	if (!s->stale && s->state != SIGNER_STOPPED)
		return;
	if (s->load_ms != 0 && now - s->load_ms < RELOAD_MS && now >= s->load_ms)
		return;
	if (state_load(s, &f) != OK) {
		l = log_line(LOG_SIGNER_FAULT);
		log_fault(&l, &f);
		log_end(&l);
	}
	s->load_ms = now;
}

void
batch_run(struct signer *s, struct arena *a, int64_t now, struct batch_item *v, size_t n)
{
	const struct group_of of = {s, a, now};
	struct arena *each = arena_new(0);
	struct group *g = group_new(&of, done);

	reload(s, now);
	for (size_t i = 0; i < n; i++) {
		if (may_group(&of, &v[i]) && group_take(g, &v[i]))
			continue;
		group_end(g);
		run_one(&of, each, &v[i]);
		arena_reset(each);
	}
	group_end(g);
	group_free(&g);
	sync_all(s, a, v, n);
	arena_free(&each);
}

void
batch_tick(struct signer *s, int64_t now)
{
	if (!s->journal || s->stale || s->state == SIGNER_STOPPED)
		return;
	refuse_tick(s, now);
	sync_all(s, NULL, NULL, 0);
}
