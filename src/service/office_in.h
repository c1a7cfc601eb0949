/* SPDX-License-Identifier: Apache-2.0 */
/* office_in: who sees what, for the files of service/ only. */
#ifndef SERVICE_OFFICE_IN_H
#define SERVICE_OFFICE_IN_H

#include "service/act.h"

/* An operator outside of his offices is refused by the name of the office: E_OFFICE. Others see all. */
NODISCARD enum err office_may_see(const struct call *c, struct str office, struct fault *f);
/* The same for a certificate, by the application it came from. */
NODISCARD enum err office_may_see_certificate(
    const struct call *c, const struct certificate_row *row, struct fault *f);
/* The caller's scope for lists. */
struct scope office_scope_of(const struct call *c);
/*
 * Whose case an application becomes: the office that was chosen, else the profile's own, else what it was.
 * E_FIELD_VALUE "office": there is none of that name.
 */
NODISCARD enum err office_choose(const struct call *c, const struct profile *p, struct str chosen,
    struct str *office, struct fault *f);

#endif
