/* SPDX-License-Identifier: Apache-2.0 */
/* amend_in: what other documents need of amending. Only for the files of service/. */
#ifndef SERVICE_AMEND_IN_H
#define SERVICE_AMEND_IN_H

#include "service/act.h"
#include "service/amend.h"

/* Lay a version out for signatures; WAITING is what applying it will need besides. Fills the nonce. */
NODISCARD enum err amend_prepare(
    const struct call *c, struct amend_prepared *p, struct bytes waiting, struct fault *f);
/* Offices that there are, as the scope of a row. E_FIELD_VALUE "offices". */
NODISCARD enum err amend_check_scope(const struct call *c, const struct amend_office *offices,
    size_t n, struct str *ret, struct fault *f);
/*
 * The store follows a roster that is being applied: who is no longer in it is out, scopes are as it says. Who is
 * new is another's business.
 */
NODISCARD enum err people_follow(
    const struct call *c, struct unit *u, const struct document_row *document, struct fault *f);

/* Lines that only one of two documents has, with "- " or "+ " before them. */
struct str amend_diff(const struct call *c, struct str old, struct str new);
/* Lay a version (kind, version, octets) out for signatures: fills diff and nonce. */
NODISCARD enum err amend_lay_out(const struct call *c, struct amend_prepared *p, struct fault *f);

#endif
