/* SPDX-License-Identifier: Apache-2.0 */
/*
 * buf: growing octets on an arena, capped, with a sticky fault: append ten things, test once.
 */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include "base/arena.h"

struct buf {
	struct arena *a;
	uint8_t *p;
	size_t n;    /* octets in use */
	size_t room; /* octets allocated */
	size_t cap;  /* most octets ever */
	bool bad;    /* something did not fit: all later appends do nothing */
};

/* CAP in octets. The buffer lives as long as the arena. */
struct buf buf_new(struct arena *a, size_t cap);
/* Room for N more octets at the end, or NULL (bad). */
uint8_t *buf_grow(struct buf *b, size_t n);
void buf_put(struct buf *b, struct bytes v);
void buf_str(struct buf *b, struct str v);
void buf_u8(struct buf *b, uint8_t v);
/* Big-endian. */
void buf_u16(struct buf *b, uint16_t v);
void buf_u32(struct buf *b, uint32_t v);
void buf_u64(struct buf *b, uint64_t v);
void buf_i64(struct buf *b, int64_t v);
/* A 32-bit big-endian length, then the octets: the form of rd_field. */
void buf_field(struct buf *b, struct bytes v);
void buf_fmt(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
struct bytes buf_bytes(const struct buf *b);
struct str buf_view(const struct buf *b);

#endif
