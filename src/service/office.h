/* SPDX-License-Identifier: Apache-2.0 */
/*
 * office: service centres and what their operators may see (P30).
 */
#ifndef SERVICE_OFFICE_H
#define SERVICE_OFFICE_H

#include "service/amend.h"
#include "service/apply.h"

struct office_view {
	struct str office, title, address, phone, hours; /* the title in the caller's language */
	int64_t version;
};
/* Those that hold, by name; anybody may ask: an applicant chooses one. */
NODISCARD enum err office_list(
    const struct call *c, struct office_view **ret, size_t *count, struct fault *f);
/* Lay the next version of the office in this YAML out for signatures. Administrators. */
NODISCARD enum err office_prepare(
    const struct call *c, struct bytes yaml, struct amend_prepared *ret, struct fault *f);
/*
 * Give an application to another office: a supervisor who sees it now. E_ROLE, E_OFFICE, E_FIELD_VALUE "office";
 * empty: to none.
 */
NODISCARD enum err office_reassign(const struct call *c, struct str no, struct str office,
    struct apply_view *ret, struct fault *f);

#endif
