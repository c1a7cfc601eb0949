/* SPDX-License-Identifier: Apache-2.0 */
/*
 * office: a service centre (P30): a document that administrators sign, and the scopes of the operators who work
 * there. A scope is a text: names of offices in rising order with one blank between them; empty is all offices
 * and what belongs to none.
 */
#ifndef CORE_OFFICE_H
#define CORE_OFFICE_H

#include "base/arena.h"
#include "base/catalogue.h"
#include "base/err.h"

#define OFFICE_MAX      (16u << 10) /* octets of a document */
#define OFFICE_NAME_MAX 40
#define OFFICE_SCOPE    8 /* offices of one operator */

struct office {
	struct str name;  /* lower-case words with dashes */
	uint32_t version; /* from 1 */
	struct str title[LANG__COUNT];
	struct str address; /* may be empty, as the rest */
	struct str phone, hours;
};

/* The office of a document, on A. YAML faults name line, column and key. */
NODISCARD enum err office_parse(
    struct arena *a, struct bytes document, struct office *ret, struct fault *f);
/*
 * Names, in any order, as the scope that they are, on A. E_FIELD_VALUE "offices" for what is no name or more than
 * OFFICE_SCOPE; E_FIELD_DUPLICATE.
 */
NODISCARD enum err office_scope(
    struct arena *a, const struct str *names, size_t n, struct str *ret, struct fault *f);
/* Is this text a scope as office_scope writes it? */
bool office_scope_good(struct arena *a, struct str scope);
/* The names of a scope; 0 for all. */
size_t office_scope_names(struct str scope, struct str ret[static OFFICE_SCOPE]);
/* Does it hold OFFICE (empty: a case of no office)? */
bool office_in_scope(struct str scope, struct str office);

#endif
