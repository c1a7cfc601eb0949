/* SPDX-License-Identifier: Apache-2.0 */
/* signet apply, diff, get, profile: documents in force, and what a new one would change. */
#include <stdio.h>
#include <string.h>

#include "base/must.h"
#include "base/text.h"
#include "base/yaml.h"
#include "cli/command.h"
#include "cli/document.h"
#include "cli/file.h"
#include "cli/request.h"
#include "cli/show.h"

#define DOCUMENT_MAX ((size_t)64 << 10)
#define LAST_PRESET  "200" /* applications that --dry-run looks at */

static const struct show_column document_columns[] = {
    {"cli.column.document", "kind", NULL},
    {"cli.column.version", "version", NULL},
    {"cli.column.title", "title", NULL},
};
static const struct show_column change_columns[] = {
    {"cli.column.key", "key", NULL},
    {"cli.column.old", "old", NULL},
    {"cli.column.now", "now", NULL},
};
static const struct show_column refused_columns[] = {
    {"cli.column.no", "no", NULL},
    {"cli.column.state", "state", "state.application"},
    {"cli.column.field", "field", NULL},
    {"cli.column.rule", "rule", NULL},
    {"cli.column.why", "detail", NULL},
};
#define N(array) (sizeof(array) / sizeof((array)[0]))

/* {"yaml": …} of the file in --file. */
static enum err
document_body(struct cli *c, json_t **ret, struct fault *f)
{
	struct bytes text;
	const char *path;

	TRY(cli_need(c, OPTION_FILE, &path, f));
	TRY(file_read(c->a, path, DOCUMENT_MAX, &text, f));
	*ret = json_pack("{s:s%}", "yaml", (const char *)text.p, text.n);
	if (*ret == NULL)
		return FAIL_FIELD(f, E_FIELD_CHARS, path, "UTF-8", "not text");
	return OK;
}

static enum err
rehearse(struct cli *c, const char *last, json_t **ret, struct fault *f)
{
	struct request q = {.method = "POST"};

	q.path = request_path(c, "/api/v1/documents/profiles/try?last=%s", last);
	TRY(document_body(c, &q.body, f));
	return request(c, &q, ret, f);
}

/* Exit 1: it differs. */
enum err
cmd_diff(struct cli *c, struct fault *f)
{
	json_t *answer, *changes;

	TRY(rehearse(c, "0", &answer, f));
	changes = json_object_get(answer, "changes");
	if (json_array_size(changes))
		c->status = 1;
	if (!show_json(c, answer) && json_array_size(changes))
		show_table(c, changes, change_columns, N(change_columns));
	return OK;
}

/* Exit 1: somebody would be refused. */
static enum err
dry_run(struct cli *c, struct fault *f)
{
	const char *last = cli_has(c, OPTION_LAST) ? c->option[OPTION_LAST] : LAST_PRESET;
	json_t *answer, *refused;

	TRY(rehearse(c, last, &answer, f));
	refused = json_object_get(answer, "refused");
	if (json_array_size(refused))
		c->status = 1;
	if (show_json(c, answer))
		return OK;
	if (json_array_size(json_object_get(answer, "changes")))
		show_table(
		    c, json_object_get(answer, "changes"), change_columns, N(change_columns));
	if (json_array_size(refused))
		show_table(c, refused, refused_columns, N(refused_columns));
	show_note(c, json_array_size(refused) ? "cli.try.refused" : "cli.try.none", "count",
	    str_of(arena_fmt(c->a, "%" JSON_INTEGER_FORMAT,
		json_integer_value(json_object_get(answer, "looked_at")))));
	return OK;
}

/* What kind of document BODY holds: its first word says. What is neither is the server's to refuse. */
static const char *
kind_path(struct cli *c, const json_t *body)
{
	const char *text = json_string_value(json_object_get(body, "yaml"));
	const struct yaml *doc;
	struct fault ignored = {0};

	if (text && yaml_parse(c->a, str_bytes(str_of(text)), &doc, &ignored) == OK &&
	    doc->kind == YAML_MAPPING && yaml_get(doc, "profile") == NULL) {
		if (yaml_get(doc, "office") != NULL)
			return "/api/v1/documents/offices";
		if (yaml_get(doc, "agreement") != NULL)
			return "/api/v1/documents/agreements";
	}
	return "/api/v1/documents/profiles";
}

enum err
cmd_apply(struct cli *c, struct fault *f)
{
	struct request q = {.method = "POST"};
	json_t *prepared;

	if (cli_has(c, OPTION_DRY_RUN))
		return dry_run(c, f);
	if (cli_has(c, OPTION_LAST))
		return FAIL_FIELD(f, E_USAGE, "--last", "--dry-run", "without --dry-run");
	TRY(document_body(c, &q.body, f));
	q.path = kind_path(c, q.body);
	TRY(request(c, &q, &prepared, f));
	return document_sign(c, prepared, f);
}

/* The document as it was signed, octet for octet. */
static enum err
get(struct cli *c, const char *kind, struct fault *f)
{
	struct request q = {.method = "GET"};
	struct bytes octets;
	json_t *answer;

	q.path = request_path(c, "/api/v1/documents/%s", kind);
	TRY(request(c, &q, &answer, f));
	TRY(request_octets(c, answer, "octets", &octets, f));
	if (cli_has(c, OPTION_OUT))
		TRY(file_write(c->a, c->option[OPTION_OUT], octets, 0644, f));
	if (show_json(c, answer) || cli_has(c, OPTION_OUT))
		return OK;
	if (fwrite(octets.p, 1, octets.n, stdout) != octets.n)
		return FAIL_FIELD(f, E_FILE, "standard output", NULL, "cannot be written");
	return OK;
}

enum err
cmd_get(struct cli *c, struct fault *f)
{
	if (c->argument_count == 1)
		return get(c, c->argument[0], f);
	return get(c, arena_fmt(c->a, "%s:%s", c->argument[0], c->argument[1]), f);
}

enum err
cmd_profile_get(struct cli *c, struct fault *f)
{
	return get(c, arena_fmt(c->a, "profile:%s", c->argument[0]), f);
}

/* The profiles among the documents, by their own names. */
enum err
cmd_profile_list(struct cli *c, struct fault *f)
{
	struct request q = {.method = "GET", .path = "/api/v1/documents"};
	static const char prefix[] = "profile:";
	json_t *answer, *rows, *row;
	size_t i;

	TRY(request(c, &q, &answer, f));
	rows = json_array();
	must(json_array_append_new(c->keep, rows) == 0);
	json_array_foreach(json_object_get(answer, "documents"), i, row)
	{
		const char *kind = json_string_value(json_object_get(row, "kind"));

		if (kind == NULL || strncmp(kind, prefix, sizeof(prefix) - 1) != 0)
			continue;
		must(json_object_set_new(row, "kind", json_string(kind + sizeof(prefix) - 1)) == 0);
		must(json_array_append(rows, row) == 0);
	}
	if (!show_json(c, rows))
		show_table(c, rows, document_columns, N(document_columns));
	return OK;
}
