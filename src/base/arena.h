/* SPDX-License-Identifier: Apache-2.0 */
/*
 * arena: memory of one request or one job, given back all at once and wiped.
 *
 * Nothing taken from an arena is freed singly. When the cap is reached the process ends with a line
 * that says so (a request's input is bounded long before): no caller handles lack of memory.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include "base/bytes.h"

#define ARENA_CAP_DEFAULT ((size_t)8 << 20) /* octets */

struct arena;

/* CAP in octets, 0 for ARENA_CAP_DEFAULT. Give back with arena_free. */
struct arena *arena_new(size_t cap);
/* Wipes and frees all of it; *A becomes NULL; NULL is accepted. */
void arena_free(struct arena **a);
/* Wipes all of it and keeps one block for the next use. */
void arena_reset(struct arena *a);
/* N zeroed octets, aligned for any type. */
void *arena_alloc(struct arena *a, size_t n);
/* N elements of SIZE octets; ends the process on overflow. */
void *arena_array(struct arena *a, size_t n, size_t size);
/* Octets still to be had: a parser of nested input asks before it takes. */
size_t arena_left(const struct arena *a);

struct bytes arena_bytes(struct arena *a, struct bytes b);
struct str arena_str(struct arena *a, struct str s);
/* A NUL-terminated copy, or NULL when S holds a NUL itself (the CN trick). */
char *arena_cstr(struct arena *a, struct str s);
/* printf into the arena: NUL-terminated. */
char *arena_fmt(struct arena *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif
