/* SPDX-License-Identifier: Apache-2.0 */
/* The operator's side of an application: look, sign, send the codes (S2, S14). */
#include "base/text.h"
#include "core/phone.h"
#include "crypto/digest.h"
#include "service/apply_in.h"
#include "service/approve_in.h"
#include "service/codes.h"
#include "service/contact.h"
#include "service/form.h"
#include "service/life.h"
#include "service/nonce.h"
#include "service/proof.h"

#define APPROVAL_LIFE 900 /* seconds between looking and signing */

/* What is approved, from the row: the same fields that the signer will check again. */
static enum err
subject_of(const struct application_row *row, struct approval_subject *ret, struct fault *f)
{
	struct approval_subject s = {.application = row->number,
	    .revision = (uint32_t)row->revision,
	    .profile = row->profile,
	    .profile_version = (uint32_t)row->profile_version,
	    .subject = row->subject,
	    .san = row->san};

	if (!id_parse(row->enrolment, &s.enrolment))
		return FAIL(f, E_STORE, "enrolment of an application");
	*ret = s;
	return OK;
}

/* The nonce is good for this revision only, or for this very list. */
static struct bytes
binding(const struct call *c, const struct application_row *row, const struct approval *in)
{
	if (in && in->list.n)
		return act_hash(c, in->list);
	return str_bytes(str_of(arena_fmt(
	    c->a, "%.*s/%lld", (int)row->number.n, row->number.p, (long long)row->revision)));
}

/* Nobody decides on his own case: not by account, not by the phone that he is reached at (S14). */
enum err
approve_not_own(const struct call *c, const struct application_row *row,
    struct account_row *account, struct fault *f)
{
	struct person_row me;

	TRY(store_account(c->service->store, c->a, row->account, account, f));
	TRY(store_person(c->service->store, c->a, c->who.person_key, &me, f));
	if (str_eq(me.phone, account->phone))
		return FAIL_FIELD(f, E_OWN_CASE, "application", NULL, "the operator's own");
	return OK;
}

/* One signature a person (S2): said before anything is looked at or signed. */
static enum err
not_twice(const struct call *c, const struct application_row *row, struct fault *f)
{
	struct approval_list list;

	TRY(store_approvals(c->service->store, c->a, row->id, row->revision, &list, f));
	for (size_t i = 0; i < list.n; i++) {
		if (list.rows[i].person == c->who.person_key)
			return FAIL_FIELD(f, E_APPROVED, "approval", NULL, "by this person");
	}
	return OK;
}

enum err
approve_ready(const struct call *c, struct str no, struct approve_ready *ret, struct fault *f)
{
	struct life_step step;
	int64_t key;

	TRY(act_role(c, PERSON_OPERATOR, f));
	TRY(apply_row(c, no, &ret->row, f));
	TRY(act_repeated(c, &key, f));
	ret->repeated = key != 0;
	if (ret->repeated)
		return OK;
	TRY(life_application(&ret->row, APPLICATION_EVENT_APPROVE, ROLE_OPERATOR, &step, f));
	TRY(approve_not_own(c, &ret->row, &ret->account, f));
	TRY(not_twice(c, &ret->row, f));
	TRY(subject_of(&ret->row, &ret->what, f));
	return approval_payload(c->a, &ret->what, &ret->payload, f);
}

enum err
approve_nonce(const struct call *c, const struct application_row *row, struct bytes list,
    struct str *ret, struct fault *f)
{
	const struct approval in = {.list = list};
	struct bytes nonce;

	TRY(nonce_make(c, PURPOSE_APPROVE, binding(c, row, &in), APPROVAL_LIFE, &nonce, f));
	*ret = str_of(base64_text(c->a, nonce));
	return OK;
}

enum err
apply_approval(const struct call *c, struct str no, struct apply_to_approve *ret, struct fault *f)
{
	struct apply_to_approve out = {0};
	struct approve_ready r;

	TRY(approve_ready(c, no, &r, f));
	TRY(approve_nonce(c, &r.row, (struct bytes){0}, &out.nonce, f));
	TRY(form_view(c, &r.row, &out.view, f));
	out.view.enrolment = r.row.enrolment;
	out.payload = r.payload;
	out.subject = r.row.subject;
	out.san = r.row.san;
	*ret = out;
	return OK;
}

/* Is it this operator's signature, by the key of this session, under these very octets? */
static enum err
check_signature(
    const struct call *c, const struct approve_ready *r, const struct approval *in, struct fault *f)
{
	struct proof p = {.purpose = PURPOSE_APPROVE,
	    .server_nonce = in->server_nonce,
	    .agent_nonce = in->agent_nonce,
	    .signature = in->signature};
	struct fault why = {0};
	uint8_t hash[SHA256_SIZE];
	struct cert cert;

	TRY(nonce_check(c, PURPOSE_APPROVE, binding(c, &r->row, in), in->server_nonce, f));
	TRY(store_certificate_der(c->service->store, c->a, c->who.certificate, &p.certificate, f));
	TRY(cert_parse(p.certificate, &cert, f));
	p.spki = cert.spki;
	sha256(cert.spki, hash);
	if (!bytes_eq(BYTES_OF(hash), in->spki_hash))
		return FAIL_FIELD(
		    f, E_APPROVAL_BAD, "spki_hash", NULL, "not the key of this session");
	sha256(p.certificate, hash);
	if (!bytes_eq(BYTES_OF(hash), in->certificate_hash))
		return FAIL_FIELD(f, E_APPROVAL_BAD, "certificate_hash", NULL,
		    "not the certificate of this session");
	TRY(approval_covers(c->a, in, r->payload, act_hash(c, r->payload), &p.payload, f));
	if (proof_check(c, &p, &why) != OK)
		return FAIL_FIELD(f, E_APPROVAL_BAD, "signature", NULL, "%s", why.detail);
	return OK;
}

static struct str
generation_text(const struct call *c, int64_t generation)
{
	return act_detail(c,
	    (const char *const[]){
		"generation", arena_fmt(c->a, "%lld", (long long)generation), NULL});
}

/* The last signature is there: open the enrolment and send the two codes. */
static enum err
open_enrolment(const struct call *c, struct unit *u, const struct application_row *row,
    const struct account_row *account, const struct profile *p, struct fault *f)
{
	struct codes_to to;
	struct enrolment_row e = {.created = c->now,
	    .public_id = row->enrolment,
	    .application = row->id,
	    .account = row->account,
	    .profile = row->profile,
	    .profile_version = row->profile_version,
	    .subject = row->subject,
	    .san = row->san,
	    .state = str_of(enrolment_state_name(ENROLMENT_OPEN)),
	    .ver = 1,
	    .generation = 1,
	    .changed = c->now};
	struct codes codes;
	struct id id;

	if (!id_parse(row->enrolment, &id))
		return FAIL(f, E_STORE, "enrolment of an application");
	TRY(contact_of(c, row, account, p, &to, f));
	TRY(codes_make(c, id, e.generation, p, &codes, f));
	e.reference = arena_str(c->a, str_of(codes.reference));
	e.salt = codes.salt;
	e.mac = codes.mac;
	e.expires = codes.expires;
	(void)unit_enrolment_insert(u, &e);
	unit_log(u, AUDIT_ENROLMENT_OPENED, row->enrolment, STR(""));
	TRY(codes_send(c, u, &codes, &to, f));
	unit_log(u, AUDIT_CODES_SENT, row->enrolment, generation_text(c, e.generation));
	return OK;
}

/* The nonce is used once for each application: a list has one for all of its own. */
static void
add_approval(struct unit *u, const struct call *c, const struct approve_ready *from,
    const struct approval *in)
{
	struct approval_row r = {.created = c->now,
	    .application = from->row.id,
	    .revision = from->row.revision,
	    .person = c->who.person_key,
	    .key_hash = in->spki_hash,
	    .certificate_hash = in->certificate_hash,
	    .server_nonce = in->server_nonce,
	    .agent_nonce = in->agent_nonce,
	    .signature = in->signature,
	    .payload_hash = act_hash(c, from->payload),
	    .list = in->list};

	(void)unit_approval_insert(u, &r);
	nonce_use_for(
	    u, c, PURPOSE_APPROVE, in->server_nonce, in->list.n ? from->row.number : STR(""));
	unit_log(u, AUDIT_APPLICATION_APPROVED, from->row.number,
	    act_detail(c, (const char *const[]){"key", hex_text(c->a, in->spki_hash), NULL}));
}

/* Approved and open in the same unit; the two codes are on their way. */
static enum err
approve_and_open(struct unit *u, const struct call *c, const struct application_row *row,
    const struct account_row *account, const struct profile *p, enum role by, struct fault *f)
{
	struct application_row next = *row;
	struct life_step step;

	TRY(life_application(row, APPLICATION_EVENT_APPROVE, by, &step, f));
	life_move_application(u, c, row, &step, STR(""));
	next.state = step.to;
	next.ver++;
	TRY(life_application(&next, APPLICATION_EVENT_OPEN, ROLE_SYSTEM, &step, f));
	life_move_application(u, c, &next, &step, STR(""));
	return open_enrolment(c, u, row, account, p, f);
}

enum err
apply_unapproved(const struct call *c, struct unit *u, const struct application_row *row,
    const struct profile *p, struct fault *f)
{
	struct account_row account;

	if (p->approvals > 0)
		return OK;
	TRY(store_account(c->service->store, c->a, row->account, &account, f));
	return approve_and_open(u, c, row, &account, p, ROLE_SYSTEM, f);
}

/* One signature of several, or the last. */
static enum err
add_moves(struct unit *u, const struct call *c, const struct application_row *row,
    const struct account_row *account, struct fault *f)
{
	const struct realm_profile *p;
	const struct realm *h;
	struct approval_list before;
	struct life_step step;

	TRY(realm_now(c, &h, f));
	TRY(realm_profile(h, row->profile, row->profile_version, &p, f));
	TRY(store_approvals(c->service->store, c->a, row->id, row->revision, &before, f));
	if (before.n + 1 < p->profile.approvals) {
		TRY(life_application(row, APPLICATION_EVENT_ENDORSE, ROLE_OPERATOR, &step, f));
		life_move_application(u, c, row, &step, STR(""));
		return OK;
	}
	return approve_and_open(u, c, row, account, &p->profile, ROLE_OPERATOR, f);
}

enum err
apply_approve(const struct call *c, struct str no, const struct approval *in,
    struct apply_view *ret, struct fault *f)
{
	struct approve_ready r;
	struct unit *u;

	TRY(approve_ready(c, no, &r, f));
	if (r.repeated)
		return form_view(c, &r.row, ret, f);
	TRY(check_signature(c, &r, in, f));
	u = act_unit(c);
	add_approval(u, c, &r, in);
	TRY(add_moves(u, c, &r.row, &r.account, f));
	act_note(u, c, r.row.id);
	TRY(act_commit(c, u, f));
	return apply_view_of(c, r.row.id, ret, f);
}

/* The bound key, and what was issued to it, is given up with the old pair. */
static enum err
give_up_download(const struct call *c, struct unit *u, const struct application_row *row,
    const struct enrolment_row *e, const struct life_step *step, struct fault *f)
{
	struct life_step reopen;

	if (step->effects & EFFECT_REVOKE_UNCONFIRMED)
		TRY(life_revoke_unconfirmed(u, c, e, f));
	if (str_is(row->state, application_state_name(APPLICATION_ISSUED))) {
		TRY(life_application(row, APPLICATION_EVENT_REOPEN, ROLE_SYSTEM, &reopen, f));
		life_move_application(u, c, row, &reopen, STR(""));
	}
	unit_session_end_of(u, e->id, 0, 0, c->now);
	unit_outbox_drop(u, row->number);
	return OK;
}

static enum err
renew_codes(const struct call *c, struct unit *u, const struct application_row *row,
    const struct account_row *account, struct fault *f)
{
	const struct realm_profile *p;
	const struct realm *h;
	struct enrolment_row e;
	struct enrolment_codes next;
	struct codes_to to;
	struct codes codes;
	struct life_step step;
	struct unit_move m = {.now = c->now};
	struct id id;

	TRY(realm_now(c, &h, f));
	TRY(realm_profile(h, row->profile, row->profile_version, &p, f));
	TRY(store_enrolment_of(c->service->store, c->a, row->id, &e, f));
	TRY(life_enrolment(&e, ENROLMENT_EVENT_RENEW_CODES, ROLE_OPERATOR, &step, f));
	TRY(contact_of(c, row, account, &p->profile, &to, f));
	if (!id_parse(e.public_id, &id))
		return FAIL(f, E_STORE, "id of an enrolment");
	TRY(codes_make(c, id, e.generation + 1, &p->profile, &codes, f));
	next = (struct enrolment_codes){.generation = e.generation + 1,
	    .reference = arena_str(c->a, str_of(codes.reference)),
	    .salt = codes.salt,
	    .mac = codes.mac,
	    .expires = codes.expires};
	m.key = e.id;
	m.ver = e.ver;
	m.from = step.from;
	m.to = step.to;
	TRY(give_up_download(c, u, row, &e, &step, f));
	unit_enrolment_codes(u, &m, &next);
	TRY(codes_send(c, u, &codes, &to, f));
	unit_log(u, AUDIT_CODES_SENT, e.public_id, generation_text(c, next.generation));
	return OK;
}

enum err
apply_codes(const struct call *c, struct str no, struct apply_view *ret, struct fault *f)
{
	struct application_row row;
	struct account_row account;
	struct unit *u;
	int64_t key;

	TRY(act_role(c, PERSON_OPERATOR, f));
	TRY(apply_row(c, no, &row, f));
	TRY(act_repeated(c, &key, f));
	if (key)
		return form_view(c, &row, ret, f);
	if (!str_is(row.state, application_state_name(APPLICATION_OPEN)) &&
	    !str_is(row.state, application_state_name(APPLICATION_ISSUED)))
		return FAIL_FIELD(f, E_STATE, "application", NULL, "no codes are out");
	TRY(approve_not_own(c, &row, &account, f));
	u = act_unit(c);
	TRY(renew_codes(c, u, &row, &account, f));
	act_note(u, c, row.id);
	TRY(act_commit(c, u, f));
	return apply_view_of(c, row.id, ret, f);
}
