/* SPDX-License-Identifier: Apache-2.0 */
/*
 * play: the command line in the part of page and extension: it asks the portal's API on one side
 * and the dispatcher on the other, with the very messages that a browser would pass.
 */
#ifndef AGENT_PLAY_H
#define AGENT_PLAY_H

#include <jansson.h>

#include "agent/agent.h"
#include "net/client.h"

struct play {
	struct arena *a;
	enum lang lang;
	const struct settings *settings;
	struct agent *agent;
	struct net_client *net;
	struct str server; /* origin */
	struct str bearer; /* empty: none */
	struct str nonce;  /* the agent's, base64 */
	int64_t asked;     /* id of the last request to the dispatcher */
	json_t *keep;      /* answers, until the end */
	json_t *problem;   /* the last refusal, in words: API or dispatcher; NULL: none */
	int status;        /* HTTP status of the last refusal by the API, 0: not by the API */
};

/* Asks the dispatcher; takes ARGS. The answer's "ok" is borrowed and lives as long as P. */
NODISCARD enum err play_verb(
    struct play *p, const char *verb, json_t *args, json_t **ret, struct fault *f);
/* Says hello; p->nonce is set. */
NODISCARD enum err play_hello(struct play *p, json_t **ret, struct fault *f);
/*
 * POSTs BODY (taken) to PATH of the server. ACT: with an Idempotency-Key. A refusal becomes the
 * fault of its code.
 */
NODISCARD enum err play_post(
    struct play *p, const char *path, bool act, json_t *body, json_t **ret, struct fault *f);
/* A text member of an answer. E_ANSWER when it is missing. */
NODISCARD enum err play_text(const json_t *obj, const char *name, struct str *ret, struct fault *f);
/* May the API's refusal be final: repeating the same cannot succeed? */
bool play_refused(const struct play *p);

#endif
