/* SPDX-License-Identifier: Apache-2.0 */
/* signet audit and its parts: the log, its proof, its signed places, and a copy that others can check. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/must.h"
#include "cli/command.h"
#include "cli/file.h"
#include "cli/request.h"
#include "cli/show.h"
#include "x509/pem.h"

#define PAGE       "/api/v1/audit?limit=200"
#define PLACES     "/api/v1/audit/checkpoints?limit=200"
#define CURSOR_MAX 512
#define PATIENCE   300 /* tenths of a second that a signature may take */

static const struct show_column columns[] = {
    {"cli.column.number", "seq", NULL},
    {"cli.column.time", "time", NULL},
    {"cli.column.event", "event", NULL},
    {"cli.column.actor", "actor", NULL},
    {"cli.column.object", "object", NULL},
    {"cli.column.detail", "detail", NULL},
};
static const struct show_column place_columns[] = {
    {"cli.column.number", "seq", NULL},
    {"cli.column.time", "time", NULL},
    {"cli.column.hash", "hash", NULL},
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

/* All signed places, and the key (NULL: not wanted), base64. */
static enum err
checkpoints(struct cli *c, json_t **ret, struct str *key, struct fault *f)
{
	struct request q = {.method = "GET", .path = PLACES};
	json_t *all = json_array(), *answer;
	const char *next;

	must(json_array_append_new(c->keep, all) == 0);
	do {
		TRY(request(c, &q, &answer, f));
		(void)json_array_extend(all, json_object_get(answer, "checkpoints"));
		next = json_string_value(json_object_get(answer, "next"));
		if (next)
			q.path = request_path(c, PLACES "&cursor=%s", next);
	} while (next);
	*ret = all;
	return key ? request_text(answer, "key", key, f) : OK;
}

enum err
cmd_audit_checkpoints(struct cli *c, struct fault *f)
{
	json_t *all;

	TRY(checkpoints(c, &all, NULL, f));
	if (!show_json(c, all))
		show_table(c, all, place_columns, N(place_columns));
	return OK;
}

/* Is there a signed place about record SEQ or a later one? The one that is, or NULL. */
static enum err
find_place(struct cli *c, json_int_t seq, json_t **ret, struct fault *f)
{
	json_t *all, *place;
	size_t i;

	*ret = NULL;
	TRY(checkpoints(c, &all, NULL, f));
	json_array_foreach(all, i, place)
	{
		if (json_integer_value(json_object_get(place, "seq")) >= seq)
			*ret = place;
	}
	return OK;
}

enum err
cmd_audit_checkpoint(struct cli *c, struct fault *f)
{
	struct request q = {
	    .method = "POST", .path = "/api/v1/audit/checkpoints", .body = json_object()};
	const struct timespec tenth = {.tv_nsec = 100000000};
	json_t *answer, *place = NULL;
	json_int_t seq;

	TRY(request(c, &q, &answer, f));
	seq = json_integer_value(json_object_get(answer, "seq"));
	for (int i = 0; place == NULL && i < PATIENCE; i++) {
		(void)nanosleep(&tenth, NULL);
		TRY(find_place(c, seq, &place, f));
	}
	if (place == NULL)
		return FAIL_FIELD(f, E_NOT_READY, "checkpoint", NULL, "not signed yet");
	if (!show_json(c, place))
		show_object(c, place, place_columns, N(place_columns));
	return OK;
}

enum err
cmd_audit_key(struct cli *c, struct fault *f)
{
	struct buf pem = buf_new(c->a, 4096);
	json_t *all, *answer;
	struct str key;
	struct bytes der;

	TRY(checkpoints(c, &all, &key, f));
	answer = json_pack("{s:s%}", "key", key.p, key.n);
	must(answer != NULL && json_array_append_new(c->keep, answer) == 0);
	TRY(request_octets(c, answer, "key", &der, f));
	pem_put(&pem, PEM_PUBLIC_KEY, der);
	if (cli_has(c, OPTION_OUT))
		TRY(file_write(c->a, c->option[OPTION_OUT], buf_bytes(&pem), 0644, f));
	if (show_json(c, answer) || cli_has(c, OPTION_OUT))
		return OK;
	if (fwrite(pem.p, 1, pem.n, stdout) != pem.n)
		return FAIL_FIELD(f, E_FILE, "standard output", NULL, "cannot be written");
	return OK;
}

/* What a piece found broken becomes the failure. */
static enum err
proof_of(struct cli *c, const json_t *answer, struct fault *f)
{
	const json_t *place = json_object_get(answer, "checkpoint");

	if (json_is_true(json_object_get(answer, "whole")))
		return OK;
	return FAIL_FIELD(f, place ? E_LOG_REWRITTEN : E_LOG_BROKEN,
	    arena_fmt(c->a, "%" JSON_INTEGER_FORMAT,
		json_integer_value(place ? place : json_object_get(answer, "broken"))),
	    NULL, "the chain does not hold");
}

static void
progress(const json_t *answer, bool last)
{
	if (isatty(STDERR_FILENO))
		(void)fprintf(stderr, "\r%" JSON_INTEGER_FORMAT "/%" JSON_INTEGER_FORMAT "%s",
		    json_integer_value(json_object_get(answer, "seq")),
		    json_integer_value(json_object_get(answer, "head")), last ? "\n" : "");
}

enum err
cmd_audit_verify(struct cli *c, struct fault *f)
{
	struct request q = {.method = "GET", .path = "/api/v1/audit/verify"};
	json_int_t places = 0;
	json_t *answer;
	const char *next;

	do {
		TRY(request(c, &q, &answer, f));
		next = json_string_value(json_object_get(answer, "next"));
		places += json_integer_value(json_object_get(answer, "checkpoints"));
		progress(answer, next == NULL);
		TRY(proof_of(c, answer, f));
		if (next)
			q.path = request_path(c, "/api/v1/audit/verify?cursor=%s", next);
	} while (next);
	must(json_object_set_new(answer, "checkpoints", json_integer(places)) == 0);
	if (show_json(c, answer))
		return OK;
	show_note(c, "cli.audit.whole", "number",
	    str_of(arena_fmt(c->a, "%" JSON_INTEGER_FORMAT " (%s)",
		json_integer_value(json_object_get(answer, "seq")),
		json_string_value(json_object_get(answer, "hash")))));
	show_note(c, "cli.audit.places", "count",
	    str_of(arena_fmt(c->a, "%" JSON_INTEGER_FORMAT, places)));
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

/* After the records, each as {"checkpoint": …}: a checker takes both from one file. */
static enum err
put_checkpoints(struct cli *c, FILE *out, struct fault *f)
{
	json_t *all, *place;
	size_t i;

	TRY(checkpoints(c, &all, NULL, f));
	json_array_foreach(all, i, place)
	{
		json_t *line = json_pack("{s:O}", "checkpoint", place);
		bool good = json_dumpf(line, out, JSON_COMPACT | JSON_SORT_KEYS) == 0 &&
		    putc('\n', out) != EOF;

		json_decref(line);
		if (!good)
			return FAIL_FIELD(f, E_FILE, "--out", NULL, "cannot be written");
	}
	return OK;
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
	if (e == OK)
		e = put_checkpoints(c, out, f);
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
