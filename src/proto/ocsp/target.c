/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/ocsp/target.h"

#include "base/text.h"

#define PREFIX STR("/ocsp/")

bool
target_request(struct arena *a, struct str path, struct bytes *ret)
{
	char *text = arena_alloc(a, path.n + 4);
	size_t n = 0;

	if (!str_starts(path, PREFIX))
		return false;
	for (size_t i = PREFIX.n; i < path.n; i++) {
		struct bytes octet;

		if (path.p[i] != '%') {
			text[n++] = path.p[i];
			continue;
		}
		if (path.n - i < 3 || !hex_parse(a, (struct str){path.p + i + 1, 2}, &octet))
			return false;
		text[n++] = (char)octet.p[0];
		i += 2;
	}
	while (n % 4 > 1)
		text[n++] = '=';
	return base64_parse(a, (struct str){text, n}, ret);
}
