/* SPDX-License-Identifier: Apache-2.0 */
/*
 * writer: the one thread of a process that writes: units queue up, it commits them in groups.
 */
#ifndef STORE_WRITER_H
#define STORE_WRITER_H

#include "store/db.h"
#include "store/store.h"

#define GROUP_MAX 64
#define GROUP_MS  2

struct writer;

/* DB becomes the writer's. */
NODISCARD enum err writer_new(struct db *db, struct writer **ret, struct fault *f);
/* Commits what waits, then ends the thread. NULL is accepted. */
void writer_free(struct writer **w);
/* Blocks until U has been committed or has failed. */
NODISCARD enum err writer_commit(struct writer *w, struct unit *u, struct fault *f);
struct store_counts writer_counts(struct writer *w);

#endif
