/* SPDX-License-Identifier: Apache-2.0 */
#include "signer/client.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/ipc.h"
#include "base/must.h"
#include "base/rd.h"
#include "signer/call.h"

#define WAIT_SECONDS 30 /* a signer that says nothing for so long is gone */

/* One caller that waits for its answer. */
struct waiter {
	struct waiter *next;
	uint32_t id;
	int sock; /* over which it asked */
	struct arena *a;
	enum { WAITS, ANSWERED, LOST } state;
	uint16_t type;
	struct bytes body;
	pthread_cond_t wake;
};

struct signer_client {
	pthread_mutex_t lock; /* all below */
	pthread_mutex_t send; /* whole frames, one after the other */
	pthread_cond_t changed;
	pthread_t reader;
	int sock;    /* for new questions; -1: none */
	int reading; /* the one that the reader holds; -1: none */
	bool end;
	uint32_t id;
	struct waiter *waiters;
};

static void
lock(struct signer_client *c)
{
	must(pthread_mutex_lock(&c->lock) == 0);
}

static void
unlock(struct signer_client *c)
{
	must(pthread_mutex_unlock(&c->lock) == 0);
}

/* Under the lock: no answer will come over SOCK any more. */
static void
lose(struct signer_client *c, int sock)
{
	for (struct waiter *w = c->waiters; w; w = w->next) {
		if (w->state != WAITS || w->sock != sock)
			continue;
		w->state = LOST;
		must(pthread_cond_signal(&w->wake) == 0);
	}
}

/* Under the lock: hand the answer to whoever waits for it; nobody may, after a timeout. */
static void
deliver(struct signer_client *c, const struct ipc_frame *frame)
{
	for (struct waiter *w = c->waiters; w; w = w->next) {
		if (w->id != frame->id || w->state != WAITS)
			continue;
		w->body = arena_bytes(w->a, frame->body);
		w->type = frame->type;
		w->state = ANSWERED;
		must(pthread_cond_signal(&w->wake) == 0);
		return;
	}
}

/* Read answers from SOCK until it ends. */
static void
read_all(struct signer_client *c, int sock, struct arena *a)
{
	struct ipc_frame frame;

	while (ipc_recv(sock, a, &frame, NULL) == OK) {
		if (frame.fd >= 0)
			(void)close(frame.fd);
		lock(c);
		deliver(c, &frame);
		unlock(c);
		arena_reset(a);
	}
}

static void *
reader(void *p)
{
	struct signer_client *c = p;
	struct arena *a = arena_new(2 * IPC_BODY_MAX);

	lock(c);
	while (!c->end) {
		int sock = c->sock;

		if (sock < 0) {
			must(pthread_cond_wait(&c->changed, &c->lock) == 0);
			continue;
		}
		c->reading = sock;
		unlock(c);
		read_all(c, sock, a);
		/* No sender may be in the middle of a frame when the number is given back. */
		must(pthread_mutex_lock(&c->send) == 0);
		lock(c);
		lose(c, sock);
		if (c->sock == sock)
			c->sock = -1;
		c->reading = -1;
		(void)close(sock);
		must(pthread_mutex_unlock(&c->send) == 0);
	}
	unlock(c);
	arena_free(&a);
	return NULL;
}

enum err
signer_client_new(int sock, struct signer_client **ret, struct fault *f)
{
	struct signer_client *c = calloc(1, sizeof(*c));
	pthread_condattr_t attr;

	must(c != NULL);
	c->sock = sock;
	c->reading = -1;
	must(pthread_mutex_init(&c->lock, NULL) == 0 && pthread_mutex_init(&c->send, NULL) == 0);
	must(pthread_condattr_init(&attr) == 0 && pthread_cond_init(&c->changed, &attr) == 0);
	must(pthread_condattr_destroy(&attr) == 0);
	if (pthread_create(&c->reader, NULL, reader, c) != 0) {
		free(c);
		return FAIL(f, E_UNAVAILABLE, "no thread for the signer's answers");
	}
	*ret = c;
	return OK;
}

/*
 * Shut the old socket down: whoever reads or writes it sees its end. The reader closes the one it
 * holds; one that it never took up is closed here, when no sender can be using it.
 */
static void
swap(struct signer_client *c, int sock, bool end)
{
	int old;
	bool mine;

	lock(c);
	old = c->sock;
	mine = old >= 0 && old != c->reading;
	if (old >= 0)
		(void)shutdown(old, SHUT_RDWR);
	c->sock = sock;
	c->end = end;
	if (old >= 0)
		lose(c, old);
	must(pthread_cond_signal(&c->changed) == 0);
	unlock(c);
	if (!mine)
		return;
	must(pthread_mutex_lock(&c->send) == 0);
	(void)close(old);
	must(pthread_mutex_unlock(&c->send) == 0);
}

void
signer_reconnect(struct signer_client *c, int sock)
{
	swap(c, sock, false);
}

void
signer_client_free(struct signer_client **c)
{
	if (!*c)
		return;
	swap(*c, -1, true);
	must(pthread_join((*c)->reader, NULL) == 0);
	(void)pthread_cond_destroy(&(*c)->changed);
	(void)pthread_mutex_destroy(&(*c)->lock);
	(void)pthread_mutex_destroy(&(*c)->send);
	free(*c);
	*c = NULL;
}

static void
forget(struct signer_client *c, const struct waiter *w)
{
	struct waiter **at = &c->waiters;

	while (*at && *at != w)
		at = &(*at)->next;
	if (*at)
		*at = w->next;
}

/* Wait under the lock. */
static void
wait_for(struct signer_client *c, struct waiter *w)
{
	struct timespec until;

	must(clock_gettime(CLOCK_MONOTONIC, &until) == 0);
	until.tv_sec += WAIT_SECONDS;
	while (w->state == WAITS)
		if (pthread_cond_timedwait(&w->wake, &c->lock, &until) != 0)
			break;
}

static enum err
ask(struct signer_client *c, struct waiter *w, struct ipc_frame *frame, struct fault *f)
{
	enum err e = OK;
	int sock;

	/* Sockets change only under the lock and are closed only under both. */
	must(pthread_mutex_lock(&c->send) == 0);
	lock(c);
	sock = c->sock;
	frame->id = w->id = ++c->id;
	w->sock = sock;
	w->next = c->waiters;
	c->waiters = w;
	unlock(c);
	if (sock < 0)
		e = FAIL(f, E_UNAVAILABLE, "the signer is not connected");
	else
		e = ipc_send(sock, frame, f);
	must(pthread_mutex_unlock(&c->send) == 0);
	lock(c);
	if (e == OK)
		wait_for(c, w);
	forget(c, w);
	unlock(c);
	return e;
}

/* The answer's first field, and the fault it tells. */
static enum err
open_answer(struct bytes body, struct rd *ret, struct fault *f)
{
	struct rd r = rd_new(body);
	uint16_t code = rd_u16(&r);
	struct str field, rule, detail;

	if (r.bad || code >= E__COUNT)
		return FAIL(f, E_FRAME, "the signer's answer");
	if (code == OK) {
		*ret = r;
		return OK;
	}
	field = rd_text(&r, FAULT_FIELD);
	rule = rd_text(&r, FAULT_RULE);
	detail = rd_text(&r, FAULT_DETAIL);
	if (!rd_done(&r))
		return FAIL(f, E_FRAME, "the signer's answer");
	return call_fault(f, (enum err)code, field, rule, detail);
}

enum err
call(
    struct signer_client *c, struct arena *a, const struct call *q, struct rd *ret, struct fault *f)
{
	struct waiter w = {.a = a};
	struct ipc_frame frame = {
	    .type = (uint16_t)q->message, .body = buf_bytes(&q->body), .fd = q->fd};
	pthread_condattr_t attr;
	enum err e;

	if (q->body.bad)
		return FAIL(f, E_FIELD_LENGTH, "a question that is too large");
	must(pthread_condattr_init(&attr) == 0 &&
	    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC) == 0 &&
	    pthread_cond_init(&w.wake, &attr) == 0 && pthread_condattr_destroy(&attr) == 0);
	e = ask(c, &w, &frame, f);
	must(pthread_cond_destroy(&w.wake) == 0);
	TRY(e);
	if (w.state != ANSWERED)
		return FAIL(f, E_UNAVAILABLE, "the signer %s",
		    w.state == LOST ? "is gone" : "does not answer");
	if (w.type != (uint16_t)(q->message | SIGNER_ANSWER))
		return FAIL(f, E_FRAME, "the answer to another question");
	return open_answer(w.body, ret, f);
}

enum err
call_fault(struct fault *f, enum err e, struct str field, struct str rule, struct str detail)
{
	char name[FAULT_FIELD], text[FAULT_RULE];

	(void)snprintf(name, sizeof(name), "%.*s", (int)field.n, field.p);
	(void)snprintf(text, sizeof(text), "%.*s", (int)rule.n, rule.p);
	return FAIL_FIELD(f, e, name, text, "signer: %.*s", (int)detail.n, detail.p);
}
