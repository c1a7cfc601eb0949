/* SPDX-License-Identifier: Apache-2.0 */
/* What a new version of a document changes, for those who sign it. */
#include <string.h>

#include "base/buf.h"
#include "service/act.h"
#include "service/amend.h"
#include "service/amend_in.h"

/* Line by line: what the old has and the new has not, then the other way round. */
struct str
amend_diff(const struct call *c, struct str old, struct str new)
{
	struct buf out = buf_new(c->a, (size_t)256 << 10);
	const struct {
		struct str from, other;
		char sign;
	} sides[] = {{old, new, '-'}, {new, old, '+'}};

	for (size_t s = 0; s < 2; s++) {
		struct str left = sides[s].from;

		while (left.n) {
			const char *end = memchr(left.p, '\n', left.n);
			size_t n = end ? (size_t)(end - left.p) + 1 : left.n;

			if (memmem(sides[s].other.p, sides[s].other.n, left.p, n) == NULL) {
				buf_fmt(&out, "%c ", sides[s].sign);
				buf_str(&out, (struct str){left.p, n});
			}
			left.p += n;
			left.n -= n;
		}
	}
	return buf_view(&out);
}
