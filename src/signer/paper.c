/* SPDX-License-Identifier: Apache-2.0 */
/*
 * PAPER_OPEN: the key of one uploaded paper, for the front that shows it. The one secret that the front may
 * have opened: few a minute, each in the journal before it is given (docs/adr/0008).
 */
#include "crypto/seal.h"
#include "signer/handle.h"

#define KEY_SIZE 32

/* What SEAL's label gives: the front seals there, nobody opens there but this. */
static enum err
open_key(struct signer *s, struct ask *q, struct bytes associated, struct bytes sealed,
    struct bytes *ret, struct fault *f)
{
	uint8_t key[SEAL_KEY_SIZE];
	enum err e;

	state_derive(s, "seal", str_bytes(STR(SIGNER_LABEL_PAPER)), key, sizeof(key));
	e = seal_open(key, associated, sealed, q->a, ret, f);
	wipe(key, sizeof(key));
	return e;
}

enum err
handle_PAPER_OPEN(struct signer *s, struct ask *q, struct buf *answer, struct fault *f)
{
	struct bytes associated = rd_field(&q->body, SIGNER_LABEL_MAX * 2);
	struct bytes sealed = rd_field(&q->body, KEY_SIZE + SEAL_OVERHEAD), key = {0};
	struct buf record = buf_new(q->a, 512);
	uint64_t offset;

	TRY(ask_end(q, f));
	if (!meter_take(&s->papers, q->now, STATE_PAPER_RATE, 60000))
		return FAIL_FIELD(
		    f, E_RATE, "document", "60 / min", "more than %d a minute", STATE_PAPER_RATE);
	TRY(open_key(s, q, associated, sealed, &key, f));
	buf_field(&record, associated);
	TRY(journal_append(
	    s->journal, SIGNER_RECORD_PAPER, q->now, buf_bytes(&record), &offset, f));
	buf_field(answer, key);
	return OK;
}
