/* SPDX-License-Identifier: Apache-2.0 */
#include "x509/der.h"

#include "base/text.h"
#include "x509/oid.h"

/* A fault at the offset of octet P of the cursor's input. */
#define FAIL_AT(f, d, at, what, ...) \
	fault_at((f), __LINE__, (what), (size_t)((at) - (d)->start), __VA_ARGS__)

NODISCARD static enum err
fault_at(struct fault *f, int line, const char *what, size_t offset, const char *why)
{
	return fault_set(f, E_DER, __FILE__, line, what, NULL, "offset %zu: %s", offset, why);
}

struct der
der_new(struct bytes whole)
{
	static const uint8_t nothing[1];
	const uint8_t *p = whole.n ? whole.p : nothing;

	return (struct der){.p = p, .n = whole.n, .start = p};
}

bool
der_empty(const struct der *d)
{
	return d->n == 0;
}

bool
der_is(const struct der *d, unsigned tag)
{
	return d->n && d->p[0] == tag;
}

enum err
der_end(const struct der *d, const char *what, struct fault *f)
{
	if (d->n)
		return FAIL_AT(f, d, d->p, what, "octets left over");
	return OK;
}

/* Length octets at d->p[1] (X.690 10.1: definite, shortest): their number and the length. */
static const char *
length(const struct der *d, size_t *octets, size_t *n)
{
	size_t more, v = 0;

	if (d->n < 2)
		return "cut off";
	if (d->p[1] < 0x80) {
		*octets = 1;
		*n = d->p[1];
		return NULL;
	}
	more = d->p[1] & 0x7f;
	if (more == 0)
		return "indefinite length";
	if (more > sizeof(v) / 2)
		return "length too large";
	if (d->n - 2 < more)
		return "cut off";
	for (size_t i = 0; i < more; i++)
		v = v << 8 | d->p[2 + i];
	if (d->p[2] == 0 || v < 0x80)
		return "length is not minimal";
	*octets = 1 + more;
	*n = v;
	return NULL;
}

enum err
der_any(struct der *d, const char *what, struct der_tlv *ret, struct fault *f)
{
	size_t octets, n;
	const char *why;

	if (d->n == 0)
		return FAIL_AT(f, d, d->p, what, "missing");
	if ((d->p[0] & 0x1f) == 0x1f)
		return FAIL_AT(f, d, d->p, what, "tag number above 30");
	if (d->p[0] == 0)
		return FAIL_AT(f, d, d->p, what, "tag 0");
	why = length(d, &octets, &n);
	if (why != NULL)
		return FAIL_AT(f, d, d->p, what, why);
	if (d->n - 1 - octets < n)
		return FAIL_AT(f, d, d->p, what, "cut off");
	ret->tag = d->p[0];
	ret->value = bytes_of(d->p + 1 + octets, n);
	ret->whole = bytes_of(d->p, 1 + octets + n);
	d->p += ret->whole.n;
	d->n -= ret->whole.n;
	return OK;
}

static enum err
get_tlv(struct der *d, unsigned tag, const char *what, struct der_tlv *ret, struct fault *f)
{
	if (d->n && d->p[0] != tag)
		return fault_set(f, E_DER, __FILE__, __LINE__, what, NULL,
		    "offset %zu: tag %02x where %02x belongs", (size_t)(d->p - d->start), d->p[0],
		    tag);
	return der_any(d, what, ret, f);
}

enum err
der_get(struct der *d, unsigned tag, const char *what, struct bytes *ret, struct fault *f)
{
	struct der_tlv t;

	TRY(get_tlv(d, tag, what, &t, f));
	*ret = t.value;
	return OK;
}

enum err
der_whole(struct der *d, unsigned tag, const char *what, struct bytes *ret, struct fault *f)
{
	struct der_tlv t;

	TRY(get_tlv(d, tag, what, &t, f));
	*ret = t.whole;
	return OK;
}

enum err
der_enter(struct der *d, unsigned tag, const char *what, struct der *ret, struct fault *f)
{
	struct der_tlv t;

	TRY(get_tlv(d, tag, what, &t, f));
	*ret = (struct der){.p = t.value.p, .n = t.value.n, .start = d->start};
	return OK;
}

enum err
der_only(struct bytes in, unsigned tag, const char *what, struct der *ret, struct fault *f)
{
	struct der d = der_new(in), inner;

	TRY(der_enter(&d, tag, what, &inner, f));
	TRY(der_end(&d, what, f));
	*ret = inner;
	return OK;
}

/* Contents of an INTEGER or ENUMERATED that is not negative, without its sign octet. */
static enum err
magnitude(struct der *d, unsigned tag, const char *what, struct bytes *ret, struct fault *f)
{
	const uint8_t *at = d->p;
	struct bytes v;

	TRY(der_get(d, tag, what, &v, f));
	if (v.n == 0)
		return FAIL_AT(f, d, at, what, "empty integer");
	if (v.p[0] & 0x80)
		return FAIL_AT(f, d, at, what, "negative");
	if (v.n > 1 && v.p[0] == 0) {
		if (!(v.p[1] & 0x80))
			return FAIL_AT(f, d, at, what, "integer is not minimal");
		v = bytes_of(v.p + 1, v.n - 1);
	}
	*ret = v;
	return OK;
}

enum err
der_get_int(struct der *d, size_t max, const char *what, struct bytes *ret, struct fault *f)
{
	const uint8_t *at = d->p;
	struct bytes v;

	TRY(magnitude(d, DER_INT, what, &v, f));
	if (v.n == 1 && v.p[0] == 0)
		return FAIL_AT(f, d, at, what, "zero");
	/* Contents octets: a set top bit has a sign octet before it. */
	if (v.n + (v.p[0] >> 7) > max)
		return FAIL_AT(f, d, at, what, "integer too long");
	*ret = v;
	return OK;
}

enum err
der_get_small(
    struct der *d, unsigned tag, uint64_t max, const char *what, uint64_t *ret, struct fault *f)
{
	const uint8_t *at = d->p;
	struct bytes m;
	uint64_t v = 0;

	TRY(magnitude(d, tag, what, &m, f));
	for (size_t i = 0; i < m.n && i < sizeof(v); i++)
		v = v << 8 | m.p[i];
	if (m.n > sizeof(v) || v > max)
		return FAIL_AT(f, d, at, what, "number too large");
	*ret = v;
	return OK;
}

enum err
der_get_bool(struct der *d, const char *what, bool *ret, struct fault *f)
{
	const uint8_t *at = d->p;
	struct bytes v;

	TRY(der_get(d, DER_BOOL, what, &v, f));
	if (v.n != 1 || (v.p[0] != 0 && v.p[0] != 0xff))
		return FAIL_AT(f, d, at, what, "boolean is not 00 or FF");
	*ret = v.p[0] != 0;
	return OK;
}

enum err
der_get_flag(struct der *d, const char *what, bool *ret, struct fault *f)
{
	const uint8_t *at = d->p;
	bool v = false;

	if (der_is(d, DER_BOOL)) {
		TRY(der_get_bool(d, what, &v, f));
		if (!v)
			return FAIL_AT(f, d, at, what, "FALSE is the default and not written");
	}
	*ret = v;
	return OK;
}

enum err
der_get_null(struct der *d, const char *what, struct fault *f)
{
	const uint8_t *at = d->p;
	struct bytes v;

	TRY(der_get(d, DER_NULL, what, &v, f));
	if (v.n)
		return FAIL_AT(f, d, at, what, "NULL with contents");
	return OK;
}

enum err
der_get_oid(struct der *d, const char *what, struct bytes *ret, struct fault *f)
{
	const uint8_t *at = d->p;
	struct bytes v;

	TRY(der_get(d, DER_OID, what, &v, f));
	if (!oid_valid(v))
		return FAIL_AT(f, d, at, what, "bad object identifier");
	*ret = v;
	return OK;
}

enum err
der_get_bits(struct der *d, const char *what, struct bytes *ret, struct fault *f)
{
	const uint8_t *at = d->p;
	struct bytes v;

	TRY(der_get(d, DER_BITS, what, &v, f));
	if (v.n == 0 || v.p[0] != 0)
		return FAIL_AT(f, d, at, what, "bit string is not whole octets");
	*ret = bytes_of(v.p + 1, v.n - 1);
	return OK;
}

enum err
der_get_named(struct der *d, const char *what, uint16_t *ret, struct fault *f)
{
	const uint8_t *at = d->p;
	struct bytes v;
	unsigned unused, last;
	uint16_t bits = 0;

	TRY(der_get(d, DER_BITS, what, &v, f));
	if (v.n < 2 || v.n > 3)
		return FAIL_AT(f, d, at, what, "no or too many named bits");
	unused = v.p[0];
	last = v.p[v.n - 1];
	/* The last bit that counts is set, those behind it are not (X.690 11.2.1, 11.2.2). */
	if (unused > 7 || (last & ((1u << unused) - 1)) || !(last >> unused & 1))
		return FAIL_AT(f, d, at, what, "named bits are not minimal");
	for (unsigned i = 0; i < 8 * (v.n - 1); i++) {
		if (v.p[1 + i / 8] & (0x80 >> i % 8))
			bits = (uint16_t)(bits | 1u << i);
	}
	*ret = bits;
	return OK;
}

/* ---- times ---- */

static bool
digits(const uint8_t *p, size_t n, int *ret)
{
	int v = 0;

	for (size_t i = 0; i < n; i++) {
		if (p[i] < '0' || p[i] > '9')
			return false;
		v = v * 10 + (p[i] - '0');
	}
	*ret = v;
	return true;
}

/* MMDDHHMMSSZ after a year. */
static bool
rest_of_time(const uint8_t *p, int year, int64_t *ret)
{
	struct civil c = {.year = year};

	if (!digits(p, 2, &c.month) || !digits(p + 2, 2, &c.day) || !digits(p + 4, 2, &c.hour) ||
	    !digits(p + 6, 2, &c.minute) || !digits(p + 8, 2, &c.second) || p[10] != 'Z')
		return false;
	if (c.year < 1 || c.month < 1 || c.month > 12 || c.day < 1 ||
	    c.day > civil_days(c.year, c.month) || c.hour > 23 || c.minute > 59 || c.second > 59)
		return false;
	*ret = civil_seconds(c);
	return true;
}

enum err
der_get_gentime(struct der *d, const char *what, int64_t *ret, struct fault *f)
{
	const uint8_t *at = d->p;
	struct bytes v;
	int year;

	TRY(der_get(d, DER_GENTIME, what, &v, f));
	if (v.n != 15 || !digits(v.p, 4, &year) || !rest_of_time(v.p + 4, year, ret))
		return FAIL_AT(f, d, at, what, "time is not YYYYMMDDHHMMSSZ");
	return OK;
}

enum err
der_get_time(struct der *d, const char *what, int64_t *ret, struct fault *f)
{
	const uint8_t *at = d->p;
	struct bytes v;
	int64_t t;
	int year;

	if (der_is(d, DER_GENTIME)) {
		TRY(der_get_gentime(d, what, &t, f));
		if (civil_of(t).year < 2050)
			return FAIL_AT(f, d, at, what, "GeneralizedTime before 2050");
		*ret = t;
		return OK;
	}
	TRY(der_get(d, DER_UTCTIME, what, &v, f));
	if (v.n != 13 || !digits(v.p, 2, &year) ||
	    !rest_of_time(v.p + 2, year + (year < 50 ? 2000 : 1900), ret))
		return FAIL_AT(f, d, at, what, "time is not YYMMDDHHMMSSZ");
	return OK;
}

enum err
der_check(struct bytes in, const char *what, struct fault *f)
{
	struct der level[DER_DEPTH];
	struct der_tlv t;
	size_t depth = 0;

	level[0] = der_new(in);
	for (;;) {
		struct der *d = &level[depth];

		if (d->n == 0) {
			if (depth-- == 0)
				return OK;
			continue;
		}
		TRY(der_any(d, what, &t, f));
		if (!(t.tag & 0x20))
			continue;
		if (++depth == DER_DEPTH)
			return FAIL_AT(f, d, t.whole.p, what, "nested too deep");
		level[depth] =
		    (struct der){.p = t.value.p, .n = t.value.n, .start = level[0].start};
	}
}
