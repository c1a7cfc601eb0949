/* SPDX-License-Identifier: Apache-2.0 */
#include "core/fieldtype.h"

#include <stdio.h>
#include <string.h>

#include "base/must.h"
#include "base/text.h"
#include "core/checkdigit.h"
#include "core/country.h"
#include "core/host.h"
#include "core/label.h"
#include "core/mail.h"
#include "core/phone.h"
#include "core/word.h"

#define YEAR_FIRST   1800
#define YEAR_LAST    2199
#define NUMBER_LEAST 4 /* characters of an identity document's number */

typedef enum err read_fn(
    struct arena *a, const struct fieldtype_ask *q, struct str s, struct str *ret, struct fault *f);

static read_fn check_label, check_mail, check_phone, check_country, check_number, check_date,
    check_host, check_address, check_choice, check_identity, check_coded;

static const struct fieldtype_row rows[FIELDTYPE__COUNT] = {
#define X(symbol, word, check, sum, use, most, pattern, rule, example) \
	{word, FIELDTYPE_##use, most, rule, example},
#include "core/fieldtype.def"
#undef X
};
static const char *const words[] = {
#define X(symbol, word, ...) word,
#include "core/fieldtype.def"
#undef X
};
static const struct {
	read_fn *read;
	checkdigit_fn *sum;
	const char *pattern;
} rules[FIELDTYPE__COUNT] = {
#define X(symbol, word, check, sum, use, most, pattern, rule, example) \
	{check_##check, checkdigit_##sum, pattern},
#include "core/fieldtype.def"
#undef X
};

const struct fieldtype_row *
fieldtype_row(enum fieldtype t)
{
	must((unsigned)t < FIELDTYPE__COUNT);
	return &rows[t];
}

bool
fieldtype_parse(struct str word, enum fieldtype *ret)
{
	unsigned i;

	if (!word_find(words, FIELDTYPE__COUNT, word, &i))
		return false;
	*ret = (enum fieldtype)i;
	return true;
}

/* Refuse with the table's rule and example: "GB 11714: 8 + 1 (71526726-X)". */
static enum err
refuse(enum err e, const struct fieldtype_ask *q, const char *why, struct fault *f)
{
	const struct fieldtype_row *row = fieldtype_row(q->type);
	char rule[FAULT_RULE];

	(void)snprintf(rule, sizeof(rule), "%s (%s)", row->rule, row->example);
	return FAIL_FIELD(f, e, q->name, rule, "%s", why);
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_letter(char c)
{
	return c >= 'A' && c <= 'Z';
}

/* Does S look like PATTERN: 9 a digit, A a letter, X either, the rest itself? */
static bool
like(struct str pattern, struct str s)
{
	for (size_t i = 0; i < s.n && s.n == pattern.n; i++) {
		char m = pattern.p[i], c = s.p[i];
		bool digit = is_digit(c), letter = is_letter(c);

		if (m == '9' ? !digit : m == 'A' ? !letter : m == 'X' ? !digit && !letter : m != c)
			return false;
	}
	return s.n == pattern.n;
}

bool
fieldtype_is_pattern(struct str pattern)
{
	bool marks = false;

	for (size_t i = 0; i < pattern.n; i++) {
		char c = pattern.p[i];

		if (c < 0x20 || c > 0x7e)
			return false;
		marks = marks || c == '9' || c == 'A' || c == 'X';
	}
	return marks && pattern.n <= FIELDTYPE_PATTERN_MAX;
}

/* S without blanks and dashes, its letters large: how people write numbers does not matter. */
static struct str
plain(struct arena *a, struct str s)
{
	char *out = arena_alloc(a, s.n + 1);
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (c != ' ' && c != '-')
			out[n++] = c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
	}
	return (struct str){out, n};
}

static enum err
check_coded(
    struct arena *a, const struct fieldtype_ask *q, struct str s, struct str *ret, struct fault *f)
{
	const char *pattern = rules[q->type].pattern;
	struct str out = plain(a, s);
	size_t n = strcspn(pattern, "|");
	enum err e;

	if (!like((struct str){pattern, n}, out) &&
	    (pattern[n] == '\0' || !like(str_of(pattern + n + 1), out)))
		return refuse(E_FIELD_FORMAT, q, "no such number", f);
	e = rules[q->type].sum(out);
	if (e != OK)
		return refuse(e, q, "sum", f);
	*ret = out;
	return OK;
}

static enum err
check_label(
    struct arena *a, const struct fieldtype_ask *q, struct str s, struct str *ret, struct fault *f)
{
	struct str out;

	TRY(label_check(a, s, q->max, q->name, &out, f));
	if (q->pattern.n && !like(q->pattern, out))
		return FAIL_FIELD(
		    f, E_FIELD_FORMAT, q->name, arena_cstr(a, q->pattern), "not of the pattern");
	*ret = out;
	return OK;
}

static enum err
check_mail(
    struct arena *a, const struct fieldtype_ask *q, struct str s, struct str *ret, struct fault *f)
{
	char rule[32];
	struct str out;

	TRY(mail_check(a, s, q->name, &out, f));
	(void)snprintf(rule, sizeof(rule), "≤ %zu", q->max);
	if (out.n > q->max)
		return FAIL_FIELD(f, E_NAME_LONG, q->name, rule, "too long");
	*ret = out;
	return OK;
}

static enum err
check_phone(
    struct arena *a, const struct fieldtype_ask *q, struct str s, struct str *ret, struct fault *f)
{
	return phone_check(a, s, q->name, ret, f);
}

static enum err
check_country(
    struct arena *a, const struct fieldtype_ask *q, struct str s, struct str *ret, struct fault *f)
{
	struct str out = plain(a, s);

	if (!country_known(out))
		return refuse(E_FIELD_VALUE, q, "no country", f);
	*ret = out;
	return OK;
}

static enum err
check_number(
    struct arena *a, const struct fieldtype_ask *q, struct str s, struct str *ret, struct fault *f)
{
	char rule[32];

	for (size_t i = 0; i < s.n; i++) {
		if (!is_digit(s.p[i]) && q->pattern.n == 0)
			return refuse(E_FIELD_FORMAT, q, "not digits", f);
	}
	if (q->pattern.n && !like(q->pattern, s))
		return FAIL_FIELD(
		    f, E_FIELD_FORMAT, q->name, arena_cstr(a, q->pattern), "not of the pattern");
	(void)snprintf(rule, sizeof(rule), "≤ %zu", q->max);
	if (s.n > q->max)
		return FAIL_FIELD(f, E_FIELD_LENGTH, q->name, rule, "%zu digits", s.n);
	*ret = arena_str(a, s);
	return OK;
}

/* YYYY-MM-DD, the same with slashes or dots, or DD.MM.YYYY. */
static enum err
check_date(
    struct arena *a, const struct fieldtype_ask *q, struct str s, struct str *ret, struct fault *f)
{
	static const struct {
		const char *form;
		size_t year, month, day;
	} forms[] = {{"9999-99-99", 0, 5, 8}, {"9999/99/99", 0, 5, 8}, {"9999.99.99", 0, 5, 8},
	    {"99.99.9999", 6, 3, 0}};

	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		uint64_t year = 0, month = 0, day = 0;

		if (!like(str_of(forms[i].form), s))
			continue;
		(void)u64_parse((struct str){s.p + forms[i].year, 4}, YEAR_LAST, &year);
		(void)u64_parse((struct str){s.p + forms[i].month, 2}, 12, &month);
		(void)u64_parse((struct str){s.p + forms[i].day, 2}, 31, &day);
		if (year < YEAR_FIRST || month == 0 || day == 0 ||
		    (int)day > civil_days((int)year, (int)month))
			break;
		*ret = str_of(arena_fmt(a, "%04d-%02d-%02d", (int)year, (int)month, (int)day));
		return OK;
	}
	return refuse(E_FIELD_FORMAT, q, "no date", f);
}

static enum err
check_host(
    struct arena *a, const struct fieldtype_ask *q, struct str s, struct str *ret, struct fault *f)
{
	char *out = arena_alloc(a, s.n + 1);
	/* Any host below one (RFC 6125 6.4.3). */
	size_t star =
	    q->type == FIELDTYPE_WILDCARD && s.n > 2 && s.p[0] == '*' && s.p[1] == '.' ? 2 : 0;

	for (size_t i = 0; i < s.n; i++)
		out[i] = is_letter(s.p[i]) ? (char)(s.p[i] - 'A' + 'a') : s.p[i];
	if (s.n > q->max || !host_is_name((struct str){out + star, s.n - star}, false))
		return refuse(E_FIELD_FORMAT, q, "no host name", f);
	*ret = (struct str){out, s.n};
	return OK;
}

static enum err
check_address(
    struct arena *a, const struct fieldtype_ask *q, struct str s, struct str *ret, struct fault *f)
{
	uint8_t octets[16];
	char *out = arena_alloc(a, s.n + 1);

	for (size_t i = 0; i < s.n; i++)
		out[i] = is_letter(s.p[i]) ? (char)(s.p[i] - 'A' + 'a') : s.p[i];
	if (host_address((struct str){out, s.n}, octets) == 0)
		return refuse(E_FIELD_FORMAT, q, "no address in its shortest form", f);
	*ret = (struct str){out, s.n};
	return OK;
}

static enum err
check_choice(
    struct arena *a, const struct fieldtype_ask *q, struct str s, struct str *ret, struct fault *f)
{
	char rule[FAULT_RULE] = "";
	size_t at = 0;

	(void)a;
	for (size_t i = 0; i < q->choice_count; i++) {
		if (str_eq(q->choices[i], s)) {
			*ret = q->choices[i];
			return OK;
		}
		if (at < sizeof(rule))
			at += (size_t)snprintf(rule + at, sizeof(rule) - at, "%s%.*s",
			    i ? " | " : "", (int)q->choices[i].n, q->choices[i].p);
	}
	return FAIL_FIELD(f, E_FIELD_VALUE, q->name, rule, "not one of them");
}

/* The next word of S, and S behind it: blanks and colons part words. */
static struct str
word_take(struct str *s)
{
	struct str w;

	while (s->n && (s->p[0] == ' ' || s->p[0] == ':')) {
		s->p++;
		s->n--;
	}
	w = (struct str){s->p, 0};
	while (w.n < s->n && s->p[w.n] != ' ' && s->p[w.n] != ':')
		w.n++;
	*s = (struct str){s->p + w.n, s->n - w.n};
	return w;
}

/* A number whose type we know from the country: checked as strictly as on a field of its own. */
static enum err
known_number(struct arena *a, const struct fieldtype_ask *q, struct str country, struct str *number,
    struct fault *f)
{
	static const struct {
		const char *country;
		enum fieldtype type;
	} cards[] = {{"CN", FIELDTYPE_CN_PERSON}, {"RU", FIELDTYPE_RU_PASSPORT}};
	struct fieldtype_ask own = *q;

	for (size_t i = 0; i < sizeof(cards) / sizeof(cards[0]); i++) {
		if (!str_is(country, cards[i].country))
			continue;
		own.type = cards[i].type;
		return check_coded(a, &own, *number, number, f);
	}
	return OK;
}

/* "RU id-card 4509 123456" → "RU:id-card:4509123456". */
static enum err
check_identity(
    struct arena *a, const struct fieldtype_ask *q, struct str s, struct str *ret, struct fault *f)
{
	static const char *const kinds[] = {"passport", "id-card", "residence", "other"};
	struct str country = plain(a, word_take(&s)), kind = word_take(&s), number;
	unsigned k;

	if (!country_known(country) || !word_find(kinds, 4, kind, &k))
		return refuse(E_FIELD_FORMAT, q, "country or kind", f);
	number = s.n ? plain(a, (struct str){s.p + 1, s.n - 1}) : s;
	if (number.n < NUMBER_LEAST || number.n > q->max)
		return refuse(E_FIELD_FORMAT, q, "length of the number", f);
	for (size_t i = 0; i < number.n; i++) {
		if (!is_digit(number.p[i]) && !is_letter(number.p[i]))
			return refuse(E_FIELD_FORMAT, q, "characters of the number", f);
	}
	if (k == 1)
		TRY(known_number(a, q, country, &number, f));
	*ret = str_of(arena_fmt(
	    a, "%.*s:%s:%.*s", (int)country.n, country.p, kinds[k], (int)number.n, number.p));
	return OK;
}

enum err
fieldtype_check(
    struct arena *a, const struct fieldtype_ask *q, struct str s, struct str *ret, struct fault *f)
{
	must((unsigned)q->type < FIELDTYPE__COUNT);
	if (s.n == 0)
		return FAIL_FIELD(f, E_FIELD_MISSING, q->name, NULL, "empty");
	return rules[q->type].read(a, q, s, ret, f);
}

struct str
fieldtype_shown(struct arena *a, enum fieldtype t, struct str value)
{
	size_t head = 0, tail = value.n >= 10 ? 4 : 2;
	char *out;

	if (fieldtype_row(t)->use != FIELDTYPE_PERSONAL)
		return value;
	/* Country and kind of an identity document say nothing about whose it is. */
	for (size_t i = 0; i < value.n; i++) {
		if (value.p[i] == ':')
			head = i + 1;
	}
	if (value.n < head + 2 * tail)
		return STR("****");
	out = arena_alloc(a, value.n);
	memset(out, '*', value.n);
	memcpy(out, value.p, head);
	memcpy(out + value.n - tail, value.p + value.n - tail, tail);
	return (struct str){out, value.n};
}
