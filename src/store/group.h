/* SPDX-License-Identifier: Apache-2.0 */
/*
 * group: several units in one transaction, a savepoint each, their log records numbered at its end.
 */
#ifndef STORE_GROUP_H
#define STORE_GROUP_H

#include "store/db.h"

struct unit;

/*
 * Runs N units and commits. Each unit's err and fault are its own: OK means that it is durable. When the
 * transaction itself fails, all of them have failed. SCRATCH is reset.
 */
void group_commit(struct db *db, struct arena *scratch, struct unit *const *units, size_t n);

#endif
