/* SPDX-License-Identifier: Apache-2.0 */
/* On hold and back (S29): an interval that is kept for the status at a time. */
#include "service/certs_in.h"
#include "service/life.h"
#include "service/notice.h"

static enum err
profile_allows(const struct realm *r, const struct certificate_row *row, struct fault *f)
{
	const struct realm_profile *p;

	TRY(realm_profile(r, row->profile, row->profile_version, &p, f));
	if (!p->profile.suspension)
		return FAIL_FIELD(f, E_PROFILE_RULE, "profile", "suspension: no", "no hold");
	return OK;
}

/* Move, log, answer: the same for both ways. */
static enum err
finish(const struct call *c, struct unit *u, const struct certs_name *in,
    const struct certificate_row *row, struct cert_view *ret, struct fault *f)
{
	struct certificate_row now;
	const struct realm *r;

	act_note(u, c, row->id);
	TRY(act_commit(c, u, f));
	TRY(certs_visible(c, in, &r, &now, f));
	return certs_view_of(c, r, &now, ret, f);
}

enum err
certs_suspend(
    const struct call *c, const struct certs_name *in, struct cert_view *ret, struct fault *f)
{
	const struct revocation hold = {.reason = REASON_HOLD, .at = c->now};
	struct certificate_row row;
	const struct realm *r;
	struct life_step step;
	struct unit *u;
	int64_t key;

	TRY(certs_visible(c, in, &r, &row, f));
	TRY(certs_may_end(c, &row, f));
	TRY(act_repeated(c, &key, f));
	if (key)
		return certs_view_of(c, r, &row, ret, f);
	TRY(profile_allows(r, &row, f));
	TRY(life_certificate(&row, CERTIFICATE_EVENT_SUSPEND, certs_role(c), &step, f));
	u = act_unit(c);
	life_revoke(u, c, &row, &step, &hold);
	unit_hold_open(u, row.id, c->now);
	TRY(notice_certificate(c, u, &row, &(struct notice_of){NOTICE_SUSPENDED, c->now, NULL}, f));
	unit_log(u, AUDIT_CERTIFICATE_SUSPENDED, certs_object(c, in), STR(""));
	return finish(c, u, in, &row, ret, f);
}

enum err
certs_resume(
    const struct call *c, const struct certs_name *in, struct cert_view *ret, struct fault *f)
{
	const struct revocation none = {0};
	struct certificate_row row;
	const struct realm *r;
	struct life_step step;
	struct unit *u;
	int64_t key;

	/* By its holder a hold is lifted with key, PIN and phone together; one of them alone is not enough. */
	if (c->who.role != PERSON_ADMINISTRATOR)
		TRY(act_role(c, PERSON_OPERATOR, f));
	TRY(certs_visible(c, in, &r, &row, f));
	TRY(certs_may_end(c, &row, f));
	if (row.person && row.person == c->who.person_key)
		return FAIL_FIELD(f, E_OWN_CASE, "serial", NULL, "one's own hold");
	TRY(act_repeated(c, &key, f));
	if (key)
		return certs_view_of(c, r, &row, ret, f);
	TRY(life_certificate(&row, CERTIFICATE_EVENT_RESUME, certs_role(c), &step, f));
	u = act_unit(c);
	life_revoke(u, c, &row, &step, &none);
	unit_hold_close(u, row.id, c->now);
	TRY(notice_certificate(c, u, &row, &(struct notice_of){NOTICE_RESUMED, c->now, NULL}, f));
	unit_log(u, AUDIT_CERTIFICATE_RESUMED, certs_object(c, in), STR(""));
	return finish(c, u, in, &row, ret, f);
}
