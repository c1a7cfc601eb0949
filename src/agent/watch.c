/* SPDX-License-Identifier: Apache-2.0 */
/*
 * watch: tokens.watch: a token that is plugged in or pulled out becomes an event. Modules are looked
 * at again and again: the standard's C_WaitForSlotEvent is missing, late or wrong in most of them.
 */
#include <string.h>
#include <time.h>

#include "agent/verb.h"
#include "base/buf.h"
#include "crypto/digest.h"
#include "token/p11child.h"

#define LOOK_MS  500   /* between two looks: an event comes within a second */
#define PAUSE_MS 10000 /* before a module that failed is asked again */

static int64_t
now_ms(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* The digest of what one module shows now; zeros when it cannot be asked. */
static void
look(struct agent *agent, struct arena *a, size_t module, uint8_t ret[static SHA256_SIZE])
{
	struct buf b = buf_new(a, (size_t)256 << 10);
	struct token_slots now = {.n = 0};

	memset(ret, 0, SHA256_SIZE);
	if (token_look(agent->tokens, module, a, &now, NULL) != OK) {
		agent->watch.not_before[module] = now_ms() + PAUSE_MS;
		return;
	}
	for (size_t i = 0; i < now.n; i++) {
		buf_u64(&b, now.tokens[i].slot);
		buf_field(&b, str_bytes(now.tokens[i].reader));
		buf_field(&b, str_bytes(now.tokens[i].serial));
		buf_field(&b, str_bytes(now.tokens[i].label));
	}
	for (size_t i = 0; i < now.strange_n; i++)
		buf_field(&b, str_bytes(now.strange[i]));
	sha256(buf_bytes(&b), ret);
}

/* Looks at all modules that may show something new; is anything other than before? */
static bool
changed(struct agent *agent, struct arena *a, bool all)
{
	const struct settings *s = agent->settings;
	struct watch *w = &agent->watch;
	bool ret = false;

	for (size_t i = 0; i < s->modules_n; i++) {
		uint8_t now[SHA256_SIZE];

		if (!all &&
		    (s->modules[i].quirks & P11_QUIRK_STEADY || now_ms() < w->not_before[i]))
			continue;
		look(agent, a, i, now);
		ret |= memcmp(now, w->seen[i], sizeof(now)) != 0;
		memcpy(w->seen[i], now, sizeof(now));
	}
	return ret;
}

int
agent_wait(const struct agent *a)
{
	return a->watch.on ? LOOK_MS : -1;
}

bool
agent_event(struct agent *agent, struct arena *a, struct bytes *ret)
{
	struct asked q = {.agent = agent, .a = a};
	json_t *tokens = NULL;

	if (!agent->watch.on || !changed(agent, a, false) ||
	    inventory_tokens(&q, &tokens, NULL) != OK)
		return false;
	json_object_set_new(tokens, "v", json_integer(1));
	json_object_set_new(tokens, "event", json_string("tokens"));
	*ret = message_text(a, tokens);
	return true;
}

enum err
verb_tokens_watch(struct asked *q, const struct args *args, json_t **ret, struct fault *f)
{
	(void)args;
	/* First what later looks are compared with: a token that comes in between is told twice. */
	(void)changed(q->agent, q->a, true);
	TRY(inventory_tokens(q, ret, f));
	q->agent->watch.on = true;
	return OK;
}
