/* SPDX-License-Identifier: Apache-2.0 */
#include "base/say.h"

#include <string.h>

#include "base/buf.h"

#define SAY_MAX ((size_t)4096) /* octets of one text */

/* Take the blanks and colons at the end back: they led to a value that is not there. */
static void
trim(struct buf *b)
{
	static const char wide[] = "："; /* the full-width colon of Chinese texts */

	for (;;) {
		if (b->n && (b->p[b->n - 1] == ' ' || b->p[b->n - 1] == ':'))
			b->n--;
		else if (b->n >= sizeof(wide) - 1 &&
		    !memcmp(b->p + b->n - (sizeof(wide) - 1), wide, sizeof(wide) - 1))
			b->n -= sizeof(wide) - 1;
		else
			return;
	}
}

static struct str
fill(struct arena *a, const char *text, const struct fault *f)
{
	const struct {
		const char *mark;
		const char *value;
	} marks[] = {{"{field}", f->field}, {"{rule}", f->rule}};
	struct buf out = buf_new(a, SAY_MAX);

	while (*text) {
		const char *value = NULL;

		for (size_t i = 0; *text == '{' && i < sizeof(marks) / sizeof(marks[0]); i++) {
			size_t n = strlen(marks[i].mark);

			if (!strncmp(text, marks[i].mark, n)) {
				value = marks[i].value;
				text += n;
				break;
			}
		}
		if (value == NULL)
			buf_u8(&out, (uint8_t)*text++);
		else if (*value)
			buf_str(&out, str_of(value));
		else
			trim(&out);
	}
	return buf_view(&out);
}

struct say
say_fault(struct arena *a, enum lang l, const struct fault *f)
{
	const char *key = arena_fmt(a, "error.%s", err_row(f->code)->slug);
	const char *what = catalogue_text(l, key);
	const char *next = catalogue_text(l, arena_fmt(a, "%s.next", key));

	return (struct say){
	    .what = fill(a, what ? what : key, f),
	    .next = fill(a, next ? next : "", f),
	};
}
