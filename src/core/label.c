/* SPDX-License-Identifier: Apache-2.0 */
#include "core/label.h"

#include <stdio.h>
#include <uchar.h>

#include <unicase.h>
#include <unictype.h>
#include <uninorm.h>
#include <unistr.h>

#include "base/must.h"
#include "base/text.h"

#define TYPED_MAX ((size_t)4096) /* octets: more is too long whatever it is */

/* Scripts that may stand beside others in one word; every other script stands alone. */
enum { LATIN = 1, HAN = 2, KANA = 4, BOPOMOFO = 8, HANGUL = 16, ALONE = 32 };
/* UTS 39 5.2, highly restrictive. */
static const unsigned together[] = {
    LATIN | HAN | KANA, LATIN | HAN | BOPOMOFO, LATIN | HAN | HANGUL};

static const struct {
	const char *name; /* as in Scripts.txt */
	unsigned bit;
} scripts[] = {
    {"Latin", LATIN},
    {"Han", HAN},
    {"Hiragana", KANA},
    {"Katakana", KANA},
    {"Bopomofo", BOPOMOFO},
    {"Hangul", HANGUL},
};

/* What a word consists of so far. */
struct word {
	unsigned set;
	const uc_script_t *alone; /* the script behind ALONE */
};

static bool
forbidden(ucs4_t c)
{
	uint32_t mask = UC_CATEGORY_MASK_C | UC_CATEGORY_MASK_Z;

	/* The plain blank is the one separator; C is control, format, surrogate, private, unassigned. */
	return (c != ' ' && uc_is_general_category_withtable(c, mask)) ||
	    uc_is_property_default_ignorable_code_point(c) || uc_is_property_bidi_control(c);
}

static bool
inside_word(ucs4_t c)
{
	uint32_t mask = UC_CATEGORY_MASK_L | UC_CATEGORY_MASK_M | UC_CATEGORY_MASK_N;

	return c == '\'' || c == 0x2019 || uc_is_general_category_withtable(c, mask);
}

/* Add a character's script to its word; false when they do not go together. */
static bool
word_add(struct word *w, ucs4_t c)
{
	const uc_script_t *script = uc_script(c);
	unsigned bit = ALONE;

	if (script == NULL || str_is(str_of(script->name), "Common") ||
	    str_is(str_of(script->name), "Inherited"))
		return true;
	for (size_t i = 0; i < sizeof(scripts) / sizeof(scripts[0]); i++) {
		if (str_is(str_of(script->name), scripts[i].name))
			bit = scripts[i].bit;
	}
	if (bit == ALONE && w->alone != NULL && w->alone != script)
		return false;
	if (bit == ALONE)
		w->alone = script;
	w->set |= bit;
	for (size_t i = 0; i < sizeof(together) / sizeof(together[0]); i++) {
		if ((w->set & ~together[i]) == 0)
			return true;
	}
	return w->set == ALONE;
}

static enum err
fail_at(enum err e, const char *field, ucs4_t c, struct fault *f)
{
	char rule[16];

	(void)snprintf(rule, sizeof(rule), "U+%04X", (unsigned)c);
	return FAIL_FIELD(f, e, field, rule, "character not allowed here");
}

/* S is in NFC. */
static enum err
characters(struct str s, const char *field, struct fault *f)
{
	struct word word = {0};
	ucs4_t c, last = ' ';
	bool readable = false;

	for (size_t i = 0; i < s.n; last = c) {
		int used = u8_mbtouc(&c, (const uint8_t *)s.p + i, s.n - i);

		i += (size_t)used;
		if (forbidden(c) || (c == ' ' && last == ' '))
			return fail_at(E_NAME_CHARS, field, c, f);
		if (!inside_word(c))
			word = (struct word){0};
		else if (!word_add(&word, c))
			return fail_at(E_NAME_SCRIPT, field, c, f);
		readable = readable ||
		    uc_is_general_category_withtable(c, UC_CATEGORY_MASK_L | UC_CATEGORY_MASK_N);
	}
	if (last == ' ')
		return fail_at(E_NAME_CHARS, field, last, f);
	if (!readable)
		return FAIL_FIELD(f, E_NAME_CHARS, field, NULL, "no letter and no digit");
	return OK;
}

enum err
label_check(
    struct arena *a, struct str s, size_t max, const char *field, struct str *ret, struct fault *f)
{
	size_t room = 3 * s.n + 16, n = room; /* NFC at most triples UTF-8 (UAX 15 9.2) */
	uint8_t *out;
	struct str nfc;
	char rule[32];

	if (s.n == 0)
		return FAIL_FIELD(f, E_FIELD_MISSING, field, NULL, "empty");
	(void)snprintf(rule, sizeof(rule), "≤ %zu", max);
	if (s.n > TYPED_MAX)
		return FAIL_FIELD(f, E_NAME_LONG, field, rule, "%zu octets", s.n);
	if (!utf8_valid(s))
		return FAIL_FIELD(f, E_NAME_CHARS, field, "UTF-8", "not UTF-8");
	out = arena_alloc(a, room);
	/* With room enough the result stands in our own memory. */
	must(u8_normalize(UNINORM_NFC, (const uint8_t *)s.p, s.n, out, &n) == out);
	nfc = (struct str){(const char *)out, n};
	TRY(characters(nfc, field, f));
	if (utf8_count(nfc) > max)
		return FAIL_FIELD(f, E_NAME_LONG, field, rule, "%zu characters", utf8_count(nfc));
	*ret = nfc;
	return OK;
}

struct str
label_fold(struct arena *a, struct str s)
{
	/* Folding makes at most three characters of one, and NFC thrice the octets (UAX 15, 5.18). */
	size_t n = s.n * 9 + 16;
	uint8_t *room = arena_alloc(a, n);
	const uint8_t *in = (const uint8_t *)(s.p ? s.p : "");

	must(u8_casefold(in, s.n, NULL, UNINORM_NFC, room, &n) == room);
	return bytes_str(bytes_of(room, n));
}
