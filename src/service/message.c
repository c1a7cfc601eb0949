/* SPDX-License-Identifier: Apache-2.0 */
/* Messages: opened by the signer for jobs alone, filled from the catalogue, handed over, wiped. */
#include "base/rd.h"
#include "crypto/random.h"
#include "service/act.h"
#include "service/upkeep.h"
#include "service/work.h"

#define MESSAGE_HELD   60 /* seconds */
#define MESSAGE_VALUES 16

/* 15 s, 30 s, … half an hour, and up to a quarter more: what failed together does not come back together. */
static int64_t
wait_after(int64_t tries)
{
	int64_t wait = tries < 8 ? (int64_t)15 << (tries > 1 ? tries - 1 : 0) : 1800;
	uint32_t chance;

	random_bytes(&chance, sizeof(chance));
	return wait + (int64_t)(chance % (uint32_t)(wait / 4 + 1));
}

static enum err
open_part(const struct call *c, const char *label, struct str template, struct bytes sealed,
    struct bytes *ret, struct fault *f)
{
	const struct signer_secret q = {
	    .label = str_of(label), .associated = str_bytes(template), .octets = sealed};

	return signer_open(c->service->signer, c->a, &q, ret, f);
}

/* What a text is filled with, as act_message wrote it. */
static void
read_values(const struct call *c, struct bytes params, struct upkeep_message *m)
{
	struct catalogue_value *values = arena_array(c->a, MESSAGE_VALUES, sizeof(*values));
	struct rd r = rd_new(params);

	m->values = values;
	while (r.n && !r.bad && m->count < MESSAGE_VALUES) {
		struct str name = rd_text(&r, 64);

		values[m->count].value = rd_text(&r, 4096);
		values[m->count].name = arena_cstr(c->a, name);
		if (!r.bad && values[m->count].name != NULL)
			m->count++;
	}
}

static struct str
text_of(const struct call *c, const struct upkeep_message *m, const char *key)
{
	return catalogue_fill(c->a, m->lang, key, m->values, m->count);
}

static enum err
render(
    const struct call *c, const struct outbox_row *row, struct upkeep_message *ret, struct fault *f)
{
	struct upkeep_message m = {.id = row->id,
	    .created = row->created,
	    .expires = row->expires,
	    .channel = row->channel,
	    .template = row->template,
	    .lang = LANG_EN};
	const char *key = arena_cstr(c->a, row->template);
	struct bytes to, params;

	TRY(open_part(c, "outbox-recipient", row->template, row->recipient, &to, f));
	TRY(open_part(c, "outbox-params", row->template, row->params, &params, f));
	(void)lang_parse(row->lang, &m.lang);
	m.recipient = bytes_str(to);
	read_values(c, params, &m);
	if (str_is(row->channel, "mail")) {
		m.subject = text_of(c, &m, arena_fmt(c->a, "%s.subject", key));
		m.text = text_of(c, &m, arena_fmt(c->a, "%s.text", key));
	} else {
		m.text = text_of(c, &m, key);
	}
	*ret = m;
	return OK;
}

static enum err
give_up(const struct call *c, const struct outbox_row *row, struct str why, struct fault *f)
{
	struct unit *u = act_unit(c);

	unit_outbox_failed(u, row, why);
	unit_log(u, AUDIT_MESSAGE_FAILED, row->object,
	    act_detail(c,
		(const char *const[]){"template", arena_cstr(c->a, row->template), "why",
		    arena_cstr(c->a, why), NULL}));
	return act_commit(c, u, f);
}

/* A message that cannot be opened now (the signer is being started again) is not held: it has its next try. */
static enum err
render_or_leave(
    const struct call *c, const struct outbox_row *row, struct upkeep_message *ret, struct fault *f)
{
	struct fault ignored = {0};
	enum err e = render(c, row, ret, f);

	if (e != OK &&
	    upkeep_message_done(c, row->id, UPKEEP_LATER, str_of(err_row(e)->slug), &ignored) != OK)
		ignored = (struct fault){0}; /* then it is free when its time is over */
	return e;
}

enum err
upkeep_message_next(
    const struct call *c, struct str channel, struct upkeep_message *ret, struct fault *f)
{
	const struct work_claim claim = {.worker = work_name(c),
	    .now = c->now,
	    .until = c->now + MESSAGE_HELD,
	    .most = 1,
	    .channel = channel};
	struct outbox_list list;

	TRY(act_local(c, f));
	for (;;) {
		TRY(store_outbox_claim(c->service->store, c->a, &claim, &list, f));
		if (list.n == 0)
			return FAIL(f, E_NOT_FOUND, "no message is due");
		if (list.rows[0].expires >= c->now)
			return render_or_leave(c, &list.rows[0], ret, f);
		TRY(give_up(c, &list.rows[0], STR("expired"), f));
	}
}

enum err
upkeep_message_due(const struct call *c, struct str channel, int64_t *ret, struct fault *f)
{
	return store_outbox_next(c->service->store, channel, c->now, ret, f);
}

enum err
upkeep_message_done(
    const struct call *c, int64_t id, enum upkeep_outcome outcome, struct str why, struct fault *f)
{
	struct outbox_row row;
	struct unit *u;
	int64_t due;

	TRY(store_outbox(c->service->store, c->a, id, &row, f));
	due = c->now + wait_after(row.tries);
	if (outcome == UPKEEP_REFUSED || (outcome == UPKEEP_LATER && due > row.expires))
		return give_up(c, &row, why, f);
	u = act_unit(c);
	if (outcome == UPKEEP_SENT) {
		unit_outbox_sent(u, &row, c->now);
		unit_log(u, AUDIT_MESSAGE_SENT, row.object,
		    act_detail(c,
			(const char *const[]){"template", arena_cstr(c->a, row.template), NULL}));
	} else {
		unit_outbox_later(u, &row, due, why);
	}
	return act_commit(c, u, f);
}
