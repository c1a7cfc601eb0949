/* SPDX-License-Identifier: Apache-2.0 */
#include "core/phone.h"

#include <string.h>

#define DIGITS_MIN 8
#define DIGITS_MAX 15 /* E.164 6.2.1 */
#define TYPED_MAX  64 /* octets */

enum err
phone_check(struct arena *a, struct str s, const char *field, struct str *ret, struct fault *f)
{
	char *out = arena_alloc(a, TYPED_MAX + 1);
	size_t n = 0;
	bool good = s.n <= TYPED_MAX;

	if (s.n == 0)
		return FAIL_FIELD(f, E_FIELD_MISSING, field, NULL, "no number");
	for (size_t i = 0; good && i < s.n; i++) {
		char c = s.p[i];

		if (c == ' ' || c == '-' || c == '.' || c == '(' || c == ')')
			continue;
		good = n == 0 ? c == '+' : c >= '0' && c <= '9';
		out[n++] = c;
	}
	if (!good || n < 1 + DIGITS_MIN || n > 1 + DIGITS_MAX || out[1] == '0')
		return FAIL_FIELD(f, E_FIELD_FORMAT, field, "E.164: +86…", "no E.164 number");
	*ret = (struct str){out, n};
	return OK;
}

char *
phone_mask(struct arena *a, struct str phone)
{
	size_t head = 3, tail = phone.n >= 12 ? 4 : 2;
	char *out;

	if (phone.n < head + tail)
		return arena_fmt(a, "***");
	out = arena_alloc(a, phone.n + 1);
	memset(out, '*', phone.n);
	memcpy(out, phone.p, head);
	memcpy(out + phone.n - tail, phone.p + phone.n - tail, tail);
	return out;
}
