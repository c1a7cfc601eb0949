/* SPDX-License-Identifier: Apache-2.0 */
#include "core/id.h"

#include <string.h>

#include "base/text.h"

bool
id_eq(struct id a, struct id b)
{
	return memcmp(a.b, b.b, ID_SIZE) == 0;
}

bool
id_is_none(struct id i)
{
	return id_eq(i, (struct id){{0}});
}

struct bytes
id_bytes(const struct id *i)
{
	return bytes_of(i->b, ID_SIZE);
}

bool
id_of(struct bytes b, struct id *ret)
{
	if (b.n != ID_SIZE)
		return false;
	memcpy(ret->b, b.p, ID_SIZE);
	return true;
}

char *
id_text(struct arena *a, struct id i)
{
	return hex_text(a, id_bytes(&i));
}

static int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool
id_parse(struct str s, struct id *ret)
{
	struct id i;

	if (s.n != ID_TEXT)
		return false;
	for (size_t k = 0; k < ID_SIZE; k++) {
		int high = hex_digit(s.p[2 * k]), low = hex_digit(s.p[2 * k + 1]);

		if (high < 0 || low < 0)
			return false;
		i.b[k] = (uint8_t)(high << 4 | low);
	}
	*ret = i;
	return true;
}

struct id
id_read(struct rd *r)
{
	struct id i = {{0}};

	if (!id_of(rd_field(r, ID_SIZE), &i))
		r->bad = true;
	return i;
}
