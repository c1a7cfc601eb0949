/* SPDX-License-Identifier: Apache-2.0 */
/*
 * machine: what the three life cycles (application, enrolment, certificate) share: a table of
 * transitions, its words, and the one way to look into it. Documents, the portal's buttons and the
 * CHECK lists of the store are printed from here.
 */
#ifndef CORE_MACHINE_H
#define CORE_MACHINE_H

#include "base/err.h"
#include "core/role.h"

enum effect_bit {
#define X(symbol, word) EFFECT_BIT_##symbol,
#include "core/effect.def"
#undef X
	EFFECT__COUNT
};

/* Effects are a set of these. */
enum effect {
	EFFECT_NONE = 0,
#define X(symbol, word) EFFECT_##symbol = 1 << EFFECT_BIT_##symbol,
#include "core/effect.def"
#undef X
};

/* The word of bit B (below EFFECT__COUNT). */
const char *effect_name(enum effect_bit b);

struct transition {
	unsigned from; /* state */
	unsigned event;
	unsigned to;      /* state */
	enum role role;   /* who may raise the event */
	unsigned effects; /* set of enum effect */
};

struct machine {
	const char *name;                          /* "application" */
	const char *const *states, *const *events; /* lower-case words */
	unsigned state_count, event_count;
	const struct transition *rows;
	size_t row_count;
};

/*
 * The row for EVENT raised by ROLE in state FROM; *ret lives as long as the program.
 * E_STATE: no such transition; E_ROLE: it exists for another role.
 */
NODISCARD enum err machine_next(const struct machine *m, unsigned from, unsigned event,
    enum role role, const struct transition **ret, struct fault *f);
/* The number of a state's or event's word. */
bool machine_state_parse(const struct machine *m, struct str word, unsigned *ret);
bool machine_event_parse(const struct machine *m, struct str word, unsigned *ret);
/* No row leaves it. */
bool machine_is_final(const struct machine *m, unsigned state);

#endif
