/* SPDX-License-Identifier: Apache-2.0 */
/*
 * slowhash: argon2id (RFC 9106) for what people type: t = 2, m = 19 MiB, p = 1.
 * Some 20 ms and 19 MiB a call: callers bound how many run at once.
 */
#ifndef CRYPTO_SLOWHASH_H
#define CRYPTO_SLOWHASH_H

#include "base/err.h"

#define SLOWHASH_SIZE 32
#define SLOWHASH_SALT 16 /* octets, random */

/* E_BUSY: the memory is not to be had. */
NODISCARD enum err slowhash(struct bytes secret, const uint8_t salt[static SLOWHASH_SALT],
    uint8_t ret[static SLOWHASH_SIZE], struct fault *f);

#endif
