/* SPDX-License-Identifier: Apache-2.0 */
#include "core/checkdigit.h"

#include <string.h>

#include "base/text.h"

#define YEAR_FIRST 1800 /* of birth: older papers are not in use */

static const char credit_chars[] =
    "0123456789ABCDEFGHJKLMNPQRTUWXY"; /* no I O S V Z (GB 32100-2015 5) */
static const char letters[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"; /* GB 11714: A is 10 */

static unsigned
value(const char *alphabet, char c)
{
	return (unsigned)(strchr(alphabet, c) - alphabet);
}

static unsigned
digit(struct str s, size_t i)
{
	return (unsigned)(s.p[i] - '0');
}

/* Σ of the first N characters by their weights. */
static unsigned
weighted(struct str s, const char *alphabet, const uint8_t *weights, size_t n)
{
	unsigned sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += value(alphabet, s.p[i]) * weights[i];
	return sum;
}

static enum err
fits(bool good)
{
	return good ? OK : E_FIELD_CHECK;
}

enum err
checkdigit_none(struct str s)
{
	(void)s;
	return OK;
}

enum err
checkdigit_credit_code(struct str s)
{
	/* 3^(i−1) mod 31 */
	static const uint8_t w[] = {1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28};

	for (size_t i = 0; i < s.n; i++) {
		if (strchr(credit_chars, s.p[i]) == NULL)
			return E_FIELD_FORMAT;
	}
	return fits(s.p[17] == credit_chars[(31 - weighted(s, credit_chars, w, 17) % 31) % 31]);
}

enum err
checkdigit_organisation_code(struct str s)
{
	static const uint8_t w[] = {3, 7, 9, 10, 5, 8, 4, 2};

	return fits(s.p[8] == "0X987654321"[weighted(s, letters, w, 8) % 11]);
}

/* YYYYMMDD */
static bool
is_date(struct str s)
{
	int year = 0, month = (int)(digit(s, 4) * 10 + digit(s, 5));
	int day = (int)(digit(s, 6) * 10 + digit(s, 7));

	for (size_t i = 0; i < 4; i++)
		year = year * 10 + (int)digit(s, i);
	return year >= YEAR_FIRST && month >= 1 && month <= 12 && day >= 1 &&
	    day <= civil_days(year, month);
}

enum err
checkdigit_resident_id(struct str s)
{
	static const uint8_t w[] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};

	if (s.p[17] != "10X98765432"[weighted(s, letters, w, 17) % 11])
		return E_FIELD_CHECK;
	return is_date((struct str){s.p + 6, 8}) ? OK : E_FIELD_FORMAT;
}

enum err
checkdigit_mobile(struct str s)
{
	return s.p[0] == '1' && s.p[1] >= '3' ? OK : E_FIELD_FORMAT;
}

enum err
checkdigit_inn(struct str s)
{
	/* The weights of the longest; shorter ones take its end. */
	static const uint8_t w[] = {3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8};

	if (s.n == 10)
		return fits(digit(s, 9) == weighted(s, letters, w + 2, 9) % 11 % 10);
	return fits(digit(s, 10) == weighted(s, letters, w + 1, 10) % 11 % 10 &&
	    digit(s, 11) == weighted(s, letters, w, 11) % 11 % 10);
}

enum err
checkdigit_ogrn(struct str s)
{
	uint64_t head = 0, modulus = s.n == 13 ? 11 : 13;

	for (size_t i = 0; i + 1 < s.n; i++)
		head = head * 10 + digit(s, i);
	return fits(digit(s, s.n - 1) == head % modulus % 10);
}

enum err
checkdigit_snils(struct str s)
{
	static const uint8_t w[] = {9, 8, 7, 6, 5, 4, 3, 2, 1};
	uint64_t head = 0;

	(void)u64_parse((struct str){s.p, 9}, UINT64_MAX, &head);
	return fits(head <= 1001998 ||
	    digit(s, 9) * 10 + digit(s, 10) == weighted(s, letters, w, 9) % 101 % 100);
}
