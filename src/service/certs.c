/* SPDX-License-Identifier: Apache-2.0 */
#include "service/certs_in.h"

#include "base/text.h"
#include "core/standing.h"
#include "service/life.h"
#include "service/office_in.h"

bool
certs_staff(const struct call *c)
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
	    .revoked_at = row->revoked_at,
	    .invalidity = row->invalidity};
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
	if (!certs_staff(c))
		TRY(act_subscriber(c, f));
	TRY(act_page(c, cursor, limit, &page, f));
	if (certs_staff(c))
		TRY(store_certificates(c->service->store, c->a, &page, &list, f));
	else
		TRY(store_certificates_of_account(
		    c->service->store, c->a, c->who.account, &page, &list, f));
	out = arena_array(c->a, list.n + 1, sizeof(*out));
	*count = 0;
	for (size_t i = 0; i < list.n; i++) {
		struct fault why = {0};
		enum err e = office_may_see_certificate(c, &list.rows[i], &why);

		if (e == E_OFFICE)
			continue;
		if (e != OK)
			return FAIL(f, e, "%s", why.detail);
		TRY(certs_view_of(c, h, &list.rows[i], &out[(*count)++], f));
	}
	*next = list.more ? act_cursor(c, list.rows[list.n - 1].created, list.rows[list.n - 1].id)
			  : STR("");
	*ret = out;
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
	if (!certs_staff(c))
		TRY(act_subscriber(c, f));
	TRY(row_by_serial(c, name->ca, name->serial, ret_realm, ret, f));
	if (!certs_staff(c) && ret->account != c->who.account)
		return FAIL_FIELD(f, E_NOT_FOUND, "serial", NULL, "another account's");
	return office_may_see_certificate(c, ret, f);
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

/* What was known only later does not show; what is known of the key's past does. */
static enum err
view_at(const struct call *c, const struct certificate_row *row, int64_t at, struct cert_view *v,
    struct fault *f)
{
	bool final = row->revoked_at && row->reason != REASON_HOLD;
	struct standing s = {.not_before = row->not_before,
	    .not_after = row->not_after,
	    .revoked_at = final ? row->revoked_at : 0,
	    .confirmed = row->confirmed,
	    .superseded = row->superseded};
	struct standing_hold *holds;
	enum certificate_state state;
	struct hold_list list;

	if (at < row->not_before || at > c->now)
		return FAIL_FIELD(
		    f, E_FIELD_VALUE, "at", "≥ notBefore, ≤ now", "before or to come");
	TRY(store_holds(c->service->store, c->a, row->id, &list, f));
	holds = arena_array(c->a, list.n + 1, sizeof(*holds));
	for (size_t i = 0; i < list.n; i++)
		holds[i] = (struct standing_hold){list.rows[i].since, list.rows[i].until};
	s.holds = holds;
	s.hold_count = list.n;
	state = standing_at(&s, at);
	v->state = str_of(certificate_state_name(state));
	v->at = at;
	if (state == CERTIFICATE_SUSPENDED) {
		v->reason = str_of(revocation_name(REASON_HOLD));
		for (size_t i = 0; i < list.n; i++)
			v->revoked_at = holds[i].since <= at ? holds[i].since : v->revoked_at;
	} else if (state != CERTIFICATE_REVOKED) {
		v->reason = STR("");
		v->revoked_at = 0;
	}
	return OK;
}

enum err
certs_inquire(const struct call *c, const struct certs_name *name, int64_t at,
    struct cert_view *ret, struct fault *f)
{
	struct certificate_row row;
	struct cert_view v;
	const struct realm *h;

	TRY(row_by_serial(c, name->ca, name->serial, &h, &row, f));
	TRY(certs_view_of(c, h, &row, &v, f));
	if (at)
		TRY(view_at(c, &row, at, &v, f));
	/* Strangers get the status; whose it is stays with those who hold the certificate (S27). */
	v.subject = STR("");
	v.profile = STR("");
	*ret = v;
	return OK;
}

enum role
certs_role(const struct call *c)
{
	if (c->who.role == PERSON_OPERATOR)
		return ROLE_OPERATOR;
	return c->who.role == PERSON_ADMINISTRATOR ? ROLE_ADMINISTRATOR : ROLE_HOLDER;
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
