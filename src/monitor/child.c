/* SPDX-License-Identifier: Apache-2.0 */
#include "monitor/child.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/ipc.h"
#include "base/must.h"

#define FDS_MAX 48

struct named {
	char name[CHILD_NAME_MAX];
	int fd;
};

struct child {
	const char *role;
	int control;
	struct arena *a;      /* of the configuration */
	struct arena *frames; /* of one frame */
	struct conf conf;
	struct named fds[FDS_MAX];
	size_t n;
};

const char *
child_role(const struct child *c)
{
	return c->role;
}

const struct conf *
child_conf(const struct child *c)
{
	return &c->conf;
}

int
child_control(const struct child *c)
{
	return c->control;
}

static struct named *
find(const struct child *c, const char *name, size_t i)
{
	for (size_t k = 0; k < c->n; k++) {
		if (strcmp(c->fds[k].name, name) == 0 && i-- == 0)
			return (struct named *)(uintptr_t)&c->fds[k];
	}
	return NULL;
}

int
child_fd(const struct child *c, const char *name, size_t i)
{
	const struct named *n = find(c, name, i);

	return n ? n->fd : -1;
}

/* The descriptor of an FD frame and its name. */
static enum err
read_fd(const struct ipc_frame *frame, struct named *ret, struct fault *f)
{
	if (frame->fd < 0 || frame->body.n == 0 || frame->body.n >= CHILD_NAME_MAX ||
	    memchr(frame->body.p, 0, frame->body.n) != NULL)
		return FAIL(f, E_FRAME, "a descriptor without name, or a name without descriptor");
	*ret = (struct named){.fd = frame->fd};
	memcpy(ret->name, frame->body.p, frame->body.n);
	return OK;
}

/* One frame before GO; *DONE on GO. */
static enum err
take(struct child *c, const struct ipc_frame *frame, bool *done, struct fault *f)
{
	if (frame->fd >= 0 && frame->type != CHILD_FD)
		return FAIL(f, E_FRAME, "a descriptor without name");
	switch (frame->type) {
	case CHILD_CONF:
		return conf_parse(c->a, arena_bytes(c->a, frame->body), &c->conf, f);
	case CHILD_FD:
		if (c->n == FDS_MAX)
			return FAIL(f, E_FRAME, "too many descriptors");
		TRY(read_fd(frame, &c->fds[c->n], f));
		c->n++;
		return OK;
	case CHILD_GO:
		*done = true;
		return c->conf.source.p ? OK : FAIL(f, E_FRAME, "GO before the configuration");
	default:
		return FAIL(f, E_FRAME, "frame %u", frame->type);
	}
}

enum err
child_start(const char *role, int control, struct child **ret, struct fault *f)
{
	struct child *c = calloc(1, sizeof(*c));
	bool done = false;
	enum err e = OK;

	must(c != NULL);
	c->role = role;
	c->control = control;
	c->a = arena_new(0);
	c->frames = arena_new(0);
	(void)fcntl(control, F_SETFD, FD_CLOEXEC);
	while (e == OK && !done) {
		struct ipc_frame frame;

		arena_reset(c->frames);
		e = ipc_recv(control, c->frames, &frame, f);
		if (e != OK)
			break;
		e = take(c, &frame, &done, f);
		if (e != OK && frame.fd >= 0)
			(void)close(frame.fd);
	}
	if (e != OK) {
		child_free(&c);
		return e;
	}
	*ret = c;
	return OK;
}

void
child_free(struct child **child)
{
	struct child *c = *child;

	if (c == NULL)
		return;
	for (size_t i = 0; i < c->n; i++)
		(void)close(c->fds[i].fd);
	(void)close(c->control);
	arena_free(&c->a);
	arena_free(&c->frames);
	free(c);
	*child = NULL;
}

static enum err
say(struct child *c, enum child_frame type, struct fault *f)
{
	const struct ipc_frame frame = {.type = (uint16_t)type, .fd = -1};

	return ipc_send(c->control, &frame, f);
}

enum err
child_ready(struct child *c, struct fault *f)
{
	return say(c, CHILD_READY, f);
}

enum err
child_stop(struct child *c, struct fault *f)
{
	return say(c, CHILD_STOP, f);
}

static enum err
take_new(struct child *c, const struct ipc_frame *frame, struct child_event *ret, struct fault *f)
{
	struct named new, *old;

	TRY(read_fd(frame, &new, f));
	old = find(c, new.name, 0);
	if (old == NULL && c->n == FDS_MAX)
		return FAIL(f, E_FRAME, "too many descriptors");
	*ret = (struct child_event){.kind = CHILD_EV_FD, .fd = new.fd, .old = old ? old->fd : -1};
	memcpy(ret->name, new.name, sizeof(new.name));
	if (old != NULL)
		old->fd = new.fd;
	else
		c->fds[c->n++] = new;
	return OK;
}

struct child_event
child_next(struct child *c)
{
	struct child_event ev = {.kind = CHILD_EV_GONE, .fd = -1, .old = -1};
	struct ipc_frame frame;

	arena_reset(c->frames);
	if (ipc_recv(c->control, c->frames, &frame, NULL) != OK)
		return ev;
	if (frame.type == CHILD_FD) {
		if (take_new(c, &frame, &ev, NULL) == OK)
			return ev;
	} else if (frame.fd < 0 && frame.type == CHILD_DRAIN) {
		ev.kind = CHILD_EV_DRAIN;
	} else if (frame.fd < 0 && frame.type == CHILD_SETTLE) {
		ev.kind = CHILD_EV_SETTLE;
	} else if (frame.fd < 0 && frame.type == CHILD_RELOAD) {
		ev.kind = CHILD_EV_RELOAD;
	}
	if (ev.kind == CHILD_EV_GONE && frame.fd >= 0)
		(void)close(frame.fd);
	return ev;
}
