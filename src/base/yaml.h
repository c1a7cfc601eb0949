/* SPDX-License-Identifier: Apache-2.0 */
/*
 * yaml: the strict subset that signetd.conf and documents are written in, as a tree of values.
 *
 * Mappings, sequences and scalars only. Refused by line and column: anchors, aliases, tags, merge
 * keys, several documents, duplicate keys, keys that are no plain words, text that is not UTF-8.
 * A scalar is text here; whoever reads it says what type it must have (yaml_i64, yaml_bool …).
 */
#ifndef BASE_YAML_H
#define BASE_YAML_H

#include "base/arena.h"
#include "base/err.h"

#define YAML_INPUT_MAX ((size_t)1 << 20) /* octets */
#define YAML_DEPTH_MAX 16
#define YAML_NODES_MAX 20000

enum yaml_kind { YAML_SCALAR, YAML_SEQUENCE, YAML_MAPPING };

struct yaml {
	enum yaml_kind kind;
	struct str key;     /* within a mapping */
	struct str text;    /* of a scalar */
	bool quoted;        /* a quoted scalar is text, never a number or a bool */
	int line, column;   /* from 1 */
	size_t count;       /* children */
	struct yaml *child; /* the first, in the order of the text */
	struct yaml *next;  /* the next sibling */
};

/* The one document of IN, on A. E_YAML names line and column in the fault's field. */
NODISCARD enum err yaml_parse(
    struct arena *a, struct bytes in, const struct yaml **ret, struct fault *f);

/* The child of a mapping with this key, or NULL. */
const struct yaml *yaml_get(const struct yaml *map, const char *key);
/* E_FIELD_UNKNOWN for the first key that is not in KEYS (NULL ends the list). */
NODISCARD enum err yaml_only(const struct yaml *map, const char *const *keys, struct fault *f);

/*
 * Typed reads of MAP's child KEY. A missing one is E_FIELD_MISSING; pass a preset result and
 * use yaml_get first where it may be absent. Every fault names "line L, column C: key".
 */
NODISCARD enum err yaml_str(
    const struct yaml *map, const char *key, size_t max, struct str *ret, struct fault *f);
NODISCARD enum err yaml_i64(const struct yaml *map, const char *key, int64_t least, int64_t most,
    int64_t *ret, struct fault *f);
NODISCARD enum err yaml_bool(const struct yaml *map, const char *key, bool *ret, struct fault *f);
/* An index into WORDS (NULL ends the list); a fault lists what is allowed. */
NODISCARD enum err yaml_word(const struct yaml *map, const char *key, const char *const *words,
    size_t *ret, struct fault *f);
/* A child that must be a mapping or a sequence. */
NODISCARD enum err yaml_child(const struct yaml *map, const char *key, enum yaml_kind kind,
    const struct yaml **ret, struct fault *f);
/* Note a failure at N's place: the field becomes "line L, column C: KEY". Returns E. */
NODISCARD enum err yaml_fail(
    const struct yaml *n, enum err e, const char *key, const char *rule, struct fault *f);

#endif
