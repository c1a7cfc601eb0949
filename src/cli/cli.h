/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cli: the signet command: what was typed, and what every command needs to answer it.
 *
 * A command is a function of command.def: it takes a struct cli, prints its answer (show.h), and
 * returns OK or a fault. Whatever a server refused is told in the server's own words.
 */
#ifndef CLI_CLI_H
#define CLI_CLI_H

#include <jansson.h>

#include "base/arena.h"
#include "base/catalogue.h"
#include "base/err.h"

enum option {
#define X(symbol, name, letter, value, everywhere) OPTION_##symbol,
#include "cli/option.def"
#undef X
	OPTION__COUNT
};

#define CLI_ARGS_MAX 40
#define CLI_ARENA    ((size_t)64 << 20) /* octets: whole documents and logs pass through */

struct net_client;

struct cli {
	struct arena *a;
	enum lang lang;
	bool json;                         /* answers for machines */
	const char *option[OPTION__COUNT]; /* the value; "" for a flag; NULL: not given */
	const char *field[CLI_ARGS_MAX];   /* --field, which may be given more than once */
	size_t field_count;
	const char *argument[CLI_ARGS_MAX]; /* after the command's own words */
	size_t argument_count;
	struct net_client *portal, *admin; /* made when first needed (request.h) */
	json_t *keep;                      /* answers, released at the end */
	json_t *problem;                   /* the last refusal of a server, or NULL */
	int status;                        /* of exit when all went well: 1 says "it differs" */
	bool told; /* the agent has said on standard error what went wrong */
	struct cli_said *said;
};

/* What is known of the answer so far; a pointer, for those who only show something note it too. */
struct cli_said {
	bool json;     /* the one value of --json has been printed */
	json_t *notes; /* values of notes, by name: the answer when there is no other */
	struct str what,
	    next; /* better words for a failure of ours (usage.h); empty: the catalogue's */
};

/* Is this option given? */
bool cli_has(const struct cli *c, enum option o);
/* Its value. E_USAGE when it is missing. */
NODISCARD enum err cli_need(const struct cli *c, enum option o, const char **ret, struct fault *f);
/* E_USAGE: this option must be given; the words say what it is. */
NODISCARD enum err cli_missing(const struct cli *c, enum option o, struct fault *f);
/* The catalogue's text in the caller's language. */
const char *cli_text(const struct cli *c, const char *key);

/* Run the command; the exit status. */
int cli_main(int argc, char **argv);

#endif
