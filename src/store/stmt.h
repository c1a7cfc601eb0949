/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stmt: the statements as numbers, and the values that go in and come out. Rows: sql.def.
 */
#ifndef STORE_STMT_H
#define STORE_STMT_H

#include "base/bytes.h"

enum stmt {
#define Q(name, sql, params, columns, expect) Q_##name,
#include "store/sql.def"
#undef Q
	Q__COUNT
};

enum expect { EXPECT_ANY, EXPECT_ONE };

struct stmt_row {
	const char *name; /* "JOB_CLAIM" */
	const char *sql;
	const char *params;  /* one letter a parameter: i k K t b */
	const char *columns; /* one letter a column of the result: i t b */
	enum expect expect;
};
const struct stmt_row *stmt_row(enum stmt q);

/* One parameter or column. TYPE says which member counts: 'i' I; 't' and 'b' B. */
struct value {
	char type;
	int64_t i;
	struct bytes b;
};
struct value value_i64(int64_t i);
struct value value_text(struct str s);
struct value value_bytes(struct bytes b);
struct str value_str(struct value v);

/* What a statement gave: N rows of COLUMNS values each, row after row. */
struct result {
	size_t n;
	size_t columns;
	const struct value *values;
};

#endif
