/* SPDX-License-Identifier: Apache-2.0 */
#include "signer/serve.h"

#include <poll.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/ipc.h"
#include "base/log.h"
#include "base/must.h"
#include "signer/batch.h"
#include "signer/link.h"

#define BATCH_ARENA ((size_t)512 << 20) /* cap; a batch of the largest answers takes a third */
#define BATCH_BODY  ((size_t)16 << 20)  /* octets of questions after which a batch is full */

struct serve {
	struct signer s;
	struct link *link[SIGNER_PEER__COUNT];
	struct arena *a;
	unsigned turn; /* whose frames come first in a batch */
};

struct serve *
serve_new(const struct state_options *options)
{
	struct serve *v = calloc(1, sizeof(*v));
	struct fault f = {0};
	struct log l;

	must(v != NULL);
	v->a = arena_new(BATCH_ARENA);
	state_init(&v->s, options);
	if (state_load(&v->s, &f) != OK) {
		l = log_line(LOG_SIGNER_FAULT);
		log_fault(&l, &f);
		log_end(&l);
	}
	return v;
}

void
serve_free(struct serve **v)
{
	if (!*v)
		return;
	for (int i = 0; i < SIGNER_PEER__COUNT; i++)
		link_free(&(*v)->link[i]);
	state_drop(&(*v)->s);
	wipe((*v)->s.options.secret, STATE_SECRET);
	arena_free(&(*v)->a);
	free(*v);
	*v = NULL;
}

void
serve_peer(struct serve *v, enum signer_peer peer, int sock)
{
	link_free(&v->link[peer]);
	if (sock >= 0)
		v->link[peer] = link_new(sock, peer);
}

void
serve_token(struct serve *v, int sock)
{
	if (v->s.options.hsm)
		hsm_use(v->s.options.hsm, sock);
	else if (sock >= 0)
		(void)close(sock);
}

static int64_t
clock_ms(void)
{
	struct timespec t;

	must(clock_gettime(CLOCK_REALTIME, &t) == 0);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

struct round {
	struct batch_item item[BATCH_MAX];
	struct link *from[BATCH_MAX];
	uint32_t id[BATCH_MAX];
	size_t n, octets;
};

/* Every whole frame of this peer, as far as the batch has room. */
static void
gather(struct link **link, struct round *r)
{
	while (r->n < BATCH_MAX && r->octets < BATCH_BODY) {
		struct ipc_frame frame;
		enum link_got got = link_read(*link, &frame);

		if (got == LINK_GONE) {
			/* What it asked just now is carried out; its answer has nowhere to go. */
			for (size_t i = 0; i < r->n; i++)
				if (r->from[i] == *link)
					r->from[i] = NULL;
			link_free(link);
		}
		if (got != LINK_FRAME)
			return;
		r->item[r->n] = (struct batch_item){.peer = link_peer(*link),
		    .type = frame.type,
		    .body = frame.body,
		    .fd = frame.fd};
		r->from[r->n] = *link;
		r->id[r->n++] = frame.id;
		r->octets += frame.body.n;
	}
}

/* This peer is lost, and so are its other answers. */
static void
lose(struct serve *v, struct round *r, const struct link *which)
{
	for (size_t i = 0; i < r->n; i++)
		if (r->from[i] == which)
			r->from[i] = NULL;
	for (int i = 0; i < SIGNER_PEER__COUNT; i++)
		if (v->link[i] == which)
			link_free(&v->link[i]);
}

static void
finish(struct serve *v, struct round *r)
{
	for (size_t i = 0; i < r->n; i++) {
		struct batch_item *item = &r->item[i];

		if (r->from[i] &&
		    !link_write(r->from[i], item->type | SIGNER_ANSWER, r->id[i], item->answer))
			lose(v, r, r->from[i]);
		if (item->fd >= 0)
			(void)close(item->fd);
		wipe((void *)(uintptr_t)item->body.p, item->body.n);
		free((void *)(uintptr_t)item->body.p);
	}
}

static void
flush_all(struct serve *v)
{
	for (int i = 0; i < SIGNER_PEER__COUNT; i++)
		if (v->link[i] && !link_flush(v->link[i]))
			link_free(&v->link[i]);
}

bool
serve_step(struct serve *v, int watch, int ms)
{
	struct pollfd p[SIGNER_PEER__COUNT + 1];
	struct round r = {0};

	for (int i = 0; i < SIGNER_PEER__COUNT; i++)
		p[i] = (struct pollfd){.fd = v->link[i] ? link_fd(v->link[i]) : -1,
		    .events = v->link[i] && link_waits(v->link[i]) ? POLLIN | POLLOUT : POLLIN};
	p[SIGNER_PEER__COUNT] = (struct pollfd){.fd = watch, .events = POLLIN};
	if (poll(p, SIGNER_PEER__COUNT + 1, ms) <= 0) {
		batch_tick(&v->s, clock_ms());
		return false;
	}
	/* In turn: a front that floods leaves room for jobs in every third batch. */
	v->turn++;
	for (unsigned k = 0; k < SIGNER_PEER__COUNT; k++) {
		unsigned i = (v->turn + k) % SIGNER_PEER__COUNT;

		if (v->link[i] && (p[i].revents & (POLLIN | POLLHUP | POLLERR)))
			gather(&v->link[i], &r);
	}
	if (r.n > 0) {
		batch_run(&v->s, v->a, clock_ms(), r.item, r.n);
		finish(v, &r);
		arena_reset(v->a);
	}
	flush_all(v);
	return (p[SIGNER_PEER__COUNT].revents & (POLLIN | POLLHUP | POLLERR)) != 0;
}
