/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The way of a person's certificate as a program sees it: every handler, messages out of the spool of
 * the real jobs, a real signer behind it all.
 */
#include "talk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/code.h"
#include "core/document.h"
#include "core/statement.h"
#include "crypto/digest.h"
#include "proto/proto.h"

#define SECRET "0123456789abcdefghijklmnopqrstuv"

static const char *
sign_in_by_sms(const char *phone)
{
	const char *code;

	talk(200,
	    (struct ask){.name = "sms_send",
		.body =
		    arena_fmt(w.a, "{\"phone\":\"%s\",\"client_secret\":\"%s\"}", phone, SECRET)});
	code = talk_cstr(world_digits(&w, talk_sms(), 6));
	talk(401,
	    (struct ask){.name = "sms_verify",
		.body =
		    arena_fmt(w.a, "{\"phone\":\"%s\",\"code\":\"%s\",\"client_secret\":\"%sx\"}",
			phone, code, SECRET)});
	talk(200,
	    (struct ask){.name = "sms_verify",
		.body =
		    arena_fmt(w.a, "{\"phone\":\"%s\",\"code\":\"%s\",\"client_secret\":\"%s\"}",
			phone, code, SECRET)});
	assert_string_equal(talk_text("role"), "subscriber");
	return talk_text("session");
}

static const char *
sign_in_by_key(const struct somebody *b)
{
	struct statement s = {.purpose = PURPOSE_SIGN_IN};
	struct bytes signature;

	talk(200, (struct ask){.name = "challenge"});
	assert_string_equal(talk_text("origin"), "https://localhost:8443");
	s.server_nonce = talk_octets("nonce");
	signature = world_sign(&w, b, &s, b->certificate, (struct bytes){0});
	talk(200,
	    (struct ask){.name = "sign_in",
		.body = arena_fmt(w.a,
		    "{\"certificate\":\"%s\",\"nonce\":\"%s\",\"agent_nonce\":\"%s\","
		    "\"signature\":\"%s\"}",
		    talk_b64(b->certificate), talk_b64(s.server_nonce), talk_b64(s.agent_nonce),
		    talk_b64(signature))});
	return talk_text("session");
}

/* A draft, edited, found again and submitted; its number. */
static struct str
apply(const char *session, const char *phone)
{
	const char *body = arena_fmt(w.a,
	    "{\"profile\":\"person-signature\",\"fields\":{\"name\":\"Zhang "
	    "Wei\",\"country\":\"CN\","
	    "\"mail\":\"zhang.wei@example.com\",\"phone\":\"%s\"}}",
	    phone);
	static unsigned times;
	const char *key = arena_fmt(w.a, "draft-%u", times++);
	struct http_pair no = {"no", {0}};

	talk(201,
	    (struct ask){.name = "application_new",
		.secret = session,
		.key = key,
		.body = "{\"profile\":\"person-signature\",\"fields\":{}}"});
	no.value = str_of(talk_text("no"));
	talk(201,
	    (struct ask){.name = "application_new",
		.secret = session,
		.key = key,
		.body = "{\"profile\":\"person-signature\",\"fields\":{}}"});
	assert_string_equal(talk_text("no"), talk_cstr(no.value));
	talk(422,
	    (struct ask){.name = "application_new", .secret = session, .key = key, .body = body});
	assert_string_equal(talk_text("code"), "idempotency-body");
	talk(422,
	    (struct ask){.name = "application_submit",
		.secret = session,
		.params = {no},
		.body = "{\"consent\":{\"text_id\":\"person-signature-1\",\"lang\":\"en\","
			"\"given\":true}}"});
	talk(200,
	    (struct ask){
		.name = "application_edit", .secret = session, .params = {no}, .body = body});
	talk(200, (struct ask){.name = "application_get", .secret = session, .params = {no}});
	assert_string_equal(
	    json_string_value(json_object_get(json_object_get(answer, "fields"), "name")),
	    "Zhang Wei");
	talk(200, (struct ask){.name = "application_list", .secret = session, .query = "limit=1"});
	assert_int_equal(json_array_size(json_object_get(answer, "applications")), 1);
	talk(200,
	    (struct ask){.name = "application_submit",
		.secret = session,
		.params = {no},
		.body = "{\"consent\":{\"text_id\":\"person-signature-1\",\"lang\":\"en\","
			"\"given\":true}}"});
	assert_string_equal(talk_text("state"), "submitted");
	return no.value;
}

static void
approve(const struct somebody *operator, const char * session, struct str no)
{
	struct http_pair path = {"no", no};
	struct statement s = {.purpose = PURPOSE_APPROVE};
	struct bytes signature;

	talk(
	    200, (struct ask){.name = "application_approval", .secret = session, .params = {path}});
	s.server_nonce = talk_octets("nonce");
	signature = world_sign(&w, operator, & s, operator->certificate, talk_octets("payload"));
	talk(200,
	    (struct ask){.name = "application_approve",
		.secret = session,
		.params = {path},
		.body = arena_fmt(w.a,
		    "{\"spki_hash\":\"%s\",\"certificate_hash\":\"%s\",\"server_nonce\":\"%s\","
		    "\"agent_nonce\":\"%s\",\"signature\":\"%s\"}",
		    talk_b64(s.spki_hash), talk_b64(s.certificate_hash), talk_b64(s.server_nonce),
		    talk_b64(s.agent_nonce), talk_b64(signature))});
	assert_string_equal(talk_text("state"), "open");
}

/* Broken off after the issue: the reference number and the pending key bring it all again. */
static void
resume(const struct somebody *b, const char *reference, struct http_pair id, const char **session,
    struct bytes *nonce)
{
	struct statement s = {.purpose = PURPOSE_RESUME};
	struct bytes signature;

	talk(200, (struct ask){.name = "resume_begin", .body = talk_one("reference", reference)});
	assert_string_equal(talk_text("enrolment"), talk_cstr(id.value));
	s.server_nonce = talk_octets("nonce");
	signature = world_sign(&w, b, &s, (struct bytes){0}, (struct bytes){0});
	talk(200,
	    (struct ask){.name = "resume",
		.params = {id},
		.body = arena_fmt(w.a,
		    "{\"agent_nonce\":\"%s\",\"spki\":\"%s\",\"nonce\":\"%s\",\"signature\":\"%"
		    "s\"}",
		    talk_b64(s.agent_nonce), talk_b64(softkey_spki(b->key)),
		    talk_b64(s.server_nonce), talk_b64(signature))});
	assert_string_equal(talk_text("state"), "issued");
	assert_true(bytes_eq(talk_octets("certificate"), b->certificate));
	*session = talk_text("session");
	*nonce = talk_octets("nonce");
}

/* From the two codes to an active certificate. */
static void
enrol(struct somebody *b)
{
	static const uint8_t nonce[32] = {7};
	const char *reference = talk_cstr(world_digits(&w, talk_message("mail"), CODE_REF_DIGITS));
	const char *code = talk_cstr(world_code(&w, talk_sms())), *session;
	struct statement s = {.purpose = PURPOSE_INSTALLED};
	struct http_pair id = {"id", {0}};
	struct bytes signature;
	struct fault f = {0};

	talk(422,
	    (struct ask){.name = "enrolment_check",
		.body =
		    arena_fmt(w.a, "{\"reference\":\"%s\",\"code\":\"%s\",\"agent_nonce\":\"%s\"}",
			code, reference, talk_b64(BYTES_OF(nonce)))});
	assert_string_equal(talk_text("code"), "codes-swapped");
	talk(200,
	    (struct ask){.name = "enrolment_check",
		.body =
		    arena_fmt(w.a, "{\"reference\":\"%s\",\"code\":\"%s\",\"agent_nonce\":\"%s\"}",
			reference, code, talk_b64(BYTES_OF(nonce)))});
	id.value = str_of(talk_text("enrolment"));
	session = talk_text("session");
	assert_true(talk_octets("job").n > 0 && talk_octets("job_signature").n > 0);
	world_ok(softkey_generate(&b->key, &f), &f, __LINE__);
	talk(200,
	    (struct ask){.name = "enrolment_issue",
		.secret = session,
		.params = {id},
		.body = talk_one("csr", talk_b64(world_csr(&w, b->key)))});
	b->certificate = talk_octets("certificate");
	assert_true(json_array_size(json_object_get(answer, "chain")) >= 2);
	s.server_nonce = talk_octets("nonce");
	resume(b, reference, id, &session, &s.server_nonce);
	signature = world_sign(&w, b, &s, b->certificate, (struct bytes){0});
	talk(200,
	    (struct ask){.name = "enrolment_installed",
		.secret = session,
		.params = {id},
		.body =
		    arena_fmt(w.a, "{\"nonce\":\"%s\",\"agent_nonce\":\"%s\",\"signature\":\"%s\"}",
			talk_b64(s.server_nonce), talk_b64(s.agent_nonce), talk_b64(signature))});
	assert_string_equal(talk_text("state"), "active");
	b->ca = str_of(talk_text("ca"));
	b->serial = str_of(talk_text("serial"));
}

/* Looked up by its holder and by a stranger; revoked; seen revoked. */
static void
life(const struct somebody *b, const char *session, const char *operator)
{
	struct http_pair ca = {"ca", b->ca}, serial = {"serial", b->serial};

	talk(200, (struct ask){.name = "certificate_list", .secret = session});
	assert_int_equal(json_array_size(json_object_get(answer, "certificates")), 1);
	talk(200,
	    (struct ask){.name = "certificate_get", .secret = session, .params = {ca, serial}});
	assert_true(bytes_eq(talk_octets("certificate"), b->certificate));
	talk(200, (struct ask){.name = "inquiry", .params = {ca, serial}});
	assert_string_equal(talk_text("state"), "active");
	assert_null(json_object_get(answer, "subject"));
	assert_null(json_object_get(answer, "certificate"));
	/* S13: an SMS session needs a fresh code for this. */
	talk(401,
	    (struct ask){.name = "certificate_revoke",
		.secret = session,
		.params = {ca, serial},
		.body = "{\"reason\":\"superseded\",\"sms_code\":\"000000\","
			"\"client_secret\":\"" SECRET "\"}"});
	talk(200,
	    (struct ask){.name = "certificate_revoke",
		.secret = operator,
		.params = {ca, serial},
		.body = "{\"reason\":\"superseded\"}"});
	assert_string_equal(talk_text("state"), "revoked");
	talk(200, (struct ask){.name = "inquiry", .params = {ca, serial}});
	assert_string_equal(talk_text("reason"), "superseded");
	(void)talk_text("revoked_at");
}

/* What relying parties fetch, after the jobs have made the list that the revocation asked for. */
static void
fetch(const struct somebody *b)
{
	size_t count;
	const struct http_route *r = proto_routes(&count);
	struct ask crl = {.params = {{"ca", b->ca}}};
	struct ask cer = {.params = {{"file", str_of(arena_fmt(w.a, "%s.cer", talk_cstr(b->ca)))}}};

	talk_work();
	talk_raw(&r[2], &crl, "/crl");
	assert_int_equal(resp.status, 200);
	assert_string_equal(resp.content_type, "application/pkix-crl");
	assert_true(resp.body.n > 100);
	crl.tag = talk_cstr(http_resp_get(&resp, "ETag"));
	talk_raw(&r[2], &crl, "/crl");
	assert_int_equal(resp.status, 304);
	talk_raw(&r[3], &cer, "/ca");
	assert_int_equal(resp.status, 200);
	assert_string_equal(resp.content_type, "application/pkix-cert");
	cer.params[0].value = STR("nobody-g1.cer");
	talk_raw(&r[3], &cer, "/ca");
	assert_int_equal(resp.status, 404);
	/* What is no request gets malformedRequest (1), never a failure of HTTP. */
	talk_raw(&r[1], &(struct ask){0}, "/ocsp/%%%");
	assert_int_equal(resp.status, 200);
	assert_string_equal(resp.content_type, "application/ocsp-response");
	assert_true(bytes_eq(resp.body, bytes_of("\x30\x03\x0a\x01\x01", 5)));
	assert_true(resp.no_store);
}

/* What ends an application early. */
static void
end_early(const char *session, const char *staff, const char *phone)
{
	struct http_pair no = {"no", apply(session, phone)};

	talk(200,
	    (struct ask){.name = "application_return",
		.secret = staff,
		.params = {no},
		.body = "{\"reason\":\"Имя\",\"fields\":{\"name\":\"Как в паспорте\"}}"});
	assert_string_equal(talk_text("state"), "returned");
	talk(200, (struct ask){.name = "application_get", .secret = session, .params = {no}});
	assert_string_equal(
	    json_string_value(json_object_get(json_object_get(answer, "remarks"), "name")),
	    "Как в паспорте");
	talk(200,
	    (struct ask){.name = "application_reject",
		.secret = staff,
		.params = {no},
		.body = "{\"reason\":\"Имя не совпадает\"}"});
	assert_string_equal(talk_text("state"), "rejected");
	talk(200, (struct ask){.name = "application_get", .secret = session, .params = {no}});
	assert_string_equal(talk_text("reason"), "Имя не совпадает");
	no.value = apply(session, phone);
	talk(200, (struct ask){.name = "application_withdraw", .secret = session, .params = {no}});
	talk(409,
	    (struct ask){.name = "application_reject",
		.secret = staff,
		.params = {no},
		.body = "{\"reason\":\"late\"}"});
	assert_string_equal(talk_text("code"), "state");
}

static struct bytes
sha(struct bytes b)
{
	uint8_t *h = arena_alloc(w.a, SHA256_SIZE);

	sha256(b, h);
	return bytes_of(h, SHA256_SIZE);
}

static void
prepare_profile(int status, const char *session, const char *yaml)
{
	json_t *body = json_pack("{s:s}", "yaml", yaml);
	char *dumped = json_dumps(body, 0);

	json_decref(body);
	talk(status, (struct ask){.name = "document_profile", .secret = session, .body = dumped});
	free(dumped);
}

/* One person more, signed by the administrator; and a profile's next version, prepared. */
static void
documents(const struct somebody *admin, const char *session)
{
	struct statement s = {.purpose = PURPOSE_DOCUMENT};
	struct document d = {.kind = DOCUMENT_ROSTER};
	struct http_pair kind = {"kind", STR("roster")}, version = {"version", {0}};
	struct bytes signature;
	char *text_of, path[512];

	talk(200,
	    (struct ask){.name = "document_person",
		.secret = session,
		.body = "{\"name\":\"Li Na\",\"role\":\"auditor\",\"phone\":\"+8613700137000\","
			"\"mail\":\"li.na@example.com\",\"lang\":\"zh\"}"});
	d.version = (uint32_t)json_integer_value(json_object_get(answer, "version"));
	d.hash = sha(talk_octets("octets"));
	s.server_nonce = talk_octets("nonce");
	version.value = str_of(arena_fmt(w.a, "%u", d.version));
	signature = world_sign(&w, admin, &s, admin->certificate, document_payload(w.a, &d));
	talk(200,
	    (struct ask){.name = "document_apply",
		.secret = session,
		.params = {kind, version},
		.body = arena_fmt(w.a,
		    "{\"signatures\":[{\"spki_hash\":\"%s\",\"certificate_hash\":\"%s\","
		    "\"server_nonce\":\"%s\",\"agent_nonce\":\"%s\",\"signature\":\"%s\"}]}",
		    talk_b64(s.spki_hash), talk_b64(s.certificate_hash), talk_b64(s.server_nonce),
		    talk_b64(s.agent_nonce), talk_b64(signature))});
	talk(200, (struct ask){.name = "document_get", .secret = session, .params = {kind}});
	assert_int_equal(json_integer_value(json_object_get(answer, "version")), d.version);
	(void)snprintf(path, sizeof(path), "%s/person-signature.yaml", WALK_PROFILES);
	text_of = talk_cstr(talk_file(path));
	assert_non_null(strstr(text_of, "\nversion: 1\n"));
	prepare_profile(422, session, text_of);
	assert_string_equal(talk_text("field"), "version");
	strstr(text_of, "\nversion: 1\n")[10] = '2';
	prepare_profile(200, session, text_of);
	assert_string_equal(talk_text("kind"), "profile:person-signature");
}

TEST_CASE(from_application_to_revocation)
{
	const char *phone = "+8613900139000", *session, *staff;
	struct somebody admin = {0}, operator= {0}, subscriber = {0}, b = {0};
	struct str no;

	talk_open();
	world_people(&w, &admin, &operator, & subscriber);
	talk(200, (struct ask){.name = "profiles"});
	assert_true(json_array_size(json_object_get(answer, "profiles")) >= 1);
	session = sign_in_by_sms(phone);
	staff = sign_in_by_key(&operator);
	no = apply(session, phone);
	talk(404,
	    (struct ask){.name = "application_get",
		.secret = session,
		.params = {{"no", STR("T-2026-999999")}}});
	approve(&operator, staff, no);
	enrol(&b);
	life(&b, session, staff);
	fetch(&b);
	end_early(session, staff, phone);
	documents(&admin, sign_in_by_key(&admin));
	talk(204, (struct ask){.name = "session_end", .secret = session});
	talk(401, (struct ask){.name = "session_get", .secret = session});
	softkey_free(&b.key);
	softkey_free(&admin.key);
	softkey_free(&operator.key);
	talk_close();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(from_application_to_revocation)};

	return cmocka_run_group_tests_name("api walk", tests, NULL, NULL);
}
