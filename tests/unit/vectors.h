/* SPDX-License-Identifier: Apache-2.0 */
/* vectors: the files of tests/vectors, which serve C and TypeScript alike. */
#ifndef TESTS_VECTORS_H
#define TESTS_VECTORS_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "base/arena.h"
#include "base/text.h"
#include "test.h"

/* The object in tests/vectors/NAME; the folder comes from the environment (VECTORS). */
static inline json_t *
vectors_load(const char *name)
{
	const char *folder = getenv("VECTORS");
	json_error_t why;
	char path[4096];
	json_t *root;

	if (folder == NULL)
		fail_msg("VECTORS is not set");
	(void)snprintf(path, sizeof(path), "%s/%s", folder, name);
	root = json_load_file(path, JSON_REJECT_DUPLICATES, &why);
	if (root == NULL)
		fail_msg("%s:%d: %s", path, why.line, why.text);
	return root;
}

/* A member that is text; the empty view for null or none. */
static inline struct str
vectors_str(const json_t *o, const char *key)
{
	const json_t *v = json_object_get(o, key);

	return json_is_string(v) ? (struct str){json_string_value(v), json_string_length(v)}
				 : (struct str){0};
}

/* A member of hexadecimal digits, as octets. */
static inline struct bytes
vectors_hex(struct arena *a, const json_t *o, const char *key)
{
	struct bytes b;

	assert_true(hex_parse(a, vectors_str(o, key), &b));
	return b;
}

#endif
