/* SPDX-License-Identifier: Apache-2.0 */
#include "api/rows.h"
#include "base/text.h"
#include "service/trail.h"

#define WORD_MAX 256

static enum err
word(const struct api_call *k, const char *name, struct str *ret, struct fault *f)
{
	TRY(http_query(k->req, name, ret, f));
	if (ret->n > WORD_MAX || (ret->p != NULL && ret->n == 0))
		return FAIL_FIELD(f, E_FIELD_VALUE, name, "1–256", "%zu octets", ret->n);
	return OK;
}

static enum err
moment(const struct api_call *k, const char *name, int64_t *ret, struct fault *f)
{
	struct str s;

	TRY(http_query(k->req, name, &s, f));
	if (s.p != NULL && !time_parse(s, ret))
		return FAIL_FIELD(f, E_FIELD_FORMAT, name, "RFC 3339", "not a time");
	return OK;
}

static void
out_record(struct out *o, const struct trail_record *r)
{
	out_object(o, NULL);
	out_int(o, "seq", r->seq);
	out_int(o, "time_ms", r->time_ms);
	out_time(o, "time", r->time_ms / 1000);
	out_text(o, "event", r->event);
	out_text(o, "actor", r->actor);
	out_text(o, "object", r->object);
	out_text(o, "request", r->request);
	out_text(o, "detail", r->detail);
	out_text(o, "hash", r->hash);
	out_close(o);
}

enum err
api_audit_list(struct api_call *k, const void *in, struct out *o, struct fault *f)
{
	struct trail_want want = {0};
	struct trail_page page;
	struct str cursor;
	int64_t limit;

	(void)in;
	TRY(word(k, "event", &want.event, f));
	TRY(word(k, "object", &want.object, f));
	TRY(word(k, "actor", &want.actor, f));
	TRY(moment(k, "since", &want.since, f));
	TRY(moment(k, "until", &want.until, f));
	TRY(api_page(k, &cursor, &limit, f));
	TRY(trail_list(&k->call, &want, cursor, limit, &page, f));
	out_object(o, NULL);
	out_array(o, "records");
	for (size_t i = 0; i < page.count; i++)
		out_record(o, &page.items[i]);
	out_close(o);
	out_text_if(o, "next", page.next);
	out_close(o);
	return OK;
}

enum err
api_audit_checkpoints(struct api_call *k, const void *in, struct out *o, struct fault *f)
{
	struct trail_checkpoints page;
	struct str cursor;
	int64_t limit;

	(void)in;
	TRY(api_page(k, &cursor, &limit, f));
	TRY(trail_checkpoints(&k->call, cursor, limit, &page, f));
	out_object(o, NULL);
	out_bytes(o, "key", page.key);
	out_array(o, "checkpoints");
	for (size_t i = 0; i < page.count; i++)
		trail_checkpoint_out(o, NULL, &page.items[i], page.key);
	out_close(o);
	out_text_if(o, "next", page.next);
	out_close(o);
	return OK;
}

enum err
api_audit_checkpoint(struct api_call *k, const void *in, struct out *o, struct fault *f)
{
	int64_t seq;

	(void)in;
	TRY(trail_checkpoint_ask(&k->call, &seq, f));
	out_object(o, NULL);
	out_int(o, "seq", seq);
	out_close(o);
	k->status = 202;
	return OK;
}

enum err
api_audit_verify(struct api_call *k, const void *in, struct out *o, struct fault *f)
{
	struct trail_proof p;
	struct str cursor;

	(void)in;
	TRY(http_query(k->req, "cursor", &cursor, f));
	TRY(trail_verify(&k->call, cursor, &p, f));
	out_object(o, NULL);
	out_bool(o, "whole", p.broken == 0 && p.checkpoint == 0);
	if (p.broken)
		out_int(o, "broken", p.broken);
	if (p.checkpoint)
		out_int(o, "checkpoint", p.checkpoint);
	out_int(o, "checkpoints", p.checkpoints);
	out_int(o, "head", p.head);
	out_int(o, "seq", p.seq);
	out_int(o, "time_ms", p.time_ms);
	out_text(o, "hash", p.hash);
	out_text_if(o, "next", p.next);
	out_close(o);
	return OK;
}
