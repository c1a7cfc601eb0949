/* SPDX-License-Identifier: Apache-2.0 */
/*
 * document: what administrators sign together (purpose "document", S1): a new roster, profile, office or
 * agreement.
 * Payload: kind, version (decimal), SHA-256 of the document's octets; each with a 32-bit big-endian
 * length.
 */
#ifndef CORE_DOCUMENT_H
#define CORE_DOCUMENT_H

#include "base/arena.h"
#include "base/err.h"

enum document_kind {
	DOCUMENT_ROSTER,
	DOCUMENT_PROFILE,
	DOCUMENT_OFFICE,
	DOCUMENT_AGREEMENT,
	DOCUMENT__COUNT
};

/* "roster", "profile", "office", "agreement". */
const char *document_kind_name(enum document_kind k);
bool document_kind_parse(struct str word, enum document_kind *ret);

struct document {
	enum document_kind kind;
	uint32_t version;  /* from 1 */
	struct bytes hash; /* 32 octets */
};

/* The payload, on A: its SHA-256 is the statement's payload hash. */
struct bytes document_payload(struct arena *a, const struct document *d);
/* Views of IN. E_FRAME for any octets that document_payload would not have written. */
NODISCARD enum err document_payload_parse(struct bytes in, struct document *ret, struct fault *f);

#endif
