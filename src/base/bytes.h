/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bytes: views of octets and of text.
 *
 * A view never owns what it points at and is not NUL-terminated. Two types on purpose: text is
 * UTF-8 by contract, octets are anything.
 */
#ifndef BASE_BYTES_H
#define BASE_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NODISCARD __attribute__((warn_unused_result))

struct bytes {
	const uint8_t *p; /* may be NULL when n is 0 */
	size_t n;         /* octets */
};

struct str {
	const char *p; /* UTF-8, not NUL-terminated */
	size_t n;      /* octets, not characters */
};

/* A view of a string literal. */
#define STR(lit) ((struct str){.p = "" lit, .n = sizeof(lit) - 1})
/* A view of a local array of octets. */
#define BYTES_OF(array) ((struct bytes){.p = (array), .n = sizeof(array)})

struct bytes bytes_of(const void *p, size_t n);
/* The view of a NUL-terminated string; NULL gives the empty view. */
struct str str_of(const char *s);
struct bytes str_bytes(struct str s);
/* The octets as text. The caller has checked that they are UTF-8 (utf8_valid). */
struct str bytes_str(struct bytes b);

bool bytes_eq(struct bytes a, struct bytes b);
bool str_eq(struct str a, struct str b);
/* As str_eq with a NUL-terminated string. */
bool str_is(struct str a, const char *b);
bool str_starts(struct str s, struct str prefix);
/* Octet order, shorter first on a tie: <0, 0, >0 as memcmp. */
int bytes_cmp(struct bytes a, struct bytes b);

/* Equal? Time depends on the lengths only: for secrets, MACs and codes. */
bool secret_eq(struct bytes a, struct bytes b);
/* Overwrite N octets so that the compiler cannot drop it. */
void wipe(void *p, size_t n);

#endif
