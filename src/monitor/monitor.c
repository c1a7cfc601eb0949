/* SPDX-License-Identifier: Apache-2.0 */
#include "monitor/monitor.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"
#include "base/must.h"
#include "monitor/house.h"
#include "monitor/notify.h"
#include "monitor/place.h"

#define SILENT_MS 1000  /* for a child that closed its end, to end */
#define FAILED_MS 1000  /* before another try where there was no process to start */
#define DRAIN_MS  12000 /* for one step of the drain; the front cuts its connections at 10 s */

struct monitor {
	struct house house;
	struct arena *frames;
	int lock, signals;
	size_t begun; /* rows that were started once */
	bool up;      /* all of them serve */
	bool draining, hurry;
	int step; /* of the drain */
	int64_t step_since;
	int64_t watchdog, watched; /* ms between two signs of life, the last one */
	int status;
};

static void
log_failure(enum log_event e, const char *role, const struct fault *f)
{
	struct log l = log_line(e);

	log_str(&l, "role", role);
	log_fault(&l, f);
	log_end(&l);
}

static void
begin_drain(struct monitor *m, int status)
{
	struct log l;

	if (m->draining)
		return;
	m->draining = true;
	m->status = status;
	m->step = 0;
	m->step_since = proc_clock();
	notify_say("STOPPING=1");
	l = log_line(LOG_PROCESS_DRAIN);
	log_int(&l, "status", status);
	log_end(&l);
}

static void
try_start(struct monitor *m, struct proc *p)
{
	struct fault f = {0};
	enum err e = house_start(&m->house, p, &f);

	if (e == OK)
		return;
	log_failure(LOG_PROCESS_EXIT, p->role->name, &f);
	if (p->pid != 0)
		proc_kill(p);
	p->since = proc_clock();
	p->wait = FAILED_MS;
	if (!m->up && !p->role->spare)
		begin_drain(m, err_row(e)->exit);
}

static bool
wanted(const struct monitor *m, const struct monitor_role *r)
{
	return r->wanted == NULL || r->wanted(m->house.conf);
}

/* The next row of the first start, once the one before it serves or is done. */
static void
go_on(struct monitor *m)
{
	const struct proc *last = m->begun ? &m->house.procs[m->begun - 1] : NULL;
	enum proc_state good = last && last->role->life == MONITOR_ONCE ? PROC_DONE : PROC_READY;

	if (last != NULL && wanted(m, last->role) && last->state != good)
		return;
	if (m->begun < m->house.table->role_count && !wanted(m, &m->house.table->roles[m->begun])) {
		m->begun++;
		go_on(m);
	} else if (m->begun < m->house.table->role_count) {
		try_start(m, &m->house.procs[m->begun++]);
	} else if (!m->up) {
		m->up = true;
		notify_say("READY=1");
	}
}

static void
restart_due(struct monitor *m)
{
	for (size_t i = 0; i < m->begun; i++) {
		struct proc *p = &m->house.procs[i];
		struct log l;

		if (p->state != PROC_DOWN || p->pid != 0 || p->role->life == MONITOR_ONCE ||
		    !wanted(m, p->role) || (!m->up && !p->role->spare) ||
		    proc_clock() - p->since < p->wait)
			continue;
		l = log_line(LOG_PROCESS_RESTART);
		log_str(&l, "role", p->role->name);
		log_int(&l, "after_ms", p->wait);
		log_end(&l);
		try_start(m, p);
	}
}

static void
kill_late(struct monitor *m)
{
	for (size_t i = 0; i < m->begun; i++) {
		struct proc *p = &m->house.procs[i];

		if (p->pid == 0 || p->overdue)
			continue;
		if ((p->state == PROC_STARTING && !p->draining &&
			proc_clock() - p->since > p->role->ready_ms) ||
		    (p->silent != 0 && proc_clock() - p->silent > SILENT_MS))
			proc_kill(p);
	}
}

/* Steps of the drain: all rows of one number are told; when they ended, the next number. */
static void
drain_on(struct monitor *m)
{
	bool late = m->hurry || proc_clock() - m->step_since > DRAIN_MS, left = false;
	int next = m->step;

	for (size_t i = 0; i < m->begun; i++) {
		struct proc *p = &m->house.procs[i];

		if (p->pid == 0)
			continue;
		if (p->role->drain > m->step && !m->hurry) {
			next = next == m->step || p->role->drain < next ? p->role->drain : next;
			continue;
		}
		left = true;
		if (late && !p->overdue)
			proc_kill(p);
		else if (!p->draining)
			proc_send(p, CHILD_DRAIN, (struct bytes){0}, -1);
		p->draining = true;
	}
	if (!left && next != m->step) {
		m->step = next;
		m->step_since = proc_clock();
		drain_on(m);
	}
}

static bool
all_ended(const struct monitor *m)
{
	for (size_t i = 0; i < m->begun; i++) {
		if (m->house.procs[i].pid != 0)
			return false;
	}
	return true;
}

static void
came_back(struct monitor *m, struct proc *p)
{
	struct log l = log_line(LOG_PROCESS_READY);

	log_str(&l, "role", p->role->name);
	log_int(&l, "ms", proc_clock() - p->since);
	log_end(&l);
	p->state = PROC_READY;
	p->since = proc_clock();
	/* Something was lost with whoever died: whoever settles looks now. A spare role keeps nothing. */
	for (size_t i = 0; m->up && !p->role->spare && i < m->begun; i++) {
		if (m->house.procs[i].role->settles && m->house.procs[i].state == PROC_READY)
			proc_send(&m->house.procs[i], CHILD_SETTLE, (struct bytes){0}, -1);
	}
}

static void
hear(struct monitor *m, struct proc *p)
{
	int type = proc_receive(p, m->frames);

	if (type == CHILD_READY && p->state == PROC_STARTING)
		came_back(m, p);
	else if (type == CHILD_STOP)
		begin_drain(m, 0);
}

static void
bury(struct monitor *m)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		for (size_t i = 0; i < m->begun; i++) {
			struct proc *p = &m->house.procs[i];

			if (p->pid != pid)
				continue;
			proc_ended(p, status);
			/* What does not come up the first time is for a person to mend. */
			if (!m->up && p->state != PROC_DONE && !p->role->spare)
				begin_drain(m, proc_status(status) ? proc_status(status) : 70);
		}
	}
}

static void
heed(struct monitor *m)
{
	struct signalfd_siginfo s;

	if (read(m->signals, &s, sizeof(s)) != (ssize_t)sizeof(s))
		return;
	if (s.ssi_signo == SIGCHLD) {
		bury(m);
	} else if (s.ssi_signo == SIGHUP) {
		for (size_t i = 0; i < m->begun; i++) {
			if (m->house.procs[i].state == PROC_READY)
				proc_send(&m->house.procs[i], CHILD_RELOAD, (struct bytes){0}, -1);
		}
	} else {
		m->hurry = m->draining;
		begin_drain(m, 0);
	}
}

/* Milliseconds until something is due, at most a second. */
static int
patience(const struct monitor *m)
{
	int64_t least = 1000, now = proc_clock();

	for (size_t i = 0; i < m->begun; i++) {
		const struct proc *p = &m->house.procs[i];
		int64_t due = p->state == PROC_DOWN ? p->wait : p->role->ready_ms + 1;

		if (p->state != PROC_READY && p->state != PROC_DONE && wanted(m, p->role) &&
		    due - (now - p->since) < least)
			least = due - (now - p->since);
	}
	return least < 1 ? 1 : (int)least;
}

static void
watch(struct monitor *m)
{
	struct pollfd fds[MONITOR_ROLES_MAX + 1];
	struct proc *who[MONITOR_ROLES_MAX + 1];
	nfds_t n = 1;

	fds[0] = (struct pollfd){.fd = m->signals, .events = POLLIN};
	for (size_t i = 0; i < m->begun; i++) {
		if (m->house.procs[i].control < 0)
			continue;
		who[n] = &m->house.procs[i];
		fds[n++] = (struct pollfd){.fd = m->house.procs[i].control, .events = POLLIN};
	}
	if (poll(fds, n, patience(m)) <= 0)
		return;
	for (nfds_t i = 1; i < n; i++) {
		/* Only what it said: its end is told by SIGCHLD, with the status. */
		if ((fds[i].revents & POLLIN) && who[i]->control == fds[i].fd)
			hear(m, who[i]);
	}
	if (fds[0].revents)
		heed(m);
}

static void
run(struct monitor *m)
{
	while (!m->draining || !all_ended(m)) {
		kill_late(m);
		if (m->draining)
			drain_on(m);
		else
			restart_due(m);
		if (!m->draining && !m->up)
			go_on(m);
		if (!m->draining || !all_ended(m))
			watch(m);
		if (m->watchdog && proc_clock() - m->watched >= m->watchdog) {
			m->watched = proc_clock();
			notify_say("WATCHDOG=1");
		}
	}
}

static enum err
prepare(struct monitor *m, struct fault *f)
{
	sigset_t set;

	TRY(place_make(m->house.table, m->house.conf, f));
	TRY(place_lock(m->house.conf, &m->lock, f));
	for (size_t i = 0; i < m->house.table->role_count; i++) {
		const char *const *names = m->house.table->roles[i].fds;

		m->house.procs[i] = (struct proc){.role = &m->house.table->roles[i], .control = -1};
		for (size_t k = 0; names != NULL && names[k] != NULL; k++)
			TRY(listen_open(m->house.conf, names[k], &m->house.listening, f));
	}
	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGCHLD);
	(void)sigaddset(&set, SIGTERM);
	(void)sigaddset(&set, SIGINT);
	(void)sigaddset(&set, SIGHUP);
	if (sigprocmask(SIG_BLOCK, &set, NULL) != 0)
		return FAIL(f, E_INTERNAL, "sigprocmask: %s", strerror(errno));
	m->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (m->signals < 0)
		return FAIL(f, E_INTERNAL, "signalfd: %s", strerror(errno));
	m->watchdog = notify_watchdog();
	return OK;
}

int
monitor_main(const struct monitor_table *t, const struct conf *c)
{
	struct monitor m = {.house = {.table = t, .conf = c}, .lock = -1, .signals = -1};
	struct fault f = {0};
	enum err e;

	must(t->role_count <= MONITOR_ROLES_MAX);
	log_process("monitor");
	m.frames = arena_new(0);
	e = prepare(&m, &f);
	if (e == OK) {
		run(&m);
	} else {
		log_failure(LOG_CONFIG_FAULT, NULL, &f);
		m.status = err_row(e)->exit;
	}
	listen_close(&m.house.listening, c);
	if (m.signals >= 0)
		(void)close(m.signals);
	if (m.lock >= 0)
		(void)close(m.lock);
	arena_free(&m.frames);
	return m.status;
}
