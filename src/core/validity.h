/* SPDX-License-Identifier: Apache-2.0 */
/*
 * validity: rules of time: what a certificate's term is, when codes end, when a clock is not to be
 * believed. All times are Unix seconds; both ends of a validity belong to it (RFC 5280 4.1.2.5).
 */
#ifndef CORE_VALIDITY_H
#define CORE_VALIDITY_H

#include "base/err.h"

#define VALIDITY_DAY        ((int64_t)86400)
#define VALIDITY_EARLY      ((int64_t)3600) /* notBefore of TLS, OCSP, CA before the signing (L4) */
#define VALIDITY_SKEW       5  /* most between a notBefore and the signer's clock (S8) */
#define VALIDITY_CLOCK_BACK 60 /* most a clock may be behind the last record (S8) */

/* A term: calendar years (29 February becomes 28 February), or days of 86,400 s; one of them is 0. */
struct term {
	int years, days;
};

struct validity {
	int64_t not_before, not_after;
};

/* N calendar years later, the same time of day in UTC. */
int64_t validity_add_years(int64_t t, int years);
/* From NOW, or VALIDITY_EARLY before it; notAfter = notBefore + term − 1 s (V3). */
struct validity validity_of(struct term t, bool early, int64_t now);
/* Does it end no later than its CA (V25, L5)? E_CA_ENDS. */
NODISCARD enum err validity_in_ca(struct validity v, int64_t ca_not_after, struct fault *f);
/*
 * The signer's look at another's validity: of this term to the second, begun within VALIDITY_SKEW of
 * its own clock. E_GATE.
 */
NODISCARD enum err validity_check(
    struct validity v, struct term t, bool early, int64_t clock, struct fault *f);
/* Is a clock that shows NOW to be believed after a record of LAST? E_CLOCK. */
NODISCARD enum err validity_clock(int64_t now, int64_t last, struct fault *f);

#endif
