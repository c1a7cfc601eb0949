/* SPDX-License-Identifier: Apache-2.0 */
/*
 * group: questions of a batch that a token answers together. Within signer/ only.
 *
 * Each passes the gate alone, then all are signed by one question to the token, then each is journalled, in
 * their order. What could change another's verdict (issue_meets) ends the group first.
 */
#ifndef SIGNER_GROUP_H
#define SIGNER_GROUP_H

#include "base/buf.h"
#include "signer/batch.h"

struct group;

/* Whose batch it is. */
struct group_of {
	struct signer *s;
	struct arena *a; /* for the answers */
	int64_t now;     /* milliseconds */
};
/* Called when a question of the group is done: its answer, or its fault (code OK: none). */
typedef void group_done_fn(
    const struct group_of *of, struct batch_item *v, const struct buf *answer, struct fault *f);

struct group *group_new(const struct group_of *of, group_done_fn *done);
void group_free(struct group **g);
/*
 * True: V is in the group. False: it is not for a group (no certificate from a token, or one that the
 * gate refuses); then the group has ended, and V is answered alone.
 */
bool group_take(struct group *g, struct batch_item *v);
/* Sign and finish what is in it. */
void group_end(struct group *g);

#endif
