/* SPDX-License-Identifier: Apache-2.0 */
/*
 * seal: authenticated encryption of a secret at rest: AES-256-GCM.
 *
 * Sealed: format version (1), algorithm (1), nonce (12 random octets), ciphertext, tag (16). The
 * two first octets and the caller's associated data are authenticated with it.
 */
#ifndef CRYPTO_SEAL_H
#define CRYPTO_SEAL_H

#include "base/arena.h"
#include "base/err.h"

#define SEAL_KEY_SIZE 32
#define SEAL_OVERHEAD 30                /* octets more than the secret */
#define SEAL_MAX      ((size_t)1 << 20) /* octets of a secret */

/* E_FIELD_LENGTH: more than SEAL_MAX. */
NODISCARD enum err seal(const uint8_t key[static SEAL_KEY_SIZE], struct bytes associated,
    struct bytes secret, struct arena *a, struct bytes *ret, struct fault *f);
/* E_SEAL: another key, other associated data, or altered. */
NODISCARD enum err seal_open(const uint8_t key[static SEAL_KEY_SIZE], struct bytes associated,
    struct bytes sealed, struct arena *a, struct bytes *ret, struct fault *f);

#endif
