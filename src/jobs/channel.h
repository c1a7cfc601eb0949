/* SPDX-License-Identifier: Apache-2.0 */
/* channel: what each way out of the house is given to write a message down. */
#ifndef JOBS_CHANNEL_H
#define JOBS_CHANNEL_H

#include "service/upkeep.h"

struct channel_from {
	struct arena *a;
	struct str brand, origin; /* of the service: "https://host:port" */
	int64_t now;
};

/* The octets that leave, on FROM's arena. */
typedef enum err channel_fn(const struct channel_from *from, const struct upkeep_message *m,
    struct bytes *ret, struct fault *f);

#endif
