/* SPDX-License-Identifier: Apache-2.0 */
/*
 * row: the tables as plain structs. Their columns, and what the letters mean: row.def.
 */
#ifndef STORE_ROW_H
#define STORE_ROW_H

#include "base/bytes.h"
#include "store/row.def"

/* struct application_row and, for lists, struct application_list; the same for every table. */
#define ROW_I64(name)   int64_t name;
#define ROW_TEXT(name)  struct str name;
#define ROW_BYTES(name) struct bytes name;
#define ROW_STRUCT(table, columns)                                               \
	struct table##_row {                                                     \
		int64_t id;      /* never leaves the service */                  \
		int64_t created; /* seconds */                                   \
		columns(ROW_I64, ROW_I64, ROW_TEXT, ROW_BYTES)                   \
	};                                                                       \
	struct table##_list {                                                    \
		struct table##_row *rows;                                        \
		size_t n;                                                        \
		bool more; /* the page was full: another follows the last row */ \
	};
ROWS(ROW_STRUCT)
#undef ROW_STRUCT

/* A certificate's standing, for OCSP and inquiry. */
struct status_row {
	struct bytes serial;
	struct str state;
	int64_t not_after, revoked_at, reason, invalidity, id;
};
struct status_list {
	struct status_row *rows;
	size_t n;
	bool more;
};

/*
 * A record of the log. HASH: SHA-256 over the hash before it and the record of core/logchain.h, whose data
 * are request and detail as two fields (buf_field).
 */
struct log_row {
	int64_t seq;
	int64_t time_ms;
	struct str request, actor, event, object, detail;
	struct bytes hash;
};
struct log_list {
	struct log_row *rows;
	size_t n;
	bool more;
};

#endif
