/* SPDX-License-Identifier: Apache-2.0 */
#include "jobs/jobs.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/log.h"
#include "base/must.h"
#include "base/text.h"
#include "crypto/random.h"
#include "jobs/backoff.h"
#include "jobs/kinds.h"

#define ARENA_CAP ((size_t)64 << 20) /* octets of one row's work */
#define IDLE_MS   1000               /* between two looks when nothing rings */
#define BROKEN_MS 5000               /* when not even looking works */
#define ID_OCTETS 16

struct jobs {
	struct service *service;
	struct jobs_conf conf;
	struct arena *life; /* of this struct and its texts */
	bool planned;       /* periodic rows have been put */
};

enum err
jobs_new(struct service *service, const struct jobs_conf *conf, struct jobs **ret, struct fault *f)
{
	struct arena *life;
	struct jobs *j;

	if ((conf->mail == JOBS_SPOOL || conf->sms == JOBS_SPOOL) &&
	    !str_is(service_conf(service)->environment, "test"))
		return FAIL_FIELD(f, E_ENVIRONMENT, "mail_driver, sms_driver", "test",
		    "spool drivers are refused in production");
	TRY(outbox_open(conf, f));
	life = arena_new(0);
	j = arena_alloc(life, sizeof(*j));
	j->life = life;
	j->service = service;
	j->conf = *conf;
	*ret = j;
	return OK;
}

void
jobs_free(struct jobs **j)
{
	struct arena *life = *j ? (*j)->life : NULL;

	*j = NULL;
	arena_free(&life);
}

const struct jobs_conf *
jobs_settings(const struct jobs *j)
{
	return &j->conf;
}

/* The jobs process's own call: for the log and the limits it is nobody from outside. */
static struct call
new_call(const struct jobs *j, struct arena *a)
{
	uint8_t id[ID_OCTETS];

	random_bytes(id, sizeof(id));
	return (struct call){.service = j->service,
	    .a = a,
	    .now = service_now(j->service),
	    .who = {.assurance = ASSURANCE_LOCAL, .name = STR("jobs")},
	    .request_id = str_of(hex_text(a, BYTES_OF(id))),
	    .peer = STR("jobs"),
	    .route = STR("jobs")};
}

static void
log_work(const struct call *c, const struct upkeep_work *w, const struct fault *why)
{
	struct log l = log_line(why ? LOG_JOB_FAULT : LOG_JOB_DONE);

	log_text(&l, "kind", w->kind);
	log_text(&l, "object", w->object);
	log_int(&l, "try", w->tries);
	log_text(&l, "req", c->request_id);
	if (why)
		log_fault(&l, why);
	log_end(&l);
}

/* Do one claimed row and say how it went. */
static enum err
work(const struct jobs *j, const struct call *c, const struct upkeep_work *w, struct fault *f)
{
	const struct jobs_kind *k = jobs_kind(w->kind, w->object);
	struct fault why = {0};
	enum err e = k ? k->run(j, c, w, &why) : FAIL(&why, E_INTERNAL, "work of no kind");
	int64_t now = service_now(j->service);

	log_work(c, w, e == OK ? NULL : &why);
	if (e == OK)
		return upkeep_work_done(c, w, k->period ? now + k->period : 0, f);
	return upkeep_work_later(
	    c, w, now + backoff(w->tries, k ? k->retry : 3600, k ? k->most : 3600), &why, f);
}

/* A row that waits already keeps its time: a restart postpones nothing. */
static enum err
plan(struct jobs *j, const struct call *c, struct fault *f)
{
	size_t count;
	const struct jobs_kind *k = jobs_kinds(&count);

	if (!j->planned)
		TRY(upkeep_work_free(c, f));
	for (size_t i = 0; i < count && !j->planned; i++) {
		if (k[i].period)
			TRY(upkeep_work_put(
			    c, str_of(k[i].kind), str_of(k[i].object), c->now + k[i].period, f));
	}
	j->planned = true;
	return OK;
}

/* One due row, on an arena of its own. E_NOT_FOUND: nothing is due. */
static enum err
one(struct jobs *j, struct arena *a, struct fault *f)
{
	struct call c = new_call(j, a);
	struct upkeep_work w;
	int64_t due;

	TRY(service_ready(j->service, f));
	TRY(plan(j, &c, f));
	TRY(upkeep_work_due(&c, &due, f));
	if (due > c.now)
		return FAIL(f, E_NOT_FOUND, "due in %" PRId64 " s", due - c.now);
	TRY(upkeep_work_next(&c, &w, f));
	return work(j, &c, &w, f);
}

enum err
jobs_pass(struct jobs *j, int most, int *ret, struct fault *f)
{
	enum err e = OK;
	int n = 0;

	while (e == OK && n < most) {
		struct arena *a = arena_new(ARENA_CAP);

		e = one(j, a, f);
		arena_free(&a);
		n += e == OK;
	}
	*ret = n;
	if (e != E_NOT_FOUND)
		return e;
	*f = (struct fault){0};
	return OK;
}

/* Take all rings at once. False: the other end is gone. */
static bool
hear(int bell)
{
	char rings[64];
	ssize_t n;

	do
		n = recv(bell, rings, sizeof(rings), MSG_DONTWAIT);
	while (n > 0 || (n < 0 && errno == EINTR));
	return n < 0 && errno == EAGAIN;
}

enum jobs_wake
jobs_run(struct jobs *j, int control, int bell)
{
	struct pollfd fds[] = {{.fd = control, .events = POLLIN}, {.fd = bell, .events = POLLIN}};
	int wait = 0;

	for (;;) {
		struct fault f = {0};
		int n;

		if (poll(fds, 2, wait) < 0)
			must(errno == EINTR);
		else if (fds[0].revents)
			return JOBS_CONTROL;
		else if (fds[1].revents && !hear(bell))
			return JOBS_NO_BELL;
		if (jobs_pass(j, 1, &n, &f) == OK) {
			wait = n ? 0 : IDLE_MS;
			continue;
		}
		if (f.code != E_NOT_READY) {
			struct log l = log_line(LOG_JOB_FAULT);

			log_fault(&l, &f);
			log_end(&l);
		}
		wait = f.code == E_NOT_READY ? IDLE_MS : BROKEN_MS;
	}
}

enum err
jobs_settle(struct jobs *j, struct fault *f)
{
	struct arena *a = arena_new(0);
	struct call c = new_call(j, a);
	enum err e = upkeep_work_put(&c, STR("settle"), STR(""), c.now, f);

	arena_free(&a);
	return e;
}
