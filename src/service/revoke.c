/* SPDX-License-Identifier: Apache-2.0 */
/* Revocation: by whom, for what reason, and since when the key is said to be bad (L7). */
#include "base/text.h"
#include "service/certs_in.h"
#include "service/life.h"
#include "service/notice.h"
#include "service/signin_in.h"

/* S13: a session by SMS needs a fresh code that names the act; a certificate session does not. */
static enum err
fresh_proof(const struct call *c, const struct certs_revoke *in, struct fault *f)
{
	struct sms_sign_in sms = {.code = in->sms_code, .client_secret = in->client_secret};
	struct account_row account;
	struct str phone;

	if (c->who.assurance == ASSURANCE_CERTIFICATE)
		return OK;
	if (in->sms_code.n == 0)
		return FAIL_FIELD(f, E_ASSURANCE, "sms_code", NULL, "a fresh code is needed");
	TRY(store_account(c->service->store, c->a, c->who.account, &account, f));
	sms.phone = account.phone;
	return signin_sms_use(c, &sms,
	    str_of(arena_fmt(c->a, "revoke:%.*s", (int)in->serial.n, in->serial.p)), &phone, f);
}

/* One revocation on its way. */
struct revoking {
	const struct call *c;
	const struct certs_revoke *in;
	const struct realm *realm;
	struct certificate_row row;
	enum ext_reason reason;
	struct revocation r;
	bool first; /* in->invalidity is said by one person only, so far */
};

/*
 * Backdating needs two people (L7). The first one's word revokes now, as everybody's does, and is kept; the
 * time itself counts when another says the same.
 */
static enum err
backdate(struct revoking *v, struct fault *f)
{
	const struct call *c = v->c;
	struct backdate_list said;
	unsigned people = 1;

	if (v->in->invalidity == 0)
		return OK;
	if (!certs_staff(c) || v->in->invalidity == c->now)
		people = 0;
	TRY(store_backdates(c->service->store, c->a, v->row.id, &said, f));
	for (size_t i = 0; people && i < said.n; i++) {
		if (said.rows[i].person == c->who.person_key)
			return FAIL_FIELD(f, E_STATE, "invalidity", NULL, "said by this person");
		people += said.rows[i].invalidity == v->in->invalidity;
	}
	v->first = people == 1;
	TRY(revocation_since(
	    v->reason, v->in->invalidity, v->row.not_before, c->now, v->first ? 2 : people, f));
	if (!v->first)
		v->r.invalidity = v->in->invalidity;
	return OK;
}

static void
keep_word(struct unit *u, const struct revoking *v)
{
	const struct backdate_row row = {.created = v->c->now,
	    .certificate = v->row.id,
	    .person = v->c->who.person_key,
	    .invalidity = v->in->invalidity};

	if (v->in->invalidity && certs_staff(v->c))
		unit_backdate(u, &row);
}

static enum err
finish(struct revoking *v, struct unit *u, struct cert_view *ret, struct fault *f)
{
	const struct call *c = v->c;

	keep_word(u, v);
	act_note(u, c, v->row.id);
	TRY(act_commit(c, u, f));
	TRY(store_certificate(c->service->store, c->a, v->row.id, &v->row, f));
	TRY(certs_view_of(c, v->realm, &v->row, ret, f));
	ret->invalidity_asked = v->first ? v->in->invalidity : 0;
	return OK;
}

/*
 * It is revoked already, and now its key is known to be bad: the reason becomes compromise, the date of
 * revocation stays (RFC 5280 5.3.2: the invalidity date says since when).
 */
static enum err
worse(struct revoking *v, struct cert_view *ret, struct fault *f)
{
	const struct call *c = v->c;
	const struct life_step stay = {
	    .from = v->row.state, .to = v->row.state, .effects = EFFECT_CRL};
	const struct certs_name name = {v->in->ca, v->in->serial};
	char since[TIME_TEXT_SIZE] = "";
	struct unit *u;

	if (!certs_staff(c) || v->reason != REASON_KEY_COMPROMISE ||
	    (v->row.reason == v->reason && v->in->invalidity == 0))
		return FAIL_FIELD(
		    f, E_STATE, "certificate", arena_cstr(c->a, v->row.state), "revoked already");
	if (v->row.invalidity)
		return FAIL_FIELD(f, E_STATE, "invalidity", NULL, "it is set already");
	TRY(backdate(v, f));
	if (v->in->dry_run)
		return certs_view_of(c, v->realm, &v->row, ret, f);
	v->r.reason = v->reason;
	v->r.at = v->row.revoked_at;
	if (v->in->invalidity)
		time_text(v->in->invalidity, since);
	u = act_unit(c);
	life_revoke(u, c, &v->row, &stay, &v->r);
	unit_log(u, AUDIT_CERTIFICATE_COMPROMISED, certs_object(c, &name),
	    act_detail(c, (const char *const[]){v->first ? "asked" : "since", since, NULL}));
	return finish(v, u, ret, f);
}

static enum err
revoke(struct revoking *v, struct cert_view *ret, struct fault *f)
{
	const struct call *c = v->c;
	const struct certs_name name = {v->in->ca, v->in->serial};
	char since[TIME_TEXT_SIZE] = "";
	struct life_step step;
	struct unit *u;

	TRY(backdate(v, f));
	TRY(life_certificate(&v->row, CERTIFICATE_EVENT_REVOKE, certs_role(c), &step, f));
	TRY(fresh_proof(c, v->in, f));
	if (v->in->dry_run)
		return certs_view_of(c, v->realm, &v->row, ret, f);
	v->r.reason = v->reason;
	v->r.at = c->now;
	if (v->in->invalidity)
		time_text(v->in->invalidity, since);
	u = act_unit(c);
	if (str_is(v->row.state, certificate_state_name(CERTIFICATE_SUSPENDED))) {
		/* A hold that becomes a revocation keeps the hold's date (S29). */
		v->r.at = v->row.revoked_at;
		unit_hold_close(u, v->row.id, c->now);
	}
	life_revoke(u, c, &v->row, &step, &v->r);
	TRY(notice_certificate(c, u, &v->row,
	    &(struct notice_of){NOTICE_REVOKED, v->r.at, revocation_name(v->reason)}, f));
	unit_log(u, AUDIT_CERTIFICATE_REVOKED, certs_object(c, &name),
	    act_detail(c,
		(const char *const[]){"reason", revocation_name(v->reason),
		    *since ? (v->first ? "asked" : "since") : NULL, since, NULL}));
	return finish(v, u, ret, f);
}

enum err
certs_revoke(
    const struct call *c, const struct certs_revoke *in, struct cert_view *ret, struct fault *f)
{
	struct revoking v = {.c = c, .in = in};
	const struct certs_name name = {in->ca, in->serial};
	int64_t key;

	TRY(certs_visible(c, &name, &v.realm, &v.row, f));
	TRY(certs_may_end(c, &v.row, f));
	TRY(act_repeated(c, &key, f));
	if (key)
		return certs_view_of(c, v.realm, &v.row, ret, f);
	if (!revocation_parse(in->reason, &v.reason))
		return FAIL_FIELD(f, E_FIELD_VALUE, "reason", NULL, "no such reason");
	TRY(revocation_allowed(v.reason, certs_role(c), f));
	if (v.reason == REASON_HOLD)
		return FAIL_FIELD(f, E_FIELD_VALUE, "reason", NULL, "suspending is another act");
	if (str_is(v.row.state, certificate_state_name(CERTIFICATE_REVOKED)))
		return worse(&v, ret, f);
	return revoke(&v, ret, f);
}
