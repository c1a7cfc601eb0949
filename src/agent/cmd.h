/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd: the command line of signet-agent: options, what all commands share, and the commands
 * (command.def). Answers go to standard output, progress and failures to standard error.
 */
#ifndef AGENT_CMD_H
#define AGENT_CMD_H

#include "agent/play.h"

enum cmd_option {
#define X(symbol, name, value, variable, help) CMD_##symbol,
#include "agent/option.def"
#undef X
	CMD__COUNT
};

struct cmd {
	struct play play;
	const char *option[CMD__COUNT]; /* NULL: not given; "" for one without value */
};

/* The whole program, apart from its name: what main returns. */
int cmd_main(int argc, char **argv);

#define X(word, function, server, help) \
	NODISCARD enum err cmd_##function(struct cmd *c, struct fault *f);
#include "agent/command.def"
#undef X

/* ---- what commands share ---- */

/* The token to use: the one named, or the only one. */
NODISCARD enum err cmd_token(struct cmd *c, struct str *ret, struct fault *f);
/* The only container there with key and valid certificate, or the one named. */
NODISCARD enum err cmd_container(struct cmd *c, struct str token, struct str *ret, struct fault *f);
/* Reference number (and, with CODE, authorization code): from --codes-file, else asked for. */
NODISCARD enum err cmd_codes(
    struct cmd *c, struct str *ret_reference, struct str *ret_code, struct fault *f);
/* A line of progress on standard error: a text of the catalogue. */
void cmd_step(const struct cmd *c, const char *key);
/* ANSWER as JSON on standard output. */
void cmd_print_json(const json_t *answer);
/* A member of OBJ without control characters, for a terminal; "" when it is missing. */
const char *cmd_show(struct cmd *c, const json_t *obj, const char *name);

#endif
