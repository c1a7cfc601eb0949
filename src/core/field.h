/* SPDX-License-Identifier: Apache-2.0 */
/*
 * field: the fields of canonical octets (statements, payloads, jobs, rosters, claims): each with a
 * 32-bit big-endian length, numbers as decimal text. A value has one encoding only.
 */
#ifndef CORE_FIELD_H
#define CORE_FIELD_H

#include "base/buf.h"
#include "base/rd.h"

void field_text(struct buf *b, const char *word);
void field_number(struct buf *b, uint64_t v);
/* Decimal text without leading zeros, at most MAX; else R is bad and 0 comes back. */
uint64_t field_number_read(struct rd *r, uint64_t max);
/* One of N words; else R is bad and 0 comes back. */
unsigned field_word_read(struct rd *r, const char *const *words, size_t n);
/* Exactly N octets, or none where EMPTY allows that; else R is bad. */
struct bytes field_sized_read(struct rd *r, size_t n, bool empty);
/* These octets as they are, without a length: what an encoding starts with. */
void field_magic_read(struct rd *r, const char *word);

#endif
