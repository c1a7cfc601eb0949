/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_tokens: the commands that only look. */
#include <poll.h>
#include <stdio.h>

#include "agent/cmd.h"
#include "agent/message.h"

static void
print_tokens(struct cmd *c, const json_t *answer)
{
	json_t *one;
	size_t i;

	if (c->option[CMD_JSON]) {
		cmd_print_json(answer);
		return;
	}
	json_array_foreach(json_object_get(answer, "tokens"), i, one)(void) printf(
	    "%s  %s  %s  %s  pin: %s\n", cmd_show(c, one, "serial"), cmd_show(c, one, "label"),
	    cmd_show(c, one, "model"), cmd_show(c, one, "module"), cmd_show(c, one, "pin"));
	if (json_object_get(answer, "why")) {
		one = json_object_get(answer, "why");
		(void)fprintf(
		    stderr, "%s\n%s\n", cmd_show(c, one, "text"), cmd_show(c, one, "next"));
	}
	json_array_foreach(json_object_get(answer, "failed"), i, one)(void)
	    fprintf(stderr, "%s: %s (%s)\n", cmd_show(c, one, "module"), cmd_show(c, one, "text"),
		cmd_show(c, one, "detail"));
	(void)fflush(stdout);
}

/* Until somebody ends it. */
static enum err
watch(struct cmd *c, struct fault *f)
{
	struct arena *a = arena_new(0);
	json_t *event = NULL;
	struct bytes text;
	enum err e = OK;

	while (e == OK) {
		(void)poll(NULL, 0, agent_wait(c->play.agent));
		if (agent_event(c->play.agent, a, &text))
			e = message_parse(text, AGENT_ANSWER_MAX, &event, f);
		if (e == OK && event) {
			(void)printf(c->option[CMD_JSON] ? "" : "--\n");
			print_tokens(c, event);
		}
		json_decref(event);
		event = NULL;
		arena_reset(a);
	}
	arena_free(&a);
	return e;
}

enum err
cmd_tokens(struct cmd *c, struct fault *f)
{
	bool on = c->option[CMD_WATCH] != NULL;
	json_t *answer;

	TRY(play_verb(&c->play, on ? "tokens.watch" : "tokens.list", json_object(), &answer, f));
	print_tokens(c, answer);
	return on ? watch(c, f) : OK;
}

enum err
cmd_certs(struct cmd *c, struct fault *f)
{
	json_t *answer, *one;
	struct str token;
	size_t i;

	TRY(cmd_token(c, &token, f));
	TRY(play_verb(
	    &c->play, "certs.list", json_pack("{s:s%}", "token", token.p, token.n), &answer, f));
	if (c->option[CMD_JSON]) {
		cmd_print_json(answer);
		return OK;
	}
	json_array_foreach(json_object_get(answer, "containers"), i, one)(void)
	    printf("%s  %s  %s  %s\n", cmd_show(c, one, "container"),
		json_is_true(json_object_get(one, "pending")) ? "pending"
							      : cmd_show(c, one, "notAfter"),
		cmd_show(c, one, "serial"), cmd_show(c, one, "subject"));
	return OK;
}
