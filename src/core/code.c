/* SPDX-License-Identifier: Apache-2.0 */
#include "core/code.h"

#include <stdio.h>
#include <string.h>

#include "base/must.h"
#include "base/text.h"

/* Damm's totally anti-symmetric quasigroup of order 10 (H. M. Damm, 2004). */
static const uint8_t damm[10][10] = {
    {0, 3, 1, 7, 5, 9, 8, 6, 4, 2},
    {7, 0, 9, 2, 1, 5, 4, 8, 6, 3},
    {4, 2, 0, 6, 8, 7, 1, 3, 5, 9},
    {1, 7, 5, 0, 9, 8, 3, 4, 2, 6},
    {6, 1, 2, 3, 0, 4, 5, 9, 7, 8},
    {3, 6, 7, 4, 2, 0, 9, 5, 8, 1},
    {5, 8, 6, 9, 7, 2, 0, 1, 3, 4},
    {8, 9, 4, 5, 3, 6, 2, 0, 1, 7},
    {9, 4, 3, 8, 6, 1, 7, 2, 0, 5},
    {2, 5, 8, 1, 4, 3, 6, 7, 9, 0},
};

/* The digit that makes DIGITS good; 0 when the last of them already did. */
static unsigned
damm_of(const char *digits, size_t n)
{
	unsigned state = 0;

	for (size_t i = 0; i < n; i++)
		state = damm[state][digits[i] - '0'];
	return state;
}

/* Multiply by x in GF(2)[x]/(x⁵+x²+1). */
static unsigned
gf32_x(unsigned v)
{
	v <<= 1;
	return v & 32 ? v ^ 37 : v;
}

/* A character's place in the alphabet, or -1. */
static int
letter_value(char c)
{
	const char *at = c ? strchr(CODE_ALPHABET, c) : NULL;

	return at ? (int)(at - CODE_ALPHABET) : -1;
}

/* Horner at x over N characters of the alphabet. */
static unsigned
gf32_of(const char *code, size_t n)
{
	unsigned sum = 0;

	for (size_t i = 0; i < n; i++)
		sum = gf32_x(sum) ^ (unsigned)letter_value(code[i]);
	return sum;
}

void
code_ref_make(enum environment env, const uint8_t random[static CODE_REF_RANDOM],
    char ret[static CODE_REF_DIGITS + 1])
{
	uint64_t r = 0, v;

	for (size_t i = 0; i < CODE_REF_RANDOM; i++)
		r = r << 8 | random[i];
	/* 64 random bits over 8·10⁸ values: the bias is below 2⁻³⁴. */
	v = env == ENVIRONMENT_TEST ? 900000000 + r % 100000000 : 100000000 + r % 800000000;
	for (size_t i = CODE_REF_DIGITS - 1; i-- > 0; v /= 10)
		ret[i] = (char)('0' + v % 10);
	ret[CODE_REF_DIGITS - 1] = (char)('0' + damm_of(ret, CODE_REF_DIGITS - 1));
	ret[CODE_REF_DIGITS] = '\0';
}

void
code_auth_make(size_t length, const uint8_t random[static CODE_AUTH_RANDOM],
    char ret[static CODE_AUTH_LONG + 1])
{
	must(length == CODE_AUTH_SHORT || length == CODE_AUTH_LONG);
	for (size_t i = 0; i < length - 1; i++)
		ret[i] = CODE_ALPHABET[random[i] & 31];
	ret[length - 1] = CODE_ALPHABET[gf32_x(gf32_of(ret, length - 1))];
	ret[length] = '\0';
}

/*
 * The next character of *S as ASCII: full-width forms (U+FF01 to U+FF5E) as their plain ones, blanks
 * and dashes as ' '. 0: not one of those, *S is at an octet to be kept as it is.
 */
static char
typed_next(struct str *s)
{
	const uint8_t *p = (const uint8_t *)s->p;
	size_t used = 1;
	char c = 0;

	if (p[0] < 0x80) {
		c = (char)p[0];
	} else if (s->n > 1 && p[0] == 0xc2 && p[1] == 0xa0) { /* U+00A0 */
		c = ' ';
		used = 2;
	} else if (s->n > 2) {
		unsigned u = (p[0] & 15u) << 12 | (p[1] & 63u) << 6 | (p[2] & 63u);

		if ((p[0] & 0xf0) != 0xe0 || (p[1] & 0xc0) != 0x80 || (p[2] & 0xc0) != 0x80)
			return 0;
		used = 3;
		if (u >= 0xff01 && u <= 0xff5e)
			c = (char)(u - 0xfee0);
		else if ((u >= 0x2000 && u <= 0x200a) || (u >= 0x2010 && u <= 0x2015) ||
		    u == 0x202f || u == 0x2212 || u == 0x3000)
			c = ' ';
	}
	if (c) {
		s->p += used;
		s->n -= used;
	}
	return c == '-' || c == '\t' || c == '\r' || c == '\n' ? ' ' : c;
}

struct str
code_normal(struct arena *a, struct str typed)
{
	char *out = arena_alloc(a, typed.n + 1);
	size_t n = 0;

	while (typed.n) {
		char c = typed_next(&typed);

		if (c == ' ')
			continue;
		if (c == 0) {
			c = *typed.p++;
			typed.n--;
		}
		out[n++] = c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
	}
	return (struct str){out, n};
}

static bool
is_digits(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
	}
	return s.n > 0;
}

char *
code_shown(struct arena *a, struct str normal)
{
	char *out = arena_alloc(a, 2 * normal.n + 1);
	bool ref = normal.n == CODE_REF_DIGITS && is_digits(normal);
	size_t n = 0;

	for (size_t i = 0; i < normal.n; i++) {
		if (ref ? i == 4 || i == 7 : i && i % 4 == 0)
			out[n++] = ref ? ' ' : '-';
		out[n++] = normal.p[i];
	}
	return out;
}

static enum err
ref_form(struct str ref, struct fault *f)
{
	if (ref.n != CODE_REF_DIGITS || !is_digits(ref) || ref.p[0] == '0')
		return FAIL_FIELD(f, E_REF_FORMAT, "reference", "n=10, 0-9", "no reference number");
	return OK;
}

static enum err
auth_form(struct str code, struct fault *f)
{
	bool good = code.n == CODE_AUTH_SHORT || code.n == CODE_AUTH_LONG;

	for (size_t i = 0; good && i < code.n; i++)
		good = letter_value(code.p[i]) >= 0;
	if (!good)
		return FAIL_FIELD(f, E_CODE_FORMAT, "code", "n=12|20, A-Z 2-9 - I O", "no code");
	return OK;
}

enum err
code_ref_check(struct str ref, struct fault *f)
{
	TRY(ref_form(ref, f));
	if (damm_of(ref.p, ref.n) != 0)
		return FAIL_FIELD(f, E_REF_CHECK, "reference", NULL, "check digit");
	return OK;
}

enum err
code_auth_check(struct str code, struct fault *f)
{
	TRY(auth_form(code, f));
	if (gf32_of(code.p, code.n) != 0)
		return FAIL_FIELD(f, E_CODE_CHECK, "code", NULL, "check character");
	return OK;
}

enum environment
code_ref_environment(struct str ref)
{
	must(ref.n == CODE_REF_DIGITS);
	return ref.p[0] == '9' ? ENVIRONMENT_TEST : ENVIRONMENT_PRODUCTION;
}

/* More like an authorization code than like a reference number, even with a slip of the hand. */
static bool
looks_like_auth(struct str s)
{
	return !is_digits(s) || s.n == CODE_AUTH_SHORT || s.n == CODE_AUTH_LONG;
}

enum err
code_pair_check(struct arena *a, struct str ref, struct str code, enum environment env,
    struct str ret[static 2], struct fault *f)
{
	struct str r = code_normal(a, ref), c = code_normal(a, code);

	if (c.n == CODE_REF_DIGITS && is_digits(c) && r.n && looks_like_auth(r))
		return FAIL_FIELD(f, E_CODES_SWAPPED, "reference", NULL, "codes swapped");
	TRY(ref_form(r, f));
	TRY(auth_form(c, f));
	TRY(code_ref_check(r, f));
	TRY(code_auth_check(c, f));
	if (code_ref_environment(r) != env)
		return FAIL_FIELD(f, E_CODE_ENVIRONMENT, "reference",
		    environment_name(code_ref_environment(r)), "here is %s", environment_name(env));
	ret[0] = r;
	ret[1] = c;
	return OK;
}
