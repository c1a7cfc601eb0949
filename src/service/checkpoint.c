/* SPDX-License-Identifier: Apache-2.0 */
/* Places of the log that the signer signs: made by the jobs process, read by auditors, carried away. */
#include <inttypes.h>

#include "base/text.h"
#include "core/checkpoint.h"
#include "service/trail_in.h"
#include "service/upkeep.h"

/* The newest, or none (seq 0). */
static enum err
newest(const struct call *c, struct checkpoint *ret, struct fault *f)
{
	struct checkpoint_row row;
	struct fault why = {0};
	enum err e = store_checkpoint(c->service->store, c->a, &row, &why);

	*ret = (struct checkpoint){0};
	if (e == E_NOT_FOUND)
		return OK;
	if (e != OK)
		return FAIL(f, e, "%s", why.detail);
	return checkpoint_parse(row.octets, ret, f);
}

static struct trail_checkpoint
shown(const struct call *c, const struct checkpoint *p, struct bytes signature)
{
	return (struct trail_checkpoint){.seq = p->seq,
	    .time_ms = p->at,
	    .hash = str_of(hex_text(c->a, p->hash)),
	    .environment = str_of(environment_name(p->env)),
	    .origin = p->origin,
	    .signature = signature};
}

enum err
upkeep_checkpoint(const struct call *c, const struct checkpoint_rule *rule,
    struct trail_checkpoint *ret, bool *made, struct fault *f)
{
	struct checkpoint last,
	    next = {.env = c->service->env, .origin = c->service->conf.origin, .at = c->now * 1000};
	struct checkpoint_row row = {.created = c->now};
	struct log_head head;
	struct unit *u;

	TRY(act_local(c, f));
	*made = false;
	TRY(newest(c, &last, f));
	TRY(store_log_head(c->service->store, c->a, &head, f));
	if (!checkpoint_due(rule, &last, head.seq, next.at))
		return OK;
	next.seq = row.seq = head.seq;
	next.hash = head.hash;
	TRY(checkpoint_encode(c->a, &next, &row.octets, f));
	TRY(signer_audit_sign(c->service->signer, c->a, row.octets, &row.signature, f));
	u = act_unit(c);
	unit_checkpoint(u, &row);
	*ret = shown(c, &next, row.signature);
	unit_log(u, AUDIT_CHECKPOINT, str_of(arena_fmt(c->a, "%" PRId64, next.seq)),
	    act_detail(c, (const char *const[]){"hash", arena_cstr(c->a, ret->hash), NULL}));
	TRY(act_commit(c, u, f));
	*made = true;
	return OK;
}

static enum err
list(const struct call *c, int64_t after, int64_t most, struct trail_checkpoints *ret,
    struct fault *f)
{
	struct trail_checkpoints page = {.next = STR("")};
	struct checkpoint_list l;
	struct signer_audit last;

	TRY(signer_audit_last(c->service->signer, c->a, &last, f));
	TRY(store_checkpoints(c->service->store, c->a, after, most, &l, f));
	page.key = last.spki;
	page.items = arena_array(c->a, l.n + 1, sizeof(*page.items));
	page.count = l.n;
	for (size_t i = 0; i < l.n; i++) {
		struct checkpoint p;

		/* One that was written over is shown as broken by the walk; here it has nothing to say. */
		if (checkpoint_parse(l.rows[i].octets, &p, NULL) != OK)
			p = (struct checkpoint){.seq = l.rows[i].seq};
		page.items[i] = shown(c, &p, l.rows[i].signature);
	}
	if (l.more)
		page.next = act_cursor(c, 0, l.rows[l.n - 1].seq);
	*ret = page;
	return OK;
}

enum err
trail_checkpoints(const struct call *c, struct str cursor, int64_t limit,
    struct trail_checkpoints *ret, struct fault *f)
{
	struct page page;

	TRY(trail_may_look(c, f));
	TRY(act_page(c, cursor, limit, &page, f));
	return list(c, page.id, limit, ret, f);
}

enum err
trail_checkpoints_after(
    const struct call *c, int64_t after, struct trail_checkpoints *ret, struct fault *f)
{
	TRY(act_local(c, f));
	return list(c, after, PAGE_MAX, ret, f);
}

enum err
trail_checkpoint_ask(const struct call *c, int64_t *ret, struct fault *f)
{
	struct unit *u;

	TRY(trail_may_look(c, f));
	u = act_unit(c);
	act_job(u, c, "checkpoint", STR("asked"), c->now);
	unit_log(u, AUDIT_CHECKPOINT_ASKED, STR(""), STR(""));
	TRY(act_commit(c, u, f));
	*ret = unit_seq(u);
	return OK;
}

void
trail_checkpoint_out(
    struct out *o, const char *name, const struct trail_checkpoint *p, struct bytes key)
{
	out_object(o, name);
	out_int(o, "seq", p->seq);
	out_int(o, "time_ms", p->time_ms);
	out_time(o, "time", p->time_ms / 1000);
	out_text(o, "hash", p->hash);
	out_text(o, "environment", p->environment);
	out_text(o, "origin", p->origin);
	out_bytes(o, "signature", p->signature);
	out_bytes(o, "key", key);
	out_close(o);
}
