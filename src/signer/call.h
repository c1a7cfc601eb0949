/* SPDX-License-Identifier: Apache-2.0 */
/* call: one question to the signer and its answer, beneath the functions of client.h. */
#ifndef SIGNER_CALL_H
#define SIGNER_CALL_H

#include "base/buf.h"
#include "base/rd.h"
#include "signer/client.h"

struct call {
	enum signer_message message;
	struct buf body;
	int fd; /* -1: none */
};

/* A question whose body is to be filled. */
struct call call_new(struct arena *a, enum signer_message message);
/*
 * Send, wait, and read the answer's error; *RET stands at its first field. A fault that the signer
 * named is told as its own.
 */
NODISCARD enum err call(struct signer_client *c, struct arena *a, const struct call *q,
    struct rd *ret, struct fault *f);
NODISCARD enum err call_fault(
    struct fault *f, enum err e, struct str field, struct str rule, struct str detail);
/* The answer is read: OK, or E_FRAME when something is left or was missing. */
NODISCARD enum err call_end(const struct rd *r, struct fault *f);
/* For answers without fields. */
NODISCARD enum err call_only(
    struct signer_client *c, struct arena *a, const struct call *q, struct fault *f);
/* For answers of one field. */
NODISCARD enum err call_field(struct signer_client *c, struct arena *a, const struct call *q,
    struct bytes *ret, struct fault *f);

#endif
