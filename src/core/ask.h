/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ask: what a request (PKCS#10) asks for, against what will be issued: nothing, the same or a subset
 * is good, more is refused by name (S30).
 */
#ifndef CORE_ASK_H
#define CORE_ASK_H

#include "core/profile.h"

/*
 * E_CSR_MORE: the field says what, the rule which part of it; E_KEY_OTHER: the request is for another
 * key than R says. A request without CSR asks for nothing.
 */
NODISCARD enum err ask_check(struct arena *a, const struct cert_template *t,
    const struct profile_request *r, struct fault *f);

#endif
