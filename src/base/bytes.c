/* SPDX-License-Identifier: Apache-2.0 */
#include "base/bytes.h"

#include <string.h>

struct bytes
bytes_of(const void *p, size_t n)
{
	return (struct bytes){.p = p, .n = n};
}

struct str
str_of(const char *s)
{
	return (struct str){.p = s, .n = s ? strlen(s) : 0};
}

struct bytes
str_bytes(struct str s)
{
	return (struct bytes){.p = (const uint8_t *)s.p, .n = s.n};
}

struct str
bytes_str(struct bytes b)
{
	return (struct str){.p = (const char *)b.p, .n = b.n};
}

bool
bytes_eq(struct bytes a, struct bytes b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

bool
str_eq(struct str a, struct str b)
{
	return bytes_eq(str_bytes(a), str_bytes(b));
}

bool
str_is(struct str a, const char *b)
{
	return str_eq(a, str_of(b));
}

bool
str_starts(struct str s, struct str prefix)
{
	return s.n >= prefix.n && (prefix.n == 0 || memcmp(s.p, prefix.p, prefix.n) == 0);
}

int
bytes_cmp(struct bytes a, struct bytes b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int r = n ? memcmp(a.p, b.p, n) : 0;

	if (r != 0)
		return r;
	return a.n < b.n ? -1 : a.n > b.n;
}

bool
secret_eq(struct bytes a, struct bytes b)
{
	uint8_t diff = 0;

	if (a.n != b.n)
		return false;
	for (size_t i = 0; i < a.n; i++)
		diff = (uint8_t)(diff | (a.p[i] ^ b.p[i]));
	__asm__ volatile("" : "+r"(diff));
	return diff == 0;
}

void
wipe(void *p, size_t n)
{
	if (n)
		explicit_bzero(p, n);
}
