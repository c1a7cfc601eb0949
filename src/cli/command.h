/* SPDX-License-Identifier: Apache-2.0 */
/* command: the rows of command.def and the functions behind them. */
#ifndef CLI_COMMAND_H
#define CLI_COMMAND_H

#include "cli/cli.h"

struct command {
	const char *words;     /* "ca init" */
	const char *arguments; /* as --help shows them */
	size_t least, most;    /* of arguments */
	uint64_t options;      /* set of 1 << enum option */
	enum err (*run)(struct cli *c, struct fault *f);
};

/* All of them. */
const struct command *command_rows(size_t *ret_n);
/* The catalogue key of a command's words: "cli.command.ca-init". */
const char *command_key(struct arena *a, const struct command *command);

#define X(symbol, words, arguments, least, most, options) \
	NODISCARD enum err cmd_##symbol(struct cli *c, struct fault *f);
#include "cli/command.def"
#undef X

#endif
