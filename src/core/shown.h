/* SPDX-License-Identifier: Apache-2.0 */
/*
 * shown: any text of others as it may be shown to a person: NFC, without control, bidi and other
 * characters that show something else than they are, cut to a number of characters (S22).
 *
 * For words nobody has checked (a token's label, a reader's name); names that will be certified are
 * refused instead (label.h).
 */
#ifndef CORE_SHOWN_H
#define CORE_SHOWN_H

#include "base/arena.h"

/*
 * On A. What may not be shown becomes "?", what is too long ends in "…". A text that equals its
 * shown form hides nothing.
 */
struct str shown_text(struct arena *a, struct str text, size_t max);
/* Does each character of TEXT show itself (line ends and tabs are fine)? False for what is not UTF-8. */
bool shown_whole(struct str text);

#endif
