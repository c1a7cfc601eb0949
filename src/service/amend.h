/* SPDX-License-Identifier: Apache-2.0 */
/*
 * amend: rosters, profiles and agreements change by a version that n administrators signed (S1).
 */
#ifndef SERVICE_AMEND_H
#define SERVICE_AMEND_H

#include "core/approval.h"
#include "core/office.h"
#include "service/call.h"

struct amend_office {
	struct str name;
};
struct amend_person {
	struct str name, role, phone, mail, lang;  /* role: operator | administrator | auditor */
	struct amend_office offices[OFFICE_SCOPE]; /* operators: none for all */
	size_t office_count;
	bool supervisor; /* operators */
};
struct amend_prepared {
	struct str kind; /* "roster", "profile:NAME" or "agreement:ID" */
	int64_t version;
	struct bytes octets; /* canonical; what is hashed and signed */
	struct str diff;     /* for people: what changes */
	struct str nonce;    /* base64, single use */
};
/* The next roster with this person added. Nothing changes yet. */
NODISCARD enum err amend_person(const struct call *c, const struct amend_person *in,
    struct amend_prepared *ret, struct fault *f);
/* The next version of the profile in this YAML. */
NODISCARD enum err amend_profile(
    const struct call *c, struct bytes yaml, struct amend_prepared *ret, struct fault *f);
/* The next version of the agreement in this YAML. */
NODISCARD enum err amend_agreement(
    const struct call *c, struct bytes yaml, struct amend_prepared *ret, struct fault *f);
/* Apply what was prepared, signed by n administrators; new people are sent their two codes. */
NODISCARD enum err amend_apply(const struct call *c, struct str kind, int64_t version,
    const struct approval *signatures, size_t count, struct fault *f);

struct amend_view {
	struct str kind;
	int64_t version, applied;
	struct bytes octets;
};
NODISCARD enum err amend_get(
    const struct call *c, struct str kind, struct amend_view *ret, struct fault *f);

#endif
