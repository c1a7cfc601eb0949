/* SPDX-License-Identifier: Apache-2.0 */
/*
 * revocation: reasons, who may give which, and from when a revocation may count (L7). Rows:
 * reason.def. Suspending is an event of its own (certificate.def); the reason it shows is HOLD whoever asked.
 */
#ifndef CORE_REVOCATION_H
#define CORE_REVOCATION_H

#include "base/err.h"
#include "core/role.h"
#include "x509/ext.h"

/* The word of a reason; NULL for a number that is none (7, or beyond 10). */
const char *revocation_name(enum ext_reason r);
bool revocation_parse(struct str word, enum ext_reason *ret);
/* The reason of a number, as the store keeps it. */
bool revocation_of(int64_t number, enum ext_reason *ret);

/* May ROLE give this reason? E_ROLE: others may; E_FIELD_VALUE: nobody may. */
NODISCARD enum err revocation_allowed(enum ext_reason r, enum role role, struct fault *f);
/*
 * May the key be said to be bad since INVALID (Unix seconds)? Not before the certificate, not after
 * now; earlier than now only for a compromise, and then by two operators. E_FIELD_VALUE,
 * E_APPROVAL_MISSING.
 */
NODISCARD enum err revocation_since(enum ext_reason r, int64_t invalid, int64_t not_before,
    int64_t now, unsigned operators, struct fault *f);

#endif
