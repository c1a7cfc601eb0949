/* SPDX-License-Identifier: Apache-2.0 */
/*
 * checkpoint: where the log stood at a time, for a signature that outlives the store (S25): whoever
 * computes the chain anew cannot sign the old place again.
 *
 * The octets: the word signet-checkpoint-v1, the word sha256, then as fields (core/field.h) environment,
 * origin, number of the record, its hash, time of the signature in UTC milliseconds.
 */
#ifndef CORE_CHECKPOINT_H
#define CORE_CHECKPOINT_H

#include "base/arena.h"
#include "base/err.h"
#include "core/environment.h"

#define CHECKPOINT_WORD "signet-checkpoint-v1"
#define CHECKPOINT_MAX  512 /* octets of the encoding */
#define CHECKPOINT_HASH 32

struct checkpoint {
	enum environment env;
	struct str origin;
	int64_t seq;       /* of the log's record, from 1 */
	struct bytes hash; /* of that record */
	int64_t at;        /* UTC milliseconds */
};

/* E_FIELD_VALUE, E_ORIGIN: not a checkpoint. */
NODISCARD enum err checkpoint_encode(
    struct arena *a, const struct checkpoint *c, struct bytes *ret, struct fault *f);
/* Views of IN. E_FRAME for any octets that checkpoint_encode would not have written. */
NODISCARD enum err checkpoint_parse(struct bytes in, struct checkpoint *ret, struct fault *f);

/* How often the log's place is signed. */
struct checkpoint_rule {
	int64_t records; /* after so many */
	int64_t ms;      /* or so long after the last, when there is anything new */
	bool asked;      /* or now, when there is anything new */
};
/*
 * Is one due, LAST being the newest (seq 0: none yet) and HEAD the log's last record? The record that
 * tells of LAST itself is nothing new: a log in which nothing happens is not signed for ever.
 */
bool checkpoint_due(
    const struct checkpoint_rule *rule, const struct checkpoint *last, int64_t head, int64_t now);
/* May NEXT be signed after LAST at NOW? E_GATE: an earlier record, an earlier or strange time, another hash for the same. */
NODISCARD enum err checkpoint_follows(
    const struct checkpoint *last, const struct checkpoint *next, int64_t now, struct fault *f);

#endif
