/* SPDX-License-Identifier: Apache-2.0 */
/* Whether all is well, part by part: how old, until when, how late, what failed last, and the mend. */
#include "core/builtin.h"
#include "service/act.h"
#include "service/upkeep.h"

#define LATE        120                /* seconds that work may wait before health speaks of it */
#define LIST_OLD    (86400 + 2 * 3600) /* a list is made each day */
#define MESSAGE_OLD 600                /* a message that waits longer is spoken of */
#define CA_SOON     ((int64_t)365 * 86400) /* before its end a CA is spoken of */
#define ROWS_MAX    24

struct examining {
	const struct call *c;
	struct upkeep_health *rows;
	size_t n;
};

static struct upkeep_health *
part(struct examining *x, const char *name)
{
	struct upkeep_health *row = &x->rows[x->n++];

	*row = (struct upkeep_health){.name = str_of(name)};
	return row;
}

static void
mend(struct upkeep_health *row, const char *words)
{
	row->mend = str_of(words);
}

static void
warn(struct upkeep_health *row, const char *words)
{
	row->warning = str_of(words);
}

/* How late this row of work is, and why it failed last. */
static void
work_of(const struct examining *x, const char *kind, const char *object, struct upkeep_health *row)
{
	struct job_row job;
	struct fault absent = {0};

	if (store_job(x->c->service->store, x->c->a, str_of(kind), str_of(object), &job, &absent) !=
	    OK)
		return;
	row->lag = job.due < x->c->now ? x->c->now - job.due : 0;
	row->fault = job.last_fault;
}

static void
signer(struct examining *x)
{
	struct upkeep_health *row = part(x, "signer");
	struct signer_status st;
	struct fault why = {0};

	if (signer_status(x->c->service->signer, x->c->a, &st, &why) != OK)
		mend(row, "it does not answer: it is being started again");
	else if (st.state == SIGNER_STOPPED)
		mend(row, arena_cstr(x->c->a, st.reason));
	else if (st.state != SIGNER_READY)
		mend(row, "no CA yet: run signet ca init");
	if (why.code == OK && st.on_token)
		mend(part(x, "token"), arena_cstr(x->c->a, st.trouble));
}

static void
store_and_jobs(struct examining *x)
{
	struct backlog late;
	struct fault why = {0};

	if (store_backlog(x->c->service->store, x->c->now - LATE, &late, &why) != OK)
		mend(part(x, "store"), "it cannot be read: check disk space and rights");
	else if (late.jobs || late.messages)
		mend(part(x, "jobs"), "work is late: look at the jobs process and its log");
	else
		(void)part(x, "jobs");
}

/* Messages that wait; each is tried again until its own end. */
static void
outbox(struct examining *x, const char *channel, const char *words)
{
	struct upkeep_health *row = part(x, arena_fmt(x->c->a, "outbox %s", channel));
	struct outbox_waiting waiting;
	struct fault why = {0};

	work_of(x, "outbox", channel, row);
	if (store_outbox_waiting(x->c->service->store, str_of(channel), &waiting, &why) != OK)
		return; /* store_and_jobs says so */
	row->waiting = waiting.count;
	row->since = waiting.oldest;
	if (waiting.count && waiting.oldest + MESSAGE_OLD < x->c->now)
		warn(row, words);
}

static void
list_of(struct examining *x, const struct realm_ca *ca)
{
	const struct call *c = x->c;
	struct upkeep_health *row = part(x, arena_fmt(c->a, "crl %s", ca->label));
	struct crl_row crl;
	struct fault why = {0};

	work_of(x, "crl", ca->label, row);
	if (store_crl(c->service->store, c->a, ca->id, &crl, &why) != OK) {
		mend(row, "no CRL yet: look at the jobs process and its log");
		return;
	}
	row->since = crl.this_update;
	row->until = crl.next_update;
	if (crl.next_update < c->now)
		mend(row, "the CRL is out of date: look at the jobs process and its log");
	else if (row->fault.n)
		warn(row, "the last CRL could not be made: look at the log; it is tried again");
	else if (crl.this_update + LIST_OLD < c->now || row->lag > LATE)
		warn(row, "a new CRL is due: look at the jobs process");
}

/* The newest certificate of ours of this kind: jobs or front renew it with a third of its life left (N20). */
static void
own(struct examining *x, const char *name, const struct realm_ca *ca, enum builtin kind)
{
	const struct call *c = x->c;
	struct upkeep_health *row = part(x, name);
	const struct certificate_row *newest;
	struct certificate_list list;
	struct fault why = {0};

	if (store_certificates_of_profile(
		c->service->store, c->a, ca->id, str_of(builtin_name(kind)), &list, &why) != OK ||
	    list.n == 0) {
		mend(row, "there is none: look at the log");
		return;
	}
	newest = &list.rows[0];
	row->since = newest->not_before;
	row->until = newest->not_after;
	if (newest->not_after < c->now)
		mend(row, "it has expired and could not be renewed: look at the log");
	else if (newest->not_after - c->now < (newest->not_after - newest->not_before) / 6)
		warn(row, "it ends soon and was not renewed: look at the log");
}

static void
authority(struct examining *x, const struct realm_ca *ca)
{
	bool issuing = ca->which == PROFILE_CA_ISSUING;
	struct upkeep_health *row = part(x, arena_fmt(x->c->a, "ca %s", ca->label));

	row->since = ca->cert.not_before;
	row->until = ca->cert.not_after;
	if (row->until < x->c->now)
		mend(row, "the CA's certificate has expired");
	else if (row->until - x->c->now < CA_SOON)
		warn(row, "the CA ends within a year: plan its next generation");
	list_of(x, ca);
	own(x, arena_fmt(x->c->a, "ocsp %s", ca->label), ca,
	    issuing ? BUILTIN_OCSP_ISSUING : BUILTIN_OCSP_MANAGEMENT);
}

/* What was signed last of the log; a refusal means that the log is not what it was (S25). */
static void
log_place(struct examining *x)
{
	struct upkeep_health *row = part(x, "log");
	struct checkpoint_row last;
	struct fault why = {0};

	if (store_checkpoint(x->c->service->store, x->c->a, &last, &why) == OK)
		row->since = last.created;
	work_of(x, "checkpoint", "", row);
	if (str_is(row->fault, err_row(E_GATE)->slug))
		mend(row, "the signer refuses to sign it: run signet audit verify");
	else if (row->fault.n)
		warn(row, "its place could not be signed or carried away: look at the log");
}

enum err
upkeep_health(const struct call *c, struct upkeep_health **ret, size_t *count, struct fault *f)
{
	struct examining x = {.c = c, .rows = arena_array(c->a, ROWS_MAX, sizeof(*x.rows))};
	struct fault why = {0};
	const struct realm *h;

	(void)f;
	signer(&x);
	store_and_jobs(&x);
	outbox(&x, "mail", "mails wait: does the mail server take them? see signet outbox list");
	outbox(&x, "sms", "SMS wait: does the gateway take them? see signet outbox list");
	if (realm_now(c, &h, &why) == OK) {
		for (size_t i = 0; i < REALM_CAS; i++)
			authority(&x, &h->ca[i]);
		own(&x, "portal certificate", &h->ca[PROFILE_CA_MANAGEMENT], BUILTIN_TLS_PORTAL);
		log_place(&x);
		if (!c->service->doors)
			mend(part(&x, "portal"), "it is being opened: wait a moment");
		else
			(void)part(&x, "portal");
	}
	*ret = x.rows;
	*count = x.n;
	return OK;
}
