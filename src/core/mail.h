/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mail: addresses that can stand in rfc822Name: ASCII local@host, host as A-labels in lower case
 * (V20; RFC 5280 4.2.1.6, RFC 9549). The local part keeps its case.
 */
#ifndef CORE_MAIL_H
#define CORE_MAIL_H

#include "base/arena.h"
#include "base/err.h"

#define MAIL_MAX 254 /* octets (RFC 5321 4.5.3.1.3) */

/*
 * E_FIELD_MISSING (empty), E_FIELD_LENGTH, E_FIELD_CHARS (not ASCII; for a host the rule names the
 * mend: the A-label), E_FIELD_FORMAT.
 */
NODISCARD enum err mail_check(
    struct arena *a, struct str s, const char *field, struct str *ret, struct fault *f);
/* A DNS name: lower-cased; two labels at least unless SINGLE allows one ("localhost"). */
NODISCARD enum err mail_host_check(struct arena *a, struct str s, bool single, const char *field,
    struct str *ret, struct fault *f);
/* For logs and strangers: "l***@example.test". */
char *mail_mask(struct arena *a, struct str mail);

#endif
