/* SPDX-License-Identifier: Apache-2.0 */
/* Applications that nobody moves: their profile says for how long they wait. */
#include "service/approve_in.h"
#include "service/life.h"
#include "service/upkeep.h"

#define DAY  86400
#define MOST 20 /* rows of a state and profile in one run; more ask for another */

static enum err
expire_one(const struct call *c, const struct application_row *row, struct fault *f)
{
	const struct approve_notice notice = {.template = "mail.expired"};
	struct unit *u = act_unit(c);
	struct life_step step;

	TRY(life_application(row, APPLICATION_EVENT_LAPSE, ROLE_SYSTEM, &step, f));
	life_move_application(u, c, row, &step, row->reason);
	unit_log(u, AUDIT_APPLICATION_EXPIRED, row->number, STR(""));
	if (step.effects & EFFECT_NOTIFY)
		TRY(approve_tell(c, u, row, &notice, f));
	return act_commit(c, u, f);
}

static enum err
expire_of(const struct call *c, const struct profile *p, enum application_state state, int64_t *n,
    bool *more, struct fault *f)
{
	const struct idle_want want = {.state = str_of(application_state_name(state)),
	    .profile = p->name,
	    .before = c->now - (int64_t)p->idle_days * DAY,
	    .most = MOST};
	struct application_list list;

	TRY(store_applications_idle(c->service->store, c->a, &want, &list, f));
	for (size_t i = 0; i < list.n; i++) {
		enum err e = expire_one(c, &list.rows[i], f);

		/* Somebody moved it after all: that is no failure of this work. */
		if (e == E_RACE && f)
			*f = (struct fault){0};
		else if (e != OK)
			return e;
		else
			++*n;
	}
	*more = *more || list.more;
	return OK;
}

enum err
upkeep_idle(const struct call *c, int64_t *ret, bool *ret_more, struct fault *f)
{
	static const enum application_state states[] = {
	    APPLICATION_DRAFT, APPLICATION_RETURNED, APPLICATION_SUBMITTED};
	const struct realm_profile *newest;
	const struct realm *h;
	bool more = false;
	int64_t n = 0;

	TRY(act_local(c, f));
	TRY(realm_now(c, &h, f));
	for (size_t i = 0; i < h->profile_count; i++) {
		/* The newest version's days count for all that are under way. */
		TRY(realm_profile(h, h->profiles[i].profile.name, 0, &newest, f));
		if (newest != &h->profiles[i] || newest->profile.approver == PROFILE_BY_ROSTER)
			continue;
		for (size_t s = 0; s < sizeof(states) / sizeof(states[0]); s++)
			TRY(expire_of(c, &newest->profile, states[s], &n, &more, f));
	}
	*ret = n;
	*ret_more = more;
	return OK;
}
