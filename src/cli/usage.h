/* SPDX-License-Identifier: Apache-2.0 */
/*
 * usage: what was typed wrongly, in words that name the next step.
 *
 * The words stand in po/ under "cli.usage.KEY" (what) and "cli.usage.KEY.next"; both may hold {word} and
 * {more}. They take the place of the catalogue's words for the failure (cli_said).
 */
#ifndef CLI_USAGE_H
#define CLI_USAGE_H

#include "cli/command.h"

/* E_USAGE about WORD; MORE is a value, a command or a list, as the text of KEY has it, or NULL. */
NODISCARD enum err usage(
    const struct cli *c, const char *key, const char *word, const char *more, struct fault *f);
/* Only the words: for a failure whose field and rule are others. */
void usage_words(const struct cli *c, const char *key, const char *word, const char *more);
/* As usage for a word that nothing is called: TABLE names the texts, NEAR what was meant, or NULL. */
NODISCARD enum err usage_unknown(
    const struct cli *c, const char *key, const char *word, const char *near, struct fault *f);
/* The command nearest to what was typed; NULL: none is near. */
const char *usage_near_command(struct cli *c);
/* The option nearest to ARG ("--jsno"), with its dashes; NULL. */
const char *usage_near_option(const struct cli *c, const char *arg);
/* Better words for the next step, after any failure: "cli.next.KEY" with {word}. */
void usage_next(const struct cli *c, const char *key, struct str word);
/* Better words for what happened and the next step: "cli.next.KEY.what" too. */
void usage_what(const struct cli *c, const char *key, struct str word);
/* How many letters A must lose, gain, change or swap with its neighbour to be B. */
size_t usage_distance(const char *a, const char *b);

#endif
