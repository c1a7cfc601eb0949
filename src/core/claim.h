/* SPDX-License-Identifier: Apache-2.0 */
/*
 * claim: what the front tells the signer about a certificate it wants signed (S1, S2): whose
 * enrolment it is, what was approved, and by whom. The signer believes nothing of it: it checks the
 * approvals over the payload it builds from here, and the names against the certificate.
 */
#ifndef CORE_CLAIM_H
#define CORE_CLAIM_H

#include "base/arena.h"
#include "base/err.h"
#include "core/approval.h"

#define CLAIM_WORD       "signet-claim-v1"
#define CLAIM_WORD_LISTS "signet-claim-v2"  /* a sixth field with each approval: its list */
#define CLAIM_MAX        ((size_t)32 << 10) /* octets */

struct claim {
	struct approval_subject what; /* a roster row has no application: "" and revision 0 */
	const struct approval *approvals;
	size_t approval_count;
};

/*
 * The octets, on A: the word signet-claim-v1, the payload of approval_payload, the number of approvals
 * (decimal) and five fields each (six where one covers a list, and another word); all with a 32-bit big-endian length. E_FIELD_VALUE names what
 * cannot be written.
 */
NODISCARD enum err claim_encode(
    struct arena *a, const struct claim *c, struct bytes *ret, struct fault *f);
/* Approvals on A, the rest views of IN. E_FRAME for octets that claim_encode would not have written. */
NODISCARD enum err claim_parse(
    struct arena *a, struct bytes in, struct claim *ret, struct fault *f);

#endif
