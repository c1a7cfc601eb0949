/* SPDX-License-Identifier: Apache-2.0 */
/* ISSUE and ISSUE_INTERNAL: gate, signature, journal. */
#include <string.h>

#include "crypto/selfcheck.h"
#include "signer/gate.h"
#include "signer/handle.h"

#define ONE_IN 64 /* so many certificates to one that OpenSSL verifies again */

/* The body of an ISSUED or INTERNAL record; signer_record_issued reads it. */
struct deed {
	const struct approval_subject *what;
	struct bytes claim, unit;
};

static enum err
record(struct ask *q, const struct deed *d, struct bytes certificate, struct bytes *ret,
    struct fault *f)
{
	struct buf b = buf_new(q->a, JOURNAL_BODY_MAX);

	buf_field(&b, id_bytes(&d->what->enrolment));
	buf_field(&b, str_bytes(d->what->application));
	buf_u32(&b, d->what->revision);
	buf_field(&b, str_bytes(d->what->profile));
	buf_u32(&b, d->what->profile_version);
	buf_field(&b, certificate);
	buf_field(&b, d->unit);
	buf_field(&b, d->claim);
	if (b.bad)
		return FAIL(f, E_FRAME, "a record of more than %zu octets", JOURNAL_BODY_MAX);
	*ret = buf_bytes(&b);
	return OK;
}

/* The other implementation must agree, or nothing leaves. */
static enum err
sample(struct signer *s, enum profile_ca ca, struct bytes certificate, int64_t now, struct fault *f)
{
	struct bytes chain[] = {s->ca[ca].cert.whole, s->root.whole};

	if (s->signed_count++ % ONE_IN != 0)
		return OK;
	return selfcheck_certificate(certificate, chain, 2, now / 1000, f);
}

static void
answer_put(struct buf *answer, struct bytes certificate, uint64_t position, bool repeated)
{
	buf_field(answer, certificate);
	buf_u64(answer, position);
	buf_u8(answer, repeated);
}

/* Sign what passed, journal it, note it. */
static enum err
sign(struct signer *s, struct ask *q, const struct gate_pass *pass, const struct deed *d,
    struct buf *answer, struct fault *f)
{
	struct bytes signature = {0}, certificate = {0}, body = {0};
	struct journal_record r = {.ms = q->now};

	TRY(keys_sign(s, s->ca[pass->ca].key, q->a, pass->cert.tbs, &signature, f));
	TRY(cert_finish(q->a, pass->cert.tbs, pass->cert.alg, signature, &certificate, f));
	TRY(sample(s, pass->ca, certificate, q->now, f));
	TRY(record(q, d, certificate, &body, f));
	r.kind = id_is_none(d->what->enrolment) ? SIGNER_RECORD_INTERNAL : SIGNER_RECORD_ISSUED;
	r.body = body;
	TRY(journal_append(s->journal, r.kind, q->now, body, &r.offset, f));
	if (state_note(s, &r, f) != OK) {
		s->stale = true;
		return f->code;
	}
	answer_put(answer, certificate, journal_sequence(s->journal), false);
	return OK;
}

/* The certificate that this key got before: the same octets, no new signature. */
static enum err
again(struct signer *s, struct ask *q, const struct index_row *row, struct buf *answer,
    struct fault *f)
{
	struct journal_record r = {0};
	struct signer_record_issued issued;

	TRY(journal_at(s->journal, row->offset, q->a, &r, f));
	TRY(signer_record_issued(r.body, &issued, f));
	answer_put(answer, issued.certificate, r.sequence, true);
	return OK;
}

enum err
handle_ISSUE(struct signer *s, struct ask *q, struct buf *answer, struct fault *f)
{
	struct bytes octets = rd_field(&q->body, CLAIM_MAX);
	struct bytes tbs = rd_field(&q->body, SIGNER_TBS_MAX);
	struct bytes unit = rd_field(&q->body, SIGNER_UNIT_MAX);
	struct claim claim = {0};
	struct gate_ask ask = {.claim = &claim, .tbs = tbs, .now = q->now};
	struct deed deed = {&claim.what, octets, unit};
	struct gate_pass pass = {0};

	TRY(ask_end(q, f));
	TRY(claim_parse(q->a, octets, &claim, f));
	TRY(gate_issue(s, q->a, &ask, &pass, f));
	if (pass.again)
		return again(s, q, pass.again, answer, f);
	return sign(s, q, &pass, &deed, answer, f);
}

enum err
handle_ISSUE_INTERNAL(struct signer *s, struct ask *q, struct buf *answer, struct fault *f)
{
	uint8_t kind = rd_u8(&q->body);
	struct bytes tbs = rd_field(&q->body, SIGNER_TBS_MAX);
	struct gate_ask ask = {.kind = (enum builtin)kind, .tbs = tbs, .now = q->now};
	struct approval_subject what = {0};
	struct deed deed = {.what = &what};
	struct gate_pass pass = {0};

	TRY(ask_end(q, f));
	if (kind >= BUILTIN__COUNT)
		return FAIL_FIELD(f, E_GATE, "kind", NULL, "kind %u", kind);
	TRY(gate_internal(s, q->a, &ask, &pass, f));
	what.profile = str_of(builtin_name(ask.kind));
	return sign(s, q, &pass, &deed, answer, f);
}
