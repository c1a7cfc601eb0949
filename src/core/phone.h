/* SPDX-License-Identifier: Apache-2.0 */
/* phone: telephone numbers in the form of E.164: "+8613800138000". */
#ifndef CORE_PHONE_H
#define CORE_PHONE_H

#include "base/arena.h"
#include "base/err.h"

#define PHONE_MAX 16 /* characters with the plus */

/*
 * The number without blanks, dashes, dots and brackets: a plus, a country code, 8 to 15 digits in
 * all. E_FIELD_MISSING (empty), E_FIELD_FORMAT.
 */
NODISCARD enum err phone_check(
    struct arena *a, struct str s, const char *field, struct str *ret, struct fault *f);
/* For logs and strangers: "+86*******8000". */
char *phone_mask(struct arena *a, struct str phone);

#endif
