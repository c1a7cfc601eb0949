/* SPDX-License-Identifier: Apache-2.0 */
/* sign: CPU of one P-256 signature over 200 octets, in microseconds: what the other benches are compared with. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "crypto/softkey.h"

#define ROUNDS 20000

int
main(void)
{
	static const uint8_t message[200];
	struct arena *a = arena_new(0);
	struct softkey *key;
	struct fault f = {0};
	struct timespec from, to;
	struct bytes sig;

	if (softkey_generate(&key, &f) != OK)
		return 1;
	(void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &from);
	for (int i = 0; i < ROUNDS; i++) {
		if (softkey_sign(key, a, bytes_of(message, sizeof(message)), &sig, &f) != OK)
			return 1;
		arena_reset(a);
	}
	(void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &to);
	printf("%.2f\n",
	    ((double)(to.tv_sec - from.tv_sec) * 1e6 + (double)(to.tv_nsec - from.tv_nsec) / 1e3) /
		ROUNDS);
	softkey_free(&key);
	arena_free(&a);
	return 0;
}
