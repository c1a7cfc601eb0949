/* SPDX-License-Identifier: Apache-2.0 */
/* backoff: how long failed work waits. */
#ifndef JOBS_BACKOFF_H
#define JOBS_BACKOFF_H

#include <stdint.h>

/* Seconds after try number TRIES (from 1): FIRST, doubled with each further try, at most MOST. */
int64_t backoff(int64_t tries, int64_t first, int64_t most);

#endif
