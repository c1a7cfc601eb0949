/* SPDX-License-Identifier: Apache-2.0 */
/*
 * batch: many questions, one sync. Every question of a batch is decided and signed; the journal is
 * synced once; only then is there any answer.
 */
#ifndef SIGNER_BATCH_H
#define SIGNER_BATCH_H

#include "signer/state.h"

#define BATCH_MAX 64

struct batch_item {
	enum signer_peer peer;
	uint16_t type;
	struct bytes body;
	int fd;              /* beside it, or -1; stays the caller's */
	struct bytes answer; /* result: the body of the answer, on the arena of the batch */
};

/* At NOW (milliseconds). Answers lie on A, which needs room for N of them. */
void batch_run(struct signer *s, struct arena *a, int64_t now, struct batch_item *v, size_t n);
/* A minute may have ended: sums of refusals are journalled. */
void batch_tick(struct signer *s, int64_t now);

#endif
