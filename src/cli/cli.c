/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/cli.h"

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/command.h"
#include "cli/show.h"
#include "cli/usage.h"
#include "net/client.h"

static const struct option_row {
	const char *name;
	char letter;
	const char *value;
	bool everywhere;
} options[OPTION__COUNT] = {
#define X(symbol, name, letter, value, everywhere) \
	[OPTION_##symbol] = {name, letter, value, everywhere},
#include "cli/option.def"
#undef X
};

#define O(symbol) (UINT64_C(1) << OPTION_##symbol)
static const struct command commands[] = {
#define X(symbol, words, arguments, least, most, options) \
	{words, arguments, least, most, options, cmd_##symbol},
#include "cli/command.def"
#undef X
};
#define COMMANDS (sizeof(commands) / sizeof(commands[0]))

const struct command *
command_rows(size_t *ret_n)
{
	*ret_n = COMMANDS;
	return commands;
}

bool
cli_has(const struct cli *c, enum option o)
{
	return c->option[o] != NULL;
}

enum err
cli_need(const struct cli *c, enum option o, const char **ret, struct fault *f)
{
	if (c->option[o] == NULL || c->option[o][0] == 0)
		return cli_missing(c, o, f);
	*ret = c->option[o];
	return OK;
}

enum err
cli_missing(const struct cli *c, enum option o, struct fault *f)
{
	const char *value = options[o].value ? options[o].value : "";
	const char *name = arena_fmt(c->a, "--%s", options[o].name);
	const char *meaning = cli_text(c, arena_fmt(c->a, "cli.option.%s", options[o].name));

	usage_words(c, "missing", name, arena_fmt(c->a, "%s %s: %s", name, value, meaning));
	return FAIL_FIELD(f, E_USAGE, name, value, "missing");
}

const char *
cli_text(const struct cli *c, const char *key)
{
	const char *text = catalogue_text(c->lang, key);

	return text ? text : key;
}

/* --NAME, --NAME=VALUE, -L; *RET_VALUE is what stands behind the equals sign, or NULL. */
static bool
option_find(const char *arg, enum option *ret, const char **ret_value)
{
	for (unsigned o = 0; o < OPTION__COUNT; o++) {
		size_t n = strlen(options[o].name);

		*ret_value = NULL;
		*ret = (enum option)o;
		if (arg[1] == options[o].letter && options[o].letter && arg[2] == 0)
			return true;
		if (arg[1] != '-' || strncmp(arg + 2, options[o].name, n) != 0)
			continue;
		if (arg[2 + n] == '=')
			*ret_value = arg + 2 + n + 1;
		if (arg[2 + n] == '=' || arg[2 + n] == 0)
			return true;
	}
	return false;
}

static enum err
take_option(struct cli *c, char **argv, int *i, struct fault *f)
{
	const char *value;
	enum option o;

	if (!option_find(argv[*i], &o, &value))
		return usage_unknown(c, "option", argv[*i], usage_near_option(c, argv[*i]), f);
	if (c->option[o] && (o != OPTION_FIELD || c->field_count == CLI_ARGS_MAX))
		return usage(c, "twice", argv[*i], NULL, f);
	if (options[o].value == NULL && value)
		return usage(c, "no-value", argv[*i], NULL, f);
	if (options[o].value && value == NULL) {
		value = argv[*i + 1];
		if (value == NULL)
			return usage(c, "value", argv[*i], options[o].value, f);
		(*i)++;
	}
	c->option[o] = value ? value : "";
	if (o == OPTION_FIELD)
		c->field[c->field_count++] = value;
	return OK;
}

static enum err
parse(struct cli *c, int argc, char **argv, struct fault *f)
{
	bool plain = false;

	for (int i = 1; i < argc; i++) {
		if (!plain && !strcmp(argv[i], "--")) {
			plain = true;
		} else if (!plain && argv[i][0] == '-' && argv[i][1]) {
			TRY(take_option(c, argv, &i, f));
		} else {
			if (c->argument_count == CLI_ARGS_MAX)
				return usage(c, "many", argv[i], NULL, f);
			c->argument[c->argument_count++] = argv[i];
		}
	}
	return OK;
}

/* The row whose words the arguments begin with; these words are taken away. */
static const struct command *
choose(struct cli *c)
{
	for (size_t i = 0; i < COMMANDS; i++) {
		const char *blank = strchr(commands[i].words, ' ');
		size_t first =
		    blank ? (size_t)(blank - commands[i].words) : strlen(commands[i].words);
		size_t words = blank ? 2 : 1;

		if (c->argument_count < words || strlen(c->argument[0]) != first ||
		    memcmp(c->argument[0], commands[i].words, first) != 0 ||
		    (blank && strcmp(c->argument[1], blank + 1) != 0))
			continue;
		c->argument_count -= words;
		memmove(
		    c->argument, c->argument + words, c->argument_count * sizeof(c->argument[0]));
		return &commands[i];
	}
	return NULL;
}

const char *
command_key(struct arena *a, const struct command *command)
{
	char *key = arena_fmt(a, "cli.command.%s", command->words);

	for (char *p = key; *p; p++) {
		if (*p == ' ')
			*p = '-';
	}
	return key;
}

static void
help_options(const struct cli *c, uint64_t mask, bool everywhere)
{
	for (unsigned o = 0; o < OPTION__COUNT; o++) {
		if (everywhere ? !options[o].everywhere : !(mask & UINT64_C(1) << o))
			continue;
		char letter[] = {'-', options[o].letter, ',', ' ', 0};

		(void)printf("  %s--%-*s %s\n", options[o].letter ? letter : "",
		    options[o].letter ? 20 : 24,
		    arena_fmt(
			c->a, "%s %s", options[o].name, options[o].value ? options[o].value : ""),
		    cli_text(c, arena_fmt(c->a, "cli.option.%s", options[o].name)));
	}
}

static void
help(const struct cli *c, const struct command *command)
{
	if (command) {
		(void)printf("signet %s %s\n\n%s\n\n", command->words, command->arguments,
		    cli_text(c, command_key(c->a, command)));
		help_options(c, command->options, false);
	} else {
		(void)printf("signet %s\n\n%s\n\n", SIGNET_VERSION, cli_text(c, "cli.help.usage"));
		for (size_t i = 0; i < COMMANDS; i++)
			(void)printf("  %-20s  %s\n", commands[i].words,
			    cli_text(c, command_key(c->a, &commands[i])));
		(void)printf("\n");
	}
	help_options(c, 0, true);
	(void)printf("\n%s\n", cli_text(c, "cli.help.more"));
}

/* No row: the first word of several commands, or a word that nothing is called. */
static enum err
no_command(struct cli *c, struct fault *f)
{
	const char *word = c->argument[0];
	size_t n = strlen(word);
	char *all = NULL;

	for (size_t i = 0; i < COMMANDS && c->argument_count == 1; i++) {
		if (strncmp(commands[i].words, word, n) == 0 && commands[i].words[n] == ' ')
			all = all ? arena_fmt(c->a, "%s, signet %s", all, commands[i].words)
				  : arena_fmt(c->a, "signet %s", commands[i].words);
	}
	return all ? usage(c, "words", word, all, f)
		   : usage_unknown(c, "command", word, usage_near_command(c), f);
}

/* Are options and arguments those of this command? */
static enum err
fits(const struct cli *c, const struct command *command, struct fault *f)
{
	for (unsigned o = 0; o < OPTION__COUNT; o++) {
		if (c->option[o] && !options[o].everywhere &&
		    !(command->options & UINT64_C(1) << o))
			return usage(c, "option-here", arena_fmt(c->a, "--%s", options[o].name),
			    arena_fmt(c->a, "signet %s", command->words), f);
	}
	if (c->argument_count < command->least || c->argument_count > command->most)
		return usage(c, command->most ? "arguments" : "no-arguments",
		    arena_fmt(c->a, "signet %s", command->words), command->arguments, f);
	return OK;
}

/* The language of the first failure too, wherever on the line it was asked for. */
static enum err
language(struct cli *c, int argc, char **argv, struct fault *f)
{
	enum option o;
	const char *value;

	for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
		if (!option_find(argv[i], &o, &value) || o != OPTION_LANG)
			continue;
		if (value == NULL && i + 1 < argc)
			value = argv[i + 1];
		if (value && !lang_parse(str_of(value), &c->lang))
			return usage(c, "lang", value, "en, zh, ru", f);
	}
	return OK;
}

static enum err
run(struct cli *c, int argc, char **argv, struct fault *f)
{
	const struct command *command;
	enum err e = language(c, argc, argv, f);

	if (e == OK)
		e = parse(c, argc, argv, f);
	/* As the person wished it, even where something else was wrong. */
	c->json = cli_has(c, OPTION_JSON);
	TRY(e);
	command = choose(c);
	if (cli_has(c, OPTION_HELP) || (command == NULL && c->argument_count == 0)) {
		help(c, command);
		return OK;
	}
	if (command == NULL)
		return no_command(c, f);
	TRY(fits(c, command, f));
	TRY(command->run(c, f));
	if (c->json && !c->said->json)
		(void)show_json(c, c->said->notes);
	return OK;
}

static enum lang
lang_of_environment(void)
{
	static const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
	enum lang l = LANG_EN;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const char *value = getenv(names[i]);

		if (value && *value) {
			if (strlen(value) >= 2)
				(void)lang_parse((struct str){value, 2}, &l);
			break;
		}
	}
	return l;
}

int
cli_main(int argc, char **argv)
{
	struct cli_said said = {.notes = json_object()};
	struct cli c = {.a = arena_new(CLI_ARENA),
	    .lang = lang_of_environment(),
	    .keep = json_array(),
	    .said = &said};
	struct fault f = {0};
	enum err e;

	(void)setlocale(LC_CTYPE, "C.UTF-8");
	e = run(&c, argc, argv, &f);
	if (e == OK && (fflush(stdout) != 0 || ferror(stdout)))
		e = FAIL_FIELD(&f, E_FILE, "standard output", NULL, "cannot be written");
	if (e != OK)
		show_fault(&c, &f);
	net_client_free(&c.portal);
	net_client_free(&c.admin);
	json_decref(c.problem);
	json_decref(c.keep);
	json_decref(said.notes);
	arena_free(&c.a);
	return e == OK ? c.status : err_row(e)->exit;
}
