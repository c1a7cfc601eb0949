/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/random.h"

#include <limits.h>
#include <openssl/rand.h>

#include "base/must.h"

void
random_bytes(void *p, size_t n)
{
	must(n <= INT_MAX);
	must(RAND_bytes(p, (int)n) == 1);
}
