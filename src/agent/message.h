/* SPDX-License-Identifier: Apache-2.0 */
/*
 * message: JSON objects read into plain structs by a table of fields, strictly: wrong types,
 * lengths and (where asked for) unknown fields are refused by name.
 */
#ifndef AGENT_MESSAGE_H
#define AGENT_MESSAGE_H

#include <jansson.h>

#include "base/arena.h"
#include "base/err.h"

#define MESSAGE_LIST_MAX 8

enum message_kind {
	MESSAGE_TEXT,   /* struct str, at most MOST octets, no control characters */
	MESSAGE_OCTETS, /* struct bytes from base64, at most MOST octets */
	MESSAGE_NONCE,  /* struct bytes from base64, exactly MOST octets */
	MESSAGE_NUMBER, /* int64_t, 0 to MOST */
	MESSAGE_BOOL,   /* bool */
	MESSAGE_LIST,   /* struct message_list of base64, at most MOST octets each */
	MESSAGE_OBJECT, /* json_t *, an object, borrowed */
	MESSAGE_ARRAY,  /* json_t *, an array of at most MOST elements, borrowed */
};

struct message_list {
	struct bytes v[MESSAGE_LIST_MAX];
	size_t n;
};

struct message_field {
	const char *name;
	enum message_kind kind;
	size_t most;
	size_t offset; /* in the struct that is read */
};

struct message_want {
	unsigned required, optional; /* bits: rows of the table */
	bool strict;                 /* other names are refused */
};

/* An object of at most MAX octets. E_BODY_SIZE, E_JSON (doubled names too). Free with json_decref. */
NODISCARD enum err message_parse(struct bytes in, size_t max, json_t **ret, struct fault *f);
/*
 * Read the fields of OBJ that WANT names into the struct RET, whose other members keep their
 * values. E_FIELD_UNKNOWN, E_FIELD_MISSING, E_FIELD_TYPE, E_FIELD_LENGTH, E_FIELD_FORMAT, E_FIELD_CHARS.
 * Text and octets lie on A.
 */
NODISCARD enum err message_read(struct arena *a, const json_t *obj,
    const struct message_field *fields, size_t n, const struct message_want *want, void *ret,
    struct fault *f);
/* JSON text of OBJ on A, whose reference it takes. */
struct bytes message_text(struct arena *a, json_t *obj);
/* A string value of any octets of ours; what is not UTF-8 becomes "". */
json_t *message_str(struct str s);
json_t *message_octets(struct arena *a, struct bytes b);

#endif
