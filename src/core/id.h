/* SPDX-License-Identifier: Apache-2.0 */
/*
 * id: the 128-bit public id of an enrolment or a person. Random octets come from the caller.
 * Everywhere people or programs see it, it is 32 lower-case hexadecimal digits.
 */
#ifndef CORE_ID_H
#define CORE_ID_H

#include "base/arena.h"
#include "base/rd.h"

#define ID_SIZE 16
#define ID_TEXT (2 * ID_SIZE)

struct id {
	uint8_t b[ID_SIZE];
};

bool id_eq(struct id a, struct id b);
/* All zero: "none". */
bool id_is_none(struct id i);
/* The octets of *I: a view of it. */
struct bytes id_bytes(const struct id *i);
/* Exactly ID_SIZE octets. */
bool id_of(struct bytes b, struct id *ret);
/* 32 lower-case digits, NUL-terminated, on the arena. */
char *id_text(struct arena *a, struct id i);
/* Exactly 32 lower-case hexadecimal digits. */
bool id_parse(struct str s, struct id *ret);
/* A field (rd_field) of exactly ID_SIZE octets; else R is bad. */
struct id id_read(struct rd *r);

#endif
