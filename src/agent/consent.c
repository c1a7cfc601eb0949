/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/consent.h"

#include "agent/assuan.h"
#include "agent/pinentry.h"
#include "base/buf.h"
#include "core/shown.h"

struct consent
consent_new(struct arena *a, enum lang lang)
{
	return (struct consent){.a = a, .lang = lang};
}

/* Lines beyond the room are kept out by consent_split, which finds the count too high. */
static void
add(struct consent *c, struct str line)
{
	if (c->n < CONSENT_LINES)
		c->lines[c->n] = line;
	c->n++;
}

void
consent_sentence(struct consent *c, const char *key, const struct catalogue_value *values, size_t n)
{
	add(c, catalogue_fill(c->a, c->lang, key, values, n));
}

struct str
consent_clean(struct arena *a, struct str text)
{
	return shown_text(a, text, CONSENT_FIELD);
}

void
consent_plain(struct consent *c, struct str text, size_t most)
{
	add(c, shown_text(c->a, text, most));
}

void
consent_line(struct consent *c, const char *title_key, struct str text)
{
	const char *title = catalogue_text(c->lang, title_key);
	struct str clean = consent_clean(c->a, text);

	add(c,
	    str_of(arena_fmt(c->a, "%s: %.*s", title ? title : title_key, (int)clean.n, clean.p)));
}

enum err
consent_exact(struct consent *c, const char *title_key, struct str text, struct fault *f)
{
	if (!str_eq(consent_clean(c->a, text), text))
		return FAIL_FIELD(
		    f, E_NAME_CHARS, title_key, "NFC, ≤ 64", "would be shown as something else");
	consent_line(c, title_key, text);
	return OK;
}

enum err
consent_split(const struct consent *c, struct consent_pages *ret, struct fault *f)
{
	struct buf page = buf_new(c->a, (size_t)64 << 10);
	size_t quoted = 0;

	ret->n = 0;
	for (size_t i = 0; i < c->n; i++) {
		size_t more = i < CONSENT_LINES ? assuan_quoted_size(c->lines[i]) + 3 : 0;

		if (more == 0 || more > PINENTRY_TEXT_MAX)
			return FAIL(f, E_AGENT_REQUEST, "more than a window shows");
		if (quoted + more > PINENTRY_TEXT_MAX) {
			if (ret->n + 1 == CONSENT_PAGES)
				return FAIL(
				    f, E_AGENT_REQUEST, "more than %d windows", CONSENT_PAGES);
			ret->v[ret->n++] = arena_str(c->a, buf_view(&page));
			page.n = 0;
			quoted = 0;
		}
		if (page.n)
			buf_u8(&page, '\n');
		buf_str(&page, c->lines[i]);
		quoted += more;
	}
	ret->v[ret->n++] = buf_view(&page);
	return OK;
}
