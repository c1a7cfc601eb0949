/* SPDX-License-Identifier: Apache-2.0 */
/*
 * step: what a unit is made of, for the files of store/ that make, run and read units.
 */
#ifndef STORE_STEP_H
#define STORE_STEP_H

#include "store/shape.h"
#include "store/stmt.h"
#include "store/unit.h"

/* One statement. Its key, handed out before it has run, is -(its number + 1). */
struct step {
	enum stmt q;
	const struct value *v;
	enum err race, taken; /* what it fails with */
	const char *field;
	struct result got;
};

struct record {
	enum audit event;
	int64_t key; /* not 0: the object is that row's public name */
	struct str object, detail;
};

struct unit {
	struct arena *a;
	struct str actor, request;
	int64_t now_ms;
	struct step *steps;
	size_t step_count, step_room;
	struct record *records;
	size_t record_count, record_room;
	/* what became of it */
	enum err err;
	struct fault fault;
	int64_t seq;
};

/* Appends Q with its values (copied; as many as its letters) and returns its key. */
int64_t step_add(struct unit *u, enum stmt q, const struct value *v);
/* STEP(u, NAME, values…): the same, spelt as one line. */
#define STEP(u, name, ...) step_add((u), Q_##name, (const struct value[]){__VA_ARGS__})
/* Appends the INSERT Q of a row of TABLE (without its id), and EXTRA (may be NULL) after its columns. */
int64_t step_insert(
    struct unit *u, enum stmt q, enum table table, const void *row, const struct value *extra);
/* The step behind a key that this unit made. */
const struct step *step_of(const struct unit *u, int64_t key);

#endif
