/* SPDX-License-Identifier: Apache-2.0 */
/* signet audit, audit verify, audit export: the log, its proof, and a copy that others can check. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/must.h"
#include "cli/command.h"
#include "cli/request.h"
#include "cli/show.h"

#define PAGE       "/api/v1/audit?limit=200"
#define CURSOR_MAX 512

static const struct show_column columns[] = {
    {"cli.column.number", "seq", NULL},
    {"cli.column.time", "time", NULL},
    {"cli.column.event", "event", NULL},
    {"cli.column.actor", "actor", NULL},
    {"cli.column.object", "object", NULL},
    {"cli.column.detail", "detail", NULL},
};
#define N(array) (sizeof(array) / sizeof((array)[0]))

/* What the filters add to the address. */
static const char *
filters(struct cli *c)
{
	static const struct {
		enum option option;
		const char *fmt;
	} rows[] = {{OPTION_EVENT, "&event=%s"}, {OPTION_OBJECT, "&object=%s"},
	    {OPTION_ACTOR, "&actor=%s"}, {OPTION_FROM, "&since=%s"}, {OPTION_UNTIL, "&until=%s"}};
	const char *all = "";

	for (size_t i = 0; i < N(rows); i++) {
		const char *fmt = rows[i].fmt, *equals = strchr(fmt, '=');

		if (cli_has(c, rows[i].option))
			all = arena_fmt(c->a, "%s%.*s%s", all, (int)(equals + 1 - fmt), fmt,
			    request_path(c, "%s", c->option[rows[i].option]));
	}
	return all;
}

enum err
cmd_audit(struct cli *c, struct fault *f)
{
	struct request q = {.method = "GET"};
	const char *wanted = filters(c), *cursor;
	json_t *all = json_array(), *answer;

	must(json_array_append_new(c->keep, all) == 0);
	q.path = arena_fmt(c->a, PAGE "%s", wanted);
	do {
		TRY(request(c, &q, &answer, f));
		(void)json_array_extend(all, json_object_get(answer, "records"));
		cursor = json_string_value(json_object_get(answer, "next"));
		if (cursor)
			q.path = arena_fmt(
			    c->a, PAGE "%s&cursor=%s", wanted, request_path(c, "%s", cursor));
	} while (cursor && *cursor);
	if (!show_json(c, all))
		show_table(c, all, columns, N(columns));
	return OK;
}

enum err
cmd_audit_verify(struct cli *c, struct fault *f)
{
	struct request q = {.method = "GET", .path = "/api/v1/audit/verify"};
	json_t *answer;

	TRY(request(c, &q, &answer, f));
	if (!json_is_true(json_object_get(answer, "whole")))
		return FAIL_FIELD(f, E_LOG_BROKEN,
		    arena_fmt(c->a, "%" JSON_INTEGER_FORMAT,
			json_integer_value(json_object_get(answer, "broken"))),
		    NULL, "the chain does not hold");
	if (!show_json(c, answer))
		show_note(c, "cli.audit.whole", "number",
		    str_of(arena_fmt(c->a, "%" JSON_INTEGER_FORMAT " (%s)",
			json_integer_value(json_object_get(answer, "seq")),
			json_string_value(json_object_get(answer, "hash")))));
	return OK;
}

/* One line a record, in the order of the log. */
static enum err
put_page(FILE *out, const json_t *answer, int64_t *count, struct fault *f)
{
	const json_t *record;
	size_t i;

	json_array_foreach(json_object_get(answer, "records"), i, record)
	{
		if (json_dumpf(record, out, JSON_COMPACT | JSON_SORT_KEYS) != 0 ||
		    putc('\n', out) == EOF)
			return FAIL_FIELD(f, E_FILE, "--out", NULL, "cannot be written");
		++*count;
	}
	return OK;
}

/* Page by page; what a page took is given back before the next, so that a log of any length passes. */
static enum err
put_all(struct cli *c, FILE *out, int64_t *count, struct fault *f)
{
	struct request q = {.method = "GET", .path = PAGE};
	char cursor[CURSOR_MAX + 1];
	struct cli step;
	json_t *answer;
	enum err e;

	/* The connection and the session are made on the command's own memory. */
	TRY(request(c, &q, &answer, f));
	step = *c;
	step.a = arena_new(0);
	step.keep = json_array();
	for (;;) {
		const char *next = json_string_value(json_object_get(answer, "next"));

		e = put_page(out, answer, count, f);
		if (e != OK || next == NULL || !*next)
			break;
		(void)snprintf(cursor, sizeof(cursor), "%s", next);
		must(json_array_clear(step.keep) == 0);
		arena_reset(step.a);
		q.path = request_path(&step, PAGE "&cursor=%s", cursor);
		e = request(&step, &q, &answer, f);
		if (e != OK)
			break;
	}
	c->problem = step.problem;
	json_decref(step.keep);
	arena_free(&step.a);
	return e;
}

enum err
cmd_audit_export(struct cli *c, struct fault *f)
{
	const char *path, *part;
	int64_t count = 0;
	FILE *out;
	enum err e;

	TRY(cli_need(c, OPTION_OUT, &path, f));
	part = arena_fmt(c->a, "%s.part", path);
	out = fopen(part, "wx");
	if (out == NULL)
		return FAIL_FIELD(f, E_FILE, part, NULL, "cannot be made");
	e = put_all(c, out, &count, f);
	if (e == OK && (fflush(out) != 0 || fsync(fileno(out)) != 0))
		e = FAIL_FIELD(f, E_FILE, path, NULL, "cannot be written");
	if (fclose(out) != 0 && e == OK)
		e = FAIL_FIELD(f, E_FILE, path, NULL, "cannot be written");
	if (e == OK && rename(part, path) != 0)
		e = FAIL_FIELD(f, E_FILE, path, NULL, "cannot be written");
	if (e != OK) {
		(void)unlink(part);
		return e;
	}
	show_note(c, "cli.audit.exported", "count", str_of(arena_fmt(c->a, "%" PRId64, count)));
	return OK;
}
