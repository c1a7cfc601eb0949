/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct buf
buf_new(struct arena *a, size_t cap)
{
	return (struct buf){.a = a, .cap = cap};
}

uint8_t *
buf_grow(struct buf *b, size_t n)
{
	uint8_t *p;

	if (b->bad || n > b->cap - b->n) {
		b->bad = true;
		return NULL;
	}
	if (n > b->room - b->n) {
		size_t room = b->room ? b->room * 2 : 256;

		while (room < b->n + n)
			room *= 2;
		if (room > b->cap)
			room = b->cap;
		p = arena_alloc(b->a, room);
		if (b->n)
			memcpy(p, b->p, b->n);
		b->p = p;
		b->room = room;
	}
	p = b->p + b->n;
	b->n += n;
	return p;
}

void
buf_put(struct buf *b, struct bytes v)
{
	uint8_t *p = buf_grow(b, v.n);

	if (p != NULL && v.n)
		memcpy(p, v.p, v.n);
}

void
buf_str(struct buf *b, struct str v)
{
	buf_put(b, str_bytes(v));
}

static void
put_be(struct buf *b, uint64_t v, size_t octets)
{
	uint8_t *p = buf_grow(b, octets);

	if (p == NULL)
		return;
	for (size_t i = 0; i < octets; i++)
		p[i] = (uint8_t)(v >> (8 * (octets - 1 - i)));
}

void
buf_u8(struct buf *b, uint8_t v)
{
	put_be(b, v, 1);
}

void
buf_u16(struct buf *b, uint16_t v)
{
	put_be(b, v, 2);
}

void
buf_u32(struct buf *b, uint32_t v)
{
	put_be(b, v, 4);
}

void
buf_u64(struct buf *b, uint64_t v)
{
	put_be(b, v, 8);
}

void
buf_i64(struct buf *b, int64_t v)
{
	put_be(b, (uint64_t)v, 8);
}

void
buf_field(struct buf *b, struct bytes v)
{
	if (v.n > UINT32_MAX) {
		b->bad = true;
		return;
	}
	buf_u32(b, (uint32_t)v.n);
	buf_put(b, v);
}

void
buf_fmt(struct buf *b, const char *fmt, ...)
{
	va_list ap, again;
	int n;
	uint8_t *p;

	va_start(ap, fmt);
	va_copy(again, ap);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n < 0)
		b->bad = true;
	/* vsnprintf wants a place for its NUL: take it and give it back. */
	p = n < 0 ? NULL : buf_grow(b, (size_t)n + 1);
	if (p != NULL) {
		(void)vsnprintf((char *)p, (size_t)n + 1, fmt, again);
		b->n--;
	}
	va_end(again);
}

struct bytes
buf_bytes(const struct buf *b)
{
	return bytes_of(b->p, b->n);
}

struct str
buf_view(const struct buf *b)
{
	return bytes_str(buf_bytes(b));
}
