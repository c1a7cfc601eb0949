/* SPDX-License-Identifier: Apache-2.0 */
/*
 * certificate: the life of a certificate, as one table.
 *
 * Pure. Callers load the certificate, ask certificate_next(), then store the result and do its effects
 * in one unit. States, events and rows: certificate.def.
 */
#ifndef CORE_CERTIFICATE_H
#define CORE_CERTIFICATE_H

#include "core/machine.h"

enum certificate_state {
#define STATE(symbol, word) CERTIFICATE_##symbol,
#define EVENT(symbol, word)
#define ROW(from, event, to, role, effects)
#include "core/certificate.def"
#undef STATE
#undef EVENT
#undef ROW
	CERTIFICATE_STATE__COUNT
};

enum certificate_event {
#define STATE(symbol, word)
#define EVENT(symbol, word) CERTIFICATE_EVENT_##symbol,
#define ROW(from, event, to, role, effects)
#include "core/certificate.def"
#undef STATE
#undef EVENT
#undef ROW
	CERTIFICATE_EVENT__COUNT
};

struct certificate_step {
	enum certificate_state to;
	unsigned effects; /* set of enum effect */
};

/*
 * Decide what EVENT, raised by ROLE, does to a certificate in state FROM. Writes *ret on OK.
 * E_STATE: no such transition; E_ROLE: it exists for another role.
 */
NODISCARD enum err certificate_next(enum certificate_state from, enum certificate_event event,
    enum role role, struct certificate_step *ret, struct fault *f);
const char *certificate_state_name(enum certificate_state s);
bool certificate_state_parse(struct str word, enum certificate_state *ret);
const char *certificate_event_name(enum certificate_event e);
/* All of it, for who prints or lists it. */
const struct machine *certificate_machine(void);

#endif
