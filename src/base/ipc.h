/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ipc: frames between our own processes over a stream socket pair: the body's length, a type, an
 * id that ties an answer to its question, the body, and at most one descriptor beside it.
 *
 * Both ends check everything: the other end may have fallen.
 */
#ifndef BASE_IPC_H
#define BASE_IPC_H

#include "base/arena.h"
#include "base/err.h"

#define IPC_BODY_MAX ((size_t)4 << 20) /* octets; larger things travel as a sealed file */
#define IPC_HEAD     10                /* octets: u32 body length, u16 type, u32 id; big-endian */

struct ipc_frame {
	uint16_t type;
	uint32_t id;
	struct bytes body;
	int fd; /* -1: none. Received ones belong to the receiver, who closes them */
};

/* A connected pair of stream sockets, close-on-exec. */
NODISCARD enum err ipc_pair(int ret[static 2], struct fault *f);
/* Blocks until the whole frame is handed over. E_UNAVAILABLE: the other end is gone. */
NODISCARD enum err ipc_send(int sock, const struct ipc_frame *frame, struct fault *f);
/*
 * Blocks for one whole frame; its body lies on A. E_UNAVAILABLE: the other end is gone;
 * E_FRAME: it does not keep to the format (then the socket is of no more use).
 */
NODISCARD enum err ipc_recv(int sock, struct arena *a, struct ipc_frame *ret, struct fault *f);
/*
 * The same into ROOM of SIZE octets that the caller owns: for frames that carry a secret. A larger
 * body is E_FRAME.
 */
NODISCARD enum err ipc_recv_into(
    int sock, void *room, size_t size, struct ipc_frame *ret, struct fault *f);
/* A whole frame in BODY-length octets, for tests and fuzzing: the head parsed, body a view. */
NODISCARD enum err ipc_parse(struct bytes in, struct ipc_frame *ret, struct fault *f);
/* A memory file to be filled piece by piece and then sealed; the caller closes it. */
NODISCARD enum err ipc_file_new(const char *name, int *ret, struct fault *f);
NODISCARD enum err ipc_file_put(int fd, struct bytes b, struct fault *f);
NODISCARD enum err ipc_file_seal(int fd, struct fault *f);
/* A sealed, unwritable memory file that holds B; the caller closes it. */
NODISCARD enum err ipc_sealed(const char *name, struct bytes b, int *ret, struct fault *f);
/* The whole of a sealed memory file of at most MAX octets. E_FRAME when it is not sealed. */
NODISCARD enum err ipc_sealed_read(
    int fd, size_t max, struct arena *a, struct bytes *ret, struct fault *f);

#endif
