/* SPDX-License-Identifier: Apache-2.0 */
/*
 * proof: verify what a key signed for us (S23). Every field of the statement is ours: environment,
 * origin, purpose, nonces that we know, hashes that we compute. Nothing is taken from the signer's word.
 */
#ifndef SERVICE_PROOF_H
#define SERVICE_PROOF_H

#include "core/statement.h"
#include "service/call.h"

struct proof {
	enum purpose purpose;
	struct bytes server_nonce, agent_nonce;
	struct bytes spki;        /* DER */
	struct bytes certificate; /* DER, or empty by purpose */
	struct bytes payload;     /* the octets that were hashed, or empty by purpose */
	struct bytes signature;   /* as sigalg_of_key: ECDSA in DER, RSA PKCS #1, Ed25519 */
};
/* E_SIGNATURE, E_FIELD_VALUE (a length), and those of key_parse. */
NODISCARD enum err proof_check(const struct call *c, const struct proof *p, struct fault *f);

#endif
