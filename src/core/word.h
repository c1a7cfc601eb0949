/* SPDX-License-Identifier: Apache-2.0 */
/*
 * word: closed lists of words, and names made of lower-case words with dashes.
 */
#ifndef CORE_WORD_H
#define CORE_WORD_H

#include "base/bytes.h"

/* The index of WORD among N words. */
bool word_find(const char *const *words, size_t n, struct str word, unsigned *ret);
/* "person-signature": a to z, digits, single dashes inside, a letter first; 1 to MAX octets. */
bool word_is_name(struct str s, size_t max);

#endif
