/* SPDX-License-Identifier: Apache-2.0 */
/* Ends that come by themselves. */
#include "service/upkeep.h"

#include "base/text.h"
#include "service/act.h"
#include "service/approve_in.h"
#include "service/life.h"
#include "service/notice.h"

/* One enrolment whose codes' life is over, with its application. */
static enum err
lapse_one(const struct call *c, const struct enrolment_row *row, struct fault *f)
{
	const struct approve_notice notice = {.template = "mail.expired"};
	struct application_row application;
	struct life_step step;
	struct unit *u = act_unit(c);

	TRY(life_enrolment(row, ENROLMENT_EVENT_LAPSE, ROLE_SYSTEM, &step, f));
	life_move_enrolment(u, c, row, &step);
	if (step.effects & EFFECT_REVOKE_UNCONFIRMED)
		TRY(life_revoke_unconfirmed(u, c, row, f));
	unit_session_end_of(u, row->id, 0, 0, c->now);
	unit_log(u, AUDIT_ENROLMENT_EXPIRED, row->public_id, STR(""));
	if (row->application) {
		TRY(store_application(c->service->store, c->a, row->application, &application, f));
		TRY(life_application(&application, APPLICATION_EVENT_LAPSE, ROLE_SYSTEM, &step, f));
		life_move_application(u, c, &application, &step, STR(""));
		TRY(approve_tell(c, u, &application, &notice, f));
	}
	return act_commit(c, u, f);
}

enum err
upkeep_lapse(const struct call *c, int64_t *ret, struct fault *f)
{
	static const enum enrolment_state states[] = {
	    ENROLMENT_OPEN, ENROLMENT_ISSUING, ENROLMENT_LOCKED};
	const struct realm *h;
	int64_t n = 0;

	TRY(act_local(c, f));
	TRY(realm_now(c, &h, f));
	for (size_t s = 0; s < sizeof(states) / sizeof(states[0]); s++) {
		struct enrolment_list list;

		TRY(store_enrolments_due(c->service->store, c->a,
		    str_of(enrolment_state_name(states[s])), c->now, &list, f));
		for (size_t i = 0; i < list.n; i++, n++)
			TRY(lapse_one(c, &list.rows[i], f));
	}
	*ret = n;
	return OK;
}

enum err
upkeep_sweep(const struct call *c, struct fault *f)
{
	struct unit *u = act_unit(c);

	TRY(act_local(c, f));
	unit_sweep(u, c->now);
	return act_commit(c, u, f);
}
