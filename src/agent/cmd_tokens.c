/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_tokens: the commands that only look. */
#include <stdio.h>

#include "agent/cmd.h"

enum err
cmd_tokens(struct cmd *c, struct fault *f)
{
	json_t *answer, *one;
	size_t i;

	TRY(play_verb(&c->play, "tokens.list", json_object(), &answer, f));
	if (c->option[CMD_JSON]) {
		cmd_print_json(answer);
		return OK;
	}
	json_array_foreach(json_object_get(answer, "tokens"), i, one)(void) printf(
	    "%s  %s  %s  %s  pin: %s\n", cmd_show(c, one, "serial"), cmd_show(c, one, "label"),
	    cmd_show(c, one, "model"), cmd_show(c, one, "module"), cmd_show(c, one, "pin"));
	json_array_foreach(json_object_get(answer, "failed"), i, one)(void)
	    fprintf(stderr, "%s: %s (%s)\n", cmd_show(c, one, "module"), cmd_show(c, one, "text"),
		cmd_show(c, one, "detail"));
	return OK;
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
