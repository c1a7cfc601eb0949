/* SPDX-License-Identifier: Apache-2.0 */
/*
 * standing: what a certificate was worth at a time (S29), from what is known of it now. A signature made then
 * is judged by this.
 */
#ifndef CORE_STANDING_H
#define CORE_STANDING_H

#include "core/certificate.h"

/* On hold from SINCE to before UNTIL; UNTIL 0: still. */
struct standing_hold {
	int64_t since, until;
};
struct standing {
	int64_t not_before, not_after;
	int64_t revoked_at; /* for good; 0: never. A hold that became this keeps the hold's date */
	int64_t confirmed;  /* the key said *installed*; 0: not yet */
	int64_t superseded; /* another took its place; 0: none */
	const struct standing_hold *holds;
	size_t hold_count;
};

/* Its state at AT (seconds), which lies in its life or after it. */
enum certificate_state standing_at(const struct standing *s, int64_t at);

#endif
