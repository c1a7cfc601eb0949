/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/show.h"

#include <stdio.h>
#include <string.h>
#include <wchar.h>

#include "base/buf.h"
#include "base/must.h"
#include "base/say.h"
#include "base/text.h"

#define GAP 2 /* blanks between two columns */

/* The code point at P of valid UTF-8, and its octets. */
static uint32_t
decode(const char *p, size_t *ret_n)
{
	uint8_t c = (uint8_t)*p;
	size_t n = c < 0x80 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
	uint32_t v = n == 1 ? c : c & (0x7fu >> n);

	for (size_t i = 1; i < n; i++)
		v = v << 6 | ((uint8_t)p[i] & 0x3fu);
	*ret_n = n;
	return v;
}

char *
show_clean(struct arena *a, struct str s, size_t *ret_width)
{
	struct buf out = buf_new(a, s.n * 3 + 1);
	size_t width = 0, n;

	if (!utf8_valid(s))
		s = STR("?");
	for (size_t i = 0; i < s.n; i += n) {
		uint32_t v = decode(s.p + i, &n);
		int columns = wcwidth((wchar_t)v);

		/* Controls, and marks that turn the direction of writing (S22). */
		if (v < 0x20 || (v >= 0x7f && v < 0xa0) || (v >= 0x200b && v <= 0x200f) ||
		    (v >= 0x2028 && v <= 0x202e) || (v >= 0x2066 && v <= 0x2069) || columns < 0) {
			buf_u8(&out, '?');
			width++;
		} else {
			buf_str(&out, (struct str){s.p + i, n});
			width += (size_t)columns;
		}
	}
	buf_u8(&out, 0);
	must(!out.bad);
	if (ret_width)
		*ret_width = width;
	return (char *)out.p;
}

void
show_line(struct str text)
{
	struct arena *a = arena_new(0);

	while (text.n) {
		const char *end = memchr(text.p, '\n', text.n);
		size_t n = end ? (size_t)(end - text.p) : text.n;

		(void)printf("%s\n", show_clean(a, (struct str){text.p, n}, NULL));
		n += end ? 1 : 0;
		text = (struct str){text.p + n, text.n - n};
	}
	arena_free(&a);
}

bool
show_json(const struct cli *c, const json_t *answer)
{
	if (!c->json)
		return false;
	(void)json_dumpf(answer, stdout, JSON_INDENT(2) | JSON_ENCODE_ANY);
	(void)putchar('\n');
	if (c->said)
		c->said->json = true;
	return true;
}

/* The value of a member as people read it; empty when it is not there. */
static char *
cell(const struct cli *c, const json_t *row, const struct show_column *column, size_t *ret_width)
{
	const json_t *v = json_object_get(row, column->member);
	struct str text = {0};

	if (json_is_string(v)) {
		text = (struct str){json_string_value(v), json_string_length(v)};
		if (column->words) {
			const char *words = catalogue_text(c->lang,
			    arena_fmt(c->a, "%s.%.*s", column->words, (int)text.n, text.p));

			text = words ? str_of(words) : text;
		}
	} else if (json_is_boolean(v)) {
		text = str_of(cli_text(c, json_is_true(v) ? "cli.yes" : "cli.no"));
	} else if (json_is_integer(v)) {
		text = str_of(arena_fmt(c->a, "%" JSON_INTEGER_FORMAT, json_integer_value(v)));
	} else if (json_is_array(v)) {
		struct buf list = buf_new(c->a, 4096);
		const json_t *item;
		size_t i;

		json_array_foreach(v, i, item) buf_fmt(&list, "%s%s", i ? ", " : "",
		    json_is_string(item) ? json_string_value(item) : "…");
		text = buf_view(&list);
	}
	return show_clean(c->a, text, ret_width);
}

static void
pad(const char *text, size_t width, size_t to)
{
	(void)fputs(text, stdout);
	for (; width < to; width++)
		(void)putchar(' ');
}

void
show_table(const struct cli *c, const json_t *rows, const struct show_column *columns, size_t n)
{
	size_t *most = arena_array(c->a, n, sizeof(*most)), width, i;
	const json_t *row;

	json_array_foreach(rows, i, row)
	{
		for (size_t k = 0; k < n; k++) {
			(void)cell(c, row, &columns[k], &width);
			most[k] = width > most[k] ? width : most[k];
		}
	}
	for (size_t k = 0; k < n; k++) {
		const char *title = cli_text(c, columns[k].title);

		if (most[k] == 0)
			continue;
		title = show_clean(c->a, str_of(title), &width);
		most[k] = (width > most[k] ? width : most[k]) + GAP;
		pad(title, width, most[k]);
	}
	(void)putchar('\n');
	json_array_foreach(rows, i, row)
	{
		for (size_t k = 0; k < n; k++) {
			const char *text = cell(c, row, &columns[k], &width);

			if (most[k])
				pad(text, width, most[k]);
		}
		(void)putchar('\n');
	}
}

void
show_object(const struct cli *c, const json_t *object, const struct show_column *columns, size_t n)
{
	size_t most = 0, width;

	for (size_t k = 0; k < n; k++) {
		(void)show_clean(c->a, str_of(cli_text(c, columns[k].title)), &width);
		most = width > most ? width : most;
	}
	for (size_t k = 0; k < n; k++) {
		const char *text = cell(c, object, &columns[k], &width), *title;

		if (width == 0)
			continue;
		title = show_clean(c->a, str_of(cli_text(c, columns[k].title)), &width);
		pad(title, width, most + GAP);
		(void)printf("%s\n", text);
	}
}

void
show_note(const struct cli *c, const char *key, const char *name, struct str value)
{
	const struct catalogue_value values[] = {{name ? name : "", value}};

	if (!c->json && key)
		show_line(catalogue_fill(c->a, c->lang, key, values, name ? 1 : 0));
	else if (c->json && c->said && name)
		must(
		    json_object_set_new(c->said->notes, name, json_stringn(value.p, value.n)) == 0);
}

static const char *
member(const json_t *object, const char *name)
{
	const char *text = json_string_value(json_object_get(object, name));

	return text ? text : "";
}

void
show_fault(struct cli *c, const struct fault *f)
{
	struct say say = say_fault(c->a, c->lang, f);
	const json_t *p = c->problem;
	const char *cfca = p ? member(p, "cfca") : err_row(f->code)->cfca;
	const char *request = p ? member(p, "request_id") : "";

	if (c->said && c->said->what.n)
		say.what = c->said->what;
	if (c->said && c->said->next.n)
		say.next = c->said->next;
	if (c->json) {
		json_t *own = p
		    ? NULL
		    : json_pack("{s:s, s:s%, s:s%, s:s, s:s}", "code", err_row(f->code)->slug,
			  "detail", say.what.p, say.what.n, "next", say.next.p, say.next.n, "field",
			  f->field, "rule", f->rule);

		(void)json_dumpf(p ? p : own, stderr, JSON_INDENT(2));
		(void)fputc('\n', stderr);
		json_decref(own);
		return;
	}
	if (c->told)
		return;
	if (p && *member(p, "detail"))
		say = (struct say){str_of(member(p, "detail")),
		    c->said && c->said->next.n ? say.next : str_of(member(p, "next"))};
	(void)fprintf(stderr, "signet: %s\n", show_clean(c->a, say.what, NULL));
	if (say.next.n)
		(void)fprintf(stderr, "%s\n", show_clean(c->a, say.next, NULL));
	(void)fprintf(stderr, "(%s%s%s%s%s)\n", err_row(f->code)->slug, *cfca ? ", " : "",
	    show_clean(c->a, str_of(cfca), NULL), *request ? ", " : "",
	    show_clean(c->a, str_of(request), NULL));
	if (p == NULL && f->code != E_USAGE && f->detail[0])
		(void)fprintf(stderr, "[%s]\n", show_clean(c->a, str_of(f->detail), NULL));
}
