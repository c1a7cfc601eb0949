/* SPDX-License-Identifier: Apache-2.0 */
/* confkey: the rows of conf.def as data. Within monitor only; others read struct conf. */
#ifndef MONITOR_CONFKEY_H
#define MONITOR_CONFKEY_H

#include "monitor/conf.h"

enum confkey_type {
	CONFKEY_WORD,
	CONFKEY_HTTPS,
	CONFKEY_HTTP,
	CONFKEY_PATH,
	CONFKEY_LISTEN,
	CONFKEY_INT,
	CONFKEY_BOOL,
	CONFKEY_TEXT,
	CONFKEY_OID,
	CONFKEY_USER,
	CONFKEY_MAIL,
	CONFKEY_SERVER,
	CONFKEY_URL
};

struct confkey {
	const char *name;
	enum confkey_type type;
	size_t at; /* of its field in struct conf */
	const char *preset;
	int64_t least, most;
	const char *words;
	const char *help;
};

#define CONFKEY_WORDS_MAX 8

enum {
#define X(key, type, preset, least, most, words, help) CONFKEY_AT_##key,
#include "monitor/conf.def"
#undef X
	CONFKEY_COUNT
};
extern const struct confkey confkey_rows[CONFKEY_COUNT];

/* The words of a WORD row, NULL at the end. */
void confkey_words(
    struct arena *a, const struct confkey *k, const char *ret[static CONFKEY_WORDS_MAX + 1]);
/* What its value may be, for people: "test | production", "1–126". */
const char *confkey_rule(struct arena *a, const struct confkey *k);

#endif
