/* SPDX-License-Identifier: Apache-2.0 */
/* ISSUE and ISSUE_INTERNAL: gate, signature, journal. */
#include "signer/issue.h"

#include <string.h>

#include "crypto/selfcheck.h"

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

/* Journal what was signed, and note it. */
struct kept {
	const struct gate_pass *pass;
	const struct deed *deed;
	struct bytes signature;
};

static enum err
keep(struct signer *s, struct ask *q, const struct kept *k, struct buf *answer, struct fault *f)
{
	const struct gate_pass *pass = k->pass;
	const struct deed *d = k->deed;
	struct bytes certificate = {0}, body = {0};
	struct journal_record r = {.ms = q->now};

	TRY(cert_finish(q->a, pass->cert.tbs, pass->cert.alg, k->signature, &certificate, f));
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
issue_begin(struct signer *s, struct ask *q, const struct issue *const *before, size_t n,
    struct issue *ret, struct fault *f)
{
	struct gate_ask ask = {.claim = &ret->claim, .now = q->now};

	ret->octets = rd_field(&q->body, CLAIM_MAX);
	ask.tbs = rd_field(&q->body, SIGNER_TBS_MAX);
	ret->unit = rd_field(&q->body, SIGNER_UNIT_MAX);
	TRY(ask_end(q, f));
	TRY(claim_parse(q->a, ret->octets, &ret->claim, f));
	for (size_t i = 0; i < n; i++)
		ask.ahead += str_eq(before[i]->claim.what.profile, ret->claim.what.profile);
	return gate_issue(s, q->a, &ask, &ret->pass, f);
}

bool
issue_meets(const struct issue *x, const struct issue *y)
{
	return id_eq(x->claim.what.enrolment, y->claim.what.enrolment) ||
	    bytes_eq(x->pass.cert.spki, y->pass.cert.spki) ||
	    bytes_eq(x->pass.cert.serial, y->pass.cert.serial);
}

enum err
issue_end(struct signer *s, struct ask *q, const struct issue *x, struct bytes signature,
    struct buf *answer, struct fault *f)
{
	struct deed deed = {&x->claim.what, x->octets, x->unit};

	return keep(s, q, &(struct kept){&x->pass, &deed, signature}, answer, f);
}

enum err
handle_ISSUE(struct signer *s, struct ask *q, struct buf *answer, struct fault *f)
{
	struct issue x = {0};
	struct bytes signature = {0};

	TRY(issue_begin(s, q, NULL, 0, &x, f));
	if (x.pass.again)
		return again(s, q, x.pass.again, answer, f);
	TRY(keys_sign(s, s->ca[x.pass.ca].key, q->a, x.pass.cert.tbs, &signature, f));
	return issue_end(s, q, &x, signature, answer, f);
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
	struct bytes signature = {0};

	TRY(ask_end(q, f));
	if (kind >= BUILTIN__COUNT)
		return FAIL_FIELD(f, E_GATE, "kind", NULL, "kind %u", kind);
	TRY(gate_internal(s, q->a, &ask, &pass, f));
	what.profile = str_of(builtin_name(ask.kind));
	TRY(keys_sign(s, s->ca[pass.ca].key, q->a, pass.cert.tbs, &signature, f));
	return keep(s, q, &(struct kept){&pass, &deed, signature}, answer, f);
}
