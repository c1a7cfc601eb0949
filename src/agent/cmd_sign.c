/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_sign: what signet asks for: a session by signed challenge, a signed approval or document. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "agent/cmd.h"
#include "base/text.h"
#include "core/approval.h"
#include "core/document.h"
#include "crypto/digest.h"

#define PAYLOAD_MAX APPROVAL_BUNDLE_MAX /* octets */

/* One statement by the chosen container; takes PAYLOAD (NULL: none). */
static enum err
sign(struct cmd *c, const char *purpose, struct str nonce, json_t *payload, json_t **ret,
    struct fault *f)
{
	struct str token, container;
	json_t *args;

	TRY(cmd_token(c, &token, f));
	TRY(cmd_container(c, token, &container, f));
	args = json_pack("{s:s%,s:s%,s:s,s:s%}", "token", token.p, token.n, "container",
	    container.p, container.n, "purpose", purpose, "serverNonce", nonce.p, nonce.n);
	if (payload)
		json_object_set_new(args, "payload", payload);
	return play_verb(&c->play, "auth.sign", args, ret, f);
}

enum err
cmd_sign_in(struct cmd *c, struct fault *f)
{
	json_t *hello, *challenge, *signature, *session;
	struct str nonce, origin;

	TRY(play_hello(&c->play, &hello, f));
	TRY(play_post(&c->play, "/api/v1/sign-in/challenge", false, json_object(), &challenge, f));
	TRY(play_text(challenge, "nonce", &nonce, f));
	TRY(play_text(challenge, "origin", &origin, f));
	/* Signed is what we asked; a server of another name is told before the PIN is. */
	if (!str_eq(origin, c->play.server))
		return FAIL_FIELD(f, E_ORIGIN, "--server", NULL, "the server calls itself %.*s",
		    (int)origin.n, origin.p);
	TRY(sign(c, "sign-in", nonce, NULL, &signature, f));
	TRY(play_post(&c->play, "/api/v1/sign-in", false,
	    json_pack("{s:O,s:s%,s:O,s:O}", "certificate",
		json_object_get(signature, "certificate"), "nonce", nonce.p, nonce.n, "agent_nonce",
		json_object_get(signature, "agentNonce"), "signature",
		json_object_get(signature, "signature")),
	    &session, f));
	if (c->option[CMD_JSON])
		cmd_print_json(session);
	else
		(void)printf("%s  %s  %s\n", cmd_show(c, session, "role"),
		    cmd_show(c, session, "name"), cmd_show(c, session, "expires"));
	return OK;
}

static enum err
payload_octets(struct cmd *c, struct bytes *ret, struct fault *f)
{
	const char *text = c->option[CMD_PAYLOAD], *path = c->option[CMD_PAYLOAD_FILE];
	uint8_t *p;
	int fd, wrong;
	ssize_t n;

	if ((text != NULL) == (path != NULL))
		return FAIL_FIELD(
		    f, E_USAGE, "--payload", "one of both", "--payload, --payload-file");
	if (text && !base64_parse(c->play.a, str_of(text), ret))
		return FAIL_FIELD(f, E_USAGE, "--payload", "base64", "no base64");
	if (text)
		return OK;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	p = arena_alloc(c->play.a, PAYLOAD_MAX);
	n = fd < 0 ? -1 : read(fd, p, PAYLOAD_MAX);
	wrong = errno;
	if (fd >= 0)
		(void)close(fd);
	if (n < 0)
		return FAIL_FIELD(f, E_FILE, path, NULL, "%s", strerror(wrong));
	*ret = bytes_of(p, (size_t)n);
	return OK;
}

static json_t *
subject_object(struct arena *a, const struct approval_subject *s)
{
	return json_pack("{s:s%,s:I,s:s%,s:I,s:s,s:s,s:s}", "application", s->application.p,
	    s->application.n, "revision", (json_int_t)s->revision, "profile", s->profile.p,
	    s->profile.n, "profileVersion", (json_int_t)s->profile_version, "subject",
	    base64_text(a, s->subject), "san", base64_text(a, s->san), "enrolment",
	    id_text(a, s->enrolment));
}

/* One application, or a bundle of them under one signature. */
static enum err
approval_object(struct arena *a, struct bytes octets, json_t **ret, struct fault *f)
{
	struct approval_subject s[APPROVAL_LIST_MAX];
	json_t *list;
	size_t n;

	if (approval_payload_parse(octets, &s[0], NULL) == OK) {
		*ret = subject_object(a, &s[0]);
		return OK;
	}
	TRY(approval_bundle_parse(octets, s, &n, f));
	list = json_array();
	for (size_t i = 0; i < n; i++)
		(void)json_array_append_new(list, subject_object(a, &s[i]));
	*ret = json_pack("{s:o}", "list", list);
	return OK;
}

/* The server's octets in the clear fields that the dispatcher shows and hashes itself. */
static enum err
payload_object(struct cmd *c, enum purpose purpose, json_t **ret, struct fault *f)
{
	struct arena *a = c->play.a;
	struct bytes octets;
	struct document d;

	TRY(payload_octets(c, &octets, f));
	if (purpose == PURPOSE_APPROVE) {
		TRY(approval_object(a, octets, ret, f));
	} else {
		TRY(document_payload_parse(octets, &d, f));
		*ret = json_pack("{s:s,s:I,s:s}", "kind", document_kind_name(d.kind), "version",
		    (json_int_t)d.version, "hash", base64_text(a, d.hash));
	}
	return *ret ? OK : FAIL(f, E_FIELD_VALUE, "payload");
}

/* Base64 of the SHA-256 of a base64 member. */
static enum err
hash_of(struct cmd *c, const json_t *obj, const char *name, const char **ret, struct fault *f)
{
	uint8_t hash[SHA256_SIZE];
	struct bytes octets;
	struct str text;

	TRY(play_text(obj, name, &text, f));
	if (!base64_parse(c->play.a, text, &octets))
		return FAIL_FIELD(f, E_ANSWER, name, NULL, "no base64");
	sha256(octets, hash);
	*ret = base64_text(c->play.a, BYTES_OF(hash));
	return OK;
}

enum err
cmd_sign(struct cmd *c, struct fault *f)
{
	const char *word = c->option[CMD_PURPOSE], *spki, *certificate;
	json_t *hello, *payload, *signature, *out;
	enum purpose purpose;

	if (word == NULL || !purpose_parse(str_of(word), &purpose) || !purpose_has_payload(purpose))
		return FAIL_FIELD(f, E_USAGE, "--purpose", "approve | document", "missing");
	if (c->option[CMD_NONCE] == NULL)
		return FAIL_FIELD(f, E_USAGE, "--nonce", "base64", "missing");
	TRY(payload_object(c, purpose, &payload, f));
	TRY(play_hello(&c->play, &hello, f));
	TRY(sign(c, word, str_of(c->option[CMD_NONCE]), payload, &signature, f));
	TRY(hash_of(c, signature, "spki", &spki, f));
	TRY(hash_of(c, signature, "certificate", &certificate, f));
	out = json_pack("{s:s,s:s,s:s,s:O,s:O}", "spki_hash", spki, "certificate_hash", certificate,
	    "server_nonce", c->option[CMD_NONCE], "agent_nonce",
	    json_object_get(signature, "agentNonce"), "signature",
	    json_object_get(signature, "signature"));
	cmd_print_json(out);
	json_decref(out);
	return OK;
}
