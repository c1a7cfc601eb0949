/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text.h"

#include <stdio.h>
#include <string.h>

bool
utf8_valid(struct str s)
{
	const uint8_t *p = (const uint8_t *)s.p;
	size_t i = 0;

	while (i < s.n) {
		uint8_t c = p[i++];
		unsigned more = c < 0x80 ? 0 : c >= 0xf0 ? 3 : c >= 0xe0 ? 2 : 1;
		uint32_t v;
		static const uint32_t least[] = {0, 0x80, 0x800, 0x10000};

		if (more == 0)
			continue;
		if (c < 0xc2 || c > 0xf4 || more > s.n - i)
			return false;
		v = c & (0x3fu >> more);
		for (unsigned k = 0; k < more; k++, i++) {
			if ((p[i] & 0xc0) != 0x80)
				return false;
			v = v << 6 | (p[i] & 0x3fu);
		}
		if (v < least[more] || v > 0x10ffff || (v >= 0xd800 && v <= 0xdfff))
			return false;
	}
	return true;
}

size_t
utf8_count(struct str s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++)
		n += ((uint8_t)s.p[i] & 0xc0) != 0x80;
	return n;
}

char *
hex_text(struct arena *a, struct bytes b)
{
	static const char digits[] = "0123456789abcdef";
	char *out = arena_alloc(a, b.n * 2 + 1);

	for (size_t i = 0; i < b.n; i++) {
		out[2 * i] = digits[b.p[i] >> 4];
		out[2 * i + 1] = digits[b.p[i] & 15];
	}
	return out;
}

static int
hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

bool
hex_parse(struct arena *a, struct str s, struct bytes *ret)
{
	uint8_t *out;

	if (s.n % 2)
		return false;
	out = arena_alloc(a, s.n / 2 + 1);
	for (size_t i = 0; i < s.n / 2; i++) {
		int hi = hex_value(s.p[2 * i]), lo = hex_value(s.p[2 * i + 1]);

		if (hi < 0 || lo < 0)
			return false;
		out[i] = (uint8_t)(hi << 4 | lo);
	}
	*ret = bytes_of(out, s.n / 2);
	return true;
}

static const char b64_std[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static const char b64_url[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

static char *
b64_encode(struct arena *a, struct bytes b, const char *alphabet, bool pad)
{
	char *out = arena_alloc(a, (b.n + 2) / 3 * 4 + 1), *o = out;

	for (size_t i = 0; i < b.n; i += 3) {
		size_t left = b.n - i;
		uint32_t v = (uint32_t)b.p[i] << 16;

		if (left > 1)
			v |= (uint32_t)b.p[i + 1] << 8;
		if (left > 2)
			v |= b.p[i + 2];
		*o++ = alphabet[v >> 18];
		*o++ = alphabet[v >> 12 & 63];
		if (left > 1)
			*o++ = alphabet[v >> 6 & 63];
		else if (pad)
			*o++ = '=';
		if (left > 2)
			*o++ = alphabet[v & 63];
		else if (pad)
			*o++ = '=';
	}
	*o = 0;
	return out;
}

static bool
b64_decode(struct arena *a, struct str s, const char *alphabet, bool pad, struct bytes *ret)
{
	uint32_t v = 0;
	unsigned bits = 0;
	uint8_t *out;
	size_t n = 0;

	if (pad) {
		if (s.n % 4)
			return false;
		for (int k = 0; k < 2 && s.n && s.p[s.n - 1] == '='; k++)
			s.n--;
	}
	if (s.n % 4 == 1)
		return false;
	out = arena_alloc(a, s.n / 4 * 3 + 3);
	for (size_t i = 0; i < s.n; i++) {
		const char *at = s.p[i] ? strchr(alphabet, s.p[i]) : NULL;

		if (at == NULL)
			return false;
		v = (v << 6 | (uint32_t)(at - alphabet)) & 0xffffff;
		bits += 6;
		if (bits >= 8) {
			bits -= 8;
			out[n++] = (uint8_t)(v >> bits);
		}
	}
	if (bits && (v & ((1u << bits) - 1)))
		return false;
	*ret = bytes_of(out, n);
	return true;
}

char *
base64_text(struct arena *a, struct bytes b)
{
	return b64_encode(a, b, b64_std, true);
}

char *
base64url_text(struct arena *a, struct bytes b)
{
	return b64_encode(a, b, b64_url, false);
}

bool
base64_parse(struct arena *a, struct str s, struct bytes *ret)
{
	return b64_decode(a, s, b64_std, true, ret);
}

bool
base64url_parse(struct arena *a, struct str s, struct bytes *ret)
{
	return b64_decode(a, s, b64_url, false, ret);
}

/* Days to and from civil: era of 400 years, years begin in March. */
static int64_t
days_of(int y, int m, int d)
{
	int64_t year = y - (m <= 2);
	int64_t era = (year >= 0 ? year : year - 399) / 400;
	int64_t yoe = year - era * 400;
	int64_t doy = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;

	return era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719468;
}

struct civil
civil_of(int64_t seconds)
{
	int64_t days = seconds / 86400, rest = seconds % 86400;
	int64_t z, era, doe, yoe, doy, mp;
	struct civil c;

	if (rest < 0) {
		rest += 86400;
		days--;
	}
	z = days + 719468;
	era = (z >= 0 ? z : z - 146096) / 146097;
	doe = z - era * 146097;
	yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	mp = (5 * doy + 2) / 153;
	c.day = (int)(doy - (153 * mp + 2) / 5 + 1);
	c.month = (int)(mp < 10 ? mp + 3 : mp - 9);
	c.year = (int)(yoe + era * 400 + (c.month <= 2));
	c.hour = (int)(rest / 3600);
	c.minute = (int)(rest / 60 % 60);
	c.second = (int)(rest % 60);
	return c;
}

int64_t
civil_seconds(struct civil c)
{
	return days_of(c.year, c.month, c.day) * 86400 + c.hour * 3600 + c.minute * 60 + c.second;
}

int
civil_days(int year, int month)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

	return month == 2 && leap ? 29 : days[month - 1];
}

void
time_text(int64_t seconds, char ret[static TIME_TEXT_SIZE])
{
	struct civil c = civil_of(seconds);

	(void)snprintf(ret, TIME_TEXT_SIZE, "%04u-%02u-%02uT%02u:%02u:%02uZ",
	    (unsigned)c.year % 10000, (unsigned)c.month % 100, (unsigned)c.day % 100,
	    (unsigned)c.hour % 100, (unsigned)c.minute % 100, (unsigned)c.second % 100);
}

/* N digits at P as a number, or -1. */
static int
digits(const char *p, int n)
{
	int v = 0;

	for (int i = 0; i < n; i++) {
		if (p[i] < '0' || p[i] > '9')
			return -1;
		v = v * 10 + (p[i] - '0');
	}
	return v;
}

bool
time_parse(struct str s, int64_t *ret)
{
	struct civil c;
	int64_t offset = 0;
	int h, m;

	if (s.n < 20 || s.p[4] != '-' || s.p[7] != '-' || s.p[10] != 'T' || s.p[13] != ':' ||
	    s.p[16] != ':')
		return false;
	c = (struct civil){digits(s.p, 4), digits(s.p + 5, 2), digits(s.p + 8, 2),
	    digits(s.p + 11, 2), digits(s.p + 14, 2), digits(s.p + 17, 2)};
	if (c.year < 1 || c.month < 1 || c.month > 12 || c.day < 1 ||
	    c.day > civil_days(c.year, c.month) || c.hour < 0 || c.hour > 23 || c.minute < 0 ||
	    c.minute > 59 || c.second < 0 || c.second > 59)
		return false;
	if (s.n == 20 && s.p[19] == 'Z') {
		*ret = civil_seconds(c);
		return true;
	}
	if (s.n != 25 || (s.p[19] != '+' && s.p[19] != '-') || s.p[22] != ':')
		return false;
	h = digits(s.p + 20, 2);
	m = digits(s.p + 23, 2);
	if (h < 0 || h > 23 || m < 0 || m > 59)
		return false;
	offset = h * 3600 + m * 60;
	*ret = civil_seconds(c) - (s.p[19] == '+' ? offset : -offset);
	return true;
}

bool
u64_parse(struct str s, uint64_t max, uint64_t *ret)
{
	uint64_t v = 0;

	if (s.n == 0)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9' || __builtin_mul_overflow(v, 10u, &v) ||
		    __builtin_add_overflow(v, (uint64_t)(s.p[i] - '0'), &v))
			return false;
	}
	if (v > max)
		return false;
	*ret = v;
	return true;
}
