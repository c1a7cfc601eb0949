/* SPDX-License-Identifier: Apache-2.0 */
/* DOCUMENT_PUT: a new roster, profile or agreement, signed by n administrators (S1). */
#include <stdio.h>

#include "core/agreement.h"
#include "core/document.h"
#include "signer/approve.h"
#include "signer/file.h"
#include "signer/handle.h"

struct paper {
	enum document_kind kind;
	uint32_t version;
	struct bytes octets;
	struct approval v[APPROVALS_MAX];
	uint32_t n;
};

static enum err
paper_read(struct ask *q, struct paper *ret, struct fault *f)
{
	struct str word = rd_text(&q->body, SIGNER_LABEL_MAX);

	ret->octets = rd_field(&q->body, SIGNER_DOCUMENT_MAX);
	ret->n = rd_u32(&q->body);
	if (ret->n > APPROVALS_MAX)
		return FAIL(f, E_FRAME, "%u signatures", ret->n);
	for (uint32_t i = 0; i < ret->n; i++)
		ret->v[i] = approval_read(&q->body);
	TRY(ask_end(q, f));
	if (!document_kind_parse(word, &ret->kind))
		return FAIL_FIELD(f, E_GATE, "kind", NULL, "no such kind of document");
	return OK;
}

static enum err
paper_check(struct signer *s, struct ask *q, const struct paper *p, struct fault *f)
{
	uint8_t hash[SHA256_SIZE];
	struct document d = {.kind = p->kind, .version = p->version, .hash = BYTES_OF(hash)};
	struct approve approve = {.purpose = PURPOSE_DOCUMENT,
	    .role = ROSTER_ADMINISTRATOR,
	    .need = s->roster.n,
	    .v = p->v,
	    .n = p->n};

	sha256(p->octets, hash);
	approve.payload = document_payload(q->a, &d);
	return approve_check(s, q->a, &approve, q->now / 1000, f);
}

/* The signatures lie beside the document, and are there first. */
static enum err
paper_write(
    struct signer *s, struct ask *q, const struct paper *p, const char *name, struct fault *f)
{
	struct buf b = buf_new(q->a, 16384), r = buf_new(q->a, 1024);
	uint8_t hash[SHA256_SIZE];
	char sig[112];
	uint64_t offset;

	for (uint32_t i = 0; i < p->n; i++)
		approval_write(&b, &p->v[i]);
	(void)snprintf(sig, sizeof(sig), "%s.sig", name);
	TRY(file_write(s->dir, sig, buf_bytes(&b), f));
	TRY(file_write(s->dir, name, p->octets, f));
	sha256(p->octets, hash);
	buf_field(&r, str_bytes(str_of(document_kind_name(p->kind))));
	buf_u32(&r, p->version);
	buf_field(&r, BYTES_OF(hash));
	return journal_append(
	    s->journal, SIGNER_RECORD_DOCUMENT, q->now, buf_bytes(&r), &offset, f);
}

static enum err
put_roster(struct signer *s, struct ask *q, struct paper *p, struct fault *f)
{
	struct roster next = {0};
	char name[64];

	TRY(roster_parse(s->a, arena_bytes(s->a, p->octets), &next, f));
	if (next.version == s->roster.version &&
	    bytes_eq(roster_encode(q->a, &s->roster), p->octets))
		return OK; /* asked again after the answer was lost */
	TRY(roster_follows(&s->roster, &next, f));
	p->version = next.version;
	TRY(paper_check(s, q, p, f));
	(void)snprintf(name, sizeof(name), "roster-%u", next.version);
	TRY(paper_write(s, q, p, name, f));
	s->roster = next;
	return OK;
}

static enum err
put_profile(struct signer *s, struct ask *q, struct paper *p, struct fault *f)
{
	struct profile next = {0};
	const struct state_profile *have;
	char name[64];

	TRY(profile_parse(q->a, p->octets, &next, f));
	have = state_profile_find(s, next.name, next.version);
	if (have && bytes_eq(have->document, p->octets))
		return OK;
	p->version = next.version;
	TRY(paper_check(s, q, p, f));
	TRY(state_profile_add(s, p->octets, f));
	(void)snprintf(name, sizeof(name), "profile-%zu.yaml", s->profile_count);
	/* In memory before it is on disk: if that fails, memory is of no use. */
	s->stale = true;
	TRY(paper_write(s, q, p, name, f));
	s->stale = false;
	return OK;
}

/* Not read at the start: it is kept as proof of what was signed, and so that no version comes twice. */
static enum err
put_agreement(struct signer *s, struct ask *q, struct paper *p, struct fault *f)
{
	struct agreement next = {0};
	struct bytes have;
	char name[96];

	TRY(agreement_parse(q->a, p->octets, &next, f));
	p->version = next.version;
	(void)snprintf(
	    name, sizeof(name), "agreement-%.*s-%u.yaml", (int)next.id.n, next.id.p, next.version);
	if (file_there(s->dir, name)) {
		TRY(file_read(s->dir, name, SIGNER_DOCUMENT_MAX, q->a, &have, f));
		if (bytes_eq(have, p->octets))
			return OK;
		return FAIL_FIELD(f, E_STATE, "version", NULL, "%s is there", name);
	}
	TRY(paper_check(s, q, p, f));
	return paper_write(s, q, p, name, f);
}

enum err
handle_DOCUMENT_PUT(struct signer *s, struct ask *q, struct buf *answer, struct fault *f)
{
	struct paper *p = arena_alloc(q->a, sizeof(*p));

	(void)answer;
	TRY(paper_read(q, p, f));
	switch (p->kind) {
	case DOCUMENT_ROSTER:
		return put_roster(s, q, p, f);
	case DOCUMENT_PROFILE:
		return put_profile(s, q, p, f);
	case DOCUMENT_AGREEMENT:
		return put_agreement(s, q, p, f);
	case DOCUMENT_OFFICE:
	case DOCUMENT__COUNT:
	default:
		/* Nothing that is signed here depends on it. */
		return FAIL_FIELD(
		    f, E_GATE, "kind", "roster | profile | agreement", "not the signer's");
	}
}
