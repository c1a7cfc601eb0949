/* SPDX-License-Identifier: Apache-2.0 */
#include "signer/refuse.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/log.h"

#define MINUTE_MS 60000
#define DETAIL    160 /* octets that the journal keeps */

static const char *
message_name(uint16_t message)
{
	const struct signer_row *row = signer_row(message);

	return row ? row->name : "unknown";
}

static void
write_record(struct signer *s, const struct state_refusal *r, const struct fault *f, uint32_t count,
    int64_t now)
{
	struct arena *a = arena_new(0);
	struct buf b = buf_new(a, 4096);
	struct log l = log_line(LOG_REFUSED);
	struct str detail = str_of(f ? f->detail : "");
	uint64_t offset;

	if (detail.n > DETAIL)
		detail.n = DETAIL;
	buf_field(&b, str_bytes(str_of(signer_peer_name(r->peer))));
	buf_field(&b, str_bytes(str_of(message_name(r->message))));
	buf_field(&b, str_bytes(str_of(err_row(r->code)->symbol)));
	buf_field(&b, str_bytes(str_of(f ? f->field : "")));
	buf_field(&b, str_bytes(str_of(r->rule)));
	buf_field(&b, str_bytes(detail));
	buf_u32(&b, count);
	/* A journal that cannot take it fails the batch at its sync: nothing is granted either. */
	if (journal_append(s->journal, SIGNER_RECORD_REFUSED, now, buf_bytes(&b), &offset, NULL) !=
	    OK)
		s->stale = true;
	log_str(&l, "peer", signer_peer_name(r->peer));
	log_str(&l, "message", message_name(r->message));
	log_str(&l, "code", err_row(r->code)->slug);
	log_str(&l, "rule", r->rule);
	log_int(&l, "count", count);
	if (f)
		log_str(&l, "detail", f->detail);
	log_end(&l);
	arena_free(&a);
}

void
refuse_tick(struct signer *s, int64_t now)
{
	for (size_t i = 0; i < STATE_REFUSALS; i++) {
		struct state_refusal *r = &s->refusal[i];

		if (r->minute == now / MINUTE_MS || r->more == 0)
			continue;
		write_record(s, r, NULL, r->more, now);
		r->more = 0;
	}
}

void
refuse_note(struct signer *s, const struct refuse *q, int64_t now)
{
	struct state_refusal fresh = {.minute = now / MINUTE_MS,
	    .peer = q->peer,
	    .message = q->message,
	    .code = q->fault->code};
	struct state_refusal *room = NULL;

	(void)snprintf(fresh.rule, sizeof(fresh.rule), "%s", q->fault->rule);
	refuse_tick(s, now);
	for (size_t i = 0; i < STATE_REFUSALS; i++) {
		struct state_refusal *r = &s->refusal[i];

		if (r->minute != fresh.minute) {
			room = r;
		} else if (r->peer == fresh.peer && r->message == fresh.message &&
		    r->code == fresh.code && strcmp(r->rule, fresh.rule) == 0) {
			r->more++;
			return;
		}
	}
	if (!room) {
		/* More kinds in a minute than there is room for: they are summed under the last. */
		s->refusal[STATE_REFUSALS - 1].more++;
		return;
	}
	*room = fresh;
	write_record(s, room, q->fault, 1, now);
}
