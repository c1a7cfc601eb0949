/* SPDX-License-Identifier: Apache-2.0 */
#include "store/stmt.h"

#include "base/must.h"
#include "store/row.h"

/* "$1, … $n" */
#define P2  "$1, $2"
#define P3  P2 ", $3"
#define P4  P3 ", $4"
#define P5  P4 ", $5"
#define P6  P5 ", $6"
#define P7  P6 ", $7"
#define P8  P7 ", $8"
#define P9  P8 ", $9"
#define P10 P9 ", $10"
#define P11 P10 ", $11"
#define P12 P11 ", $12"
#define P13 P12 ", $13"
#define P14 P13 ", $14"
#define P15 P14 ", $15"
#define P16 P15 ", $16"
#define P16 P15 ", $16"
#define P17 P16 ", $17"
#define P18 P17 ", $18"
#define P19 P18 ", $19"
#define P20 P19 ", $20"
#define P21 P20 ", $21"
#define P22 P21 ", $22"
#define P23 P22 ", $23"
#define P24 P23 ", $24"
#define P25 P24 ", $25"

#define COL(name)    ", " #name
#define LETTER_K(n)  "K"
#define LETTER_I(n)  "i"
#define LETTER_T(n)  "t"
#define LETTER_B(n)  "b"
#define COLS(row)    "id, created" row(COL, COL, COL, COL)
#define TYPES(row)   "ii" row(LETTER_I, LETTER_I, LETTER_T, LETTER_B)
#define INTO(t, row) "INSERT INTO " t " (created" row(COL, COL, COL, COL) ") VALUES ("
#define BIND(row)    "i" row(LETTER_K, LETTER_I, LETTER_T, LETTER_B)

#define LOG_COLS     "seq, time_ms, request, actor, event, object, detail, hash"
#define LOG_TYPES    "iitttttb"
#define STATUS_COLS  "serial, state, not_after, revoked_at, reason, invalidity, id"
#define STATUS_TYPES "btiiiii"

static const struct stmt_row rows[Q__COUNT] = {
#define Q(name, sql, params, columns, expect) \
	[Q_##name] = {#name, sql, params, columns, EXPECT_##expect},
#include "store/sql.def"
#undef Q
};

const struct stmt_row *
stmt_row(enum stmt q)
{
	must((unsigned)q < Q__COUNT);
	return &rows[q];
}

struct value
value_i64(int64_t i)
{
	return (struct value){.type = 'i', .i = i};
}

struct value
value_text(struct str s)
{
	return (struct value){.type = 't', .b = str_bytes(s)};
}

struct value
value_bytes(struct bytes b)
{
	return (struct value){.type = 'b', .b = b};
}

struct str
value_str(struct value v)
{
	return bytes_str(v.b);
}
