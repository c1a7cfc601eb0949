/* SPDX-License-Identifier: Apache-2.0 */
/* AUDIT_SIGN, AUDIT_LAST: places of the log, signed so that it cannot be computed anew (S25). */
#include <string.h>

#include "base/must.h"
#include "signer/handle.h"

enum err
state_note_checkpoint(struct signer *s, struct bytes octets, struct fault *f)
{
	must(octets.n <= sizeof(s->checkpoint_octets));
	memcpy(s->checkpoint_octets, octets.p, octets.n);
	return checkpoint_parse(bytes_of(s->checkpoint_octets, octets.n), &s->checkpoint, f);
}

/* The journal remembers each: a signer that was started anew refuses what this one would. */
static enum err
note(struct signer *s, const struct ask *q, struct bytes octets, struct fault *f)
{
	uint64_t offset;

	TRY(state_note_checkpoint(s, octets, f));
	return journal_append(s->journal, SIGNER_RECORD_CHECKPOINT, q->now, octets, &offset, f);
}

enum err
handle_AUDIT_SIGN(struct signer *s, struct ask *q, struct buf *answer, struct fault *f)
{
	struct bytes octets = rd_field(&q->body, CHECKPOINT_MAX), signature = {0};
	struct checkpoint c = {0};

	TRY(ask_end(q, f));
	TRY(checkpoint_parse(octets, &c, f));
	if (c.env != s->env || !str_eq(c.origin, s->origin))
		return FAIL_FIELD(
		    f, E_GATE, "checkpoint", "our own", "a checkpoint of another place");
	TRY(checkpoint_follows(&s->checkpoint, &c, q->now, f));
	if (c.seq > s->checkpoint.seq)
		TRY(note(s, q, octets, f));
	TRY(keys_sign(s, &s->key[SIGNER_KEY_AUDIT], q->a, octets, &signature, f));
	buf_field(answer, signature);
	return OK;
}

enum err
handle_AUDIT_LAST(struct signer *s, struct ask *q, struct buf *answer, struct fault *f)
{
	TRY(ask_end(q, f));
	buf_field(answer, s->key[SIGNER_KEY_AUDIT].spki);
	buf_i64(answer, s->checkpoint.seq);
	buf_field(answer, s->checkpoint.hash);
	buf_i64(answer, s->checkpoint.at);
	return OK;
}
