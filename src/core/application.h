/* SPDX-License-Identifier: Apache-2.0 */
/*
 * application: the life of what a person asks for, as one table.
 *
 * Pure. Callers load the application, ask application_next(), then store the result and do its effects
 * in one unit. States, events and rows: application.def.
 */
#ifndef CORE_APPLICATION_H
#define CORE_APPLICATION_H

#include "core/machine.h"

enum application_state {
#define STATE(symbol, word) APPLICATION_##symbol,
#define EVENT(symbol, word)
#define ROW(from, event, to, role, effects)
#include "core/application.def"
#undef STATE
#undef EVENT
#undef ROW
	APPLICATION_STATE__COUNT
};

enum application_event {
#define STATE(symbol, word)
#define EVENT(symbol, word) APPLICATION_EVENT_##symbol,
#define ROW(from, event, to, role, effects)
#include "core/application.def"
#undef STATE
#undef EVENT
#undef ROW
	APPLICATION_EVENT__COUNT
};

struct application_step {
	enum application_state to;
	unsigned effects; /* set of enum effect */
};

/*
 * Decide what EVENT, raised by ROLE, does to an application in state FROM. Writes *ret on OK.
 * E_STATE: no such transition; E_ROLE: it exists for another role.
 */
NODISCARD enum err application_next(enum application_state from, enum application_event event,
    enum role role, struct application_step *ret, struct fault *f);
const char *application_state_name(enum application_state s);
bool application_state_parse(struct str word, enum application_state *ret);
const char *application_event_name(enum application_event e);
/* All of it, for who prints or lists it. */
const struct machine *application_machine(void);

#endif
