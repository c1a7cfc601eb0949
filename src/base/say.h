/* SPDX-License-Identifier: Apache-2.0 */
/*
 * say: a failure in words for people: what happened, and the next step.
 *
 * The words stand in po/ under "error.SLUG" and "error.SLUG.next"; {field} and {rule} come from the
 * fault. Where the fault has none, the placeholder goes together with the blank and the colon before
 * it, so that no sentence ends in the air.
 */
#ifndef BASE_SAY_H
#define BASE_SAY_H

#include "base/arena.h"
#include "base/catalogue.h"
#include "base/err.h"

struct say {
	struct str what; /* one or two sentences */
	struct str next; /* the next step and who takes it */
};

/* F's code must not be OK. */
struct say say_fault(struct arena *a, enum lang l, const struct fault *f);

#endif
