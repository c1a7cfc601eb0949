/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "cmd/parts.h"
#include "cmd/roles.h"
#include "jobs/jobs.h"

#define SECRET_MAX 256 /* octets */

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

/* A secret of one line, from a descriptor of the monitor's; empty when there is none. */
static struct str
secret_of(const struct child *c, struct arena *a, const char *name)
{
	int fd = child_fd(c, name, 0);
	char *p = arena_alloc(a, SECRET_MAX);
	ssize_t n = fd < 0 ? 0 : pread(fd, p, SECRET_MAX, 0);

	if (fd >= 0)
		(void)close(fd);
	while (n > 0 && (p[n - 1] == '\n' || p[n - 1] == '\r'))
		n--;
	return (struct str){p, n > 0 ? (size_t)n : 0};
}

/* The host of "https://host:port": who we are to a mail server. */
static struct str
own_name(const struct conf *conf)
{
	struct str s = conf_authority(conf->public_url);
	const char *colon = memchr(s.p, ':', s.n);

	return s.p[0] == '[' ? STR("") : (struct str){s.p, colon ? (size_t)(colon - s.p) : s.n};
}

static struct jobs_conf
settings_of(const struct child *c, struct arena *a)
{
	static const enum jobs_driver mail[] = {
	    [CONF_MAIL_NONE] = JOBS_NONE, [CONF_MAIL_SPOOL] = JOBS_SPOOL, [CONF_SMTP] = JOBS_SMTP};
	static const enum jobs_driver sms[] = {[CONF_SMS_NONE] = JOBS_NONE,
	    [CONF_SMS_SPOOL] = JOBS_SPOOL,
	    [CONF_GATEWAY] = JOBS_GATEWAY};
	const struct conf *conf = child_conf(c);

	return (struct jobs_conf){.mail = mail[conf->mail_driver],
	    .sms = sms[conf->sms_driver],
	    .spool = conf->spool,
	    .smtp = {.server = conf->mail_server,
		.user = conf->mail_user,
		.password = secret_of(c, a, "secret.mail"),
		.ca_file = conf->mail_ca_file,
		.tls_first = conf->mail_tls == CONF_TLS_FIRST,
		.sender = conf->mail_from,
		.name = own_name(conf)},
	    .gateway = {.url = conf->sms_url,
		.secret = secret_of(c, a, "secret.sms"),
		.ca_file = conf->sms_ca_file},
	    .checkpoints = conf->checkpoints,
	    .checkpoint_records = conf->checkpoint_records,
	    .checkpoint_minutes = conf->checkpoint_minutes};
}

int
jobs_main(struct child *c)
{
	struct jobs_conf settings;
	struct fault f = {0};
	struct parts p;
	struct jobs *j = NULL;
	int bell;
	enum err e = parts_open(c, false, &p, &f);

	if (e != OK)
		return parts_fail(&f);
	settings = settings_of(c, p.life);
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
