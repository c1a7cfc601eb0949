/* SPDX-License-Identifier: Apache-2.0 */
/*
 * issue: ISSUE in two halves, so that a token may sign for many at once: what is asked and may be, then what
 * is done with the signature. Within signer/ only.
 */
#ifndef SIGNER_ISSUE_H
#define SIGNER_ISSUE_H

#include "signer/gate.h"
#include "signer/handle.h"

struct issue {
	struct claim claim;
	struct bytes octets, unit; /* of the claim; of the settler */
	struct gate_pass pass;
};

/*
 * Read the question and ask the gate. The N issues BEFORE passed it and are not noted yet: they count for the
 * quota. Nothing is changed.
 */
NODISCARD enum err issue_begin(struct signer *s, struct ask *q, const struct issue *const *before,
    size_t n, struct issue *ret, struct fault *f);
/* Has X to be noted before Y may be begun? They share an enrolment, a key or a serial. */
bool issue_meets(const struct issue *x, const struct issue *y);
/* Certificate, journal, index, answer. */
NODISCARD enum err issue_end(struct signer *s, struct ask *q, const struct issue *x,
    struct bytes signature, struct buf *answer, struct fault *f);

#endif
