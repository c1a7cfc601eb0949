/* SPDX-License-Identifier: Apache-2.0 */
/*
 * consent: what a person reads before a key is used: sentences and titled lines from the catalogue,
 * in as many windows as they need. Pure.
 *
 * A field has at most 64 characters of NFC without control, bidi and other characters that show
 * something else than they are (S22).
 */
#ifndef AGENT_CONSENT_H
#define AGENT_CONSENT_H

#include "base/arena.h"
#include "base/catalogue.h"
#include "base/err.h"

#define CONSENT_LINES 96
#define CONSENT_FIELD 64 /* characters */
#define CONSENT_PAGES 8

struct consent {
	struct arena *a;
	enum lang lang;
	struct str lines[CONSENT_LINES];
	size_t n;
};

struct consent consent_new(struct arena *a, enum lang lang);
/* A sentence of the catalogue, with its placeholders filled. */
void consent_sentence(
    struct consent *c, const char *key, const struct catalogue_value *values, size_t n);
/* A line without a title, of at most MOST characters, cleaned. */
void consent_plain(struct consent *c, struct str text, size_t most);
/* "Title: text"; the text is cleaned: for words of a token or of the system. */
void consent_line(struct consent *c, const char *title_key, struct str text);
/*
 * The same for what is going to be signed or certified: it is shown exactly or not at all.
 * E_NAME_CHARS with TITLE_KEY as its field when cleaning would change it.
 */
NODISCARD enum err consent_exact(
    struct consent *c, const char *title_key, struct str text, struct fault *f);
/* TEXT as it may be shown; cut to 64 characters. */
struct str consent_clean(struct arena *a, struct str text);

struct consent_pages {
	struct str v[CONSENT_PAGES];
	size_t n; /* at least 1 */
};
/* The texts of the windows, each of which fits a line of pinentry. E_AGENT_REQUEST: too many. */
NODISCARD enum err consent_split(
    const struct consent *c, struct consent_pages *ret, struct fault *f);

#endif
