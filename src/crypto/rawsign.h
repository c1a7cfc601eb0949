/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rawsign: both ends of a signature that a token makes: what it is given, and what its raw answer is
 * in X.509. EC: digest, r ‖ s; RSA: DigestInfo of PKCS #1 v1.5, the signature; Ed25519: the message.
 */
#ifndef CRYPTO_RAWSIGN_H
#define CRYPTO_RAWSIGN_H

#include "base/arena.h"
#include "x509/sigalg.h"

/*
 * What a key of KIND is given to sign MESSAGE as sigalg_of_key says; a view of MESSAGE or on A. E_KEY_TYPE: SM2.
 */
NODISCARD enum err rawsign_input(
    struct arena *a, enum key_kind kind, struct bytes message, struct bytes *ret, struct fault *f);
/* RAW as the contents of a signature's BIT STRING. E_SIGNATURE: no such signature. */
NODISCARD enum err rawsign_output(
    struct arena *a, enum key_kind kind, struct bytes raw, struct bytes *ret, struct fault *f);

#endif
