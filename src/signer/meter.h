/* SPDX-License-Identifier: Apache-2.0 */
/* meter: how often something may be asked for: an allowance that fills up with time. Within signer/ only. */
#ifndef SIGNER_METER_H
#define SIGNER_METER_H

#include <stdbool.h>
#include <stdint.h>

struct meter {
	int64_t ms; /* when it was last filled; 0: never, and full */
	double left;
};

/* Take one at NOW (milliseconds), when there is one: MOST at once, MOST again in PERIOD milliseconds. */
bool meter_take(struct meter *m, int64_t now, int most, int64_t period);

#endif
