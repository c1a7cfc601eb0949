/* SPDX-License-Identifier: Apache-2.0 */
/* random: octets that nobody can guess. Cannot fail: without them the process ends (must). */
#ifndef CRYPTO_RANDOM_H
#define CRYPTO_RANDOM_H

#include "base/bytes.h"

void random_bytes(void *p, size_t n);

#endif
