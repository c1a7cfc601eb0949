/* SPDX-License-Identifier: Apache-2.0 */
/* apply_in: what other use-cases need of applications. Only for the files of service/. */
#ifndef SERVICE_APPLY_IN_H
#define SERVICE_APPLY_IN_H

#include "core/profile.h"
#include "service/apply.h"
#include "store/store.h"

/* The application by number, if this caller may see it; else E_NOT_FOUND. */
NODISCARD enum err apply_row(
    const struct call *c, struct str no, struct application_row *ret, struct fault *f);
/*
 * A profile without approvals: what was just submitted (ROW as the unit leaves it) is approved and open, its two codes
 * are sent. Nothing for other profiles.
 */
NODISCARD enum err apply_unapproved(const struct call *c, struct unit *u,
    const struct application_row *row, const struct profile *p, struct fault *f);
/* The view of row ID. */
NODISCARD enum err apply_view_of(
    const struct call *c, int64_t id, struct apply_view *ret, struct fault *f);

#endif
