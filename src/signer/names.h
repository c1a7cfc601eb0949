/* SPDX-License-Identifier: Apache-2.0 */
/* names: may this subject and these alternative names stand in a certificate of this profile (S1)? */
#ifndef SIGNER_NAMES_H
#define SIGNER_NAMES_H

#include "core/profile.h"
#include "core/roster.h"

/*
 * SUBJECT in our one form, with the profile's attributes only, all that it requires, fixed ones as
 * written; SAN (or empty) mail addresses in our one form. With ROW, the roster's: its name and person
 * and nothing else. E_GATE: the field is subject or san, the rule the attribute.
 */
NODISCARD enum err names_check(struct arena *a, const struct profile *p, struct bytes subject,
    struct bytes san, const struct roster_row *row, struct fault *f);

#endif
