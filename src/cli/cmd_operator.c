/* SPDX-License-Identifier: Apache-2.0 */
/* signet operator, and the signing of all that administrators prepare. */
#include <string.h>

#include "base/must.h"
#include "base/text.h"
#include "cli/command.h"
#include "cli/document.h"
#include "cli/file.h"
#include "cli/prompt.h"
#include "cli/request.h"
#include "cli/show.h"
#include "cli/sign.h"
#include "core/document.h"
#include "crypto/digest.h"

static const struct show_column code_columns[] = {
    {"cli.column.name", "name", NULL},
    {"cli.column.reference", "reference", NULL},
    {"cli.column.code", "code", NULL},
};
#define N(array) (sizeof(array) / sizeof((array)[0]))

enum err
cmd_operator_bootstrap(struct cli *c, struct fault *f)
{
	struct request q = {
	    .to = REQUEST_ADMIN, .method = "POST", .path = "/api/v1/setup/bootstrap"};
	json_t *answer;

	TRY(request(c, &q, &answer, f));
	if (!show_json(c, answer))
		show_table(c, json_object_get(answer, "codes"), code_columns, N(code_columns));
	return OK;
}

/* What a document's signature covers: kind, version and hash of the octets that came, base64. */
static enum err
document_octets(
    struct cli *c, const json_t *prepared, struct str kind, struct str *ret, struct fault *f)
{
	json_int_t version = json_integer_value(json_object_get(prepared, "version"));
	const char *colon = memchr(kind.p, ':', kind.n);
	uint8_t hash[SHA256_SIZE];
	struct document document = {.hash = BYTES_OF(hash)};
	struct bytes octets;

	if (colon)
		kind.n = (size_t)(colon - kind.p);
	if (version < 1 || version > UINT32_MAX || !document_kind_parse(kind, &document.kind))
		return FAIL_FIELD(f, E_ANSWER, "kind", NULL, "no such document");
	document.version = (uint32_t)version;
	TRY(request_octets(c, prepared, "octets", &octets, f));
	sha256(octets, hash);
	*ret = str_of(base64_text(c->a, document_payload(c->a, &document)));
	return OK;
}

enum err
document_sign(struct cli *c, json_t *prepared, struct fault *f)
{
	struct request q = {.method = "POST", .act = true};
	json_int_t version = json_integer_value(json_object_get(prepared, "version"));
	json_t *approval, *done;
	struct str kind, nonce, payload, diff;

	TRY(request_text(prepared, "kind", &kind, f));
	TRY(request_text(prepared, "nonce", &nonce, f));
	TRY(document_octets(c, prepared, kind, &payload, f));
	if (!c->json && json_is_string(json_object_get(prepared, "diff"))) {
		TRY(request_text(prepared, "diff", &diff, f));
		show_line(diff);
	}
	if (!cli_has(c, OPTION_YES))
		TRY(prompt_yes(c, "cli.document.ask", f));
	TRY(sign(c, "document", nonce, payload, &approval, f));
	q.path = request_path(c, "/api/v1/documents/%s/%s/apply",
	    arena_fmt(c->a, "%.*s", (int)kind.n, kind.p),
	    arena_fmt(c->a, "%" JSON_INTEGER_FORMAT, version));
	q.body = json_pack("{s:[O]}", "signatures", approval);
	must(q.body != NULL);
	TRY(request(c, &q, &done, f));
	if (!show_json(c, done))
		show_note(c, "cli.document.done", "kind", kind);
	return OK;
}

/* --office NAME[,NAME …]; none for all. */
static json_t *
offices(const struct cli *c)
{
	const char *at = c->option[OPTION_OFFICE];
	json_t *list = json_array();

	while (at && *at) {
		size_t n = strcspn(at, ",");

		must(json_array_append_new(list, json_stringn(at, n)) == 0);
		at += n + (at[n] == ',');
	}
	return list;
}

enum err
cmd_operator_add(struct cli *c, struct fault *f)
{
	struct request q = {.method = "POST", .path = "/api/v1/documents/people"};
	const char *name, *role, *phone, *mail;
	const char *lang = c->option[OPTION_PERSON_LANG];
	json_t *prepared;

	TRY(cli_need(c, OPTION_NAME, &name, f));
	TRY(cli_need(c, OPTION_PHONE, &phone, f));
	TRY(cli_need(c, OPTION_MAIL, &mail, f));
	role = cli_has(c, OPTION_ROLE) ? c->option[OPTION_ROLE] : "operator";
	q.body = json_pack("{s:s, s:s, s:s, s:s, s:s, s:o, s:b}", "name", name, "role", role,
	    "phone", phone, "mail", mail, "lang", lang ? lang : lang_tag(c->lang), "offices",
	    offices(c), "supervisor", cli_has(c, OPTION_SUPERVISOR));
	if (q.body == NULL)
		return FAIL_FIELD(f, E_FIELD_CHARS, "name", "UTF-8", "not text");
	TRY(request(c, &q, &prepared, f));
	return document_sign(c, prepared, f);
}

static const struct show_column people_columns[] = {
    {"cli.column.person", "person", NULL},
    {"cli.column.name", "name", NULL},
    {"cli.column.role", "role", NULL},
    {"cli.column.office", "offices", NULL},
    {"cli.column.supervisor", "supervisor", NULL},
    {"cli.column.enrolled", "enrolled", NULL},
    {"cli.column.phone", "phone", NULL},
    {"cli.column.mail", "mail", NULL},
};

static enum err
people(struct cli *c, json_t **ret, struct fault *f)
{
	struct request q = {.method = "GET", .path = "/api/v1/people"};
	json_t *answer;

	TRY(request(c, &q, &answer, f));
	*ret = json_object_get(answer, "people");
	return OK;
}

/* By id, or by a name that only one of them has. */
static enum err
person(struct cli *c, json_t **ret, struct fault *f)
{
	json_t *all, *row, *found = NULL;
	size_t i;

	TRY(people(c, &all, f));
	json_array_foreach(all, i, row)
	{
		const char *id = json_string_value(json_object_get(row, "person"));
		const char *name = json_string_value(json_object_get(row, "name"));

		if (id && !strcmp(id, c->argument[0])) {
			*ret = row;
			return OK;
		}
		if (name == NULL || strcmp(name, c->argument[0]) != 0)
			continue;
		if (found)
			return FAIL_FIELD(f, E_FIELD_VALUE, "name", NULL, "more than one");
		found = row;
	}
	if (found == NULL)
		return FAIL_FIELD(f, E_NOT_FOUND, "person", NULL, "not in the roster");
	*ret = found;
	return OK;
}

enum err
cmd_operator_list(struct cli *c, struct fault *f)
{
	json_t *all;

	TRY(people(c, &all, f));
	if (!show_json(c, all))
		show_table(c, all, people_columns, N(people_columns));
	return OK;
}

enum err
cmd_operator_show(struct cli *c, struct fault *f)
{
	json_t *one;

	TRY(person(c, &one, f));
	if (!show_json(c, one))
		show_object(c, one, people_columns, N(people_columns));
	return OK;
}

enum err
cmd_operator_scope(struct cli *c, struct fault *f)
{
	struct request q = {.method = "POST", .path = "/api/v1/documents/people/scope"};
	json_t *one, *prepared;

	TRY(person(c, &one, f));
	q.body = json_pack("{s:O, s:o, s:b}", "person", json_object_get(one, "person"), "offices",
	    offices(c), "supervisor", cli_has(c, OPTION_SUPERVISOR));
	must(q.body != NULL);
	TRY(request(c, &q, &prepared, f));
	return document_sign(c, prepared, f);
}

enum err
cmd_operator_remove(struct cli *c, struct fault *f)
{
	struct request q = {.method = "POST", .path = "/api/v1/documents/people/remove"};
	json_t *one, *prepared;

	TRY(person(c, &one, f));
	q.body = json_pack("{s:O}", "person", json_object_get(one, "person"));
	must(q.body != NULL);
	TRY(request(c, &q, &prepared, f));
	return document_sign(c, prepared, f);
}
