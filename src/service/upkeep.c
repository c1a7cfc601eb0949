/* SPDX-License-Identifier: Apache-2.0 */
/* Ends that come by themselves, and whether all is well. */
#include "service/upkeep.h"

#include "base/text.h"
#include "service/act.h"
#include "service/life.h"

#define LATE 120 /* seconds that work may wait before health speaks of it */

/* One enrolment whose codes' life is over, with its application. */
static enum err
lapse_one(const struct call *c, const struct enrolment_row *row, struct fault *f)
{
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

static void
health_row(struct upkeep_health *rows, size_t *n, const char *name, const char *mend)
{
	rows[(*n)++] =
	    (struct upkeep_health){.name = str_of(name), .mend = str_of(mend ? mend : "")};
}

/* The CRLs and the own certificates of one CA. */
static void
health_of_ca(const struct call *c, const struct realm_ca *ca, struct upkeep_health *rows, size_t *n)
{
	struct crl_row crl;
	struct fault f = {0};
	enum err e = store_crl(c->service->store, c->a, ca->id, &crl, &f);
	char *name = arena_fmt(c->a, "crl %s", ca->label);

	if (e != OK)
		health_row(rows, n, name, "no CRL yet: look at the jobs process and its log");
	else if (crl.next_update < c->now)
		health_row(
		    rows, n, name, "the CRL is out of date: look at the jobs process and its log");
	else
		health_row(rows, n, name, NULL);
}

enum err
upkeep_health(const struct call *c, struct upkeep_health **ret, size_t *count, struct fault *f)
{
	struct upkeep_health *rows = arena_array(c->a, 16, sizeof(*rows));
	struct fault why = {0};
	struct signer_status signer;
	struct backlog late;
	const struct realm *h;
	size_t n = 0;

	if (signer_status(c->service->signer, c->a, &signer, &why) != OK)
		health_row(rows, &n, "signer", "it does not answer: it is being started again");
	else if (signer.state == SIGNER_STOPPED)
		health_row(rows, &n, "signer", arena_cstr(c->a, signer.reason));
	else if (signer.state != SIGNER_READY)
		health_row(rows, &n, "signer", "no CA yet: run signet ca init");
	else
		health_row(rows, &n, "signer", NULL);
	if (why.code == OK && signer.on_token)
		health_row(rows, &n, "token", arena_cstr(c->a, signer.trouble));
	why = (struct fault){0};
	if (store_backlog(c->service->store, c->now - LATE, &late, &why) != OK)
		health_row(rows, &n, "store", "it cannot be read: check disk space and rights");
	else
		health_row(rows, &n, "jobs",
		    late.jobs || late.messages
			? "work is late: look at the jobs process and its log"
			: NULL);
	why = (struct fault){0};
	if (realm_now(c, &h, &why) == OK) {
		for (size_t i = 0; i < REALM_CAS; i++)
			health_of_ca(c, &h->ca[i], rows, &n);
		health_row(rows, &n, "portal",
		    c->service->doors ? NULL : "it is being opened: wait a moment");
	}
	(void)f;
	*ret = rows;
	*count = n;
	return OK;
}
