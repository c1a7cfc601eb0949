/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hsm: the token on which CA keys lie, behind the p11 child that the monitor runs. It may be away, crash or hang:
 * then what needs it fails, and the next call, after a pause that grows, tries again from the start: find
 * the token, log in, find our keys. A PIN that was refused is not tried again by this process: tokens lock.
 */
#ifndef SIGNER_HSM_H
#define SIGNER_HSM_H

#include "token/pair.h"

#define HSM_KEYS    4
#define HSM_TROUBLE 400 /* octets of its words */

struct hsm;

struct hsm_options {
	struct str label, serial; /* of the token; one of both may be empty */
	struct secret pin;        /* taken over */
};

/* Nothing is asked yet: the child is not known. */
struct hsm *hsm_new(const struct hsm_options *o);
void hsm_free(struct hsm **h);
/* The child is at SOCK, which belongs to H from now on. */
void hsm_use(struct hsm *h, int sock);

/* The keys that must be there: views that live until hsm_forget. E_BUSY: more than HSM_KEYS. */
NODISCARD enum err hsm_expect(
    struct hsm *h, const struct pair_names *key, struct bytes spki, struct fault *f);
void hsm_forget(struct hsm *h);

/*
 * Try to be ready when it is time to, and look whether the token is still there; cheap when asked often.
 * What is wrong, and what to do about it: "" when nothing is. Until the next call.
 */
const char *hsm_trouble(struct hsm *h);

/*
 * As token/pair.h, with faults of the token as it says them (E_TOKEN_ABSENT, E_PIN_INCORRECT …); E_UNAVAILABLE
 * between two tries. After a fault the words of hsm_trouble say more.
 */
NODISCARD enum err hsm_make(struct hsm *h, const struct pair_names *key, struct arena *a,
    struct bytes *ret, struct fault *f);
NODISCARD enum err hsm_find(struct hsm *h, const struct pair_names *key, struct arena *a,
    struct bytes *ret, struct fault *f);
NODISCARD enum err hsm_sign(
    struct hsm *h, const struct pair_order *o, struct arena *a, struct bytes *ret, struct fault *f);

#endif
