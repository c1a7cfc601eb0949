/* SPDX-License-Identifier: Apache-2.0 */
#include "signer/approve.h"

#include <stdio.h>

#include "crypto/verify.h"

struct voice {
	const struct state_member *member;
	const struct roster_row *row;
};

/* Whose key is it, and may it speak now? */
static enum err
member_check(const struct signer *s, const struct approval *one, int64_t now, struct voice *ret,
    struct fault *f)
{
	const struct state_member *m = state_member_find(s, one->spki_hash);
	const struct roster_row *row = m ? roster_find(&s->roster, m->enrolment) : NULL;

	if (!row)
		return FAIL_FIELD(f, E_APPROVAL_BAD, NULL, "roster", "key of nobody in the roster");
	if (!bytes_eq(one->certificate_hash, BYTES_OF(m->certificate_hash)))
		return FAIL_FIELD(f, E_APPROVAL_BAD, NULL, "certificate", "another certificate");
	if (m->not_after < now)
		return FAIL_FIELD(f, E_APPROVAL_BAD, NULL, "certificate", "it has expired");
	if (list_find(&s->ca[PROFILE_CA_MANAGEMENT].last, serial_bytes(&m->serial)) != LIST_ABSENT)
		return FAIL_FIELD(f, E_APPROVAL_BAD, NULL, "certificate", "it is revoked");
	*ret = (struct voice){m, row};
	return OK;
}

static enum err
signature_check(const struct signer *s, struct arena *a, const struct approve *q,
    const struct approval *one, const struct state_member *m, struct fault *f)
{
	uint8_t hash[SHA256_SIZE];
	struct statement statement;
	struct bytes octets = {0}, covered = {0};

	/* Alone, or one of a list: then its hash must be among those that were signed (S2). */
	sha256(q->payload, hash);
	if (approval_covers(a, one, q->payload, BYTES_OF(hash), &covered, NULL) != OK)
		return FAIL_FIELD(f, E_APPROVAL_BAD, NULL, "list", "it does not cover this one");
	sha256(covered, hash);
	statement = approval_statement(one, s->env, s->origin, q->purpose, BYTES_OF(hash));
	if (statement_encode(a, &statement, &octets, NULL) != OK ||
	    verify_spki(m->spki, VERIFY_ECDSA_SHA256, octets, one->signature, NULL) != OK)
		return FAIL_FIELD(f, E_APPROVAL_BAD, NULL, "signature", "it does not verify");
	return OK;
}

static enum err
one_check(const struct signer *s, struct arena *a, const struct approve *q,
    const struct approval *one, const struct voice *ret, struct fault *f)
{
	if (ret->row->role != q->role)
		return FAIL_FIELD(f, E_APPROVAL_BAD, NULL, roster_role_name(q->role),
		    "signed by an %s", roster_role_name(ret->row->role));
	if (q->not_by.n > 0 && bytes_eq(q->not_by, one->spki_hash))
		return FAIL_FIELD(f, E_APPROVAL_BAD, NULL, "another person", "the applicant's key");
	return signature_check(s, a, q, one, ret->member, f);
}

static enum err
all_check(const struct signer *s, struct arena *a, const struct approve *q, int64_t now, size_t *at,
    struct fault *f)
{
	struct voice voice[APPROVALS_MAX];

	for (size_t i = 0; i < q->n; i++) {
		*at = i;
		TRY(member_check(s, &q->v[i], now, &voice[i], f));
		for (size_t k = 0; k < i; k++)
			if (id_eq(voice[k].row->person, voice[i].row->person))
				return FAIL_FIELD(f, E_APPROVAL_BAD, NULL, "different persons",
				    "the same person as number %zu", k + 1);
		TRY(one_check(s, a, q, &q->v[i], &voice[i], f));
	}
	return OK;
}

enum err
approve_check(
    const struct signer *s, struct arena *a, const struct approve *q, int64_t now, struct fault *f)
{
	struct fault own = {0};
	size_t at = 0;
	char field[32];
	enum err e;

	if (q->n < q->need)
		return FAIL_FIELD(
		    f, E_APPROVAL_MISSING, "approvals", NULL, "%zu of %zu", q->n, q->need);
	if (q->n > APPROVALS_MAX)
		return FAIL_FIELD(f, E_APPROVAL_BAD, "approvals", NULL, "%zu of them", q->n);
	e = all_check(s, a, q, now, &at, &own);
	if (e == OK)
		return OK;
	(void)snprintf(field, sizeof(field), "approvals[%zu]", at + 1);
	return FAIL_FIELD(f, e, field, own.rule, "%s", own.detail);
}
