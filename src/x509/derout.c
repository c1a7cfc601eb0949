/* SPDX-License-Identifier: Apache-2.0 */
/* The writing half of der.h. */
#include <string.h>

#include "base/must.h"
#include "base/text.h"
#include "x509/der.h"

struct der_out
der_out_new(struct arena *a, size_t cap)
{
	return (struct der_out){.b = buf_new(a, cap)};
}

/* Octets behind the first one of the length of N contents octets. */
static size_t
length_more(size_t n)
{
	size_t more = 0;

	if (n >= 0x80) {
		for (size_t v = n; v; v >>= 8)
			more++;
	}
	return more;
}

static void
put_length(uint8_t *p, size_t n)
{
	size_t more = length_more(n);

	p[0] = more ? (uint8_t)(0x80 | more) : (uint8_t)n;
	for (size_t i = 0; i < more; i++)
		p[1 + i] = (uint8_t)(n >> (8 * (more - 1 - i)));
}

size_t
der_header_size(size_t n)
{
	return 2 + length_more(n);
}

void
der_header(struct buf *b, unsigned tag, size_t n)
{
	uint8_t *p = buf_grow(b, der_header_size(n));

	if (p == NULL)
		return;
	p[0] = (uint8_t)tag;
	put_length(p + 1, n);
}

void
der_open(struct der_out *w, unsigned tag)
{
	must(w->depth < DER_DEPTH);
	der_header(&w->b, tag, 0);
	w->open[w->depth++] = w->b.n;
}

void
der_close(struct der_out *w)
{
	size_t at, n, more;

	must(w->depth > 0);
	at = w->open[--w->depth];
	if (w->b.bad)
		return;
	n = w->b.n - at;
	more = length_more(n);
	if (more && buf_grow(&w->b, more) == NULL)
		return;
	/* One octet was kept for the length: a longer one moves the contents. */
	memmove(w->b.p + at + more, w->b.p + at, n);
	put_length(w->b.p + at - 1, n);
}

void
der_put(struct der_out *w, unsigned tag, struct bytes contents)
{
	der_header(&w->b, tag, contents.n);
	buf_put(&w->b, contents);
}

void
der_raw(struct der_out *w, struct bytes whole)
{
	buf_put(&w->b, whole);
}

static void
put_magnitude(struct der_out *w, unsigned tag, struct bytes m)
{
	while (m.n && m.p[0] == 0)
		m = bytes_of(m.p + 1, m.n - 1);
	/* Zero is one octet 00; a set top bit wants a sign octet before it (X.690 8.3). */
	if (m.n == 0 || m.p[0] & 0x80) {
		der_header(&w->b, tag, m.n + 1);
		buf_u8(&w->b, 0);
	} else {
		der_header(&w->b, tag, m.n);
	}
	buf_put(&w->b, m);
}

void
der_int(struct der_out *w, struct bytes magnitude)
{
	put_magnitude(w, DER_INT, magnitude);
}

void
der_small(struct der_out *w, unsigned tag, uint64_t v)
{
	uint8_t octets[8];

	for (size_t i = 0; i < sizeof(octets); i++)
		octets[i] = (uint8_t)(v >> (8 * (7 - i)));
	put_magnitude(w, tag, BYTES_OF(octets));
}

void
der_bool(struct der_out *w, bool v)
{
	uint8_t octet = v ? 0xff : 0;

	der_put(w, DER_BOOL, bytes_of(&octet, 1));
}

void
der_null(struct der_out *w)
{
	der_put(w, DER_NULL, (struct bytes){0});
}

void
der_oid(struct der_out *w, struct bytes contents)
{
	if (contents.n == 0)
		w->bad = true;
	der_put(w, DER_OID, contents);
}

void
der_bits(struct der_out *w, struct bytes octets)
{
	der_header(&w->b, DER_BITS, octets.n + 1);
	buf_u8(&w->b, 0);
	buf_put(&w->b, octets);
}

void
der_named(struct der_out *w, uint16_t bits)
{
	uint8_t v[3] = {0};
	unsigned last = 0;

	for (unsigned i = 0; i < 16; i++) {
		if (bits >> i & 1) {
			v[1 + i / 8] = (uint8_t)(v[1 + i / 8] | 0x80 >> i % 8);
			last = i;
		}
	}
	if (bits == 0) {
		der_put(w, DER_BITS, bytes_of(v, 1));
		return;
	}
	v[0] = (uint8_t)(7 - last % 8);
	der_put(w, DER_BITS, bytes_of(v, 2 + last / 8));
}

/* Two decimal digits. */
static void
put2(struct buf *b, int v)
{
	buf_u8(b, (uint8_t)('0' + v / 10 % 10));
	buf_u8(b, (uint8_t)('0' + v % 10));
}

static void
put_time(struct der_out *w, int64_t seconds, bool general, int first_year)
{
	/* Years 1 to 9999: civil_of has no others. */
	const int64_t first = -62135596800, last = 253402300799;
	struct civil c;

	if (seconds < first || seconds > last) {
		w->bad = true;
		return;
	}
	c = civil_of(seconds);
	if (c.year < first_year)
		w->bad = true;
	general = general || c.year >= 2050;
	der_header(&w->b, general ? DER_GENTIME : DER_UTCTIME, general ? 15 : 13);
	if (general)
		put2(&w->b, c.year / 100);
	put2(&w->b, c.year % 100);
	put2(&w->b, c.month);
	put2(&w->b, c.day);
	put2(&w->b, c.hour);
	put2(&w->b, c.minute);
	put2(&w->b, c.second);
	buf_u8(&w->b, 'Z');
}

void
der_time(struct der_out *w, int64_t seconds)
{
	put_time(w, seconds, false, 1950);
}

void
der_gentime(struct der_out *w, int64_t seconds)
{
	put_time(w, seconds, true, 1);
}

enum err
der_done(struct der_out *w, const char *what, struct bytes *ret, struct fault *f)
{
	if (w->b.bad)
		return FAIL_FIELD(f, E_INTERNAL, what, NULL, "more than %zu octets", w->b.cap);
	if (w->bad || w->depth)
		return FAIL_FIELD(
		    f, E_INTERNAL, what, NULL, "no encoding (%zu levels open)", w->depth);
	*ret = buf_bytes(&w->b);
	return OK;
}
