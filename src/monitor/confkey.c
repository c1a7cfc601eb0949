/* SPDX-License-Identifier: Apache-2.0 */
#include "monitor/confkey.h"

#include <inttypes.h>
#include <string.h>

#include "base/must.h"

const struct confkey confkey_rows[CONFKEY_COUNT] = {
#define X(key, type, preset, least, most, words, help) \
	{#key, CONFKEY_##type, offsetof(struct conf, key), preset, least, most, words, help},
#include "monitor/conf.def"
#undef X
};

void
confkey_words(
    struct arena *a, const struct confkey *k, const char *ret[static CONFKEY_WORDS_MAX + 1])
{
	struct str rest = str_of(k->words);
	size_t n = 0;

	for (;;) {
		const char *bar = memchr(rest.p, '|', rest.n);
		struct str word = {rest.p, bar ? (size_t)(bar - rest.p) : rest.n};

		must(n < CONFKEY_WORDS_MAX);
		ret[n++] = arena_cstr(a, word);
		if (bar == NULL)
			break;
		rest = (struct str){bar + 1, rest.n - word.n - 1};
	}
	ret[n] = NULL;
}

const char *
confkey_rule(struct arena *a, const struct confkey *k)
{
	switch (k->type) {
	case CONFKEY_WORD:
		return k->words;
	case CONFKEY_HTTPS:
		return "https://host[:port]";
	case CONFKEY_HTTP:
		return "http://host[:port]";
	case CONFKEY_PATH:
		return arena_fmt(a, "path of at most %" PRId64 " characters", k->most);
	case CONFKEY_LISTEN:
		return "list of address:port";
	case CONFKEY_INT:
		return arena_fmt(a, "%" PRId64 "–%" PRId64, k->least, k->most);
	case CONFKEY_BOOL:
		return "no|yes";
	case CONFKEY_TEXT:
		return arena_fmt(a, "text of at most %" PRId64 " characters", k->most);
	case CONFKEY_OID:
		return "object identifier, dotted";
	case CONFKEY_USER:
		return "user name";
	case CONFKEY_MAIL:
		return "local@host";
	case CONFKEY_SERVER:
		return "host[:port]";
	case CONFKEY_URL:
		return "https://host[:port]/path";
	}
	return "";
}

/* Always quoted: then no text is taken for anything else. */
static void
put_text(struct buf *b, struct str s)
{
	buf_u8(b, '"');
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '"' || s.p[i] == '\\')
			buf_u8(b, '\\');
		buf_u8(b, (uint8_t)s.p[i]);
	}
	buf_u8(b, '"');
}

static void
put_value(struct buf *b, const struct confkey *k, const struct conf *c)
{
	const void *at = (const char *)c + k->at;
	const struct conf_listen *l = at;
	const char *words[CONFKEY_WORDS_MAX + 1];

	switch (k->type) {
	case CONFKEY_WORD:
		confkey_words(b->a, k, words);
		buf_str(b, str_of(words[*(const int *)at]));
		break;
	case CONFKEY_INT:
		buf_fmt(b, "%d", *(const int *)at);
		break;
	case CONFKEY_BOOL:
		buf_str(b, *(const bool *)at ? STR("yes") : STR("no"));
		break;
	case CONFKEY_LISTEN:
		for (size_t i = 0; i < l->count; i++) {
			buf_str(b, i ? STR(", ") : STR("["));
			put_text(b, l->address[i].text);
		}
		buf_u8(b, ']');
		break;
	case CONFKEY_HTTPS:
	case CONFKEY_HTTP:
	case CONFKEY_PATH:
	case CONFKEY_TEXT:
	case CONFKEY_OID:
	case CONFKEY_USER:
	case CONFKEY_MAIL:
	case CONFKEY_SERVER:
	case CONFKEY_URL:
		put_text(b, *(const struct str *)at);
		break;
	}
}

/* A text that has neither been given nor a default. */
static bool
is_absent(const struct confkey *k, const struct conf *c)
{
	return k->preset != NULL && k->preset[0] == '\0' &&
	    ((const struct str *)(const void *)((const char *)c + k->at))->n == 0;
}

#define PRINT_CAP ((size_t)64 << 10)

struct str
conf_print(struct arena *a, const struct conf *c)
{
	struct buf b = buf_new(a, PRINT_CAP);

	for (size_t i = 0; i < CONFKEY_COUNT; i++) {
		if (is_absent(&confkey_rows[i], c))
			continue;
		buf_fmt(&b, "%s: ", confkey_rows[i].name);
		put_value(&b, &confkey_rows[i], c);
		buf_u8(&b, '\n');
	}
	must(!b.bad);
	return buf_view(&b);
}

struct str
conf_help(struct arena *a)
{
	struct buf b = buf_new(a, PRINT_CAP);

	for (size_t i = 0; i < CONFKEY_COUNT; i++) {
		const struct confkey *k = &confkey_rows[i];

		buf_fmt(&b, "%s: %s", k->name, confkey_rule(a, k));
		if (k->preset == NULL)
			buf_str(&b, STR(" (must be given)"));
		else if (k->preset[0] != '\0')
			buf_fmt(&b, " (default %s)", k->preset);
		buf_fmt(&b, "\n        %s\n", k->help);
	}
	must(!b.bad);
	return buf_view(&b);
}
