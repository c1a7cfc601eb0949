/* SPDX-License-Identifier: Apache-2.0 */
/*
 * body: a JSON body into one plain struct, by a table of its fields.
 *
 * Strict: UTF-8, one object, no duplicate keys, no member that the table does not name, no depth or
 * size beyond what any table needs. A fault names the field by its path ("signatures[1].nonce").
 * Nothing of the input outlives the call but copies on the arena.
 */
#ifndef API_BODY_H
#define API_BODY_H

#include "base/arena.h"
#include "base/err.h"

#define BODY_DEPTH_MAX 8

enum body_type {
	BODY_TEXT,   /* struct str; one line: no control characters */
	BODY_LINES,  /* struct bytes: text that may hold tabs and line ends */
	BODY_BASE64, /* struct bytes: decoded, least and most in octets */
	BODY_BOOL,   /* bool */
	BODY_NUMBER, /* int64_t: a whole number from LEAST to MOST */
	BODY_TIME,   /* int64_t: RFC 3339 */
	BODY_OBJECT, /* the struct that OF describes */
	BODY_LIST,   /* elements of the struct that OF describes, their count at COUNT_AT */
	BODY_MAP     /* the same from an object whose names nobody knows: OF's first field takes the
			name, the second the value */
};

struct body_object;

struct body_field {
	const char *name; /* NULL: the only field of OF, for a list of bare values */
	enum body_type type;
	bool required;
	size_t least, most; /* characters, octets or elements */
	size_t at;          /* offset in the struct; of a list its first element */
	size_t count_at;    /* of a list or map: offset of its size_t count */
	const struct body_object *of;
};

struct body_object {
	const struct body_field *fields;
	size_t count;
	size_t size; /* of the struct */
};

/*
 * Fill the struct at RET, which is zeroed first. Of a table without fields an empty IN is good too.
 * E_JSON, E_FIELD_*.
 */
NODISCARD enum err body_decode(
    struct arena *a, struct bytes in, const struct body_object *o, void *ret, struct fault *f);
/* Before the first thread: the parser takes its memory from the arena, and seeds its hash. */
void body_setup(void);

#endif
