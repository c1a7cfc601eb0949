/* SPDX-License-Identifier: Apache-2.0 */
/*
 * people: who stands in the roster, and the next roster without somebody or with another scope (S1, S14, P30).
 */
#ifndef SERVICE_PEOPLE_H
#define SERVICE_PEOPLE_H

#include "service/amend.h"

struct people_view {
	struct str person, name, role;
	struct str offices[OFFICE_SCOPE]; /* of an operator; none for all */
	size_t office_count;
	bool supervisor;
	struct str phone, mail; /* masked for all but administrators and oneself */
	bool enrolled;          /* they have a key: the two codes were used */
	int64_t since;
};
/* Those of the roster in force. Staff. */
NODISCARD enum err people_list(
    const struct call *c, struct people_view **ret, size_t *count, struct fault *f);

struct people_change {
	struct str person;
	struct amend_office offices[OFFICE_SCOPE]; /* none for all */
	size_t office_count;
	bool supervisor;
};
/*
 * Lay the next roster out, without this person. Once it is signed and applied their sessions end, codes are
 * void and certificates revoked. E_NOT_FOUND "person"; E_FIELD_VALUE "rows": too few administrators are left.
 */
NODISCARD enum err people_remove(
    const struct call *c, struct str person, struct amend_prepared *ret, struct fault *f);
/* The next roster with another scope for this operator. E_FIELD_VALUE "offices". */
NODISCARD enum err people_scope(const struct call *c, const struct people_change *in,
    struct amend_prepared *ret, struct fault *f);

#endif
