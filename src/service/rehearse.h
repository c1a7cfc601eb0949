/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rehearse: what a profile's next version would change, before anybody signs it: key by key, and over the applications
 * that were submitted last (N40). Nothing is written.
 */
#ifndef SERVICE_REHEARSE_H
#define SERVICE_REHEARSE_H

#include "service/call.h"

#define REHEARSE_MOST 1000 /* applications */

struct rehearse_change {
	struct str key, old, now; /* old or now empty: not there */
};
/* One application that the new version would refuse, and why. */
struct rehearse_refusal {
	struct str application, state;
	struct str code, field, rule, text; /* text: in the caller's language */
};
struct rehearsal {
	struct str kind; /* "profile:NAME" */
	int64_t version; /* of the document looked at */
	int64_t before;  /* of the one in force, 0: none */
	struct rehearse_change *changes;
	size_t change_count;
	int64_t looked_at; /* applications */
	struct rehearse_refusal *refusals;
	size_t refusal_count;
};
/*
 * LAST applications of this profile, drafts left out: their form against the new form, and the key and door of what was
 * issued. Staff only. Faults of the document as for amend_profile.
 */
NODISCARD enum err rehearse_profile(
    const struct call *c, struct bytes yaml, int64_t last, struct rehearsal *ret, struct fault *f);

/* What is in force. */
struct rehearse_row {
	struct str kind; /* "roster" | "profile:NAME" */
	int64_t version;
	struct str title; /* of a profile, in the caller's language */
};
NODISCARD enum err rehearse_list(
    const struct call *c, struct rehearse_row **ret, size_t *count, struct fault *f);

#endif
