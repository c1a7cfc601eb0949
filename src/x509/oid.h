/* SPDX-License-Identifier: Apache-2.0 */
/*
 * oid: every object identifier we know, once (oid.def). Nothing else in the tree holds their
 * octets.
 */
#ifndef X509_OID_H
#define X509_OID_H

#include "base/arena.h"

enum oid {
	OID_UNKNOWN, /* not in the table */
#define X(symbol, dotted, der, name) OID_##symbol,
#include "x509/oid.def"
#undef X
	OID__COUNT
};

/* Contents octets, without tag and length. Empty for OID_UNKNOWN. */
struct bytes oid_der(enum oid o);
/* "2.5.4.3"; "" for OID_UNKNOWN. */
const char *oid_dotted(enum oid o);
/* "CN", "keyUsage"; "unknown" for OID_UNKNOWN. */
const char *oid_name(enum oid o);
/* The row of these contents octets. */
enum oid oid_of(struct bytes contents);
/* The row of a short name, case counts. */
enum oid oid_of_name(struct str name);
bool oid_is(struct bytes contents, enum oid o);

/* Contents with minimal, whole subidentifiers of at most 128 bits? */
bool oid_valid(struct bytes contents);
/* Any valid contents as dotted text, NUL-terminated, on the arena. "" when not valid. */
char *oid_text(struct arena *a, struct bytes contents);
/* Contents from dotted text, on the arena; false when S is not a canonical identifier. */
bool oid_parse(struct arena *a, struct str s, struct bytes *ret);

#endif
