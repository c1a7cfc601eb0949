/* SPDX-License-Identifier: Apache-2.0 */
/*
 * catalogue: every text that people read, in the languages of po/, built into the program.
 * Keys are dotted words ("error.state", "sms.sign-in"); texts hold {placeholders}.
 */
#ifndef BASE_CATALOGUE_H
#define BASE_CATALOGUE_H

#include "base/arena.h"

enum lang { LANG_EN, LANG_ZH, LANG_RU, LANG__COUNT };

/* "en", "zh", "ru". */
const char *lang_tag(enum lang l);
/* The best of ours for an Accept-Language value (RFC 9110 12.5.4); English when none fits. */
enum lang lang_accept(struct str header);
/* Exactly one of our tags. */
bool lang_parse(struct str tag, enum lang *ret);

/* The text of KEY, or NULL when no language has it; a language that lacks it gives English. */
const char *catalogue_text(enum lang l, const char *key);

struct catalogue_value {
	const char *name; /* the placeholder without braces */
	struct str value;
};

/* The text of KEY with its placeholders filled; an unknown placeholder stays as it is. */
struct str catalogue_fill(
    struct arena *a, enum lang l, const char *key, const struct catalogue_value *values, size_t n);

#endif
