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
	q.body = json_pack("{s:s, s:s, s:s, s:s, s:s}", "name", name, "role", role, "phone", phone,
	    "mail", mail, "lang", lang ? lang : lang_tag(c->lang));
	if (q.body == NULL)
		return FAIL_FIELD(f, E_FIELD_CHARS, "name", "UTF-8", "not text");
	TRY(request(c, &q, &prepared, f));
	return document_sign(c, prepared, f);
}
