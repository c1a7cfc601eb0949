/* SPDX-License-Identifier: Apache-2.0 */
/* approve: signatures of people of the roster under a payload (S1, S2). */
#ifndef SIGNER_APPROVE_H
#define SIGNER_APPROVE_H

#include "core/approval.h"
#include "signer/state.h"

struct approve {
	enum purpose purpose;
	enum roster_role role;
	size_t need; /* so many different persons */
	const struct approval *v;
	size_t n;
	struct bytes payload;
	struct bytes not_by; /* SHA-256 of a public key that may not be among them, or empty */
};

/*
 * E_APPROVAL_MISSING: fewer than NEED; E_APPROVAL_BAD: one of them (the field is its number) is not by
 * a key of the roster in force at NOW (seconds), not of this role, twice of one person, or does not
 * verify. One bad one refuses all.
 */
NODISCARD enum err approve_check(
    const struct signer *s, struct arena *a, const struct approve *q, int64_t now, struct fault *f);

#endif
