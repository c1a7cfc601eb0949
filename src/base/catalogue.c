/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The catalogues are GNU .mo files made by msgfmt at build time and linked in. Read here without
 * libintl: a request's language is an argument, not a property of the process.
 */
#include "base/catalogue.h"

#include <string.h>

#include "base/buf.h"
#include "base/must.h"

extern const uint8_t catalogue_en[], catalogue_en_end[], catalogue_zh[], catalogue_zh_end[],
    catalogue_ru[], catalogue_ru_end[];

#define MO_MAGIC 0x950412deu

static const char *const tags[LANG__COUNT] = {"en", "zh", "ru"};

const char *
lang_tag(enum lang l)
{
	must((unsigned)l < LANG__COUNT);
	return tags[l];
}

bool
lang_parse(struct str tag, enum lang *ret)
{
	for (unsigned l = 0; l < LANG__COUNT; l++) {
		if (str_is(tag, tags[l])) {
			*ret = (enum lang)l;
			return true;
		}
	}
	return false;
}

/* A qvalue in thousandths; 1000 when there is none. */
static int
quality(struct str params)
{
	int q = 0, scale = 1000;

	for (size_t i = 0; i + 2 < params.n; i++) {
		if ((params.p[i] != 'q' && params.p[i] != 'Q') || params.p[i + 1] != '=')
			continue;
		for (i += 2; i < params.n && scale; i++) {
			if (params.p[i] == '.')
				continue;
			if (params.p[i] < '0' || params.p[i] > '9')
				break;
			q += (params.p[i] - '0') * scale;
			scale /= 10;
		}
		return q > 1000 ? 1000 : q;
	}
	return 1000;
}

enum lang
lang_accept(struct str header)
{
	enum lang best = LANG_EN, l;
	int best_q = 0;

	while (header.n) {
		const char *comma = memchr(header.p, ',', header.n);
		size_t n = comma ? (size_t)(comma - header.p) : header.n;
		struct str item = {header.p, n};
		const char *semi = memchr(item.p, ';', item.n);
		struct str params = {0};
		char primary[3];
		int q;

		header.p += comma ? n + 1 : n;
		header.n -= comma ? n + 1 : n;
		if (semi) {
			params = (struct str){semi, item.n - (size_t)(semi - item.p)};
			item.n = (size_t)(semi - item.p);
		}
		while (item.n && item.p[0] == ' ') {
			item.p++;
			item.n--;
		}
		if (item.n < 2 || (item.n > 2 && item.p[2] != '-' && item.p[2] != ' '))
			continue;
		primary[0] = (char)(item.p[0] | 0x20);
		primary[1] = (char)(item.p[1] | 0x20);
		primary[2] = 0;
		q = quality(params);
		if (q > best_q && lang_parse(str_of(primary), &l)) {
			best = l;
			best_q = q;
		}
	}
	return best;
}

static uint32_t
word(const uint8_t *p)
{
	uint32_t v;

	memcpy(&v, p, sizeof(v));
	return v;
}

/* Look KEY up in one .mo file; its strings are sorted. */
static const char *
lookup(const uint8_t *mo, const uint8_t *end, const char *key)
{
	uint32_t count, keys, texts;
	size_t lo = 0, hi;

	must(end - mo >= 28 && word(mo) == MO_MAGIC);
	count = word(mo + 8);
	keys = word(mo + 12);
	texts = word(mo + 16);
	hi = count;
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		const char *at = (const char *)mo + word(mo + keys + mid * 8 + 4);
		int order = strcmp(key, at);

		if (order == 0)
			return (const char *)mo + word(mo + texts + mid * 8 + 4);
		if (order < 0)
			hi = mid;
		else
			lo = mid + 1;
	}
	return NULL;
}

const char *
catalogue_text(enum lang l, const char *key)
{
	const char *text = NULL;

	must((unsigned)l < LANG__COUNT);
	if (key[0] == 0)
		return NULL;
	if (l == LANG_ZH)
		text = lookup(catalogue_zh, catalogue_zh_end, key);
	else if (l == LANG_RU)
		text = lookup(catalogue_ru, catalogue_ru_end, key);
	return text ? text : lookup(catalogue_en, catalogue_en_end, key);
}

struct str
catalogue_fill(
    struct arena *a, enum lang l, const char *key, const struct catalogue_value *values, size_t n)
{
	const char *text = catalogue_text(l, key);
	struct buf out = buf_new(a, (size_t)64 << 10);

	if (text == NULL)
		return arena_str(a, str_of(key));
	while (*text) {
		const char *close = *text == '{' ? strchr(text, '}') : NULL;
		const struct catalogue_value *v = NULL;

		for (size_t i = 0; close && i < n && v == NULL; i++) {
			size_t len = strlen(values[i].name);

			if ((size_t)(close - text) == len + 1 &&
			    !memcmp(text + 1, values[i].name, len))
				v = &values[i];
		}
		if (v) {
			buf_str(&out, v->value);
			text = close + 1;
		} else {
			buf_u8(&out, (uint8_t)*text++);
		}
	}
	return buf_view(&out);
}
