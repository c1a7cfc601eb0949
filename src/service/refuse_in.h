/* SPDX-License-Identifier: Apache-2.0 */
/* refuse_in: the sums of one minute (refusal.h). Only for the files of service/. */
#ifndef SERVICE_REFUSE_IN_H
#define SERVICE_REFUSE_IN_H

#include "service/refusal.h"

struct refusal_sum {
	enum err code;
	bool known;
	char who[96];   /* an address, or a known caller's name in the log */
	char route[40]; /* of a known caller */
	uint32_t count; /* not yet written */
};
struct refusals {
	int64_t minute; /* that the sums are of */
	struct refusal_sum sum[REFUSAL_KINDS];
	size_t n;
	uint32_t others; /* strangers for whom there was no room */
};

#endif
