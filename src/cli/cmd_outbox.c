/* SPDX-License-Identifier: Apache-2.0 */
/* signet outbox list, show, retry, void: mails and SMS on their way, for the staff. */
#include "base/must.h"
#include "cli/command.h"
#include "cli/request.h"
#include "cli/show.h"

#define PAGE "/api/v1/messages?limit=200"

static const struct show_column columns[] = {
    {"cli.column.message", "id", NULL},
    {"cli.column.channel", "channel", "channel"},
    {"cli.column.template", "template", NULL},
    {"cli.column.to", "to", NULL},
    {"cli.column.object", "object", NULL},
    {"cli.column.state", "state", "state.message"},
    {"cli.column.created", "created", NULL},
    {"cli.column.due", "due", NULL},
    {"cli.column.tries", "tries", NULL},
    {"cli.column.fault", "fault", NULL},
    {"cli.column.sent", "sent", NULL},
    {"cli.column.expires", "expires", NULL},
};
#define N(array)     (sizeof(array) / sizeof((array)[0]))
#define LIST_COLUMNS 10

enum err
cmd_outbox_list(struct cli *c, struct fault *f)
{
	struct request q = {.method = "GET"};
	const char *state =
	    cli_has(c, OPTION_STATE) ? request_path(c, "&state=%s", c->option[OPTION_STATE]) : "";
	json_t *all = json_array(), *answer;
	const char *cursor;

	must(json_array_append_new(c->keep, all) == 0);
	q.path = arena_fmt(c->a, PAGE "%s", state);
	do {
		TRY(request(c, &q, &answer, f));
		(void)json_array_extend(all, json_object_get(answer, "messages"));
		cursor = json_string_value(json_object_get(answer, "next"));
		if (cursor)
			q.path = arena_fmt(
			    c->a, PAGE "%s&cursor=%s", state, request_path(c, "%s", cursor));
	} while (cursor && *cursor);
	if (!show_json(c, all))
		show_table(c, all, columns, LIST_COLUMNS);
	return OK;
}

/* ACT on the message that is named, or only a look; then it is shown. */
static enum err
one(struct cli *c, struct request *q, struct fault *f)
{
	json_t *answer;

	TRY(request(c, q, &answer, f));
	if (!show_json(c, answer))
		show_object(c, answer, columns, N(columns));
	return OK;
}

enum err
cmd_outbox_show(struct cli *c, struct fault *f)
{
	struct request q = {.method = "GET"};

	q.path = request_path(c, "/api/v1/messages/%s", c->argument[0]);
	return one(c, &q, f);
}

enum err
cmd_outbox_retry(struct cli *c, struct fault *f)
{
	struct request q = {.method = "POST"};

	q.path = request_path(c, "/api/v1/messages/%s/retry", c->argument[0]);
	return one(c, &q, f);
}

enum err
cmd_outbox_void(struct cli *c, struct fault *f)
{
	struct request q = {.method = "POST", .act = true};

	q.path = request_path(c, "/api/v1/messages/%s/void", c->argument[0]);
	return one(c, &q, f);
}
