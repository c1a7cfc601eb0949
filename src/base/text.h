/* SPDX-License-Identifier: Apache-2.0 */
/*
 * text: UTF-8, hexadecimal, base64 and times as people and protocols write them. Pure.
 */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include "base/arena.h"

/* Shortest form, no surrogates, at most U+10FFFF (RFC 3629 3). NUL counts as valid. */
bool utf8_valid(struct str s);
/* Code points in valid UTF-8. */
size_t utf8_count(struct str s);

/* Lower-case hexadecimal, NUL-terminated, on the arena. */
char *hex_text(struct arena *a, struct bytes b);
/* Either case, even length; false when S is anything else. */
bool hex_parse(struct arena *a, struct str s, struct bytes *ret);

/* Base64 with padding, unwrapped (RFC 4648 4); URL form without padding (RFC 4648 5). */
char *base64_text(struct arena *a, struct bytes b);
char *base64url_text(struct arena *a, struct bytes b);
/* Strict: no white space, canonical padding and final bits. */
bool base64_parse(struct arena *a, struct str s, struct bytes *ret);
bool base64url_parse(struct arena *a, struct str s, struct bytes *ret);

/* A civil date and time in UTC. */
struct civil {
	int year; /* 1 to 9999 */
	int month, day, hour, minute, second;
};
/* Seconds since 1970-01-01T00:00:00Z, proleptic Gregorian, both ways; no leap seconds. */
struct civil civil_of(int64_t seconds);
int64_t civil_seconds(struct civil c);
/* Days of the month of a year. */
int civil_days(int year, int month);

#define TIME_TEXT_SIZE 21
/* RFC 3339 with Z, whole seconds: "2026-11-24T08:00:00Z". */
void time_text(int64_t seconds, char ret[static TIME_TEXT_SIZE]);
/* RFC 3339 with Z or an offset, whole seconds only. */
bool time_parse(struct str s, int64_t *ret);

/* Decimal digits only, no sign, no blanks, at most MAX. */
bool u64_parse(struct str s, uint64_t max, uint64_t *ret);

#endif
