/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lock: one agent of a user at a time uses a token: two tabs are two processes, each with a login
 * state of its own.
 */
#ifndef AGENT_LOCK_H
#define AGENT_LOCK_H

#include "base/err.h"

/*
 * Takes the lock of the token with this serial number, in $XDG_RUNTIME_DIR or, without one, in a
 * folder of the user's under /tmp. The lock lasts until *RET is closed. E_TOKEN_BUSY: another has it.
 */
NODISCARD enum err lock_take(struct str serial, int *ret, struct fault *f);

#endif
