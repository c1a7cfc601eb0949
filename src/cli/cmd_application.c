/* SPDX-License-Identifier: Apache-2.0 */
/* signet agreement, submit, list, show, withdraw: an application as its applicant sees it. */
#include <ctype.h>
#include <string.h>

#include "base/must.h"
#include "base/text.h"
#include "cli/command.h"
#include "cli/prompt.h"
#include "cli/request.h"
#include "cli/show.h"

static const struct show_column list_columns[] = {
    {"cli.column.no", "no", NULL},
    {"cli.column.profile", "profile", NULL},
    {"cli.column.office", "office", NULL},
    {"cli.column.state", "state", "state.application"},
    {"cli.column.subject", "subject", NULL},
    {"cli.column.submitted", "submitted", NULL},
};
static const struct show_column all_columns[] = {
    {"cli.column.no", "no", NULL},
    {"cli.column.profile", "profile", NULL},
    {"cli.column.office", "office", NULL},
    {"cli.column.version", "profile_version", NULL},
    {"cli.column.state", "state", "state.application"},
    {"cli.column.subject", "subject", NULL},
    {"cli.column.mail", "mail", NULL},
    {"cli.column.reason", "reason", NULL},
    {"cli.column.created", "created", NULL},
    {"cli.column.submitted", "submitted", NULL},
    {"cli.column.decided", "decided", NULL},
    {"cli.column.approvals", "approvals", NULL},
    {"cli.column.needed", "approvals_needed", NULL},
    {"cli.column.enrolment", "enrolment", NULL},
    {"cli.column.events", "events", "event"},
};
static const struct show_column agreement_columns[] = {
    {"cli.column.version", "version", NULL},
    {"cli.column.newest", "newest", NULL},
    {"cli.column.hash", "hash", NULL},
};
#define N(array) (sizeof(array) / sizeof((array)[0]))

static void
show_application(const struct cli *c, const json_t *application)
{
	const char *name;
	json_t *value;

	if (show_json(c, application))
		return;
	show_object(c, application, all_columns, N(all_columns));
	json_object_foreach(json_object_get(application, "fields"), name, value)
	    show_line(str_of(arena_fmt(
		c->a, "  %s = %s", name, json_is_string(value) ? json_string_value(value) : "")));
	if (json_object_size(json_object_get(application, "remarks")))
		show_line(str_of(cli_text(c, "cli.application.remarks")));
	json_object_foreach(json_object_get(application, "remarks"), name, value)
	    show_line(str_of(arena_fmt(
		c->a, "  %s: %s", name, json_is_string(value) ? json_string_value(value) : "")));
}

/* FIELD=VALUE … as an object. */
static enum err
fields(struct cli *c, json_t **ret, struct fault *f)
{
	json_t *object = json_object();

	must(json_array_append_new(c->keep, object) == 0);
	for (size_t i = 1; i < c->argument_count; i++) {
		const char *equals = strchr(c->argument[i], '='), *name;
		json_t *value;

		if (equals == NULL || equals == c->argument[i])
			return FAIL_FIELD(
			    f, E_USAGE, c->argument[i], "FIELD=VALUE", "no equals sign");
		name = arena_fmt(c->a, "%.*s", (int)(equals - c->argument[i]), c->argument[i]);
		if (json_object_get(object, name))
			return FAIL_FIELD(f, E_FIELD_DUPLICATE, name, NULL, "given twice");
		value = json_string(equals + 1);
		if (value == NULL || json_object_set_new(object, name, value) != 0)
			return FAIL_FIELD(f, E_FIELD_CHARS, name, "UTF-8", "not text");
	}
	*ret = object;
	return OK;
}

/* The agreement that a profile names, as it holds now. */
static enum err
agreement(struct cli *c, const char *profile, json_t **ret, struct fault *f)
{
	struct request q = {.method = "GET", .path = "/api/v1/profiles", .anybody = true};
	struct request text = {.method = "GET", .anybody = true};
	json_t *answer, *row;
	size_t i;

	TRY(request(c, &q, &answer, f));
	json_array_foreach(json_object_get(answer, "profiles"), i, row)
	{
		const char *name = json_string_value(json_object_get(row, "profile"));
		const char *id = json_string_value(json_object_get(row, "consent_id"));

		if (name && id && !strcmp(name, profile)) {
			text.path = request_path(c, "/api/v1/agreements/%s", id);
			return request(c, &text, ret, f);
		}
	}
	return FAIL_FIELD(f, E_PROFILE_UNKNOWN, "profile", profile, "not in the list");
}

static enum err
show_agreement(const json_t *answer, struct fault *f)
{
	struct str title, text;

	TRY(request_text(answer, "title", &title, f));
	TRY(request_text(answer, "text", &text, f));
	show_line(title);
	show_line(text);
	return OK;
}

/* A number such as T-2026-1183 names a draft; anything else a profile. */
static bool
is_number(const char *word)
{
	return (word[0] == 'A' || word[0] == 'T') && word[1] == '-' &&
	    isdigit((unsigned char)word[2]);
}

/* The draft to be sent: a new one, or the one named, with fields given now put in. */
static enum err
draft(struct cli *c, json_t **ret, struct fault *f)
{
	struct request q = {.method = "POST", .path = "/api/v1/applications", .act = true};
	const char *profile = c->argument[0], *name;
	json_t *given, *old, *value;

	TRY(fields(c, &given, f));
	if (is_number(profile)) {
		struct request get = {.method = "GET"};
		struct str word;

		q.path = get.path = request_path(c, "/api/v1/applications/%s", profile);
		q.method = "PUT";
		q.act = false;
		TRY(request(c, &get, ret, f));
		if (json_object_size(given) == 0 && !cli_has(c, OPTION_OFFICE))
			return OK;
		TRY(request_text(*ret, "profile", &word, f));
		profile = arena_fmt(c->a, "%.*s", (int)word.n, word.p);
		old = json_copy(json_object_get(*ret, "fields"));
		json_object_foreach(given, name, value)
		    must(json_object_set(old, name, value) == 0);
		q.body = json_pack("{s:s, s:o}", "profile", profile, "fields", old);
	} else {
		q.body = json_pack("{s:s, s:O}", "profile", profile, "fields", given);
	}
	if (q.body == NULL)
		return FAIL_FIELD(f, E_FIELD_CHARS, "profile", "UTF-8", "not text");
	if (cli_has(c, OPTION_OFFICE))
		must(json_object_set_new(q.body, "office", json_string(c->option[OPTION_OFFICE])) ==
		    0);
	return request(c, &q, ret, f);
}

enum err
cmd_submit(struct cli *c, struct fault *f)
{
	struct request q = {.method = "POST", .act = true};
	json_t *application, *consent;
	const char *profile;
	struct str no, word, id;

	TRY(draft(c, &application, f));
	if (cli_has(c, OPTION_DRAFT)) {
		show_application(c, application);
		return OK;
	}
	TRY(request_text(application, "no", &no, f));
	TRY(request_text(application, "profile", &word, f));
	profile = arena_fmt(c->a, "%.*s", (int)word.n, word.p);
	TRY(agreement(c, profile, &consent, f));
	TRY(request_text(consent, "id", &id, f));
	if (!cli_has(c, OPTION_CONSENT)) {
		TRY(show_agreement(consent, f));
		TRY(prompt_yes(c, "cli.consent.ask", f));
	}
	q.path = request_path(
	    c, "/api/v1/applications/%s/submit", arena_fmt(c->a, "%.*s", (int)no.n, no.p));
	q.body = json_pack("{s:{s:s%, s:s, s:O, s:b}}", "consent", "text_id", id.p, id.n, "lang",
	    lang_tag(c->lang), "version", json_object_get(consent, "version"), "given", 1);
	must(q.body != NULL);
	TRY(request(c, &q, &application, f));
	show_application(c, application);
	return OK;
}

enum err
cmd_list(struct cli *c, struct fault *f)
{
	struct request q = {.method = "GET"};
	static const struct {
		enum option option;
		const char *key;
	} filters[] = {{OPTION_STATE, "state"}, {OPTION_PROFILE, "profile"},
	    {OPTION_OFFICE, "office"}, {OPTION_NAME, "name"}, {OPTION_UNTIL, "before"}};
	const char *cursor = NULL;
	json_t *all = json_array(), *answer;

	must(json_array_append_new(c->keep, all) == 0);
	do {
		q.path = "/api/v1/applications?limit=200";
		for (size_t i = 0; i < N(filters); i++) {
			const char *value = c->option[filters[i].option];

			if (value)
				q.path = arena_fmt(c->a, "%s&%s=%s", q.path, filters[i].key,
				    request_path(c, "%s", value));
		}
		if (cursor)
			q.path =
			    arena_fmt(c->a, "%s&cursor=%s", q.path, request_path(c, "%s", cursor));
		TRY(request(c, &q, &answer, f));
		(void)json_array_extend(all, json_object_get(answer, "applications"));
		cursor = json_string_value(json_object_get(answer, "next"));
	} while (cursor && *cursor);
	if (!show_json(c, all))
		show_table(c, all, list_columns, N(list_columns));
	return OK;
}

enum err
cmd_show(struct cli *c, struct fault *f)
{
	struct request q = {.method = "GET"};
	json_t *application;

	q.path = request_path(c, "/api/v1/applications/%s", c->argument[0]);
	TRY(request(c, &q, &application, f));
	show_application(c, application);
	return OK;
}

/* An act on an application that needs no words: POST …/VERB, then show it. */
static enum err
act_on(struct cli *c, const char *verb, struct fault *f)
{
	struct request q = {.method = "POST", .act = true};
	json_t *application;

	q.path = request_path(c, "/api/v1/applications/%s/%s", c->argument[0], verb);
	TRY(request(c, &q, &application, f));
	show_application(c, application);
	return OK;
}

enum err
cmd_withdraw(struct cli *c, struct fault *f)
{
	return act_on(c, "withdraw", f);
}

enum err
cmd_codes(struct cli *c, struct fault *f)
{
	return act_on(c, "codes", f);
}

enum err
cmd_agreement(struct cli *c, struct fault *f)
{
	struct request q = {.method = "GET", .anybody = true};
	json_t *answer;

	q.path = request_path(c, "/api/v1/agreements/%s", c->argument[0]);
	if (c->argument_count > 1)
		q.path = request_path(
		    c, "/api/v1/agreements/%s?version=%s", c->argument[0], c->argument[1]);
	TRY(request(c, &q, &answer, f));
	if (show_json(c, answer))
		return OK;
	show_object(c, answer, agreement_columns, N(agreement_columns));
	return show_agreement(answer, f);
}
