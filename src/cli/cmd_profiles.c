/* SPDX-License-Identifier: Apache-2.0 */
/* signet profiles: what may be applied for, and what each form asks. */
#include <string.h>

#include "base/must.h"
#include "cli/command.h"
#include "cli/request.h"
#include "cli/show.h"

static const struct show_column profile_columns[] = {
    {"cli.column.profile", "profile", NULL},
    {"cli.column.title", "title", NULL},
    {"cli.column.version", "version", NULL},
    {"cli.column.years", "years", NULL},
    {"cli.column.days", "days", NULL},
};
static const struct show_column field_columns[] = {
    {"cli.column.field", "name", NULL},
    {"cli.column.title", "title", NULL},
    {"cli.column.required", "required", NULL},
    {"cli.column.type", "type", NULL},
    {"cli.column.most", "max", NULL},
    {"cli.column.pattern", "pattern", NULL},
    {"cli.column.example", "example", NULL},
    {"cli.column.help", "help", NULL},
};
static const struct show_column paper_columns[] = {
    {"cli.column.document", "name", NULL},
    {"cli.column.title", "title", NULL},
    {"cli.column.required", "required", NULL},
    {"cli.column.types", "types", NULL},
    {"cli.column.most", "max", NULL},
};
static const struct show_column choice_columns[] = {
    {"cli.column.value", "value", NULL},
    {"cli.column.title", "title", NULL},
};
#define N(array) (sizeof(array) / sizeof((array)[0]))

static void
show_profile(struct cli *c, const json_t *profile)
{
	json_t *fields = json_object_get(profile, "fields"), *field, *choices;
	size_t i;

	show_object(c, profile, profile_columns, N(profile_columns));
	show_table(c, fields, field_columns, N(field_columns));
	show_table(c, json_object_get(profile, "documents"), paper_columns, N(paper_columns));
	json_array_foreach(fields, i, field)
	{
		choices = json_object_get(field, "choices");
		if (json_array_size(choices) == 0)
			continue;
		show_line(str_of(
		    arena_fmt(c->a, "%s:", json_string_value(json_object_get(field, "name")))));
		show_table(c, choices, choice_columns, N(choice_columns));
	}
}

enum err
cmd_profiles(struct cli *c, struct fault *f)
{
	struct request q = {.method = "GET", .path = "/api/v1/profiles", .anybody = true};
	const char *wanted = c->argument_count ? c->argument[0] : NULL;
	json_t *answer, *row, *one = json_pack("{s:[]}", "profiles");
	size_t i, found = 0;

	must(json_array_append_new(c->keep, one) == 0);
	TRY(request(c, &q, &answer, f));
	if (wanted == NULL && show_json(c, answer))
		return OK;
	json_array_foreach(json_object_get(answer, "profiles"), i, row)
	{
		const char *name = json_string_value(json_object_get(row, "profile"));

		if (name == NULL || (wanted && strcmp(name, wanted) != 0))
			continue;
		found++;
		if (c->json)
			must(json_array_append(json_object_get(one, "profiles"), row) == 0);
		else
			show_profile(c, row);
	}
	if (wanted && found == 0)
		return FAIL_FIELD(f, E_PROFILE_UNKNOWN, "profile", wanted, "not in the list");
	(void)show_json(c, one);
	return OK;
}
