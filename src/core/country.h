/* SPDX-License-Identifier: Apache-2.0 */
/* country: the two-letter codes of ISO 3166-1 that are officially assigned. */
#ifndef CORE_COUNTRY_H
#define CORE_COUNTRY_H

#include "base/bytes.h"

/* Exactly two upper-case letters that are assigned. */
bool country_known(struct str code);

#endif
