/* SPDX-License-Identifier: Apache-2.0 */
/* auth.sign: statements only, each shown as it is signed. */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "core/approval.h"
#include "core/document.h"
#include "crypto/digest.h"
#include "stand.h"
#include "test.h"
#include "x509/cert.h"
#include "x509/name.h"

static const struct id one = {{7}};
static const uint8_t server_nonce[32] = {5}, document_hash[32] = {6};

#define STAND_CASE(name) static void name(void **state)

/* A certificate on the token, and its octets. */
static struct bytes
installed(struct stand *s)
{
	struct bytes cert;

	stand_hello(s);
	cert = stand_issue(s, stand_ok(s, "enrol.begin", stand_job(s, one, NULL)));
	(void)stand_ok(s, "enrol.finish",
	    json_pack("{s:s,s:[o],s:o}", "enrolment", id_text(s->a, one), "chain",
		stand_text(s, cert), "nonce", stand_text(s, BYTES_OF(server_nonce))));
	(void)stand_seen(s);
	return cert;
}

static json_t *
args_of(struct stand *s, const char *purpose, json_t *payload)
{
	json_t *args =
	    json_pack("{s:s,s:s,s:s,s:o}", "token", SOFTHSM_LABEL, "container", id_text(s->a, one),
		"purpose", purpose, "serverNonce", stand_text(s, BYTES_OF(server_nonce)));

	if (payload)
		json_object_set_new(args, "payload", payload);
	return args;
}

/* One that was answered for the origin of role ra. */
static json_t *
signed_for_ra(struct stand *s, const char *purpose, json_t *payload)
{
	json_t *q = json_pack("{s:i,s:i,s:s,s:o}", "v", 1, "id", 1, "verb", "auth.sign", "args",
	    args_of(s, purpose, payload));
	char *text = json_dumps(q, 0);
	struct bytes got =
	    agent_call(s->agent, s->a, STR(STAND_ORIGIN_RA), bytes_of(text, strlen(text)));
	json_t *answer = json_loadb((const char *)got.p, got.n, 0, NULL);

	free(text);
	json_decref(q);
	json_array_append_new(s->keep, answer);
	if (json_object_get(answer, "ok") == NULL)
		fail_msg("%.*s", (int)got.n, got.p);
	return json_object_get(answer, "ok");
}

STAND_CASE(a_sign_in_names_the_site_and_the_signer)
{
	struct stand *s = *state;
	struct bytes cert = installed(s);
	uint8_t hash[SHA256_SIZE];
	struct cert parsed;
	json_t *got = stand_ok(s, "auth.sign", args_of(s, "sign-in", NULL));
	const char *seen = stand_seen(s);

	assert_non_null(strstr(seen, "SETDESC Sign in to " STAND_ORIGIN));
	assert_non_null(strstr(seen, "Signed by: 李雷"));
	assert_non_null(strstr(seen, "GETPIN\n"));
	assert_true(bytes_eq(stand_octets(s, got, "certificate"), cert));
	assert_int_equal(cert_parse(cert, &parsed, &s->f), OK);
	assert_true(bytes_eq(stand_octets(s, got, "spki"), parsed.spki));
	sha256(cert, hash);
	stand_verify(s, got, parsed.spki,
	    (struct statement){.purpose = PURPOSE_SIGN_IN,
		.server_nonce = BYTES_OF(server_nonce),
		.certificate_hash = BYTES_OF(hash)});
	/* Each use asks anew. */
	stand_answers(s, "cancel\n");
	assert_int_equal(
	    stand_fails(s, STAND_ORIGIN, "auth.sign", args_of(s, "sign-in", NULL)), E_CANCELLED);
}

static json_t *
approval(struct stand *s, struct approval_subject *ret)
{
	struct name subject = {.n = 0};
	struct bytes der;

	assert_true(name_add(&subject, OID_CN, STR("Анна Ли")));
	assert_true(name_add(&subject, OID_COUNTRY, STR("CN")));
	assert_int_equal(name_encode(s->a, &subject, &der, &s->f), OK);
	*ret = (struct approval_subject){.application = STR("T-2026-1183"),
	    .revision = 2,
	    .profile = STR("person-signature"),
	    .profile_version = 1,
	    .subject = der,
	    .enrolment = one};
	return json_pack("{s:s,s:i,s:s,s:i,s:o,s:s,s:s}", "application", "T-2026-1183", "revision",
	    2, "profile", "person-signature", "profileVersion", 1, "subject", stand_text(s, der),
	    "san", "", "enrolment", id_text(s->a, one));
}

STAND_CASE(what_is_approved_is_shown_and_hashed_here)
{
	struct stand *s = *state;
	struct bytes cert = installed(s), octets;
	uint8_t hash[SHA256_SIZE], about[SHA256_SIZE];
	struct approval_subject what;
	struct cert parsed;
	json_t *got = signed_for_ra(s, "approve", approval(s, &what));
	const char *seen = stand_seen(s);

	assert_non_null(strstr(seen, "SETDESC Approve application T-2026-1183%0A"));
	assert_non_null(strstr(seen, "%0Aname: Анна Ли%0A"));
	assert_non_null(strstr(seen, "%0Acountry: CN%0A"));
	assert_non_null(strstr(seen, id_text(s->a, one)));
	assert_int_equal(approval_payload(s->a, &what, &octets, &s->f), OK);
	sha256(octets, about);
	sha256(cert, hash);
	assert_int_equal(cert_parse(cert, &parsed, &s->f), OK);
	stand_verify(s, got, parsed.spki,
	    (struct statement){.purpose = PURPOSE_APPROVE,
		.origin = STR(STAND_ORIGIN_RA),
		.server_nonce = BYTES_OF(server_nonce),
		.certificate_hash = BYTES_OF(hash),
		.payload_hash = BYTES_OF(about)});
}

STAND_CASE(a_list_is_shown_one_by_one_and_signed_once)
{
	struct stand *s = *state;
	struct bytes cert = installed(s), octets;
	uint8_t hash[SHA256_SIZE], about[2 * SHA256_SIZE], list[SHA256_SIZE];
	struct approval_subject what[2];
	struct cert parsed;
	json_t *first = approval(s, &what[0]), *second = approval(s, &what[1]), *got;
	const char *seen;

	what[1].application = STR("T-2026-1184");
	json_object_set_new(second, "application", json_string("T-2026-1184"));
	got = signed_for_ra(s, "approve", json_pack("{s:[o,o]}", "list", first, second));
	seen = stand_seen(s);
	assert_non_null(strstr(seen, "SETDESC Approve 2 applications with one signature%0A"));
	assert_non_null(strstr(seen, "%0AT-2026-1183 (person-signature 1): Анна Ли%0A"));
	assert_non_null(strstr(seen, "%0AT-2026-1184 (person-signature 1): Анна Ли%0A"));
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(approval_payload(s->a, &what[i], &octets, &s->f), OK);
		sha256(octets, about + i * SHA256_SIZE);
	}
	assert_int_equal(approval_list(s->a, BYTES_OF(about), &octets, &s->f), OK);
	sha256(octets, list);
	sha256(cert, hash);
	assert_int_equal(cert_parse(cert, &parsed, &s->f), OK);
	stand_verify(s, got, parsed.spki,
	    (struct statement){.purpose = PURPOSE_APPROVE,
		.origin = STR(STAND_ORIGIN_RA),
		.server_nonce = BYTES_OF(server_nonce),
		.certificate_hash = BYTES_OF(hash),
		.payload_hash = BYTES_OF(list)});
}

STAND_CASE(a_document_shows_kind_version_and_digest)
{
	struct stand *s = *state;
	struct document d = {
	    .kind = DOCUMENT_ROSTER, .version = 3, .hash = BYTES_OF(document_hash)};
	struct bytes cert = installed(s);
	uint8_t hash[SHA256_SIZE], about[SHA256_SIZE];
	struct cert parsed;
	json_t *got = signed_for_ra(s, "document",
	    json_pack("{s:s,s:i,s:o}", "kind", "roster", "version", 3, "hash",
		stand_text(s, BYTES_OF(document_hash))));
	const char *seen = stand_seen(s);

	assert_non_null(strstr(seen, "Sign version 3 of document roster"));
	assert_non_null(strstr(seen, hex_text(s->a, BYTES_OF(document_hash))));
	sha256(document_payload(s->a, &d), about);
	sha256(cert, hash);
	assert_int_equal(cert_parse(cert, &parsed, &s->f), OK);
	stand_verify(s, got, parsed.spki,
	    (struct statement){.purpose = PURPOSE_DOCUMENT,
		.origin = STR(STAND_ORIGIN_RA),
		.server_nonce = BYTES_OF(server_nonce),
		.certificate_hash = BYTES_OF(hash),
		.payload_hash = BYTES_OF(about)});
}

STAND_CASE(what_may_not_be_signed_is_refused_before_any_question)
{
	struct stand *s = *state;
	struct approval_subject what;
	json_t *args, *payload;

	assert_int_equal(stand_fails(s, STAND_ORIGIN, "auth.sign", args_of(s, "sign-in", NULL)),
	    E_AGENT_REQUEST);
	(void)installed(s);
#define REFUSED(origin, purpose, about, code) \
	assert_int_equal(stand_fails(s, origin, "auth.sign", args_of(s, purpose, about)), code)
	/* Only enrol.finish says "installed"; operators' purposes are for operators' sites. */
	REFUSED(STAND_ORIGIN, "installed", NULL, E_FIELD_VALUE);
	REFUSED(STAND_ORIGIN, "anything", NULL, E_FIELD_VALUE);
	REFUSED(STAND_ORIGIN, "approve", approval(s, &what), E_AGENT_ORIGIN);
	REFUSED(STAND_ORIGIN_RA, "approve", NULL, E_FIELD_MISSING);
	REFUSED(STAND_ORIGIN, "sign-in", json_object(), E_FIELD_UNKNOWN);
	payload = approval(s, &what);
	json_object_set_new(payload, "digest", json_string("AAAA"));
	REFUSED(STAND_ORIGIN_RA, "approve", payload, E_FIELD_UNKNOWN);
	payload = approval(s, &what);
	json_object_set_new(payload, "application", json_string("T-2026\xe2\x80\xae-1183"));
	REFUSED(STAND_ORIGIN_RA, "approve", payload, E_NAME_CHARS);
	payload = approval(s, &what);
	json_object_set_new(payload, "subject", json_string("MAA0"));
	REFUSED(STAND_ORIGIN_RA, "approve", payload, E_DER);
	REFUSED(STAND_ORIGIN_RA, "approve", json_pack("{s:[]}", "list"), E_FIELD_LENGTH);
	REFUSED(STAND_ORIGIN_RA, "approve",
	    json_pack("{s:[o,o]}", "list", approval(s, &what), approval(s, &what)), E_FIELD_VALUE);
	REFUSED(STAND_ORIGIN_RA, "approve",
	    json_pack("{s:[o],s:i}", "list", approval(s, &what), "revision", 1), E_FIELD_UNKNOWN);
	payload = approval(s, &what);
	json_object_set_new(payload, "application", json_string("T-2026\xe2\x80\xae-1183"));
	REFUSED(STAND_ORIGIN_RA, "approve", json_pack("{s:[o]}", "list", payload), E_FIELD_VALUE);
	payload = json_array();
	for (int i = 0; i <= APPROVAL_LIST_MAX; i++)
		json_array_append_new(payload, approval(s, &what));
	REFUSED(STAND_ORIGIN_RA, "approve", json_pack("{s:o}", "list", payload), E_FIELD_LENGTH);
	REFUSED(STAND_ORIGIN_RA, "document",
	    json_pack("{s:s,s:i,s:o}", "kind", "roster", "version", 0, "hash",
		stand_text(s, BYTES_OF(document_hash))),
	    E_FIELD_VALUE);
	args = args_of(s, "sign-in", NULL);
	json_object_set_new(args, "container", json_string("99"));
	assert_int_equal(stand_fails(s, STAND_ORIGIN, "auth.sign", args), E_OTHER_TOKEN);
	args = args_of(s, "sign-in", NULL);
	json_object_set_new(args, "token", json_string("no such"));
	assert_int_equal(stand_fails(s, STAND_ORIGIN, "auth.sign", args), E_TOKEN_ABSENT);
	assert_string_equal(stand_seen(s), "");
}

#define STAND(name) cmocka_unit_test_setup_teardown(name, stand_up, stand_down)

int
main(void)
{
	static const struct CMUnitTest cases[] = {
	    STAND(a_sign_in_names_the_site_and_the_signer),
	    STAND(what_is_approved_is_shown_and_hashed_here),
	    STAND(a_list_is_shown_one_by_one_and_signed_once),
	    STAND(a_document_shows_kind_version_and_digest),
	    STAND(what_may_not_be_signed_is_refused_before_any_question),
	};

	return cmocka_run_group_tests(cases, NULL, NULL);
}
