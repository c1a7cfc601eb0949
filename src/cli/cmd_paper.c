/* SPDX-License-Identifier: Apache-2.0 */
/* signet document: the papers of an application. */
#include "cli/command.h"
#include "cli/file.h"
#include "cli/request.h"
#include "cli/show.h"
#include "core/paper.h"

static const struct show_column columns[] = {
    {"cli.column.name", "name", NULL},
    {"cli.column.title", "title", NULL},
    {"cli.column.required", "required", NULL},
    {"cli.column.types", "types", NULL},
    {"cli.column.type", "type", NULL},
    {"cli.column.size", "size", NULL},
    {"cli.column.uploaded", "uploaded", NULL},
    {"cli.column.erased", "erased", NULL},
};
#define N(array) (sizeof(array) / sizeof((array)[0]))

static char *
path(struct cli *c)
{
	return request_path(
	    c, "/api/v1/applications/%s/documents/%s", c->argument[0], c->argument[1]);
}

enum err
cmd_document_add(struct cli *c, struct fault *f)
{
	struct request q = {.method = "PUT", .path = path(c)};
	json_t *answer;

	TRY(file_read(c->a, c->argument[2], (size_t)PAPER_MEGABYTES << 20, &q.octets, f));
	if (q.octets.n == 0)
		return FAIL_FIELD(f, E_DOCUMENT_SIZE, c->argument[1], "≥ 1", "an empty file");
	TRY(request(c, &q, &answer, f));
	if (!show_json(c, answer))
		show_object(c, answer, columns, N(columns));
	return OK;
}

enum err
cmd_document_list(struct cli *c, struct fault *f)
{
	struct request q = {.method = "GET"};
	json_t *answer;

	q.path = request_path(c, "/api/v1/applications/%s/documents", c->argument[0]);
	TRY(request(c, &q, &answer, f));
	if (!show_json(c, answer))
		show_table(c, json_object_get(answer, "documents"), columns, N(columns));
	return OK;
}

enum err
cmd_document_get(struct cli *c, struct fault *f)
{
	struct request q = {.method = "GET", .path = path(c)};
	struct bytes octets;
	const char *out;

	TRY(cli_need(c, OPTION_OUT, &out, f));
	TRY(request_file(c, &q, &octets, f));
	TRY(file_write(c->a, out, octets, 0600, f));
	show_note(c, NULL, "file", str_of(out));
	show_note(c, NULL, "size", str_of(arena_fmt(c->a, "%zu", octets.n)));
	return OK;
}

enum err
cmd_document_drop(struct cli *c, struct fault *f)
{
	struct request q = {.method = "DELETE", .path = path(c)};
	json_t *none;

	TRY(request(c, &q, &none, f));
	return OK;
}
