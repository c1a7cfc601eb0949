/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ckr: what a module's answer means: the table of ckr.def. Pure.
 */
#ifndef TOKEN_CKR_H
#define TOKEN_CKR_H

#include "token/p11wire.h"

/* Bits: the state of the token as a row wants it. */
enum ckr_state {
	CKR_WHEN_ANY = 0,
	CKR_WHEN_ABSENT = 1,
	CKR_WHEN_FULL = 2,
	CKR_WHEN_LOCKED = 4,
};

/* The failure of ours that FAILURE is; KEY_SLOTS as in token_module. */
enum err ckr_err(const struct p11_failure *failure, unsigned key_slots);
/* The same noted in F, with "n=1" or "n=0" as its rule where tries left are known. */
NODISCARD enum err ckr_fail(const struct p11_failure *failure, unsigned key_slots, struct fault *f);
/* "CKR_DEVICE_MEMORY" for the codes of ckr.def, else NULL. */
const char *ckr_name(uint64_t ckr);

#endif
