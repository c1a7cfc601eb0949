/* SPDX-License-Identifier: Apache-2.0 */
#include "core/application.h"

#include "base/must.h"

static const char *const state_names[] = {
#define STATE(symbol, word) word,
#define EVENT(symbol, word)
#define ROW(from, event, to, role, effects)
#include "core/application.def"
#undef STATE
#undef EVENT
#undef ROW
};

static const char *const event_names[] = {
#define STATE(symbol, word)
#define EVENT(symbol, word) word,
#define ROW(from, event, to, role, effects)
#include "core/application.def"
#undef STATE
#undef EVENT
#undef ROW
};

static const struct transition rows[] = {
#define STATE(symbol, word)
#define EVENT(symbol, word)
#define ROW(from, event, to, role, effects) \
	{APPLICATION_##from, APPLICATION_EVENT_##event, APPLICATION_##to, ROLE_##role, (effects)},
#include "core/application.def"
#undef STATE
#undef EVENT
#undef ROW
};

static const struct machine machine = {
    .name = "application",
    .states = state_names,
    .events = event_names,
    .state_count = APPLICATION_STATE__COUNT,
    .event_count = APPLICATION_EVENT__COUNT,
    .rows = rows,
    .row_count = sizeof(rows) / sizeof(rows[0]),
};

const struct machine *
application_machine(void)
{
	return &machine;
}

enum err
application_next(enum application_state from, enum application_event event, enum role role,
    struct application_step *ret, struct fault *f)
{
	const struct transition *row;

	TRY(machine_next(&machine, from, event, role, &row, f));
	*ret = (struct application_step){
	    .to = (enum application_state)row->to, .effects = row->effects};
	return OK;
}

const char *
application_state_name(enum application_state s)
{
	must((unsigned)s < APPLICATION_STATE__COUNT);
	return state_names[s];
}

bool
application_state_parse(struct str word, enum application_state *ret)
{
	unsigned s;

	if (!machine_state_parse(&machine, word, &s))
		return false;
	*ret = (enum application_state)s;
	return true;
}

const char *
application_event_name(enum application_event e)
{
	must((unsigned)e < APPLICATION_EVENT__COUNT);
	return event_names[e];
}
