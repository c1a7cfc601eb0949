/* SPDX-License-Identifier: Apache-2.0 */
#include "base/rd.h"

#include <string.h>

#include "base/text.h"

struct rd
rd_new(struct bytes b)
{
	return (struct rd){.p = b.p, .n = b.n};
}

struct bytes
rd_take(struct rd *r, size_t n)
{
	struct bytes b = {0};

	if (r->bad || n > r->n) {
		r->bad = true;
		return b;
	}
	b = bytes_of(r->p, n);
	if (n)
		r->p += n;
	r->n -= n;
	return b;
}

static uint64_t
take_be(struct rd *r, size_t octets)
{
	struct bytes b = rd_take(r, octets);
	uint64_t v = 0;

	for (size_t i = 0; i < b.n; i++)
		v = v << 8 | b.p[i];
	return v;
}

uint8_t
rd_u8(struct rd *r)
{
	return (uint8_t)take_be(r, 1);
}

uint16_t
rd_u16(struct rd *r)
{
	return (uint16_t)take_be(r, 2);
}

uint32_t
rd_u32(struct rd *r)
{
	return (uint32_t)take_be(r, 4);
}

uint64_t
rd_u64(struct rd *r)
{
	return take_be(r, 8);
}

int64_t
rd_i64(struct rd *r)
{
	return (int64_t)take_be(r, 8);
}

struct bytes
rd_field(struct rd *r, size_t max)
{
	uint32_t n = rd_u32(r);

	if (n > max)
		r->bad = true;
	return rd_take(r, n);
}

struct str
rd_text(struct rd *r, size_t max)
{
	struct str s = bytes_str(rd_field(r, max));

	if (!utf8_valid(s) || (s.n && memchr(s.p, 0, s.n) != NULL))
		r->bad = true;
	return r->bad ? (struct str){0} : s;
}

bool
rd_done(const struct rd *r)
{
	return !r->bad && r->n == 0;
}
