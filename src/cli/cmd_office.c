/* SPDX-License-Identifier: Apache-2.0 */
/* signet office list, reassign: service centres, and whose case an application is. */
#include "base/must.h"
#include "cli/command.h"
#include "cli/request.h"
#include "cli/show.h"

static const struct show_column office_columns[] = {
    {"cli.column.office", "office", NULL},
    {"cli.column.title", "title", NULL},
    {"cli.column.version", "version", NULL},
    {"cli.column.address", "address", NULL},
    {"cli.column.phone", "phone", NULL},
    {"cli.column.hours", "hours", NULL},
};
static const struct show_column case_columns[] = {
    {"cli.column.no", "no", NULL},
    {"cli.column.office", "office", NULL},
    {"cli.column.state", "state", "state.application"},
};
#define N(array) (sizeof(array) / sizeof((array)[0]))

enum err
cmd_office_list(struct cli *c, struct fault *f)
{
	struct request q = {.method = "GET", .path = "/api/v1/offices", .anybody = true};
	json_t *answer;

	TRY(request(c, &q, &answer, f));
	if (!show_json(c, answer))
		show_table(
		    c, json_object_get(answer, "offices"), office_columns, N(office_columns));
	return OK;
}

enum err
cmd_reassign(struct cli *c, struct fault *f)
{
	struct request q = {.method = "POST", .act = true};
	const char *office = c->option[OPTION_OFFICE];
	json_t *application;

	if (office == NULL)
		TRY(cli_need(c, OPTION_OFFICE, &office, f));
	q.path = request_path(c, "/api/v1/applications/%s/office", c->argument[0]);
	q.body = json_pack("{s:s}", "office", office);
	if (q.body == NULL)
		return FAIL_FIELD(f, E_FIELD_CHARS, "office", "UTF-8", "not text");
	TRY(request(c, &q, &application, f));
	if (!show_json(c, application))
		show_object(c, application, case_columns, N(case_columns));
	return OK;
}
