/* SPDX-License-Identifier: Apache-2.0 */
/*
 * name: distinguished names. Pure.
 *
 * Written in one form only: one attribute a set, in the order of the table (C, ST, L, O, OU, SN,
 * GN, CN, serialNumber), C and serialNumber as PrintableString, the rest as UTF8String, at most 64
 * characters each. Read as requests bring them. Names are compared by their DER (bytes_eq), never
 * by value. Which characters a person may have in a name is core's business (its name module).
 */
#ifndef X509_NAME_H
#define X509_NAME_H

#include "base/arena.h"
#include "x509/der.h"
#include "x509/oid.h"

#define NAME_ATTRS  16  /* most attributes of a name */
#define NAME_CHARS  64  /* most characters of a value that we write */
#define NAME_OCTETS 512 /* most octets of a value that we read */

struct name_attr {
	enum oid type;    /* OID_CN … */
	struct str value; /* UTF-8, a view */
};

struct name {
	struct name_attr v[NAME_ATTRS];
	size_t n;
};

/*
 * The DER of NAME, its attributes brought into order (several OU keep theirs). Refused with the
 * attribute's short name as field: FIELD_UNKNOWN (not in the table), FIELD_DUPLICATE (all but OU),
 * FIELD_CHARS (not UTF-8, controls, blanks at an edge, not printable), FIELD_LENGTH (empty),
 * NAME_LONG, FIELD_FORMAT (C is not two upper-case letters). No attributes give the empty name.
 */
NODISCARD enum err name_encode(
    struct arena *a, const struct name *name, struct bytes *ret, struct fault *f);
/*
 * Read a Name. Values are views of DER. E_DER: not DER, a set of several attributes, an attribute
 * that oid.def does not have, a string type other than Printable, UTF8, IA5, Numeric (Teletex, BMP,
 * Universal are refused by name), characters that the type or UTF-8 does not have, NUL, too many.
 */
NODISCARD enum err name_parse(struct bytes der, struct name *ret, struct fault *f);
/*
 * The next element of D, a string of 1 to MAX octets as name_parse takes them: PrintableString,
 * UTF8String, IA5String, NumericString; others are refused by name (E_DER).
 */
NODISCARD enum err name_get_string(
    struct der *d, const char *what, size_t max, struct str *ret, struct fault *f);
/* The first value of this type, or the empty view. */
struct str name_get(const struct name *name, enum oid type);
/* Append; false when the name is full. */
bool name_add(struct name *name, enum oid type, struct str value);
/* "CN=…,O=…,C=…" with the escapes of RFC 4514, NUL-terminated, on the arena. */
char *name_text(struct arena *a, const struct name *name);
/* A SEQUENCE without attributes? */
bool name_is_empty(struct bytes der);

#endif
