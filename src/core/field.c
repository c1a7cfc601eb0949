/* SPDX-License-Identifier: Apache-2.0 */
#include "core/field.h"

#include <stdio.h>

#include "base/text.h"
#include "core/word.h"

#define WORD_MAX   64 /* octets */
#define NUMBER_MAX 20 /* digits of 2⁶⁴ */

void
field_text(struct buf *b, const char *word)
{
	buf_field(b, str_bytes(str_of(word)));
}

void
field_number(struct buf *b, uint64_t v)
{
	char text[NUMBER_MAX + 1];

	(void)snprintf(text, sizeof(text), "%llu", (unsigned long long)v);
	field_text(b, text);
}

uint64_t
field_number_read(struct rd *r, uint64_t max)
{
	struct str s = rd_text(r, NUMBER_MAX);
	uint64_t v = 0;

	if (r->bad || (s.n > 1 && s.p[0] == '0') || !u64_parse(s, max, &v)) {
		r->bad = true;
		return 0;
	}
	return v;
}

unsigned
field_word_read(struct rd *r, const char *const *words, size_t n)
{
	struct str s = rd_text(r, WORD_MAX);
	unsigned i = 0;

	if (r->bad || !word_find(words, n, s, &i)) {
		r->bad = true;
		return 0;
	}
	return i;
}

struct bytes
field_sized_read(struct rd *r, size_t n, bool empty)
{
	struct bytes b = rd_field(r, n);

	if (b.n != n && !(empty && b.n == 0))
		r->bad = true;
	return r->bad ? (struct bytes){0} : b;
}

void
field_magic_read(struct rd *r, const char *word)
{
	struct str want = str_of(word);

	if (!bytes_eq(rd_take(r, want.n), str_bytes(want)))
		r->bad = true;
}
