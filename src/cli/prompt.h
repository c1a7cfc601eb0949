/* SPDX-License-Identifier: Apache-2.0 */
/* prompt: questions to the person at the terminal (prompt on standard error, answer on standard input). */
#ifndef CLI_PROMPT_H
#define CLI_PROMPT_H

#include "cli/cli.h"

/* One line, without blanks at its ends. E_CANCELLED: the input ended. */
NODISCARD enum err prompt_line(struct cli *c, const char *key, struct str *ret, struct fault *f);
/* A plain yes; anything else is E_CANCELLED. */
NODISCARD enum err prompt_yes(struct cli *c, const char *key, struct fault *f);

#endif
