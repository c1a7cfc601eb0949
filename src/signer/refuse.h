/* SPDX-License-Identifier: Apache-2.0 */
/*
 * refuse: what was refused stands in the journal and in the log; the first of its kind in a minute
 * singly, the rest of that minute as one sum, so that a front that fell cannot fill the disk (S25).
 */
#ifndef SIGNER_REFUSE_H
#define SIGNER_REFUSE_H

#include "signer/state.h"

struct refuse {
	enum signer_peer peer;
	uint16_t message;
	const struct fault *fault;
};

void refuse_note(struct signer *s, const struct refuse *r, int64_t now);
/* Journal the sums of minutes that are over. */
void refuse_tick(struct signer *s, int64_t now);

#endif
