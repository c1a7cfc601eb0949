/* SPDX-License-Identifier: Apache-2.0 */
/*
 * formread: the part of a profile's document that says what an applicant fills in; and the readers of names and
 * texts that the rest of the document shares.
 */
#ifndef CORE_FORMREAD_H
#define CORE_FORMREAD_H

#include "base/yaml.h"
#include "core/profile.h"

/* The child KEY: lower-case words with dashes. */
NODISCARD enum err formread_name(
    const struct yaml *map, const char *key, struct str *ret, struct fault *f);
/* The child KEY: text that people will read, of at most MAX characters, in NFC. */
NODISCARD enum err formread_label(struct arena *a, const struct yaml *map, const char *key,
    size_t max, struct str *ret, struct fault *f);
/* The child KEY: a mapping with such a text in each language. */
NODISCARD enum err formread_texts(struct arena *a, const struct yaml *map, const char *key,
    size_t max, struct str ret[static LANG__COUNT], struct fault *f);
/* DOC's "form" → the fields of P. */
NODISCARD enum err formread(
    struct arena *a, const struct yaml *doc, struct profile *p, struct fault *f);
/* DOC's "papers", which may be absent. */
NODISCARD enum err formread_papers(
    struct arena *a, const struct yaml *doc, struct profile *p, struct fault *f);

#endif
