/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/usage.h"

#include <stdio.h>
#include <string.h>

#define WORD_MAX 48 /* octets of a word that is compared; longer ones are like nothing */

static const char *const option_names[OPTION__COUNT] = {
#define X(symbol, name, letter, value, everywhere) [OPTION_##symbol] = name,
#include "cli/option.def"
#undef X
};

static struct str
fill(const struct cli *c, const char *key, const char *word, const char *more)
{
	const struct catalogue_value values[] = {
	    {"word", str_of(word ? word : "")}, {"more", str_of(more ? more : "")}};

	if (catalogue_text(c->lang, key) == NULL)
		return (struct str){0};
	return catalogue_fill(c->a, c->lang, key, values, 2);
}

void
usage_words(const struct cli *c, const char *key, const char *word, const char *more)
{
	if (c->said) {
		c->said->what = fill(c, arena_fmt(c->a, "cli.usage.%s", key), word, more);
		c->said->next = fill(c, arena_fmt(c->a, "cli.usage.%s.next", key), word, more);
	}
}

enum err
usage(const struct cli *c, const char *key, const char *word, const char *more, struct fault *f)
{
	usage_words(c, key, word, more);
	return FAIL_FIELD(f, E_USAGE, word, more, "%s", key);
}

enum err
usage_unknown(
    const struct cli *c, const char *key, const char *word, const char *near, struct fault *f)
{
	enum err e = usage(c, key, word, NULL, f);

	if (c->said && near) {
		struct str meant = fill(c, "cli.usage.near", word, near);

		c->said->next = str_of(arena_fmt(c->a, "%.*s %.*s", (int)meant.n, meant.p,
		    (int)c->said->next.n, c->said->next.p));
	}
	return e;
}

void
usage_next(const struct cli *c, const char *key, struct str word)
{
	if (c->said)
		c->said->next = fill(c, arena_fmt(c->a, "cli.next.%s", key),
		    arena_fmt(c->a, "%.*s", (int)word.n, word.p), NULL);
}

void
usage_what(const struct cli *c, const char *key, struct str word)
{
	usage_next(c, key, word);
	if (c->said)
		c->said->what = fill(c, arena_fmt(c->a, "cli.next.%s.what", key),
		    arena_fmt(c->a, "%.*s", (int)word.n, word.p), NULL);
}

static size_t
least(size_t a, size_t b)
{
	return a < b ? a : b;
}

size_t
usage_distance(const char *a, const char *b)
{
	size_t rows[3][WORD_MAX + 1], an = strlen(a), bn = strlen(b);
	size_t *before = rows[0], *last = rows[1], *now = rows[2], *free_row;

	if (an > WORD_MAX || bn > WORD_MAX)
		return WORD_MAX;
	for (size_t k = 0; k <= bn; k++)
		last[k] = k;
	for (size_t i = 1; i <= an; i++) {
		now[0] = i;
		for (size_t k = 1; k <= bn; k++) {
			size_t same = a[i - 1] == b[k - 1] ? 0 : 1;

			now[k] = least(last[k - 1] + same, least(last[k], now[k - 1]) + 1);
			if (i > 1 && k > 1 && a[i - 1] == b[k - 2] && a[i - 2] == b[k - 1])
				now[k] = least(now[k], before[k - 2] + 1);
		}
		free_row = before;
		before = last;
		last = now;
		now = free_row;
	}
	return last[bn];
}

/* Takes NAME over *BEST when it is nearer to WORD; a third of a word may be wrong. */
static void
nearer(const char *word, const char *name, size_t *distance, const char **best)
{
	size_t d = usage_distance(word, name);

	if (d < *distance && d * 3 <= strlen(name) + 1) {
		*distance = d;
		*best = name;
	}
}

const char *
usage_near_command(struct cli *c)
{
	const char *best = NULL, *typed = c->argument[0];
	size_t distance = WORD_MAX, n;
	const struct command *rows = command_rows(&n);

	/* "aduit verfy" is nearer to "audit verify" than its first word is to "audit". */
	if (c->argument_count > 1)
		typed = arena_fmt(c->a, "%s %s", c->argument[0], c->argument[1]);
	for (size_t i = 0; i < n; i++) {
		if (strchr(rows[i].words, ' '))
			nearer(typed, rows[i].words, &distance, &best);
	}
	for (size_t i = 0; i < n && (best == NULL || strchr(best, ' ') == NULL); i++) {
		if (strchr(rows[i].words, ' ') == NULL)
			nearer(c->argument[0], rows[i].words, &distance, &best);
	}
	return best;
}

const char *
usage_near_option(const struct cli *c, const char *arg)
{
	const char *best = NULL, *equals = strchr(arg, '=');
	char *word =
	    arena_fmt(c->a, "%.*s", (int)(equals ? equals - arg : (ptrdiff_t)strlen(arg)), arg);
	size_t distance = WORD_MAX;

	while (*word == '-')
		word++;
	for (unsigned o = 0; o < OPTION__COUNT; o++)
		nearer(word, option_names[o], &distance, &best);
	return best ? arena_fmt(c->a, "--%s", best) : NULL;
}
