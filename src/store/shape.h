/* SPDX-License-Identifier: Apache-2.0 */
/*
 * shape: which columns lie one after another in a row's struct, from row.def: the one reader and
 * writer of rows.
 */
#ifndef STORE_SHAPE_H
#define STORE_SHAPE_H

#include "base/arena.h"
#include "store/row.h"
#include "store/stmt.h"

enum table {
#define X(name, columns) TABLE_##name,
	ROWS(X)
#undef X
	    TABLE_status,
	TABLE_log,
	TABLE__COUNT
};

struct shape {
	size_t size;         /* octets of the struct */
	const char *letters; /* i t b: its members in order */
};
const struct shape *shape_of(enum table t);

/* ROW's members after SKIP of them, as values. */
void shape_values(enum table t, const void *row, size_t skip, struct value *ret);
/* One row's values into a struct. */
void shape_fill(enum table t, const struct value *values, void *ret);
/* All rows of R as an array on A; NULL when there are none. */
void *shape_rows(enum table t, const struct result *r, struct arena *a);

#endif
