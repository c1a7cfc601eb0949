/* SPDX-License-Identifier: Apache-2.0 */
/*
 * enrolment: the life of the right to one certificate (the two codes), as one table.
 *
 * Pure. Callers load the enrolment, ask enrolment_next(), then store the result and do its effects
 * in one unit. States, events and rows: enrolment.def.
 */
#ifndef CORE_ENROLMENT_H
#define CORE_ENROLMENT_H

#include "core/machine.h"

enum enrolment_state {
#define STATE(symbol, word) ENROLMENT_##symbol,
#define EVENT(symbol, word)
#define ROW(from, event, to, role, effects)
#include "core/enrolment.def"
#undef STATE
#undef EVENT
#undef ROW
	ENROLMENT_STATE__COUNT
};

enum enrolment_event {
#define STATE(symbol, word)
#define EVENT(symbol, word) ENROLMENT_EVENT_##symbol,
#define ROW(from, event, to, role, effects)
#include "core/enrolment.def"
#undef STATE
#undef EVENT
#undef ROW
	ENROLMENT_EVENT__COUNT
};

struct enrolment_step {
	enum enrolment_state to;
	unsigned effects; /* set of enum effect */
};

/*
 * Decide what EVENT, raised by ROLE, does to an enrolment in state FROM. Writes *ret on OK.
 * E_STATE: no such transition; E_ROLE: it exists for another role.
 */
NODISCARD enum err enrolment_next(enum enrolment_state from, enum enrolment_event event,
    enum role role, struct enrolment_step *ret, struct fault *f);
const char *enrolment_state_name(enum enrolment_state s);
bool enrolment_state_parse(struct str word, enum enrolment_state *ret);
const char *enrolment_event_name(enum enrolment_event e);
/* All of it, for who prints or lists it. */
const struct machine *enrolment_machine(void);

#endif
