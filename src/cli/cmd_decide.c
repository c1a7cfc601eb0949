/* SPDX-License-Identifier: Apache-2.0 */
/* signet approve, return, reject: what operators decide about applications. */
#include <string.h>

#include "base/must.h"
#include "cli/bulk.h"
#include "cli/command.h"
#include "cli/request.h"
#include "cli/show.h"
#include "cli/sign.h"

static const struct show_column application_columns[] = {
    {"cli.column.no", "no", NULL},
    {"cli.column.state", "state", "state.application"},
    {"cli.column.subject", "subject", NULL},
    {"cli.column.reason", "reason", NULL},
    {"cli.column.approvals", "approvals", NULL},
    {"cli.column.needed", "approvals_needed", NULL},
    {"cli.column.enrolment", "enrolment", NULL},
};
#define N(array) (sizeof(array) / sizeof((array)[0]))

static void
show(const struct cli *c, const json_t *application)
{
	if (!show_json(c, application))
		show_object(c, application, application_columns, N(application_columns));
}

enum err
cmd_approve(struct cli *c, struct fault *f)
{
	struct request get = {.method = "GET"}, post = {.method = "POST", .act = true};
	json_t *what, *approval, *application;
	struct str nonce, payload;

	if (bulk_wanted(c))
		return bulk_applications(c, "approve", NULL, f);
	get.path = request_path(c, "/api/v1/applications/%s/approval", c->argument[0]);
	post.path = request_path(c, "/api/v1/applications/%s/approve", c->argument[0]);
	TRY(request(c, &get, &what, f));
	TRY(request_text(what, "nonce", &nonce, f));
	TRY(request_text(what, "payload", &payload, f));
	TRY(sign(c, "approve", nonce, payload, &approval, f));
	post.body = json_incref(approval);
	TRY(request(c, &post, &application, f));
	show(c, application);
	return OK;
}

/* --field NAME=TEXT …, as an object. */
static enum err
remarks(struct cli *c, json_t **ret, struct fault *f)
{
	json_t *object = json_object();

	must(json_array_append_new(c->keep, object) == 0);
	for (size_t i = 0; i < c->field_count; i++) {
		const char *equals = strchr(c->field[i], '='), *name;
		json_t *value;

		if (equals == NULL || equals == c->field[i])
			return FAIL_FIELD(f, E_USAGE, "--field", "NAME=TEXT", "no equals sign");
		name = arena_fmt(c->a, "%.*s", (int)(equals - c->field[i]), c->field[i]);
		if (json_object_get(object, name))
			return FAIL_FIELD(f, E_FIELD_DUPLICATE, name, NULL, "given twice");
		value = json_string(equals + 1);
		if (value == NULL || json_object_set_new(object, name, value) != 0)
			return FAIL_FIELD(f, E_FIELD_CHARS, name, "UTF-8", "not text");
	}
	*ret = object;
	return OK;
}

/* POST …/VERB with the reason, and the fields where there are some; or the same for many. */
static enum err
refuse(struct cli *c, const char *verb, json_t *fields, struct fault *f)
{
	struct request q = {.method = "POST", .act = true};
	json_t *application, *words;
	const char *reason;

	TRY(cli_need(c, OPTION_REASON, &reason, f));
	words = fields ? json_pack("{s:s, s:O}", "reason", reason, "fields", fields)
		       : json_pack("{s:s}", "reason", reason);
	if (words == NULL)
		return FAIL_FIELD(f, E_FIELD_CHARS, "reason", "UTF-8", "not text");
	must(json_array_append_new(c->keep, words) == 0);
	if (bulk_wanted(c))
		return bulk_applications(c, verb, words, f);
	q.path = request_path(c, "/api/v1/applications/%s/%s", c->argument[0], verb);
	q.body = json_incref(words);
	TRY(request(c, &q, &application, f));
	show(c, application);
	return OK;
}

enum err
cmd_return(struct cli *c, struct fault *f)
{
	json_t *fields;

	TRY(remarks(c, &fields, f));
	return refuse(c, "return", fields, f);
}

enum err
cmd_reject(struct cli *c, struct fault *f)
{
	return refuse(c, "reject", NULL, f);
}
