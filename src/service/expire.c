/* SPDX-License-Identifier: Apache-2.0 */
/* Certificates whose end has come: said in the log, and to their holders. */
#include "base/text.h"
#include "service/act.h"
#include "service/life.h"
#include "service/notice.h"
#include "service/upkeep.h"

static enum err
expire_one(const struct call *c, const struct certificate_row *row, struct fault *f)
{
	const struct revocation r = {
	    .reason = row->reason, .at = row->revoked_at, .invalidity = row->invalidity};
	struct unit_move m = {.key = row->id, .ver = row->ver, .now = c->now};
	bool in_use = str_is(row->state, certificate_state_name(CERTIFICATE_ACTIVE)) ||
	    str_is(row->state, certificate_state_name(CERTIFICATE_SUSPENDED));
	struct life_step step;
	struct unit *u = act_unit(c);

	TRY(life_certificate(row, CERTIFICATE_EVENT_EXPIRE, ROLE_SYSTEM, &step, f));
	m.from = step.from;
	m.to = step.to;
	unit_certificate_move(u, &m, &r, 0);
	unit_session_end_of(u, 0, 0, row->id, c->now);
	/* A hold ends with what it holds (S29). */
	if (str_is(row->state, certificate_state_name(CERTIFICATE_SUSPENDED)))
		unit_hold_close(u, row->id, row->not_after + 1);
	if (in_use)
		TRY(notice_certificate(
		    c, u, row, &(struct notice_of){NOTICE_EXPIRED, row->not_after, NULL}, f));
	unit_log(u, AUDIT_CERTIFICATE_EXPIRED, life_object(c, row),
	    act_detail(c, (const char *const[]){"was", arena_cstr(c->a, row->state), NULL}));
	return act_commit(c, u, f);
}

enum err
upkeep_expire(const struct call *c, int64_t *ret, struct fault *f)
{
	static const enum certificate_state states[] = {CERTIFICATE_UNCONFIRMED, CERTIFICATE_ACTIVE,
	    CERTIFICATE_SUSPENDED, CERTIFICATE_SUPERSEDED};
	const struct realm *h;
	int64_t n = 0;

	TRY(act_local(c, f));
	TRY(realm_now(c, &h, f));
	for (size_t s = 0; s < sizeof(states) / sizeof(states[0]); s++) {
		struct certificate_list list;

		TRY(store_certificates_ended(c->service->store, c->a,
		    str_of(certificate_state_name(states[s])), c->now, &list, f));
		for (size_t i = 0; i < list.n; i++, n++)
			TRY(expire_one(c, &list.rows[i], f));
	}
	*ret = n;
	return OK;
}
