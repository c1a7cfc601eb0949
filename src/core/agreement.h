/* SPDX-License-Identifier: Apache-2.0 */
/*
 * agreement: what an applicant agrees to: a versioned document with its title and whole text in each language.
 * A consent names id, version, language and the SHA-256 of the text's octets (L11).
 */
#ifndef CORE_AGREEMENT_H
#define CORE_AGREEMENT_H

#include "base/arena.h"
#include "base/catalogue.h"
#include "base/err.h"

#define AGREEMENT_MAX      ((size_t)64 << 10) /* octets of a document */
#define AGREEMENT_TEXT_MAX 16000              /* characters in one language */
#define AGREEMENT_NAME_MAX 40

struct agreement {
	struct str id;    /* lower-case words with dashes: a profile's "consent" */
	uint32_t version; /* from 1, never reused */
	struct str title[LANG__COUNT];
	struct str text[LANG__COUNT]; /* lines; each character shows what it is */
};

/* YAML faults name line, column and key. On A. */
NODISCARD enum err agreement_parse(
    struct arena *a, struct bytes document, struct agreement *ret, struct fault *f);
/* "agreement:person-signature-1": its kind where documents are stored. */
char *agreement_kind(struct arena *a, struct str id);

#endif
