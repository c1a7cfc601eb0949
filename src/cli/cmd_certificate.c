/* SPDX-License-Identifier: Apache-2.0 */
/* signet certs, cert, revoke, inquire, ca fetch, crl fetch, health: certificates and their status. */
#include <stdio.h>
#include <string.h>

#include "base/must.h"
#include "base/text.h"
#include "cli/bulk.h"
#include "cli/command.h"
#include "cli/file.h"
#include "cli/request.h"
#include "cli/session.h"
#include "cli/show.h"
#include "cli/sms.h"

#define ISSUER_PRESET "issuing-g1"

static const struct show_column columns[] = {
    {"cli.column.serial", "serial", NULL},
    {"cli.column.ca", "ca", NULL},
    {"cli.column.profile", "profile", NULL},
    {"cli.column.state", "state", "state.certificate"},
    {"cli.column.reason", "reason", "reason"},
    {"cli.column.revoked", "revoked_at", NULL},
    {"cli.column.bad-since", "invalidity", NULL},
    {"cli.column.at", "at", NULL},
    {"cli.column.before", "not_before", NULL},
    {"cli.column.after", "not_after", NULL},
    {"cli.column.subject", "subject", NULL},
};
static const struct show_column part_columns[] = {
    {"cli.column.part", "name", NULL},
    {"cli.column.ok", "ok", NULL},
    {"cli.column.since", "since", NULL},
    {"cli.column.until", "until", NULL},
    {"cli.column.waiting", "waiting", NULL},
    {"cli.column.lag", "lag", NULL},
    {"cli.column.last-error", "last_error", NULL},
    {"cli.column.mend", "mend", NULL},
    {"cli.column.warning", "warning", NULL},
};
static const struct show_column list_columns[] = {
    {"cli.column.ca", "ca", NULL},
    {"cli.column.number", "number", NULL},
    {"cli.column.this-update", "this_update", NULL},
    {"cli.column.next-update", "next_update", NULL},
    {"cli.column.size", "size", NULL},
    {"cli.column.hash", "hash", NULL},
};
#define N(array) (sizeof(array) / sizeof((array)[0]))

static const char *
issuer(const struct cli *c)
{
	return cli_has(c, OPTION_ISSUER) ? c->option[OPTION_ISSUER] : ISSUER_PRESET;
}

enum err
cmd_certs(struct cli *c, struct fault *f)
{
	struct request q = {.method = "GET", .path = "/api/v1/certificates?limit=200"};
	json_t *all = json_array(), *answer;
	const char *cursor;

	must(json_array_append_new(c->keep, all) == 0);
	do {
		TRY(request(c, &q, &answer, f));
		(void)json_array_extend(all, json_object_get(answer, "certificates"));
		cursor = json_string_value(json_object_get(answer, "next"));
		if (cursor)
			q.path =
			    request_path(c, "/api/v1/certificates?limit=200&cursor=%s", cursor);
	} while (cursor && *cursor);
	if (!show_json(c, all))
		show_table(c, all, columns, N(columns));
	return OK;
}

enum err
cmd_cert(struct cli *c, struct fault *f)
{
	struct request q = {.method = "GET"};
	json_t *certificate;
	struct bytes der;

	q.path = request_path(c, "/api/v1/certificates/%s/%s", issuer(c), c->argument[0]);
	TRY(request(c, &q, &certificate, f));
	if (cli_has(c, OPTION_OUT)) {
		TRY(request_octets(c, certificate, "certificate", &der, f));
		TRY(file_write(c->a, c->option[OPTION_OUT], der, 0644, f));
	}
	if (!show_json(c, certificate))
		show_object(c, certificate, columns, N(columns));
	return OK;
}

enum err
cmd_inquire(struct cli *c, struct fault *f)
{
	struct request q = {.method = "GET", .anybody = true};
	json_t *status;

	q.path = request_path(c, "/api/v1/inquiry/%s/%s", issuer(c), c->argument[0]);
	if (cli_has(c, OPTION_AT))
		q.path = request_path(c, "/api/v1/inquiry/%s/%s?at=%s", issuer(c), c->argument[0],
		    c->option[OPTION_AT]);
	TRY(request(c, &q, &status, f));
	if (!show_json(c, status))
		show_object(c, status, columns, N(columns));
	return OK;
}

/* With a session by SMS: the fresh code that names this act (S13), put into BODY. */
static enum err
fresh_code(struct cli *c, json_t *body, bool *ret_sent_only, struct fault *f)
{
	json_t *entry;
	const char *phone;
	struct str code, secret;

	TRY(session_read(c, &entry, f));
	phone = json_string_value(json_object_get(entry, "phone"));
	if (phone == NULL)
		return FAIL_FIELD(f, E_USAGE, "--sms", "login --phone", "no phone");
	if (!cli_has(c, OPTION_CODE))
		TRY(sms_send(c, phone, arena_fmt(c->a, "revoke:%s", c->argument[0]), f));
	*ret_sent_only = cli_has(c, OPTION_SEND);
	if (*ret_sent_only)
		return OK;
	TRY(sms_code(c, &code, &secret, f));
	must(json_object_set_new(body, "sms_code", json_stringn(code.p, code.n)) == 0);
	must(json_object_set_new(body, "client_secret", json_stringn(secret.p, secret.n)) == 0);
	return OK;
}

enum err
cmd_revoke(struct cli *c, struct fault *f)
{
	struct request q = {.method = "POST", .act = true};
	json_t *certificate, *body;
	bool sent_only = false;
	const char *reason;

	TRY(cli_need(c, OPTION_REASON, &reason, f));
	body = json_pack("{s:s}", "reason", reason);
	if (body == NULL)
		return FAIL_FIELD(f, E_FIELD_CHARS, "reason", "UTF-8", "not text");
	must(json_array_append_new(c->keep, body) == 0);
	if (cli_has(c, OPTION_SINCE))
		must(json_object_set_new(
			 body, "invalidity", json_string(c->option[OPTION_SINCE])) == 0);
	if (cli_has(c, OPTION_SMS) || cli_has(c, OPTION_SEND) || cli_has(c, OPTION_CODE))
		TRY(fresh_code(c, body, &sent_only, f));
	if (sent_only)
		return OK;
	if (bulk_wanted(c))
		return bulk_revoke(c, issuer(c), body, f);
	q.path = request_path(c, "/api/v1/certificates/%s/%s/revoke", issuer(c), c->argument[0]);
	q.body = json_incref(body);
	TRY(request(c, &q, &certificate, f));
	if (show_json(c, certificate))
		return OK;
	show_object(c, certificate, columns, N(columns));
	if (json_is_string(json_object_get(certificate, "invalidity_asked")))
		show_note(c, "cli.revoke.second", "time",
		    str_of(json_string_value(json_object_get(certificate, "invalidity_asked"))));
	return OK;
}

static enum err
hold(struct cli *c, const char *verb, struct fault *f)
{
	struct request q = {.method = "POST", .act = true};
	json_t *certificate;

	q.path = request_path(c, "/api/v1/certificates/%s/%s/%s", issuer(c), c->argument[0], verb);
	TRY(request(c, &q, &certificate, f));
	if (!show_json(c, certificate))
		show_object(c, certificate, columns, N(columns));
	return OK;
}

enum err
cmd_suspend(struct cli *c, struct fault *f)
{
	return hold(c, "suspend", f);
}

enum err
cmd_resume(struct cli *c, struct fault *f)
{
	return hold(c, "resume", f);
}

/* From the public http address: nothing there needs a session, and all of it is signed. */
static enum err
fetch(struct cli *c, const char *folder, const char *rest, struct fault *f)
{
	const char *ca = c->argument_count ? c->argument[0] : ISSUER_PRESET;
	struct str base;
	struct bytes body;

	TRY(request_http(c, &base, f));
	TRY(request_raw(c,
	    str_of(arena_fmt(c->a, "%.*s/%s/%s%s", (int)base.n, base.p, folder,
		request_path(c, "%s", ca), rest)),
	    &body, f));
	show_note(c, NULL, "ca", str_of(ca));
	if (cli_has(c, OPTION_OUT)) {
		show_note(c, NULL, "file", str_of(c->option[OPTION_OUT]));
		return file_write(c->a, c->option[OPTION_OUT], body, 0644, f);
	}
	show_note(c, NULL, "octets", str_of(base64_text(c->a, body)));
	if (c->json)
		return OK;
	if (fwrite(body.p, 1, body.n, stdout) != body.n)
		return FAIL_FIELD(f, E_FILE, "standard output", NULL, "cannot be written");
	return OK;
}

enum err
cmd_ca_fetch(struct cli *c, struct fault *f)
{
	return fetch(c, "ca", ".cer", f);
}

enum err
cmd_crl_fetch(struct cli *c, struct fault *f)
{
	return fetch(c, "crl", "/0.crl", f);
}

/* The newest page: who wants them all takes --json and the API. */
enum err
cmd_crl_list(struct cli *c, struct fault *f)
{
	struct request q = {.method = "GET", .path = "/api/v1/crls?limit=50"};
	json_t *answer, *lists;

	TRY(request(c, &q, &answer, f));
	lists = json_object_get(answer, "lists");
	if (!show_json(c, lists))
		show_table(c, lists, list_columns, N(list_columns));
	return OK;
}

enum err
cmd_health(struct cli *c, struct fault *f)
{
	struct request q = {
	    .to = REQUEST_ADMIN, .method = "GET", .path = "/readyz", .any_status = true};
	json_t *answer, *parts;

	TRY(request(c, &q, &answer, f));
	parts = json_object_get(answer, "parts");
	if (!show_json(c, answer) && json_array_size(parts))
		show_table(c, parts, part_columns, N(part_columns));
	if (!json_is_true(json_object_get(answer, "ready")))
		return FAIL(f, E_NOT_READY, "readyz says so");
	show_note(c, "cli.health.ready", NULL, (struct str){0});
	return OK;
}
