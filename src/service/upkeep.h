/* SPDX-License-Identifier: Apache-2.0 */
/*
 * upkeep: everything with a clock, one function a kind of work. The jobs process claims rows and
 * calls these; each is safe to run again after any break.
 */
#ifndef SERVICE_UPKEEP_H
#define SERVICE_UPKEEP_H

#include "service/call.h"

/* Insert what the signer's journal has and the store has not (S9). RET: records taken over. */
NODISCARD enum err upkeep_settle(const struct call *c, int64_t *ret, struct fault *f);
/* Make and store a CRL of CA ("issuing", "management") now. */
NODISCARD enum err upkeep_crl(const struct call *c, struct str ca, struct fault *f);
/* Codes that lapsed: enrolment expired, its unconfirmed certificate revoked (S21). */
NODISCARD enum err upkeep_lapse(const struct call *c, int64_t *ret, struct fault *f);
/* Certificates whose end has come. */
NODISCARD enum err upkeep_expire(const struct call *c, int64_t *ret, struct fault *f);
/* Portal TLS and OCSP signer certificates, when a third of their life is left (N20). */
NODISCARD enum err upkeep_own_certificates(const struct call *c, struct fault *f);
/* Old sessions, nonces, idempotency rows, SMS codes. */
NODISCARD enum err upkeep_sweep(const struct call *c, struct fault *f);

struct upkeep_message {
	int64_t id;
	struct str channel;   /* "mail" | "sms" */
	struct str recipient; /* opened: address or number */
	struct str subject, text;
	enum lang lang;
};
/* Claim the next due message, opened and rendered. E_NOT_FOUND when there is none. */
NODISCARD enum err upkeep_message_next(
    const struct call *c, struct upkeep_message *ret, struct fault *f);
/* It was handed over (its secrets are wiped), or failed and is tried again later. */
NODISCARD enum err upkeep_message_done(
    const struct call *c, int64_t id, bool sent, struct fault *f);

/* What is not ready and the mend, as name → text rows for /readyz. */
struct upkeep_health {
	struct str name, mend; /* MEND empty: in order */
};
NODISCARD enum err upkeep_health(
    const struct call *c, struct upkeep_health **ret, size_t *count, struct fault *f);

#endif
