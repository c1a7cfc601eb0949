/* SPDX-License-Identifier: Apache-2.0 */
#include "jobs/backoff.h"

int64_t
backoff(int64_t tries, int64_t first, int64_t most)
{
	int64_t wait = first;

	while (--tries > 0 && wait < most)
		wait *= 2;
	return wait < most ? wait : most;
}
