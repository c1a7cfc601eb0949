/* SPDX-License-Identifier: Apache-2.0 */
#include "core/machine.h"

#include "base/must.h"
#include "core/word.h"

static const char *const effect_names[EFFECT__COUNT] = {
#define X(symbol, word) word,
#include "core/effect.def"
#undef X
};

const char *
effect_name(enum effect_bit b)
{
	must((unsigned)b < EFFECT__COUNT);
	return effect_names[b];
}

enum err
machine_next(const struct machine *m, unsigned from, unsigned event, enum role role,
    const struct transition **ret, struct fault *f)
{
	bool others = false;

	must(from < m->state_count && event < m->event_count && (unsigned)role < ROLE__COUNT);
	for (size_t i = 0; i < m->row_count; i++) {
		const struct transition *row = &m->rows[i];

		if (row->from != from || row->event != event)
			continue;
		if (row->role == role) {
			*ret = row;
			return OK;
		}
		others = true;
	}
	if (others)
		return FAIL(f, E_ROLE, "%s: %s in state %s is not for the %s", m->name,
		    m->events[event], m->states[from], role_name(role));
	return FAIL_FIELD(f, E_STATE, m->name, m->states[from], "%s: no %s in state %s", m->name,
	    m->events[event], m->states[from]);
}

bool
machine_state_parse(const struct machine *m, struct str word, unsigned *ret)
{
	return word_find(m->states, m->state_count, word, ret);
}

bool
machine_event_parse(const struct machine *m, struct str word, unsigned *ret)
{
	return word_find(m->events, m->event_count, word, ret);
}

bool
machine_is_final(const struct machine *m, unsigned state)
{
	for (size_t i = 0; i < m->row_count; i++) {
		if (m->rows[i].from == state)
			return false;
	}
	return true;
}
