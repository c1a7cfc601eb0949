/* SPDX-License-Identifier: Apache-2.0 */
#include "core/enrolment.h"

#include "base/must.h"

static const char *const state_names[] = {
#define STATE(symbol, word) word,
#define EVENT(symbol, word)
#define ROW(from, event, to, role, effects)
#include "core/enrolment.def"
#undef STATE
#undef EVENT
#undef ROW
};

static const char *const event_names[] = {
#define STATE(symbol, word)
#define EVENT(symbol, word) word,
#define ROW(from, event, to, role, effects)
#include "core/enrolment.def"
#undef STATE
#undef EVENT
#undef ROW
};

static const struct transition rows[] = {
#define STATE(symbol, word)
#define EVENT(symbol, word)
#define ROW(from, event, to, role, effects) \
	{ENROLMENT_##from, ENROLMENT_EVENT_##event, ENROLMENT_##to, ROLE_##role, (effects)},
#include "core/enrolment.def"
#undef STATE
#undef EVENT
#undef ROW
};

static const struct machine machine = {
    .name = "enrolment",
    .states = state_names,
    .events = event_names,
    .state_count = ENROLMENT_STATE__COUNT,
    .event_count = ENROLMENT_EVENT__COUNT,
    .rows = rows,
    .row_count = sizeof(rows) / sizeof(rows[0]),
};

const struct machine *
enrolment_machine(void)
{
	return &machine;
}

enum err
enrolment_next(enum enrolment_state from, enum enrolment_event event, enum role role,
    struct enrolment_step *ret, struct fault *f)
{
	const struct transition *row;

	TRY(machine_next(&machine, from, event, role, &row, f));
	*ret =
	    (struct enrolment_step){.to = (enum enrolment_state)row->to, .effects = row->effects};
	return OK;
}

const char *
enrolment_state_name(enum enrolment_state s)
{
	must((unsigned)s < ENROLMENT_STATE__COUNT);
	return state_names[s];
}

bool
enrolment_state_parse(struct str word, enum enrolment_state *ret)
{
	unsigned s;

	if (!machine_state_parse(&machine, word, &s))
		return false;
	*ret = (enum enrolment_state)s;
	return true;
}

const char *
enrolment_event_name(enum enrolment_event e)
{
	must((unsigned)e < ENROLMENT_EVENT__COUNT);
	return event_names[e];
}
