/* SPDX-License-Identifier: Apache-2.0 */
#include "service/certs_in.h"

#include "base/text.h"
#include "core/phone.h"
#include "service/life.h"
#include "service/signin_in.h"

/* Operators and administrators look at all; auditors too. */
static bool
staff(const struct call *c)
{
	return c->who.assurance == ASSURANCE_CERTIFICATE && c->who.person_key != 0;
}

enum err
certs_view_of(const struct call *c, const struct realm *h, const struct certificate_row *row,
    struct cert_view *ret, struct fault *f)
{
	const struct realm_ca *ca = realm_ca_of(h, row->ca);
	enum ext_reason reason;

	if (ca == NULL)
		return FAIL(f, E_STORE, "CA of a certificate");
	*ret = (struct cert_view){.ca = str_of(ca->label),
	    .serial = str_of(hex_text(c->a, row->serial)),
	    .profile = row->profile,
	    .subject = row->subject,
	    .state = row->state,
	    .not_before = row->not_before,
	    .not_after = row->not_after,
	    .revoked_at = row->revoked_at};
	if (row->revoked_at && revocation_of(row->reason, &reason))
		ret->reason = str_of(revocation_name(reason));
	return OK;
}

enum err
certs_list(const struct call *c, struct str cursor, int64_t limit, struct cert_view **ret,
    size_t *count, struct str *next, struct fault *f)
{
	struct certificate_list list;
	struct cert_view *out;
	const struct realm *h;
	struct page page;

	TRY(realm_now(c, &h, f));
	if (!staff(c))
		TRY(act_subscriber(c, f));
	TRY(act_page(c, cursor, limit, &page, f));
	if (staff(c))
		TRY(store_certificates(c->service->store, c->a, &page, &list, f));
	else
		TRY(store_certificates_of_account(
		    c->service->store, c->a, c->who.account, &page, &list, f));
	out = arena_array(c->a, list.n + 1, sizeof(*out));
	for (size_t i = 0; i < list.n; i++)
		TRY(certs_view_of(c, h, &list.rows[i], &out[i], f));
	*next = list.more ? act_cursor(c, list.rows[list.n - 1].created, list.rows[list.n - 1].id)
			  : STR("");
	*ret = out;
	*count = list.n;
	return OK;
}

static enum err
row_by_serial(const struct call *c, struct str ca, struct str serial, const struct realm **h,
    struct certificate_row *ret, struct fault *f)
{
	const struct realm_ca *issuer;
	struct bytes octets;

	TRY(realm_now(c, h, f));
	TRY(realm_ca(*h, ca, &issuer, f));
	if (serial.n < 2 || serial.n > 40 || !hex_parse(c->a, serial, &octets))
		return FAIL_FIELD(f, E_FIELD_FORMAT, "serial", "2–40", "not hexadecimal");
	return store_certificate_by_serial(c->service->store, c->a, issuer->id, octets, ret, f);
}

enum err
certs_visible(const struct call *c, const struct certs_name *name, const struct realm **ret_realm,
    struct certificate_row *ret, struct fault *f)
{
	if (!staff(c))
		TRY(act_subscriber(c, f));
	TRY(row_by_serial(c, name->ca, name->serial, ret_realm, ret, f));
	if (!staff(c) && ret->account != c->who.account)
		return FAIL_FIELD(f, E_NOT_FOUND, "serial", NULL, "another account's");
	return OK;
}

enum err
certs_get(
    const struct call *c, struct str ca, struct str serial, struct cert_view *ret, struct fault *f)
{
	const struct certs_name name = {ca, serial};
	struct certificate_row row;
	const struct realm *h;

	TRY(certs_visible(c, &name, &h, &row, f));
	TRY(certs_view_of(c, h, &row, ret, f));
	return store_certificate_der(c->service->store, c->a, row.id, &ret->der, f);
}

enum err
certs_inquire(
    const struct call *c, struct str ca, struct str serial, struct cert_view *ret, struct fault *f)
{
	struct certificate_row row;
	struct cert_view v;
	const struct realm *h;

	TRY(row_by_serial(c, ca, serial, &h, &row, f));
	TRY(certs_view_of(c, h, &row, &v, f));
	/* Strangers get the status; whose it is stays with those who hold the certificate (S27). */
	v.subject = STR("");
	v.profile = STR("");
	*ret = v;
	return OK;
}

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

enum role
certs_role(const struct call *c)
{
	if (c->who.role == PERSON_OPERATOR)
		return ROLE_OPERATOR;
	return c->who.role == PERSON_ADMINISTRATOR ? ROLE_ADMINISTRATOR : ROLE_HOLDER;
}

/* Tell the holder, on the phone that is theirs. */
static enum err
notify(const struct call *c, struct unit *u, const struct certificate_row *row,
    enum ext_reason reason, struct fault *f)
{
	struct account_row account;
	char *serial = hex_text(c->a, row->serial);
	struct act_message m = {
	    .channel = "sms", .template = "sms.revoked", .object = str_of(serial)};
	struct catalogue_value values[] = {{"brand", c->service->conf.brand},
	    {"serial", str_of(serial)}, {"reason", STR("")}, {"hotline", c->service->conf.hotline}};
	enum lang lang = LANG_EN;
	const char *word;

	if (row->account == 0)
		return OK;
	TRY(store_account(c->service->store, c->a, row->account, &account, f));
	(void)lang_parse(account.lang, &lang);
	word = catalogue_text(lang, arena_fmt(c->a, "reason.%s", revocation_name(reason)));
	values[2].value = str_of(word ? word : revocation_name(reason));
	m.to = account.phone;
	m.lang = account.lang;
	m.values = values;
	m.count = sizeof(values) / sizeof(values[0]);
	return act_message(c, u, &m, f);
}

enum err
certs_may_end(const struct call *c, const struct certificate_row *row, struct fault *f)
{
	bool own = row->person ? row->person == c->who.person_key
			       : row->account && row->account == c->who.account;

	if (c->who.role == PERSON_AUDITOR && !own)
		return FAIL(f, E_ROLE, "auditors look only");
	if (row->person && !own && c->who.role != PERSON_ADMINISTRATOR)
		return FAIL(f, E_ROLE, "a certificate of the roster");
	if (str_is(row->entrance, "internal"))
		return FAIL(f, E_ROLE, "the service's own certificate");
	return OK;
}

struct str
certs_object(const struct call *c, const struct certs_name *name)
{
	return str_of(arena_fmt(
	    c->a, "%.*s/%.*s", (int)name->ca.n, name->ca.p, (int)name->serial.n, name->serial.p));
}

enum err
certs_revoke(
    const struct call *c, const struct certs_revoke *in, struct cert_view *ret, struct fault *f)
{
	struct certificate_row row;
	const struct certs_name name = {in->ca, in->serial};
	struct revocation r = {.at = c->now, .invalidity = in->invalidity};
	const struct realm *h;
	enum ext_reason reason;
	struct life_step step;
	struct unit *u;
	int64_t key;

	TRY(certs_visible(c, &name, &h, &row, f));
	TRY(certs_may_end(c, &row, f));
	TRY(act_repeated(c, &key, f));
	if (key)
		return certs_view_of(c, h, &row, ret, f);
	if (!revocation_parse(in->reason, &reason))
		return FAIL_FIELD(f, E_FIELD_VALUE, "reason", NULL, "no such reason");
	TRY(revocation_allowed(reason, certs_role(c), f));
	if (reason == REASON_HOLD)
		return FAIL_FIELD(f, E_FIELD_VALUE, "reason", NULL, "suspending is another act");
	if (in->invalidity)
		TRY(revocation_since(
		    reason, in->invalidity, row.not_before, c->now, staff(c) ? 1 : 0, f));
	TRY(life_certificate(&row, CERTIFICATE_EVENT_REVOKE, certs_role(c), &step, f));
	TRY(fresh_proof(c, in, f));
	r.reason = reason;
	u = act_unit(c);
	if (str_is(row.state, certificate_state_name(CERTIFICATE_SUSPENDED))) {
		/* A hold that becomes a revocation keeps the hold's date (S29). */
		r.at = row.revoked_at;
		unit_hold_close(u, row.id, c->now);
	}
	life_revoke(u, c, &row, &step, &r);
	TRY(notify(c, u, &row, reason, f));
	unit_log(u, AUDIT_CERTIFICATE_REVOKED, certs_object(c, &name),
	    act_detail(c, (const char *const[]){"reason", revocation_name(reason), NULL}));
	act_note(u, c, row.id);
	TRY(act_commit(c, u, f));
	TRY(store_certificate(c->service->store, c->a, row.id, &row, f));
	return certs_view_of(c, h, &row, ret, f);
}
