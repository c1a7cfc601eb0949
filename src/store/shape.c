/* SPDX-License-Identifier: Apache-2.0 */
#include "store/shape.h"

#include <stdalign.h>
#include <string.h>

#include "base/must.h"

/* Members of three types that fill their alignment lie side by side: the letters alone place them. */
_Static_assert(alignof(struct str) == alignof(int64_t), "text");
_Static_assert(sizeof(struct str) == 2 * sizeof(int64_t), "text");
_Static_assert(sizeof(struct bytes) == 2 * sizeof(int64_t), "octets");

#define LETTER_I(name) "i"
#define LETTER_T(name) "t"
#define LETTER_B(name) "b"

static const struct shape shapes[TABLE__COUNT] = {
#define X(name, row)       \
	[TABLE_##name] = { \
	    sizeof(struct name##_row), "ii" row(LETTER_I, LETTER_I, LETTER_T, LETTER_B)},
    ROWS(X)
#undef X
	[TABLE_status] = {sizeof(struct status_row), "btiiiii"},
    [TABLE_log] = {sizeof(struct log_row), "iitttttb"},
};

const struct shape *
shape_of(enum table t)
{
	must((unsigned)t < TABLE__COUNT);
	return &shapes[t];
}

void
shape_values(enum table t, const void *row, size_t skip, struct value *ret)
{
	const char *p = row;

	for (const char *l = shape_of(t)->letters; *l != '\0'; l++) {
		struct value v = {.type = *l};

		memcpy(*l == 'i' ? (void *)&v.i : (void *)&v.b, p,
		    *l == 'i' ? sizeof(v.i) : sizeof(v.b));
		p += *l == 'i' ? sizeof(v.i) : sizeof(v.b);
		if (skip > 0)
			skip--;
		else
			*ret++ = v;
	}
}

void
shape_fill(enum table t, const struct value *values, void *ret)
{
	char *p = ret;

	for (const char *l = shape_of(t)->letters; *l != '\0'; l++, values++) {
		must(values->type == *l);
		if (*l == 'i') {
			memcpy(p, &values->i, sizeof(values->i));
			p += sizeof(values->i);
		} else {
			memcpy(p, &values->b, sizeof(values->b));
			p += sizeof(values->b);
		}
	}
	must((size_t)(p - (char *)ret) == shape_of(t)->size);
}

void *
shape_rows(enum table t, const struct result *r, struct arena *a)
{
	const struct shape *s = shape_of(t);
	char *rows;

	if (r->n == 0)
		return NULL;
	must(r->columns == strlen(s->letters));
	rows = arena_array(a, r->n, s->size);
	for (size_t i = 0; i < r->n; i++)
		shape_fill(t, r->values + i * r->columns, rows + i * s->size);
	return rows;
}
