/* SPDX-License-Identifier: Apache-2.0 */
/*
 * roster: the people who may approve, administer and audit (S1). A row has no key: the signer adds
 * it when it signs that enrolment's certificate. Version 1 is written at set-up; each later one
 * counts with the signatures of n administrators.
 *
 * Octets: the word signet-roster-v1, then fields with a 32-bit big-endian length: version, n, count
 * (decimal), and for each row person (16 octets), role, name, enrolment (16 octets). Rows are in rising
 * order of their enrolment, so one roster has one encoding. Where a row has a scope (offices, or being a
 * supervisor) the word is signet-roster-v2 and each row has two more fields: offices, and "supervisor" or empty.
 */
#ifndef CORE_ROSTER_H
#define CORE_ROSTER_H

#include "base/arena.h"
#include "base/err.h"
#include "core/id.h"

#define ROSTER_WORD        "signet-roster-v1"
#define ROSTER_WORD_SCOPES "signet-roster-v2"
#define ROSTER_ROWS_MAX    1000
#define ROSTER_N_MAX       7

enum roster_role { ROSTER_ADMINISTRATOR, ROSTER_OPERATOR, ROSTER_AUDITOR, ROSTER_ROLE__COUNT };

/* "administrator", "operator", "auditor". */
const char *roster_role_name(enum roster_role r);
bool roster_role_parse(struct str word, enum roster_role *ret);

struct roster_row {
	struct id person;
	enum roster_role role;
	struct str name; /* a good label */
	struct id enrolment;
	struct str offices; /* operators: the scope of office.h; empty: all */
	bool supervisor;    /* operators: may give a case to another office or colleague */
};

struct roster {
	uint32_t version; /* from 1 */
	uint32_t n;       /* administrators that must sign; fixed at set-up */
	struct roster_row *rows;
	size_t count;
};

/*
 * Is it a roster? Names are labels, enrolments are there once, a person has one role (S14), at least
 * n persons are administrators. Sorts the rows. E_FIELD_VALUE, E_FIELD_DUPLICATE, label faults; the
 * field is "rows[3].name".
 */
NODISCARD enum err roster_check(struct arena *a, struct roster *r, struct fault *f);
/* The octets of a checked roster, on A. */
struct bytes roster_encode(struct arena *a, const struct roster *r);
/* On A, checked. E_FRAME for any octets that roster_encode would not have written. */
NODISCARD enum err roster_parse(
    struct arena *a, struct bytes in, struct roster *ret, struct fault *f);
/* May NEXT come after NOW: the next version, the same n (S1)? E_STATE, E_FIELD_VALUE. */
NODISCARD enum err roster_follows(
    const struct roster *now, const struct roster *next, struct fault *f);
/* The row of an enrolment, or NULL. */
const struct roster_row *roster_find(const struct roster *r, struct id enrolment);

#endif
