/* SPDX-License-Identifier: Apache-2.0 */
/*
 * verb: the functions behind verb.def. Each reads ARGS, which have been checked by field.def, and
 * gives its result as a new JSON object.
 */
#ifndef AGENT_VERB_H
#define AGENT_VERB_H

#include "agent/flow.h"
#include "agent/message.h"

struct args {
	struct str language, token, enrolment, container, purpose;
	struct bytes job, signature, nonce;
	bool pending;
	struct message_list chain;
	json_t *payload; /* borrowed; NULL: none */
};

/*
 * {"tokens", "failed", "unknown"}, and "why" when there is no token: what tokens.list answers and an
 * event says.
 */
NODISCARD enum err inventory_tokens(struct asked *q, json_t **ret, struct fault *f);

typedef enum err (*verb_fn)(
    struct asked *q, const struct args *args, json_t **ret, struct fault *f);

#define X(function, verb, required, optional) \
	NODISCARD enum err verb_##function(   \
	    struct asked *q, const struct args *args, json_t **ret, struct fault *f);
#include "agent/verb.def"
#undef X

#endif
