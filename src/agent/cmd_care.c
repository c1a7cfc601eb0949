/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_care: looking after a token: its PIN, what is no longer used, a report when it misbehaves. */
#include <stdio.h>

#include "agent/cmd.h"
#include "agent/report.h"

static enum err
done(struct cmd *c, const json_t *answer, const char *key)
{
	if (c->option[CMD_JSON])
		cmd_print_json(answer);
	else
		cmd_step(c, key);
	return OK;
}

enum err
cmd_pin(struct cmd *c, struct fault *f)
{
	struct str token;
	json_t *answer;

	TRY(cmd_token(c, &token, f));
	TRY(play_verb(
	    &c->play, "pin.change", json_pack("{s:s%}", "token", token.p, token.n), &answer, f));
	return done(c, answer, "agent.pin-changed");
}

enum err
cmd_delete(struct cmd *c, struct fault *f)
{
	struct str token;
	json_t *answer;

	/* Never the only one there by itself: what goes for good is named. */
	if (c->option[CMD_CONTAINER] == NULL)
		return FAIL_FIELD(f, E_USAGE, "--container", "signet-agent certs", "missing");
	TRY(cmd_token(c, &token, f));
	TRY(play_verb(&c->play, "container.delete",
	    json_pack(
		"{s:s%,s:s}", "token", token.p, token.n, "container", c->option[CMD_CONTAINER]),
	    &answer, f));
	return done(c, answer, "agent.deleted");
}

/* Printed where the person is: no window is needed, which may be the very thing that fails. */
enum err
cmd_diag(struct cmd *c, struct fault *f)
{
	struct consent lines = consent_new(c->play.a, c->play.lang);
	struct str text;
	json_t *out;

	(void)f;
	report_add(c->play.agent, &lines);
	text = report_text(&lines, 0);
	if (!c->option[CMD_JSON]) {
		(void)fwrite(text.p, 1, text.n, stdout);
		return OK;
	}
	out = json_pack("{s:s%}", "text", text.p, text.n);
	cmd_print_json(out);
	json_decref(out);
	return OK;
}
