/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rd: read what buf wrote: a cursor over octets with a sticky fault. Read ten fields, test once
 * with rd_done. Nothing is copied: fields are views of the input.
 */
#ifndef BASE_RD_H
#define BASE_RD_H

#include "base/bytes.h"

struct rd {
	const uint8_t *p;
	size_t n; /* octets left */
	bool bad; /* a read ran past the end, or a length was too large */
};

struct rd rd_new(struct bytes b);
/* Big-endian integers; 0 once bad. */
uint8_t rd_u8(struct rd *r);
uint16_t rd_u16(struct rd *r);
uint32_t rd_u32(struct rd *r);
uint64_t rd_u64(struct rd *r);
int64_t rd_i64(struct rd *r);
/* The next N octets as a view; empty once bad. */
struct bytes rd_take(struct rd *r, size_t n);
/* A 32-bit big-endian length of at most MAX, then the octets. */
struct bytes rd_field(struct rd *r, size_t max);
/* As rd_field; also bad when it is not UTF-8 or holds a NUL. */
struct str rd_text(struct rd *r, size_t max);
/* True when nothing failed and nothing is left. */
bool rd_done(const struct rd *r);

#endif
