/* SPDX-License-Identifier: Apache-2.0 */
#include "service/life.h"

#include "base/text.h"

static enum err
step_of(const struct machine *m, struct str word, unsigned event, enum role role,
    struct life_step *ret, struct fault *f)
{
	const struct transition *t;
	unsigned state;

	if (!machine_state_parse(m, word, &state))
		return FAIL(f, E_STORE, "state of a row of %s", m->name);
	if (machine_next(m, state, event, role, &t, f) != OK)
		return f ? f->code : E_STATE;
	*ret =
	    (struct life_step){.from = word, .to = str_of(m->states[t->to]), .effects = t->effects};
	return OK;
}

enum err
life_application(const struct application_row *row, enum application_event event, enum role role,
    struct life_step *ret, struct fault *f)
{
	return step_of(application_machine(), row->state, event, role, ret, f);
}

enum err
life_enrolment(const struct enrolment_row *row, enum enrolment_event event, enum role role,
    struct life_step *ret, struct fault *f)
{
	return step_of(enrolment_machine(), row->state, event, role, ret, f);
}

enum err
life_certificate(const struct certificate_row *row, enum certificate_event event, enum role role,
    struct life_step *ret, struct fault *f)
{
	return step_of(certificate_machine(), row->state, event, role, ret, f);
}

void
life_move_application(struct unit *u, const struct call *c, const struct application_row *row,
    const struct life_step *step, struct str reason)
{
	const struct unit_move m = {
	    .key = row->id, .ver = row->ver, .from = step->from, .to = step->to, .now = c->now};

	unit_application_move(u, &m, reason, c->now);
}

void
life_move_enrolment(struct unit *u, const struct call *c, const struct enrolment_row *row,
    const struct life_step *step)
{
	const struct unit_move m = {
	    .key = row->id, .ver = row->ver, .from = step->from, .to = step->to, .now = c->now};

	unit_enrolment_move(
	    u, &m, step->effects & EFFECT_WIPE_CODES, step->effects & EFFECT_RELEASE_KEY);
}

void
life_revoke(struct unit *u, const struct call *c, const struct certificate_row *row,
    const struct life_step *step, const struct revocation *r)
{
	const struct unit_move m = {
	    .key = row->id, .ver = row->ver, .from = step->from, .to = step->to, .now = c->now};
	const struct realm_ca *ca = realm_ca_of(c->service->realm, row->ca);

	unit_certificate_move(u, &m, r, 0);
	act_status();
	unit_session_end_of(u, 0, 0, row->id, c->now);
	if (step->effects & EFFECT_CRL && ca)
		act_job(u, c, "crl", str_of(ca->label), c->now);
}

struct str
life_object(const struct call *c, const struct certificate_row *row)
{
	const struct realm_ca *ca = realm_ca_of(c->service->realm, row->ca);

	return str_of(arena_fmt(c->a, "%s/%s", ca ? ca->label : "", hex_text(c->a, row->serial)));
}

enum err
life_revoke_unconfirmed(
    struct unit *u, const struct call *c, const struct enrolment_row *row, struct fault *f)
{
	struct certificate_list list;
	const struct revocation r = {.reason = REASON_CESSATION, .at = c->now};

	TRY(store_certificates_of_enrolment(c->service->store, c->a, row->id, &list, f));
	for (size_t i = 0; i < list.n; i++) {
		struct life_step step;

		if (!str_is(list.rows[i].state, certificate_state_name(CERTIFICATE_UNCONFIRMED)))
			continue;
		TRY(life_certificate(
		    &list.rows[i], CERTIFICATE_EVENT_LAPSE, ROLE_SYSTEM, &step, f));
		life_revoke(u, c, &list.rows[i], &step, &r);
		unit_log(u, AUDIT_CERTIFICATE_REVOKED, life_object(c, &list.rows[i]),
		    act_detail(c,
			(const char *const[]){"reason", revocation_name(REASON_CESSATION), "cause",
			    "never confirmed", NULL}));
	}
	return OK;
}

enum err
life_void_enrolment(
    struct unit *u, const struct call *c, const struct enrolment_row *row, struct fault *f)
{
	struct life_step step;

	TRY(life_enrolment(row, ENROLMENT_EVENT_VOID, ROLE_SYSTEM, &step, f));
	life_move_enrolment(u, c, row, &step);
	unit_session_end_of(u, row->id, 0, 0, c->now);
	if (step.effects & EFFECT_REVOKE_UNCONFIRMED)
		TRY(life_revoke_unconfirmed(u, c, row, f));
	unit_log(u, AUDIT_ENROLMENT_VOIDED, row->public_id, STR(""));
	return OK;
}
