/* SPDX-License-Identifier: Apache-2.0 */
#include "core/checkpoint.h"

#include "base/must.h"
#include "core/field.h"
#include "core/origin.h"

#define ALGORITHM "sha256"
#define WORD_MAX  16
#define NEAR      300000 /* most milliseconds between a checkpoint's time and the clock */

static enum err
contents(const struct checkpoint *c, struct fault *f)
{
	TRY(origin_check(c->origin, c->env, f));
	if (c->seq <= 0 || c->at <= 0)
		return FAIL_FIELD(f, E_FIELD_VALUE, "checkpoint", NULL, "number or time");
	if (c->hash.n != CHECKPOINT_HASH)
		return FAIL_FIELD(f, E_FIELD_VALUE, "checkpoint", "n=32", "hash");
	return OK;
}

enum err
checkpoint_encode(struct arena *a, const struct checkpoint *c, struct bytes *ret, struct fault *f)
{
	struct buf b = buf_new(a, CHECKPOINT_MAX);

	TRY(contents(c, f));
	buf_str(&b, STR(CHECKPOINT_WORD));
	buf_str(&b, STR(ALGORITHM));
	field_text(&b, environment_name(c->env));
	buf_field(&b, str_bytes(c->origin));
	field_number(&b, (uint64_t)c->seq);
	buf_field(&b, c->hash);
	field_number(&b, (uint64_t)c->at);
	must(!b.bad);
	*ret = buf_bytes(&b);
	return OK;
}

enum err
checkpoint_parse(struct bytes in, struct checkpoint *ret, struct fault *f)
{
	struct rd r = rd_new(in);
	struct checkpoint c = {0};
	bool env;

	field_magic_read(&r, CHECKPOINT_WORD);
	field_magic_read(&r, ALGORITHM);
	env = environment_parse(rd_text(&r, WORD_MAX), &c.env);
	c.origin = rd_text(&r, ORIGIN_MAX);
	c.seq = (int64_t)field_number_read(&r, INT64_MAX);
	c.hash = field_sized_read(&r, CHECKPOINT_HASH, false);
	c.at = (int64_t)field_number_read(&r, INT64_MAX);
	if (!rd_done(&r) || !env || contents(&c, NULL) != OK)
		return FAIL(f, E_FRAME, "checkpoint");
	*ret = c;
	return OK;
}

bool
checkpoint_due(
    const struct checkpoint_rule *rule, const struct checkpoint *last, int64_t head, int64_t now)
{
	int64_t fresh = head - last->seq;

	if (last->seq == 0)
		return head > 0;
	if (fresh <= 1)
		return false;
	return rule->asked || fresh > rule->records || now - last->at >= rule->ms;
}

enum err
checkpoint_follows(
    const struct checkpoint *last, const struct checkpoint *next, int64_t now, struct fault *f)
{
	if (next->seq < last->seq)
		return FAIL_FIELD(f, E_GATE, "checkpoint", "number rises", "record %lld after %lld",
		    (long long)next->seq, (long long)last->seq);
	if (next->seq == last->seq && !bytes_eq(next->hash, last->hash))
		return FAIL_FIELD(f, E_GATE, "checkpoint", "one hash a number",
		    "another hash of record %lld", (long long)next->seq);
	if (next->at > now + NEAR || next->at < now - NEAR)
		return FAIL_FIELD(f, E_GATE, "checkpoint", "time near the clock", "%lld at %lld",
		    (long long)next->at, (long long)now);
	return OK;
}
