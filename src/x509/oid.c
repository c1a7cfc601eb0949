/* SPDX-License-Identifier: Apache-2.0 */
#include "x509/oid.h"

#include "base/buf.h"
#include "base/must.h"

/* An arc under 2.25 is a UUID: 128 bits (X.667). */
__extension__ typedef unsigned __int128 arc_t;

struct row {
	const char *dotted, *name, *der;
	size_t n;
};

static const struct row rows[OID__COUNT] = {
    [OID_UNKNOWN] = {"", "unknown", "", 0},
#define X(symbol, dotted, der, name) [OID_##symbol] = {dotted, name, der, sizeof(der) - 1},
#include "x509/oid.def"
#undef X
};

static const struct row *
row(enum oid o)
{
	must((unsigned)o < OID__COUNT);
	return &rows[o];
}

struct bytes
oid_der(enum oid o)
{
	return bytes_of(row(o)->der, row(o)->n);
}

const char *
oid_dotted(enum oid o)
{
	return row(o)->dotted;
}

const char *
oid_name(enum oid o)
{
	return row(o)->name;
}

enum oid
oid_of(struct bytes contents)
{
	for (unsigned o = OID_UNKNOWN + 1; o < OID__COUNT; o++) {
		if (bytes_eq(contents, oid_der((enum oid)o)))
			return (enum oid)o;
	}
	return OID_UNKNOWN;
}

enum oid
oid_of_name(struct str name)
{
	for (unsigned o = OID_UNKNOWN + 1; o < OID__COUNT; o++) {
		if (str_is(name, rows[o].name))
			return (enum oid)o;
	}
	return OID_UNKNOWN;
}

bool
oid_is(struct bytes contents, enum oid o)
{
	return o != OID_UNKNOWN && bytes_eq(contents, oid_der(o));
}

/* The subidentifier at *AT, which moves on; false when it is cut, padded or beyond 128 bits. */
static bool
subidentifier(struct bytes b, size_t *at, arc_t *ret)
{
	arc_t v = 0;

	if (*at < b.n && b.p[*at] == 0x80)
		return false;
	while (*at < b.n) {
		uint8_t octet = b.p[(*at)++];

		if (v >> 121)
			return false;
		v = v << 7 | (octet & 0x7f);
		if (!(octet & 0x80)) {
			*ret = v;
			return true;
		}
	}
	return false;
}

bool
oid_valid(struct bytes contents)
{
	arc_t v;
	size_t at = 0;

	while (at < contents.n) {
		if (!subidentifier(contents, &at, &v))
			return false;
	}
	return contents.n > 0;
}

static void
put_decimal(struct buf *b, arc_t v)
{
	uint8_t digits[40];
	size_t i = sizeof(digits);

	do {
		digits[--i] = (uint8_t)('0' + (unsigned)(v % 10));
		v /= 10;
	} while (v);
	buf_put(b, bytes_of(digits + i, sizeof(digits) - i));
}

char *
oid_text(struct arena *a, struct bytes contents)
{
	struct buf b = buf_new(a, 42 * contents.n + 42);
	arc_t v;
	size_t at = 0;

	if (!oid_valid(contents))
		return arena_fmt(a, "%s", "");
	while (at < contents.n && subidentifier(contents, &at, &v)) {
		if (b.n == 0) {
			/* The first two arcs share a subidentifier (X.690 8.19.4). */
			unsigned top = v < 40 ? 0 : v < 80 ? 1 : 2;

			put_decimal(&b, top);
			v -= (arc_t)40 * top;
		}
		buf_u8(&b, '.');
		put_decimal(&b, v);
	}
	buf_u8(&b, 0);
	must(!b.bad);
	return (char *)b.p;
}

static void
put_subidentifier(struct buf *b, arc_t v)
{
	int shift = 126;

	while (shift && !(v >> shift))
		shift -= 7;
	for (; shift; shift -= 7)
		buf_u8(b, (uint8_t)(0x80 | (unsigned)(v >> shift & 0x7f)));
	buf_u8(b, (uint8_t)(v & 0x7f));
}

/* The next arc of S, decimal without leading zeros; S moves on behind its dot. */
static bool
arc(struct str *s, arc_t *ret, bool *last)
{
	const arc_t most = ~(arc_t)0;
	arc_t v = 0;
	size_t i = 0;

	while (i < s->n && s->p[i] >= '0' && s->p[i] <= '9') {
		unsigned digit = (unsigned)(s->p[i++] - '0');

		if (v > (most - digit) / 10)
			return false;
		v = v * 10 + digit;
	}
	if (i == 0 || (s->p[0] == '0' && i > 1) || (i < s->n && s->p[i] != '.'))
		return false;
	*last = i == s->n;
	*ret = v;
	if (!*last)
		i++;
	s->p += i;
	s->n -= i;
	return true;
}

bool
oid_parse(struct arena *a, struct str s, struct bytes *ret)
{
	struct buf b = buf_new(a, 20 * s.n);
	arc_t top, v;
	bool last;

	if (!arc(&s, &top, &last) || last || !arc(&s, &v, &last) || top > 2 || (top < 2 && v > 39))
		return false;
	if (v > ~(arc_t)0 - 80)
		return false; /* the two do not fit one subidentifier */
	put_subidentifier(&b, top * 40 + v);
	while (!last) {
		if (!arc(&s, &v, &last))
			return false;
		put_subidentifier(&b, v);
	}
	must(!b.bad);
	*ret = buf_bytes(&b);
	return true;
}
