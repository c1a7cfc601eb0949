/* SPDX-License-Identifier: Apache-2.0 */
/*
 * handle: one function a message. Each reads the body of a question (strictly to its end), decides,
 * appends what it did to the journal, and writes its answer. Within signer/ only.
 */
#ifndef SIGNER_HANDLE_H
#define SIGNER_HANDLE_H

#include "base/buf.h"
#include "base/rd.h"
#include "signer/state.h"

struct ask {
	enum signer_peer peer;
	struct rd body;
	int fd;          /* beside the question; -1: none. The caller closes it */
	struct arena *a; /* of this question */
	int64_t now;     /* milliseconds */
};

typedef enum err (*handle_fn)(struct signer *s, struct ask *q, struct buf *answer, struct fault *f);

/* The body is read: anything left, or a read that failed, is E_FRAME. */
NODISCARD enum err ask_end(const struct ask *q, struct fault *f);

#define X(symbol, number, who, when, max, fields) \
	NODISCARD enum err handle_##symbol(       \
	    struct signer *s, struct ask *q, struct buf *answer, struct fault *f);
#include "signer/protocol.def"
#undef X

#endif
