/* SPDX-License-Identifier: Apache-2.0 */
/*
 * label: text that people read as a name: in a certificate, on a consent window, in a list (L10).
 *
 * Refused, never repaired beyond NFC: control, bidi, zero-width, private and unassigned characters,
 * blanks other than a single space between words, text without any letter or digit, and words that
 * mix scripts in a way that lets one letter pass for another. Within a word one script is allowed, and
 * Latin with Han, Kana, Bopomofo or Hangul (UTS 39 5.2, highly restrictive).
 */
#ifndef CORE_LABEL_H
#define CORE_LABEL_H

#include "base/arena.h"
#include "base/err.h"

#define LABEL_MAX 64 /* characters (X.520 upper bounds; Han count one each) */

/*
 * S in NFC on A, when it is a good label of at most MAX characters. FIELD names it in the fault.
 * E_FIELD_MISSING (empty), E_NAME_CHARS, E_NAME_SCRIPT, E_NAME_LONG (never cut: the registered short form
 * is the mend).
 */
NODISCARD enum err label_check(
    struct arena *a, struct str s, size_t max, const char *field, struct str *ret, struct fault *f);
/* S as it is compared in searches: full case folding, NFC, on A. S is UTF-8. */
struct str label_fold(struct arena *a, struct str s);

#endif
