/* SPDX-License-Identifier: Apache-2.0 */
/*
 * statement: the octets that a key signs for us (S23): the word signet-agent-auth-v1, then, each with
 * a 32-bit big-endian length: environment, origin, purpose, server nonce, agent nonce, SHA-256 of the
 * signer's SubjectPublicKeyInfo, SHA-256 of its certificate or empty, SHA-256 of the payload or
 * empty. Signed as the key signs certificates (sigalg_of_key), signature as X.509 has it.
 */
#ifndef CORE_STATEMENT_H
#define CORE_STATEMENT_H

#include "base/arena.h"
#include "base/err.h"
#include "core/environment.h"

#define STATEMENT_WORD  "signet-agent-auth-v1"
#define STATEMENT_NONCE 32 /* octets */
#define STATEMENT_HASH  32 /* octets: SHA-256 */
#define STATEMENT_MAX   1024

enum purpose {
#define X(symbol, word, certificate, payload) PURPOSE_##symbol,
#include "core/purpose.def"
#undef X
	PURPOSE__COUNT
};

const char *purpose_name(enum purpose p);
bool purpose_parse(struct str word, enum purpose *ret);
/* The catalogue key of the sentence people read before they sign: "purpose.approve". */
const char *purpose_key(enum purpose p);
/* Must the statement name the certificate; must it carry a payload? */
bool purpose_has_certificate(enum purpose p);
bool purpose_has_payload(enum purpose p);

struct statement {
	enum environment env;
	struct str origin;
	enum purpose purpose;
	struct bytes server_nonce, agent_nonce; /* STATEMENT_NONCE octets each */
	struct bytes spki_hash;                 /* STATEMENT_HASH octets */
	struct bytes certificate_hash;          /* the same, or empty by purpose */
	struct bytes payload_hash;              /* the same, or empty by purpose */
};

/*
 * The octets to be signed, on A. E_ORIGIN, or E_FIELD_VALUE naming the field whose length does not
 * fit the purpose. Who verifies builds them anew from what it knows and checks the signature over
 * them: no field is ever taken from the signer's word.
 */
NODISCARD enum err statement_encode(
    struct arena *a, const struct statement *s, struct bytes *ret, struct fault *f);
/* Views of IN. E_FRAME for any octets that statement_encode would not have written. */
NODISCARD enum err statement_parse(struct bytes in, struct statement *ret, struct fault *f);

#endif
