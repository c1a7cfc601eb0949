/* SPDX-License-Identifier: Apache-2.0 */
#include "signer/link.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/must.h"
#include "base/rd.h"

struct link {
	int sock;
	enum signer_peer peer;
	/* the frame that is coming in */
	uint8_t head[IPC_HEAD];
	size_t got; /* octets of head and body */
	uint8_t *body;
	size_t body_n;
	int fd;
	/* what waits to go out */
	uint8_t *out;
	size_t out_n, out_at, out_room;
};

struct link *
link_new(int sock, enum signer_peer peer)
{
	struct link *l = calloc(1, sizeof(*l));

	must(l != NULL);
	l->sock = sock;
	l->peer = peer;
	l->fd = -1;
	return l;
}

void
link_free(struct link **l)
{
	if (!*l)
		return;
	(void)close((*l)->sock);
	if ((*l)->fd >= 0)
		(void)close((*l)->fd);
	free((*l)->body);
	if ((*l)->out)
		wipe((*l)->out, (*l)->out_room);
	free((*l)->out);
	free(*l);
	*l = NULL;
}

int
link_fd(const struct link *l)
{
	return l->sock;
}

enum signer_peer
link_peer(const struct link *l)
{
	return l->peer;
}

bool
link_waits(const struct link *l)
{
	return l->out_at < l->out_n;
}

/* Descriptors beside a piece: the first is kept, further ones are closed. */
static void
take_fds(struct link *l, struct msghdr *msg)
{
	for (struct cmsghdr *c = CMSG_FIRSTHDR(msg); c; c = CMSG_NXTHDR(msg, c)) {
		size_t count;

		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
			continue;
		count = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
		for (size_t i = 0; i < count; i++) {
			int fd;

			memcpy(&fd, CMSG_DATA(c) + i * sizeof(int), sizeof(int));
			if (l->fd < 0)
				l->fd = fd;
			else
				(void)close(fd);
		}
	}
}

/* At most N octets of this frame: never of the next, so a descriptor belongs to the right one. */
static enum link_got
piece(struct link *l, uint8_t *p, size_t n)
{
	union {
		struct cmsghdr align;
		char room[CMSG_SPACE(sizeof(int) * 4)];
	} control = {0};
	struct iovec part = {.iov_base = p, .iov_len = n};
	struct msghdr msg = {.msg_iov = &part,
	    .msg_iovlen = 1,
	    .msg_control = control.room,
	    .msg_controllen = sizeof(control.room)};
	ssize_t got;

	do
		got = recvmsg(l->sock, &msg, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
	while (got < 0 && errno == EINTR);
	if (got < 0 && errno == EAGAIN)
		return LINK_NOTHING;
	if (got <= 0)
		return LINK_GONE;
	take_fds(l, &msg);
	l->got += (size_t)got;
	return LINK_FRAME;
}

/* The head is there: room for the body. */
static bool
begin_body(struct link *l)
{
	struct rd r = rd_new(BYTES_OF(l->head));

	l->body_n = rd_u32(&r);
	if (l->body_n > IPC_BODY_MAX)
		return false;
	l->body = malloc(l->body_n ? l->body_n : 1);
	return l->body != NULL;
}

enum link_got
link_read(struct link *l, struct ipc_frame *ret)
{
	struct rd r;

	while (l->got < IPC_HEAD) {
		enum link_got g = piece(l, l->head + l->got, IPC_HEAD - l->got);

		if (g != LINK_FRAME)
			return g;
	}
	if (!l->body && !begin_body(l))
		return LINK_GONE;
	while (l->got < IPC_HEAD + l->body_n) {
		size_t at = l->got - IPC_HEAD;
		enum link_got g = piece(l, l->body + at, l->body_n - at);

		if (g != LINK_FRAME)
			return g;
	}
	r = rd_new(BYTES_OF(l->head));
	(void)rd_u32(&r);
	ret->type = rd_u16(&r);
	ret->id = rd_u32(&r);
	ret->body = bytes_of(l->body, l->body_n);
	ret->fd = l->fd;
	l->body = NULL;
	l->got = 0;
	l->fd = -1;
	return LINK_FRAME;
}

bool
link_flush(struct link *l)
{
	while (l->out_at < l->out_n) {
		ssize_t n = send(
		    l->sock, l->out + l->out_at, l->out_n - l->out_at, MSG_NOSIGNAL | MSG_DONTWAIT);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EAGAIN)
			return true;
		if (n <= 0)
			return false;
		l->out_at += (size_t)n;
	}
	/* Answers may have held secrets. */
	if (l->out_n > 0)
		wipe(l->out, l->out_n);
	l->out_n = l->out_at = 0;
	return true;
}

static bool
reserve(struct link *l, size_t n)
{
	size_t room = l->out_room ? l->out_room : 4096;
	uint8_t *p;

	if (n > LINK_QUEUE_MAX - l->out_n)
		return false;
	while (room < l->out_n + n)
		room *= 2;
	if (room == l->out_room)
		return true;
	p = malloc(room);
	if (!p)
		return false;
	if (l->out_n > 0)
		memcpy(p, l->out, l->out_n);
	if (l->out)
		wipe(l->out, l->out_room);
	free(l->out);
	l->out = p;
	l->out_room = room;
	return true;
}

bool
link_write(struct link *l, uint16_t type, uint32_t id, struct bytes body)
{
	uint8_t *p;
	uint32_t n = (uint32_t)body.n;

	if (!reserve(l, IPC_HEAD + body.n))
		return false;
	p = l->out + l->out_n;
	for (int i = 0; i < 4; i++) {
		p[i] = (uint8_t)(n >> (24 - 8 * i));
		p[6 + i] = (uint8_t)(id >> (24 - 8 * i));
	}
	p[4] = (uint8_t)(type >> 8);
	p[5] = (uint8_t)type;
	if (body.n > 0)
		memcpy(p + IPC_HEAD, body.p, body.n);
	l->out_n += IPC_HEAD + body.n;
	return true;
}
