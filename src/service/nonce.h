/* SPDX-License-Identifier: Apache-2.0 */
/*
 * nonce: server nonces that carry their own proof, so that handing one out writes nothing: Unix
 * seconds of their end (8 octets, big-endian), 8 random octets, 16 of an HMAC over purpose, binding and
 * the rest. Used once: the act's unit notes the nonce until its end.
 */
#ifndef SERVICE_NONCE_H
#define SERVICE_NONCE_H

#include "core/statement.h"
#include "service/call.h"
#include "store/unit.h"

/*
 * A nonce for PURPOSE, good for LIFE seconds and only together with BINDING (an enrolment's id, an
 * application's number; may be empty). STATEMENT_NONCE octets on the call's arena.
 */
NODISCARD enum err nonce_make(const struct call *c, enum purpose purpose, struct bytes binding,
    int64_t life, struct bytes *ret, struct fault *f);
/* E_NONCE: not ours, for something else, or too old. Not yet: used before. */
NODISCARD enum err nonce_check(const struct call *c, enum purpose purpose, struct bytes binding,
    struct bytes nonce, struct fault *f);
/* Add to the act's unit: E_NONCE when it was used before. */
void nonce_use(struct unit *u, const struct call *c, enum purpose purpose, struct bytes nonce);
/* The same by one of several that the nonce was made for: each may use it once. */
void nonce_use_for(struct unit *u, const struct call *c, enum purpose purpose, struct bytes nonce,
    struct str object);

#endif
