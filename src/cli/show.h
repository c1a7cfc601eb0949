/* SPDX-License-Identifier: Apache-2.0 */
/*
 * show: answers on standard output. For machines (--json) the JSON as it came; for people tables
 * and lines, without control characters that a server might have slipped in.
 */
#ifndef CLI_SHOW_H
#define CLI_SHOW_H

#include "cli/cli.h"

struct show_column {
	const char *title;  /* catalogue key */
	const char *member; /* of each row */
	const char *words;  /* NULL, or the catalogue's prefix of its values: "state.application" */
};

/* True when C wants JSON: then ANSWER has been printed and nothing else is to be. */
bool show_json(const struct cli *c, const json_t *answer);
/* A table of the objects in ROWS; columns without any value are left out. */
void show_table(
    const struct cli *c, const json_t *rows, const struct show_column *columns, size_t n);
/* One object: a line for each column that has a value. */
void show_object(
    const struct cli *c, const json_t *object, const struct show_column *columns, size_t n);
/* A line of text from outside, cleaned. */
void show_line(struct str text);
/* Note KEY with one {name} filled; with --json the value under NAME, when the command has no other answer. KEY NULL: for --json only. */
void show_note(const struct cli *c, const char *key, const char *name, struct str value);
/* The failure on standard error. */
void show_fault(struct cli *c, const struct fault *f);
/* S without control characters, NUL-terminated, on the arena; its columns on a terminal. */
char *show_clean(struct arena *a, struct str s, size_t *ret_width);

#endif
