/* SPDX-License-Identifier: Apache-2.0 */
#include "signer/gate.h"

#include <string.h>

#include "core/origin.h"
#include "core/validity.h"
#include "crypto/verify.h"
#include "signer/approve.h"
#include "signer/names.h"
#include "x509/key.h"

#define SKI_SIZE 20

/* Certificates of our own: so many an hour and a day are enough for any renewal. */
#define OWN_HOUR 20
#define OWN_DAY  50

/* A key that we use ourselves is nobody's (L6): not even our OCSP key passes as a person's. */
static enum err
not_ours(const struct signer *s, struct bytes spki, struct fault *f)
{
	for (int i = 0; i < SIGNER_KEY__COUNT; i++)
		if (bytes_eq(spki, s->key[i].spki))
			return FAIL_FIELD(f, E_KEY_USED, "key", "not ours", "the %s key",
			    state_key_name((enum signer_key)i));
	return OK;
}

/* RFC 7093 2 method 1 (V5). */
static enum err
ski_check(struct bytes spki, struct bytes ski, struct fault *f)
{
	struct key key = {0};
	uint8_t hash[SHA256_SIZE];

	TRY(key_parse(spki, &key, f));
	sha256(key.bits, hash);
	if (!bytes_eq(ski, bytes_of(hash, SKI_SIZE)))
		return FAIL_FIELD(
		    f, E_GATE, "subjectKeyIdentifier", "RFC 7093", "not that of the key");
	return OK;
}

/* What a kind of certificate is made with. */
struct mould {
	const struct cert_template *template;
	const struct state_ca *ca;
	struct term term;
	bool early; /* notBefore an hour before the signing (L4) */
};

/* What every certificate must be: our template, our clock, our node, our CA's end. */
static enum err
shape(const struct signer *s, struct arena *a, const struct mould *m, const struct gate_ask *q,
    struct cert *ret, struct fault *f)
{
	struct cert_fields fields = {0};
	struct validity v;
	struct serial serial;

	TRY(cert_tbs_check(a, m->template, q->tbs, ret, f));
	TRY(cert_fields_of(ret, &fields, f));
	v = (struct validity){ret->not_before, ret->not_after};
	TRY(validity_check(v, m->term, m->early, q->now / 1000, f));
	TRY(validity_in_ca(v, m->ca->issuer.not_after, f));
	if (serial_of(ret->serial, &serial, NULL) != OK || serial_node(serial) != s->options.node)
		return FAIL_FIELD(f, E_GATE, "serialNumber", "node", "a serial of another node");
	if (serial_time(serial) > q->now / 1000 + VALIDITY_SKEW ||
	    serial_time(serial) < q->now / 1000 - VALIDITY_SKEW)
		return FAIL_FIELD(f, E_GATE, "serialNumber", "time", "a serial of another time");
	if (index_by_serial(s->index, ret->serial))
		return FAIL_FIELD(f, E_GATE, "serialNumber", "once", "a serial that exists");
	TRY(spki_check(ret->spki, f));
	return m->template->ski ? ski_check(ret->spki, fields.ski, f) : OK;
}

/* The claim is what was approved: the certificate must say the same. */
static enum err
claim_check(struct arena *a, const struct profile *p, const struct approval_subject *what,
    const struct cert *cert, const struct roster_row *row, struct fault *f)
{
	struct cert_fields fields = {0};

	TRY(cert_fields_of(cert, &fields, f));
	if (!bytes_eq(fields.subject, what->subject))
		return FAIL_FIELD(f, E_GATE, "subject", "as approved", "not the claim's");
	if (!bytes_eq(fields.san, what->san))
		return FAIL_FIELD(f, E_GATE, "san", "as approved", "not the claim's");
	return names_check(a, p, what->subject, what->san, row, f);
}

static enum err
key_check(const struct signer *s, const struct profile *p, struct bytes spki, struct fault *f)
{
	char allowed[KEYRULES_TEXT];
	enum keyrule rule;

	TRY(not_ours(s, spki, f));
	TRY(keyrule_of_spki(spki, &rule, f));
	if ((p->keys & 1u << rule) == 0)
		return FAIL_FIELD(f, E_KEY_TYPE, "key", keyrules_text(p->keys, allowed),
		    "%s is not among the profile's", keyrule_name(rule));
	return OK;
}

/* Signed for this enrolment and key before? Then that certificate is handed out again (S2). */
static enum err
repeat(const struct signer *s, struct id enrolment, struct bytes spki,
    const struct index_row **ret_again, struct fault *f)
{
	uint8_t hash[SHA256_SIZE];
	const struct index_row *same;

	sha256(spki, hash);
	same = index_by_key(s->index, hash);
	if (same && !id_eq(same->enrolment, enrolment))
		return FAIL_FIELD(
		    f, E_KEY_USED, "key", "one key, one subject", "the key of another certificate");
	*ret_again = same;
	return OK;
}

/*
 * Another key only when every earlier certificate of the enrolment is revoked for good in the last
 * list of its CA (S2): a hold can be lifted.
 */
static enum err
earlier_check(const struct signer *s, struct id enrolment, struct fault *f)
{
	for (const struct index_row *r = index_by_enrolment(s->index, enrolment); r;
	     r = index_earlier(s->index, r))
		if (list_find(&s->ca[r->ca].last, serial_bytes(&r->serial)) != LIST_REVOKED)
			return FAIL_FIELD(f, E_KEY_OTHER, "key", "earlier certificate revoked",
			    "an earlier certificate of this enrolment is in force");
	return OK;
}

static enum err
rights(struct signer *s, struct arena *a, const struct profile *p, const struct gate_ask *q,
    const struct cert *cert, struct fault *f)
{
	uint8_t hash[SHA256_SIZE];
	struct approve approve = {.purpose = PURPOSE_APPROVE,
	    .role = ROSTER_OPERATOR,
	    .need = p->approvals,
	    .v = q->claim->approvals,
	    .n = q->claim->approval_count,
	    .not_by = BYTES_OF(hash)};

	if (approve.need == 0 && approve.n == 0)
		return OK;
	TRY(approval_payload(a, &q->claim->what, &approve.payload, f));
	sha256(cert->spki, hash);
	return approve_check(s, a, &approve, q->now / 1000, f);
}

enum err
gate_issue(struct signer *s, struct arena *a, const struct gate_ask *q, struct gate_pass *ret,
    struct fault *f)
{
	const struct approval_subject *what = &q->claim->what;
	const struct state_profile *sp =
	    state_profile_find(s, what->profile, what->profile_version);
	const struct roster_row *row = NULL;
	const struct profile *p;
	struct gate_pass pass = {0};
	struct mould mould;

	if (!sp || what->profile_version == 0)
		return FAIL_FIELD(
		    f, E_PROFILE_UNKNOWN, "profile", NULL, "version %u", what->profile_version);
	if (id_is_none(what->enrolment))
		return FAIL_FIELD(f, E_GATE, "enrolment", NULL, "none");
	p = &sp->profile;
	if (p->approver == PROFILE_BY_ROSTER) {
		row = roster_find(&s->roster, what->enrolment);
		if (!row)
			return FAIL_FIELD(
			    f, E_APPROVAL_MISSING, "enrolment", "roster", "no row of the roster");
	} else if (roster_find(&s->roster, what->enrolment)) {
		return FAIL_FIELD(f, E_GATE, "enrolment", "roster", "kept for a row of the roster");
	}
	pass.ca = p->ca;
	TRY(cert_tbs_parse(q->tbs, &pass.cert, f));
	TRY(repeat(s, what->enrolment, pass.cert.spki, &pass.again, f));
	if (pass.again) {
		*ret = pass;
		return OK;
	}
	mould = (struct mould){&sp->template, &s->ca[p->ca], p->term, profile_is_tls(p)};
	TRY(shape(s, a, &mould, q, &pass.cert, f));
	TRY(claim_check(a, p, what, &pass.cert, row, f));
	TRY(key_check(s, p, pass.cert.spki, f));
	TRY(earlier_check(s, what->enrolment, f));
	TRY(rights(s, a, p, q, &pass.cert, f));
	TRY(quota_check(state_count(s, p->name), q->now,
	    &(struct quota_most){p->quota_hour, p->quota_day, q->ahead}, f));
	*ret = pass;
	return OK;
}

/* Whose key and which names one of our own certificates must have. */
static enum err
own_check(
    struct signer *s, struct arena *a, enum builtin kind, const struct cert *cert, struct fault *f)
{
	const struct state_ca *ca =
	    &s->ca[kind == BUILTIN_OCSP_ISSUING ? PROFILE_CA_ISSUING : PROFILE_CA_MANAGEMENT];
	struct cert_fields fields = {0};
	struct bytes subject = {0}, san = {0};
	const struct index_row *used;
	uint8_t hash[SHA256_SIZE];

	TRY(cert_fields_of(cert, &fields, f));
	if (kind == BUILTIN_TLS_PORTAL) {
		TRY(not_ours(s, cert->spki, f));
		sha256(cert->spki, hash);
		used = index_by_key(s->index, hash);
		if (used && !id_is_none(used->enrolment))
			return FAIL_FIELD(f, E_KEY_USED, "key", NULL, "an enrolment's key");
		TRY(builtin_portal(a, origin_host(s->origin), &subject, &san, f));
	} else {
		if (!bytes_eq(cert->spki, ca->ocsp->spki))
			return FAIL_FIELD(f, E_GATE, "key", builtin_name(kind), "another key");
		TRY(builtin_subject(a, kind, &s->house, &subject, f));
	}
	if (!bytes_eq(fields.subject, subject) || !bytes_eq(fields.san, san))
		return FAIL_FIELD(f, E_GATE, "subject", builtin_name(kind), "other names");
	return OK;
}

enum err
gate_internal(struct signer *s, struct arena *a, const struct gate_ask *q, struct gate_pass *ret,
    struct fault *f)
{
	struct gate_pass pass = {0};
	struct mould mould;

	if (q->kind != BUILTIN_OCSP_ISSUING && q->kind != BUILTIN_OCSP_MANAGEMENT &&
	    q->kind != BUILTIN_TLS_PORTAL)
		return FAIL_FIELD(f, E_GATE, "kind", "only off line", "%s", builtin_name(q->kind));
	pass.ca =
	    builtin_issuer(q->kind) == BUILTIN_ISSUING ? PROFILE_CA_ISSUING : PROFILE_CA_MANAGEMENT;
	mould = (struct mould){&s->builtin[q->kind], &s->ca[pass.ca], builtin_term(q->kind), true};
	TRY(shape(s, a, &mould, q, &pass.cert, f));
	TRY(own_check(s, a, q->kind, &pass.cert, f));
	TRY(quota_check(state_count(s, str_of(builtin_name(q->kind))), q->now,
	    &(struct quota_most){OWN_HOUR, OWN_DAY, 0}, f));
	*ret = pass;
	return OK;
}
