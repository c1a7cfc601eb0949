/* SPDX-License-Identifier: Apache-2.0 */
/*
 * checkdigit: numbers that states give, tested by their own sums. S is in normal form: of the length
 * and letters that fieldtype.def says, without blanks.
 */
#ifndef CORE_CHECKDIGIT_H
#define CORE_CHECKDIGIT_H

#include "base/err.h"

/*
 * OK; E_FIELD_CHECK: the sum does not fit, so a character is mistyped; E_FIELD_FORMAT: a part that is no sum
 * cannot be (a birth date, a letter that credit codes do not use).
 */
typedef enum err checkdigit_fn(struct str s);

checkdigit_fn checkdigit_none;              /* nothing to test */
checkdigit_fn checkdigit_credit_code;       /* 18: unified social credit code, GB 32100-2015 */
checkdigit_fn checkdigit_organisation_code; /* 9: GB 11714 */
checkdigit_fn checkdigit_resident_id;       /* 18: GB 11643, with a date of birth */
checkdigit_fn checkdigit_mobile;            /* 11: 1[3-9] and nine digits */
checkdigit_fn checkdigit_inn;               /* 10 of an organisation, 12 of a person */
checkdigit_fn checkdigit_ogrn;              /* 13, or OGRNIP of 15 */
checkdigit_fn checkdigit_snils;             /* 11; checked above 001-001-998 only */

#endif
