/* SPDX-License-Identifier: Apache-2.0 */
#include "base/ipc.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/rd.h"

#define SEALS (F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE)

enum err
ipc_pair(int ret[static 2], struct fault *f)
{
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ret) != 0)
		return FAIL(f, E_UNAVAILABLE, "socketpair: %s", strerror(errno));
	return OK;
}

static enum err
send_all(int sock, const uint8_t *p, size_t n, int fd, struct fault *f)
{
	while (n) {
		union {
			struct cmsghdr align;
			char room[CMSG_SPACE(sizeof(int))];
		} control = {0};
		struct iovec part = {.iov_base = (void *)(uintptr_t)p, .iov_len = n};
		struct msghdr msg = {.msg_iov = &part, .msg_iovlen = 1};
		ssize_t sent;

		if (fd >= 0) {
			struct cmsghdr *c;

			msg.msg_control = control.room;
			msg.msg_controllen = sizeof(control.room);
			c = CMSG_FIRSTHDR(&msg);
			c->cmsg_level = SOL_SOCKET;
			c->cmsg_type = SCM_RIGHTS;
			c->cmsg_len = CMSG_LEN(sizeof(int));
			memcpy(CMSG_DATA(c), &fd, sizeof(int));
		}
		sent = sendmsg(sock, &msg, MSG_NOSIGNAL);
		if (sent < 0 && errno == EINTR)
			continue;
		if (sent <= 0)
			return FAIL(f, E_UNAVAILABLE, "send: %s", strerror(errno));
		fd = -1;
		p += sent;
		n -= (size_t)sent;
	}
	return OK;
}

static void
put_head(const struct ipc_frame *frame, uint8_t head[static IPC_HEAD])
{
	uint32_t n = (uint32_t)frame->body.n;

	for (int i = 0; i < 4; i++) {
		head[i] = (uint8_t)(n >> (24 - 8 * i));
		head[6 + i] = (uint8_t)(frame->id >> (24 - 8 * i));
	}
	head[4] = (uint8_t)(frame->type >> 8);
	head[5] = (uint8_t)frame->type;
}

enum err
ipc_send(int sock, const struct ipc_frame *frame, struct fault *f)
{
	uint8_t head[IPC_HEAD];

	if (frame->body.n > IPC_BODY_MAX)
		return FAIL(f, E_FRAME, "body of %zu octets", frame->body.n);
	put_head(frame, head);
	TRY(send_all(sock, head, sizeof(head), frame->fd, f));
	return send_all(sock, frame->body.p, frame->body.n, -1, f);
}

/* Read exactly N octets; a descriptor that comes along goes to *FD, further ones are closed. */
static enum err
recv_all(int sock, uint8_t *p, size_t n, int *fd, struct fault *f)
{
	while (n) {
		union {
			struct cmsghdr align;
			char room[CMSG_SPACE(sizeof(int) * 4)];
		} control = {0};
		struct iovec part = {.iov_base = p, .iov_len = n};
		struct msghdr msg = {.msg_iov = &part,
		    .msg_iovlen = 1,
		    .msg_control = control.room,
		    .msg_controllen = sizeof(control.room)};
		ssize_t got = recvmsg(sock, &msg, MSG_CMSG_CLOEXEC);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return FAIL(
			    f, E_UNAVAILABLE, "receive: %s", got ? strerror(errno) : "closed");
		for (struct cmsghdr *c = CMSG_FIRSTHDR(&msg); c; c = CMSG_NXTHDR(&msg, c)) {
			size_t count;

			if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
				continue;
			count = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
			for (size_t i = 0; i < count; i++) {
				int one;

				memcpy(&one, CMSG_DATA(c) + i * sizeof(int), sizeof(int));
				if (*fd < 0)
					*fd = one;
				else
					(void)close(one);
			}
		}
		p += got;
		n -= (size_t)got;
	}
	return OK;
}

static enum err
parse_head(struct rd *r, size_t *body, struct ipc_frame *ret, struct fault *f)
{
	*body = rd_u32(r);
	ret->type = rd_u16(r);
	ret->id = rd_u32(r);
	if (r->bad || *body > IPC_BODY_MAX)
		return FAIL(f, E_FRAME, "head of a frame: body of %zu octets", *body);
	return OK;
}

enum err
ipc_parse(struct bytes in, struct ipc_frame *ret, struct fault *f)
{
	struct rd r = rd_new(in);
	struct ipc_frame frame = {.fd = -1};
	size_t body;

	TRY(parse_head(&r, &body, &frame, f));
	frame.body = rd_take(&r, body);
	if (!rd_done(&r))
		return FAIL(f, E_FRAME, "length of a frame");
	*ret = frame;
	return OK;
}

/* One whole frame: its body goes to ROOM of SIZE octets, or onto A where ROOM is NULL. */
static enum err
recv_frame(
    int sock, struct arena *a, uint8_t *room, size_t size, struct ipc_frame *ret, struct fault *f)
{
	uint8_t head[IPC_HEAD], *body = room;
	struct ipc_frame frame = {.fd = -1};
	struct rd r;
	size_t n = 0;
	enum err e = recv_all(sock, head, sizeof(head), &frame.fd, f);

	if (e == OK) {
		r = rd_new(BYTES_OF(head));
		e = parse_head(&r, &n, &frame, f);
	}
	if (e == OK && room && n > size)
		e = FAIL(f, E_FRAME, "body of %zu octets, room for %zu", n, size);
	if (e == OK) {
		if (room == NULL)
			body = arena_alloc(a, n ? n : 1);
		frame.body = bytes_of(body, n);
		e = recv_all(sock, body, n, &frame.fd, f);
	}
	if (e != OK) {
		if (frame.fd >= 0)
			(void)close(frame.fd);
		return e;
	}
	*ret = frame;
	return OK;
}

enum err
ipc_recv(int sock, struct arena *a, struct ipc_frame *ret, struct fault *f)
{
	return recv_frame(sock, a, NULL, 0, ret, f);
}

enum err
ipc_recv_into(int sock, void *room, size_t size, struct ipc_frame *ret, struct fault *f)
{
	return recv_frame(sock, NULL, room, size, ret, f);
}

enum err
ipc_file_new(const char *name, int *ret, struct fault *f)
{
	int fd = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);

	if (fd < 0)
		return FAIL(f, E_UNAVAILABLE, "memfd_create: %s", strerror(errno));
	*ret = fd;
	return OK;
}

enum err
ipc_file_put(int fd, struct bytes b, struct fault *f)
{
	for (size_t at = 0; at < b.n;) {
		ssize_t n = write(fd, b.p + at, b.n - at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return FAIL(f, E_UNAVAILABLE, "memory file: %s", strerror(errno));
		at += (size_t)n;
	}
	return OK;
}

enum err
ipc_file_seal(int fd, struct fault *f)
{
	if (fcntl(fd, F_ADD_SEALS, SEALS) != 0)
		return FAIL(f, E_UNAVAILABLE, "seal: %s", strerror(errno));
	return OK;
}

enum err
ipc_sealed(const char *name, struct bytes b, int *ret, struct fault *f)
{
	enum err e;
	int fd;

	TRY(ipc_file_new(name, &fd, f));
	e = ipc_file_put(fd, b, f);
	if (e == OK)
		e = ipc_file_seal(fd, f);
	if (e != OK) {
		(void)close(fd);
		return e;
	}
	*ret = fd;
	return OK;
}

enum err
ipc_sealed_read(int fd, size_t max, struct arena *a, struct bytes *ret, struct fault *f)
{
	struct stat st;
	uint8_t *p;
	size_t n;

	if (fcntl(fd, F_GET_SEALS) != SEALS || fstat(fd, &st) != 0 || st.st_size < 0)
		return FAIL(f, E_FRAME, "the file is not a sealed memory file");
	n = (size_t)st.st_size;
	if (n > max || n > arena_left(a))
		return FAIL(f, E_FRAME, "the file has %zu octets", n);
	p = arena_alloc(a, n ? n : 1);
	for (size_t at = 0; at < n;) {
		ssize_t got = pread(fd, p + at, n - at, (off_t)at);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return FAIL(f, E_FRAME, "memory file: %s", strerror(errno));
		at += (size_t)got;
	}
	*ret = bytes_of(p, n);
	return OK;
}
