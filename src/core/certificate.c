/* SPDX-License-Identifier: Apache-2.0 */
#include "core/certificate.h"

#include "base/must.h"

static const char *const state_names[] = {
#define STATE(symbol, word) word,
#define EVENT(symbol, word)
#define ROW(from, event, to, role, effects)
#include "core/certificate.def"
#undef STATE
#undef EVENT
#undef ROW
};

static const char *const event_names[] = {
#define STATE(symbol, word)
#define EVENT(symbol, word) word,
#define ROW(from, event, to, role, effects)
#include "core/certificate.def"
#undef STATE
#undef EVENT
#undef ROW
};

static const struct transition rows[] = {
#define STATE(symbol, word)
#define EVENT(symbol, word)
#define ROW(from, event, to, role, effects) \
	{CERTIFICATE_##from, CERTIFICATE_EVENT_##event, CERTIFICATE_##to, ROLE_##role, (effects)},
#include "core/certificate.def"
#undef STATE
#undef EVENT
#undef ROW
};

static const struct machine machine = {
    .name = "certificate",
    .states = state_names,
    .events = event_names,
    .state_count = CERTIFICATE_STATE__COUNT,
    .event_count = CERTIFICATE_EVENT__COUNT,
    .rows = rows,
    .row_count = sizeof(rows) / sizeof(rows[0]),
};

const struct machine *
certificate_machine(void)
{
	return &machine;
}

enum err
certificate_next(enum certificate_state from, enum certificate_event event, enum role role,
    struct certificate_step *ret, struct fault *f)
{
	const struct transition *row;

	TRY(machine_next(&machine, from, event, role, &row, f));
	*ret = (struct certificate_step){
	    .to = (enum certificate_state)row->to, .effects = row->effects};
	return OK;
}

const char *
certificate_state_name(enum certificate_state s)
{
	must((unsigned)s < CERTIFICATE_STATE__COUNT);
	return state_names[s];
}

bool
certificate_state_parse(struct str word, enum certificate_state *ret)
{
	unsigned s;

	if (!machine_state_parse(&machine, word, &s))
		return false;
	*ret = (enum certificate_state)s;
	return true;
}

const char *
certificate_event_name(enum certificate_event e)
{
	must((unsigned)e < CERTIFICATE_EVENT__COUNT);
	return event_names[e];
}
