/* SPDX-License-Identifier: Apache-2.0 */
/*
 * gate: may this certificate be signed? The signer's own answer, from its own documents, clock and
 * journal (S1 to S4, S8); what the front says of itself counts for nothing.
 */
#ifndef SIGNER_GATE_H
#define SIGNER_GATE_H

#include "core/claim.h"
#include "signer/state.h"

struct gate_pass {
	struct cert cert; /* views of the TBSCertificate */
	enum profile_ca ca;
	const struct index_row *again; /* signed before for this key: hand that out; else NULL */
};

struct gate_ask {
	const struct claim *claim; /* gate_issue only */
	enum builtin kind;         /* gate_internal only */
	struct bytes tbs;
	int64_t now;    /* milliseconds */
	uint32_t ahead; /* certificates of its profile that are being made, not counted yet */
};

/* For an enrolment. Errors: signer_issue in client.h. */
NODISCARD enum err gate_issue(struct signer *s, struct arena *a, const struct gate_ask *q,
    struct gate_pass *ret, struct fault *f);
/* For one of our own: OCSP responder, portal TLS. */
NODISCARD enum err gate_internal(struct signer *s, struct arena *a, const struct gate_ask *q,
    struct gate_pass *ret, struct fault *f);

#endif
