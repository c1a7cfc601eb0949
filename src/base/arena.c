/* SPDX-License-Identifier: Apache-2.0 */
#include "base/arena.h"

#include <stdalign.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/must.h"

#define BLOCK_MIN ((size_t)16 << 10)

struct block {
	struct block *next;
	size_t size; /* octets of data */
	size_t used;
	alignas(max_align_t) uint8_t data[];
};

struct arena {
	struct block *top;
	size_t cap;
	size_t taken; /* octets in all blocks */
};

struct arena *
arena_new(size_t cap)
{
	struct arena *a = calloc(1, sizeof(*a));

	must(a != NULL);
	a->cap = cap ? cap : ARENA_CAP_DEFAULT;
	return a;
}

static void
block_free(struct block *b)
{
	wipe(b->data, b->used);
	free(b);
}

void
arena_free(struct arena **a)
{
	if (*a == NULL)
		return;
	for (struct block *b = (*a)->top, *next; b != NULL; b = next) {
		next = b->next;
		block_free(b);
	}
	free(*a);
	*a = NULL;
}

void
arena_reset(struct arena *a)
{
	struct block *keep = NULL;

	for (struct block *b = a->top, *next; b != NULL; b = next) {
		next = b->next;
		if (next == NULL && b->size == BLOCK_MIN) {
			wipe(b->data, b->used);
			b->used = 0;
			keep = b;
		} else {
			block_free(b);
		}
	}
	a->top = keep;
	a->taken = keep ? keep->size : 0;
}

size_t
arena_left(const struct arena *a)
{
	return a->cap - a->taken;
}

void *
arena_alloc(struct arena *a, size_t n)
{
	const size_t align = alignof(max_align_t);
	struct block *b = a->top;
	void *p;

	must(n <= a->cap);
	n = (n + align - 1) / align * align;
	if (b == NULL || b->size - b->used < n) {
		size_t size = n > BLOCK_MIN ? n : BLOCK_MIN;

		must(size <= a->cap - a->taken || n <= a->cap - a->taken);
		b = malloc(sizeof(*b) + size);
		must(b != NULL);
		b->next = a->top;
		b->size = size;
		b->used = 0;
		a->top = b;
		a->taken += size > a->cap - a->taken ? a->cap - a->taken : size;
	}
	p = b->data + b->used;
	b->used += n;
	return memset(p, 0, n);
}

void *
arena_array(struct arena *a, size_t n, size_t size)
{
	size_t total;

	must(!__builtin_mul_overflow(n, size, &total));
	return arena_alloc(a, total);
}

struct bytes
arena_bytes(struct arena *a, struct bytes b)
{
	void *p = arena_alloc(a, b.n ? b.n : 1);

	if (b.n)
		memcpy(p, b.p, b.n);
	return bytes_of(p, b.n);
}

struct str
arena_str(struct arena *a, struct str s)
{
	return bytes_str(arena_bytes(a, str_bytes(s)));
}

char *
arena_cstr(struct arena *a, struct str s)
{
	char *p;

	if (s.n && memchr(s.p, 0, s.n) != NULL)
		return NULL;
	p = arena_alloc(a, s.n + 1);
	if (s.n)
		memcpy(p, s.p, s.n);
	return p;
}

char *
arena_fmt(struct arena *a, const char *fmt, ...)
{
	va_list ap, again;
	int n;
	char *p;

	va_start(ap, fmt);
	va_copy(again, ap);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	must(n >= 0);
	p = arena_alloc(a, (size_t)n + 1);
	(void)vsnprintf(p, (size_t)n + 1, fmt, again);
	va_end(again);
	return p;
}
