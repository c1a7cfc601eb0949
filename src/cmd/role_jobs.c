/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "cmd/parts.h"
#include "cmd/roles.h"
#include "jobs/jobs.h"

static void
settle(struct jobs *j)
{
	struct fault f = {0};
	struct log l;

	if (jobs_settle(j, &f) == OK)
		return;
	l = log_line(LOG_JOB_FAULT);
	log_str(&l, "kind", "settle");
	log_fault(&l, &f);
	log_end(&l);
}

/* False: the process is to end. */
static bool
obey(struct child *c, const struct parts *p, struct jobs *j)
{
	struct child_event ev = child_next(c);

	switch (ev.kind) {
	case CHILD_EV_FD:
		if (strcmp(ev.name, "signer") == 0)
			signer_reconnect(p->signer, ev.fd);
		else if (ev.old >= 0)
			(void)close(ev.old);
		return true;
	case CHILD_EV_SETTLE:
		settle(j);
		return true;
	case CHILD_EV_RELOAD:
		return true;
	case CHILD_EV_DRAIN:
	case CHILD_EV_GONE:
	default:
		return false;
	}
}

int
jobs_main(struct child *c)
{
	const struct conf *conf = child_conf(c);
	const struct jobs_conf settings = {.spool = conf->spool,
	    .mail_spool = conf->mail_driver == CONF_SPOOL,
	    .sms_spool = conf->sms_driver == CONF_SPOOL};
	struct fault f = {0};
	struct parts p;
	struct jobs *j = NULL;
	int bell;
	enum err e = parts_open(c, false, &p, &f);

	if (e != OK)
		return parts_fail(&f);
	e = jobs_new(p.service, &settings, &j, &f);
	if (e == OK)
		e = child_ready(c, &f);
	bell = child_fd(c, "bell", 0);
	while (e == OK) {
		if (jobs_run(j, child_control(c), bell) == JOBS_NO_BELL)
			bell = -1;
		else if (!obey(c, &p, j))
			break;
		else
			bell = child_fd(c, "bell", 0);
	}
	jobs_free(&j);
	parts_close(&p);
	return e == OK ? 0 : parts_fail(&f);
}
