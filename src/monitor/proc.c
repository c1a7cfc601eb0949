/* SPDX-License-Identifier: Apache-2.0 */
#include "monitor/proc.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/ipc.h"
#include "base/log.h"

#define TALK_S       2     /* a child that takes longer for one frame hangs */
#define WAIT_LEAST   100   /* ms */
#define WAIT_MOST    10000 /* ms */
#define LIVED_ENOUGH 2000  /* ms of service after which a start counts as good */

int64_t
proc_clock(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* In the child, between fork and exec: only what is safe there. */
static _Noreturn void
become(const char *role, int control)
{
	char *const argv[] = {
	    (char[]){"signetd"}, (char[]){"--child"}, (char *)(uintptr_t)role, NULL};
	sigset_t none;

	(void)sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
	if (control == CHILD_CONTROL_FD)
		(void)fcntl(control, F_SETFD, 0);
	else if (dup2(control, CHILD_CONTROL_FD) < 0)
		_exit(70);
	/* All others are close-on-exec; this is for what we were started with. */
	(void)close_range(CHILD_CONTROL_FD + 1, ~0U, 0);
	(void)execv("/proc/self/exe", argv);
	_exit(70);
}

enum err
proc_spawn(struct proc *p, struct fault *f)
{
	const struct timeval patience = {.tv_sec = TALK_S};
	struct log l;
	int pair[2];
	pid_t pid;

	TRY(ipc_pair(pair, f));
	(void)setsockopt(pair[0], SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
	(void)setsockopt(pair[0], SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	pid = fork();
	if (pid == 0)
		become(p->role->name, pair[1]);
	(void)close(pair[1]);
	if (pid < 0) {
		(void)close(pair[0]);
		return FAIL(f, E_UNAVAILABLE, "fork: %s", strerror(errno));
	}
	p->pid = pid;
	p->control = pair[0];
	p->state = PROC_STARTING;
	p->since = proc_clock();
	p->draining = p->overdue = false;
	p->silent = 0;
	l = log_line(LOG_PROCESS_START);
	log_str(&l, "role", p->role->name);
	log_int(&l, "pid", pid);
	log_end(&l);
	return OK;
}

void
proc_kill(struct proc *p)
{
	p->overdue = true;
	if (p->pid > 0)
		(void)kill(p->pid, SIGKILL);
	if (p->control >= 0)
		(void)close(p->control);
	p->control = -1;
}

void
proc_send(struct proc *p, enum child_frame type, struct bytes body, int fd)
{
	const struct ipc_frame frame = {.type = (uint16_t)type, .body = body, .fd = fd};

	if (p->control >= 0 && ipc_send(p->control, &frame, NULL) != OK)
		proc_kill(p);
}

int
proc_receive(struct proc *p, struct arena *a)
{
	struct ipc_frame frame;

	arena_reset(a);
	if (ipc_recv(p->control, a, &frame, NULL) != OK) {
		/* Most likely it is ending; a signal now would hide how. */
		(void)close(p->control);
		p->control = -1;
		p->silent = proc_clock();
		return 0;
	}
	if (frame.fd < 0 && (frame.type == CHILD_READY || frame.type == CHILD_STOP))
		return frame.type;
	if (frame.fd >= 0)
		(void)close(frame.fd);
	proc_kill(p);
	return 0;
}

int
proc_status(int status)
{
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

void
proc_ended(struct proc *p, int status)
{
	bool good = WIFEXITED(status) && WEXITSTATUS(status) == 0;
	int64_t now = proc_clock();
	struct log l;

	if (p->control >= 0)
		(void)close(p->control);
	p->control = -1;
	if (p->state == PROC_READY && now - p->since >= LIVED_ENOUGH)
		p->wait = 0;
	p->wait = p->wait == 0 ? WAIT_LEAST : p->wait * 2 > WAIT_MOST ? WAIT_MOST : p->wait * 2;
	p->state = good && p->role->life == MONITOR_ONCE ? PROC_DONE : PROC_DOWN;
	p->since = now;
	l = log_line(
	    good && (p->draining || p->state == PROC_DONE) ? LOG_PROCESS_STOP : LOG_PROCESS_EXIT);
	log_str(&l, "role", p->role->name);
	log_int(&l, "pid", p->pid);
	if (WIFSIGNALED(status))
		log_int(&l, "signal", WTERMSIG(status));
	else
		log_int(&l, "status", WEXITSTATUS(status));
	log_end(&l);
	p->pid = 0;
}
