/* SPDX-License-Identifier: Apache-2.0 */
/*
 * jobs: claims rows of work and does them, one after the other. Nothing is remembered here: what a
 * crash interrupts is claimed again.
 *
 *	jobs_new(service, &conf, &j, &f);
 *	while (jobs_run(j, child_control(c), bell) …)
 *		switch (child_next(c).kind)
 *			FD the bell or the signer anew · SETTLE jobs_settle(j, &f) · DRAIN, GONE leave
 */
#ifndef JOBS_JOBS_H
#define JOBS_JOBS_H

#include "base/err.h"
#include "service/service.h"

/* How the messages of a channel leave. */
enum jobs_driver {
	JOBS_NONE,   /* not at all: they wait */
	JOBS_SPOOL,  /* as files in spool/mail, spool/sms */
	JOBS_SMTP,   /* mails */
	JOBS_GATEWAY /* SMS */
};

/* net/smtp.h; empty: absent. */
struct jobs_smtp {
	struct str server, user, password, ca_file;
	bool tls_first;
	struct str sender; /* empty: no-reply at the service's host */
	struct str name;   /* ours */
};

struct jobs_gateway {
	struct str url, secret, ca_file;
};

struct jobs_conf {
	enum jobs_driver mail, sms;
	struct str spool; /* directory of the files */
	struct jobs_smtp smtp;
	struct str checkpoints; /* directory of the file that leaves the machine; empty: none */
	int64_t checkpoint_records, checkpoint_minutes;
	struct jobs_gateway gateway;
};

struct jobs;

/* SERVICE, and the texts of CONF, stay the caller's. E_ENVIRONMENT: a spool driver in production (S15); E_FILE. */
NODISCARD enum err jobs_new(
    struct service *service, const struct jobs_conf *conf, struct jobs **ret, struct fault *f);
void jobs_free(struct jobs **j);

enum jobs_wake {
	JOBS_CONTROL, /* CONTROL can be read */
	JOBS_NO_BELL  /* the other end of BELL is gone: go on without until there is a new one */
};
/*
 * Work until somebody says something: CONTROL becomes readable (looked at between any two rows), or
 * BELL ends. What comes over BELL says only that there may be work; -1: there is none.
 */
enum jobs_wake jobs_run(struct jobs *j, int control, int bell);
/* A process came back: compare journal and store. */
NODISCARD enum err jobs_settle(struct jobs *j, struct fault *f);

/* One pass: puts periodic rows once, does at most MOST due rows. *RET: how many it claimed. */
NODISCARD enum err jobs_pass(struct jobs *j, int most, int *ret, struct fault *f);

#endif
