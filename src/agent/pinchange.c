/* SPDX-License-Identifier: Apache-2.0 */
/* pinchange: pin.change: both PINs are typed in windows; a page only says which token. */
#include "agent/verb.h"

/* The old PIN is proved by a login first: a wrong one costs a try before the new one is thought of. */
static enum err
change(struct asked *q, const struct consent *c, struct secret *new, struct fault *f)
{
	struct flow *w = &q->agent->flow;
	struct fault why = {0};
	enum err e;

	w->pin_change = true;
	TRY(flow_login(q, c, f));
	TRY(flow_new_pin(q, new, f));
	e = token_set_pin(w->token, &w->pin, new, &why);
	if (e != OK && f)
		*f = why;
	return e;
}

enum err
verb_pin_change(struct asked *q, const struct args *args, json_t **ret, struct fault *f)
{
	struct catalogue_value site = {"origin", q->origin->origin};
	struct consent c = consent_new(q->a, q->agent->lang);
	struct secret new;
	enum err e;

	TRY(flow_open(q, args->token, f));
	consent_sentence(&c, "agent.pin-change", &site, 1);
	consent_line(&c, "agent.token", q->agent->flow.info.label);
	new = secret_new(TOKEN_PIN_MAX);
	e = change(q, &c, &new, f);
	secret_free(&new);
	flow_close(q->agent);
	if (e != OK)
		return e;
	*ret = json_pack("{s:b}", "changed", true);
	return OK;
}
