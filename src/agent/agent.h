/* SPDX-License-Identifier: Apache-2.0 */
/*
 * agent: the dispatcher of the verbs, without a transport: one request of JSON octets in, one
 * answer of JSON octets out. The browser's host and the command line both speak to it.
 *
 *	{"v":1,"id":7,"verb":"enrol.begin","args":{…}}  →  {"v":1,"id":7,"ok":{…}}
 *	                                                →  {"v":1,"id":7,"error":{"code","text","next","field","rule"}}
 *
 * Verbs and their fields stand in verb.def. Requests have at most 64 KiB; unknown, missing and
 * doubled fields are refused by name. No verb takes a PIN, a path or a digest.
 */
#ifndef AGENT_AGENT_H
#define AGENT_AGENT_H

#include "agent/settings.h"
#include "base/arena.h"
#include "base/catalogue.h"
#include "base/err.h"

#define AGENT_REQUEST_MAX ((size_t)64 << 10)  /* octets */
#define AGENT_ANSWER_MAX  ((size_t)960 << 10) /* octets; the browser takes 1 MiB */

struct agent;

/*
 * SELF is the path of this program, CONFIG the file that its children read too. Both and SETTINGS
 * outlive the agent. Ends the process only for lack of memory.
 */
struct agent *agent_new(const struct settings *settings, const char *self, const char *config);
/* Logs out of every token. NULL is accepted. */
void agent_free(struct agent **a);
void agent_language(struct agent *a, enum lang l);

/*
 * Answers one request of a page of ORIGIN; the answer lies on A. There is always one: what cannot
 * be read is answered with id 0.
 */
struct bytes agent_call(
    struct agent *agent, struct arena *a, struct str origin, struct bytes request);

/*
 * While a page watches tokens: how long a transport may wait for the next request before it asks for
 * an event, in milliseconds; -1: for ever.
 */
int agent_wait(const struct agent *a);
/*
 * {"v":1,"event":"tokens","tokens":[…],"failed":[…]} on A when they are other than at the last look;
 * false: nothing happened.
 */
bool agent_event(struct agent *agent, struct arena *a, struct bytes *ret);

#endif
