/* SPDX-License-Identifier: Apache-2.0 */
/*
 * der: the Distinguished Encoding Rules (X.690), strict reader and deterministic writer. Pure.
 *
 * What is read must be DER to the last octet: one-octet tags (numbers below 31), definite lengths
 * in their shortest form, nothing left over. Values are views of the input. Faults are E_DER; the
 * field is the name given as WHAT, the detail gives the offset in the input and the reason.
 */
#ifndef X509_DER_H
#define X509_DER_H

#include "base/buf.h"
#include "base/err.h"

/* Identifier octets: class, constructed bit and number in one. */
enum der_tag {
	DER_BOOL = 0x01,
	DER_INT = 0x02,
	DER_BITS = 0x03,
	DER_OCTETS = 0x04,
	DER_NULL = 0x05,
	DER_OID = 0x06,
	DER_ENUM = 0x0a,
	DER_UTF8 = 0x0c,
	DER_NUMERIC = 0x12,
	DER_PRINTABLE = 0x13,
	DER_TELETEX = 0x14,
	DER_IA5 = 0x16,
	DER_UTCTIME = 0x17,
	DER_GENTIME = 0x18,
	DER_UNIVERSAL = 0x1c,
	DER_BMP = 0x1e,
	DER_SEQ = 0x30,
	DER_SET = 0x31
};
/* [n] of a primitive type (IMPLICIT), and of a constructed one (or EXPLICIT). */
#define DER_CONTEXT(n)      (0x80 | (n))
#define DER_CONTEXT_CONS(n) (0xa0 | (n))

#define DER_DEPTH 16 /* most levels open at once, read or written */

/* ---- reader ---- */

/* A cursor. Copy it freely: it owns nothing. */
struct der {
	const uint8_t *p;
	size_t n;             /* octets left */
	const uint8_t *start; /* of the whole input, for offsets in faults */
};

/* One element: its tag, its contents, and all of its octets. */
struct der_tlv {
	unsigned tag;
	struct bytes value;
	struct bytes whole;
};

struct der der_new(struct bytes whole);
bool der_empty(const struct der *d);
/* Is there a next element and has it this tag? */
bool der_is(const struct der *d, unsigned tag);
/* Nothing left? WHAT is the structure that ends here. */
NODISCARD enum err der_end(const struct der *d, const char *what, struct fault *f);

/* The next element, whatever it is. */
NODISCARD enum err der_any(struct der *d, const char *what, struct der_tlv *ret, struct fault *f);
/* The contents of the next element, which must have TAG. */
NODISCARD enum err der_get(
    struct der *d, unsigned tag, const char *what, struct bytes *ret, struct fault *f);
/* All octets of the next element, which must have TAG. */
NODISCARD enum err der_whole(
    struct der *d, unsigned tag, const char *what, struct bytes *ret, struct fault *f);
/* A cursor over the contents of the next element, which must have TAG. */
NODISCARD enum err der_enter(
    struct der *d, unsigned tag, const char *what, struct der *ret, struct fault *f);
/* A cursor over the contents of the one element that IN consists of: nothing may follow it. */
NODISCARD enum err der_only(
    struct bytes in, unsigned tag, const char *what, struct der *ret, struct fault *f);

/* INTEGER, positive, minimal, of at most MAX contents octets; *ret is without the sign octet. */
NODISCARD enum err der_get_int(
    struct der *d, size_t max, const char *what, struct bytes *ret, struct fault *f);
/* INTEGER or ENUMERATED (TAG) of 0 to MAX. */
NODISCARD enum err der_get_small(
    struct der *d, unsigned tag, uint64_t max, const char *what, uint64_t *ret, struct fault *f);
/* 00 or FF. */
NODISCARD enum err der_get_bool(struct der *d, const char *what, bool *ret, struct fault *f);
/* BOOLEAN DEFAULT FALSE: absent is false, an explicit FALSE is refused (X.690 11.5). */
NODISCARD enum err der_get_flag(struct der *d, const char *what, bool *ret, struct fault *f);
NODISCARD enum err der_get_null(struct der *d, const char *what, struct fault *f);
/* Contents with minimal subidentifiers; compare with oid_is. */
NODISCARD enum err der_get_oid(struct der *d, const char *what, struct bytes *ret, struct fault *f);
/* BIT STRING of whole octets (no unused bits), without the unused-bits octet. */
NODISCARD enum err der_get_bits(
    struct der *d, const char *what, struct bytes *ret, struct fault *f);
/*
 * BIT STRING with named bits, 1 to 16 of them, no trailing zero bits (X.690 11.2.2): bit i of *ret
 * is the named bit i. At least one is set.
 */
NODISCARD enum err der_get_named(struct der *d, const char *what, uint16_t *ret, struct fault *f);
/*
 * Time as RFC 5280 4.1.2.5 wants it: UTCTime with seconds and Z to 2049, GeneralizedTime with
 * seconds and Z from 2050. Seconds since 1970.
 */
NODISCARD enum err der_get_time(struct der *d, const char *what, int64_t *ret, struct fault *f);
/* GeneralizedTime of any year, with seconds and Z, without a fraction. */
NODISCARD enum err der_get_gentime(struct der *d, const char *what, int64_t *ret, struct fault *f);
/* Is every element in IN, at every depth, well-formed? */
NODISCARD enum err der_check(struct bytes in, const char *what, struct fault *f);

/* ---- writer ---- */

/* A writer: append, then ask once with der_done. Contents may be of any length a buffer holds. */
struct der_out {
	struct buf b;
	size_t open[DER_DEPTH]; /* offsets of the contents of what is open */
	size_t depth;
	bool bad; /* a value has no encoding; b.bad says that it did not fit */
};

/* CAP in octets. */
struct der_out der_out_new(struct arena *a, size_t cap);
void der_open(struct der_out *w, unsigned tag);
void der_close(struct der_out *w);
/* A whole element from its contents. */
void der_put(struct der_out *w, unsigned tag, struct bytes contents);
/* Octets that are DER already. */
void der_raw(struct der_out *w, struct bytes whole);
/* A positive INTEGER from big-endian octets; leading zeros are dropped, a sign octet is added. */
void der_int(struct der_out *w, struct bytes magnitude);
void der_small(struct der_out *w, unsigned tag, uint64_t v);
void der_bool(struct der_out *w, bool v);
void der_null(struct der_out *w);
/* Contents octets (oid_der). */
void der_oid(struct der_out *w, struct bytes contents);
/* BIT STRING of whole octets. */
void der_bits(struct der_out *w, struct bytes octets);
/* BIT STRING with named bits in its shortest form: bit i of BITS is the named bit i. */
void der_named(struct der_out *w, uint16_t bits);
/* UTCTime to 2049, GeneralizedTime from 2050; years 1950 to 9999, else bad. */
void der_time(struct der_out *w, int64_t seconds);
void der_gentime(struct der_out *w, int64_t seconds);
/*
 * All that was written. E_INTERNAL, naming WHAT: something is open still, did not fit or was bad.
 */
NODISCARD enum err der_done(
    struct der_out *w, const char *what, struct bytes *ret, struct fault *f);

/* Octets that the tag and length of N contents octets take: for those who stream. */
size_t der_header_size(size_t n);
/* Append that tag and length. */
void der_header(struct buf *b, unsigned tag, size_t n);

#endif
