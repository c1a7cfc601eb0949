/* SPDX-License-Identifier: Apache-2.0 */
/* signet login, logout, whoami: a session by certificate, or by a code sent to the phone. */
#include <string.h>
#include <sys/random.h>

#include "base/must.h"
#include "base/text.h"
#include "cli/command.h"
#include "cli/prompt.h"
#include "cli/request.h"
#include "cli/session.h"
#include "cli/show.h"
#include "cli/sign.h"
#include "cli/sms.h"

static const struct show_column columns[] = {
    {"cli.column.name", "name", NULL},
    {"cli.column.role", "role", "role"},
    {"cli.column.assurance", "assurance", "cli.assurance"},
    {"cli.column.expires", "expires", NULL},
};
#define COLUMNS (sizeof(columns) / sizeof(columns[0]))

enum err
sms_send(struct cli *c, const char *phone, const char *purpose, struct fault *f)
{
	struct request q = {.method = "POST", .path = "/api/v1/sign-in/sms", .anybody = true};
	uint8_t secret[32];
	json_t *entry, *sent;

	must(getrandom(secret, sizeof(secret), 0) == (ssize_t)sizeof(secret));
	TRY(session_read(c, &entry, f));
	must(json_object_set_new(
		 entry, "client_secret", json_string(base64url_text(c->a, BYTES_OF(secret)))) == 0);
	must(json_object_set_new(entry, "phone", json_string(phone)) == 0);
	q.body = json_pack("{s:s, s:s, s:O}", "phone", phone, "purpose", purpose, "client_secret",
	    json_object_get(entry, "client_secret"));
	must(q.body != NULL);
	TRY(request(c, &q, &sent, f));
	TRY(session_write(c, entry, f));
	show_note(c, "cli.sms.sent", NULL, (struct str){0});
	return OK;
}

enum err
sms_code(struct cli *c, struct str *ret_code, struct str *ret_secret, struct fault *f)
{
	json_t *entry;

	TRY(session_read(c, &entry, f));
	if (!json_is_string(json_object_get(entry, "client_secret")))
		return FAIL_FIELD(f, E_USAGE, "--code", "--send", "no code was asked for here");
	TRY(request_text(entry, "client_secret", ret_secret, f));
	if (cli_has(c, OPTION_CODE)) {
		*ret_code = str_of(c->option[OPTION_CODE]);
		return OK;
	}
	return prompt_line(c, "cli.sms.ask", ret_code, f);
}

/* Keep the session of an API Session; the phone stays for later codes. */
static enum err
keep(struct cli *c, json_t *session, const char *phone, struct fault *f)
{
	static const char *const members[] = {"session", "role", "name", "expires"};
	json_t *entry = json_object();

	must(json_array_append_new(c->keep, entry) == 0);
	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
		struct str ignored;

		TRY(request_text(session, members[i], &ignored, f));
		must(json_object_set(entry, members[i], json_object_get(session, members[i])) == 0);
	}
	if (phone)
		must(json_object_set_new(entry, "phone", json_string(phone)) == 0);
	TRY(session_write(c, entry, f));
	(void)json_object_del(session, "session");
	if (!show_json(c, session))
		show_object(c, session, columns, COLUMNS);
	return OK;
}

static enum err
login_phone(struct cli *c, const char *phone, struct fault *f)
{
	struct request q = {
	    .method = "POST", .path = "/api/v1/sign-in/sms/verify", .anybody = true};
	struct str code, secret;
	json_t *session;

	if (!cli_has(c, OPTION_CODE))
		TRY(sms_send(c, phone, "sign-in", f));
	if (cli_has(c, OPTION_SEND))
		return OK;
	TRY(sms_code(c, &code, &secret, f));
	q.body = json_pack("{s:s, s:s%, s:s%}", "phone", phone, "code", code.p, code.n,
	    "client_secret", secret.p, secret.n);
	if (q.body == NULL)
		return FAIL_FIELD(f, E_FIELD_CHARS, "code", "0–9", "not text");
	TRY(request(c, &q, &session, f));
	return keep(c, session, phone, f);
}

enum err
cmd_login(struct cli *c, struct fault *f)
{
	json_t *session;
	const char *phone;

	if (cli_has(c, OPTION_PHONE)) {
		TRY(cli_need(c, OPTION_PHONE, &phone, f));
		return login_phone(c, phone, f);
	}
	if (cli_has(c, OPTION_CODE) || cli_has(c, OPTION_SEND))
		return FAIL_FIELD(f, E_USAGE, "--phone", "NUMBER", "missing");
	TRY(sign_in(c, &session, f));
	return keep(c, session, NULL, f);
}

enum err
cmd_logout(struct cli *c, struct fault *f)
{
	struct request q = {.method = "DELETE", .path = "/api/v1/session"};
	json_t *done;
	enum err e = request(c, &q, &done, f);

	/* A session that the service no longer knows is forgotten here too. */
	if (e != OK && e != E_SESSION && e != E_AUTH_REQUIRED)
		return e;
	json_decref(c->problem);
	c->problem = NULL;
	*f = (struct fault){0};
	TRY(session_write(c, NULL, f));
	show_note(c, "cli.logout.done", NULL, (struct str){0});
	return OK;
}

enum err
cmd_whoami(struct cli *c, struct fault *f)
{
	struct request q = {.method = "GET", .path = "/api/v1/session"};
	json_t *holder;

	TRY(request(c, &q, &holder, f));
	if (!show_json(c, holder))
		show_object(c, holder, columns, COLUMNS);
	return OK;
}
