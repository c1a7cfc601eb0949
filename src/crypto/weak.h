/* SPDX-License-Identifier: Apache-2.0 */
/*
 * weak: public keys of a good kind that are not good keys, each fault by its own name (BR 6.1.1.3,
 * 6.1.6). Numbers only: nobody is asked and no list is read.
 */
#ifndef CRYPTO_WEAK_H
#define CRYPTO_WEAK_H

#include "base/err.h"

/*
 * An RSA key of modulus N and exponent E, big-endian without leading zeros. E_KEY_SIZE: not 2048 to
 * 4096 bits in whole octets; E_KEY_EXPONENT: even, below 65537 or of more than 32 bits; E_KEY_FACTOR:
 * a prime below 752 divides N; E_KEY_ROCA: N bears the mark of CVE-2017-15361; E_KEY_CLOSE: Fermat
 * finds its primes in 100 rounds.
 */
NODISCARD enum err weak_rsa(struct bytes n, struct bytes e, struct fault *f);
/*
 * The 32 octets of an Ed25519 key (RFC 8032 5.1.3). E_KEY_POINT: y is not below p, no such point is
 * on the curve, or its order is 8 or less.
 */
NODISCARD enum err weak_ed25519(struct bytes point, struct fault *f);

#endif
