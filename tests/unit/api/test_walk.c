/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The way of a person's certificate as a program sees it: requests as values through every handler,
 * messages out of the spool of the real jobs, a real signer behind it all.
 */
#include "walk.h"

#include <dirent.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "api/api.h"
#include "api/rows.h"
#include "base/text.h"
#include "core/code.h"
#include "core/document.h"
#include "core/statement.h"
#include "crypto/digest.h"
#include "jobs/jobs.h"
#include "proto/proto.h"

#define SECRET "0123456789abcdefghijklmnopqrstuv"

static struct world w;
static struct jobs *jobs;
static char spool[256];

/* One request; names of handlers are those of route.def. */
struct ask {
	const char *name;
	const char *secret; /* bearer */
	struct http_pair params[3];
	const char *query, *body;
	const char *key; /* Idempotency-Key; NULL: a new one */
	const char *tag; /* If-None-Match */
};

static struct http_resp resp; /* the last answer */
static json_t *answer;

static void
run(const struct http_route *r, const struct ask *q, const char *path)
{
	static unsigned keys;
	struct http_header headers[4];
	struct http_req req = {.method = r->method,
	    .listener = r->listeners & HTTP_PORTAL ? HTTP_PORTAL : (enum http_listener)r->listeners,
	    .path = str_of(path),
	    .query = str_of(q->query),
	    .headers = headers,
	    .body = str_bytes(str_of(q->body)),
	    .peer = "127.0.0.1",
	    .peer_uid = -1,
	    .id = "0123456789abcdef0123456789abcdef",
	    .now = (int64_t)time(NULL),
	    .arena = w.a};

	headers[req.header_count++] = (struct http_header){
	    STR("Idempotency-Key"), str_of(q->key ? q->key : arena_fmt(w.a, "key-%u", keys++))};
	if (q->secret)
		headers[req.header_count++] = (struct http_header){
		    STR("Authorization"), str_of(arena_fmt(w.a, "Bearer %s", q->secret))};
	if (q->body)
		headers[req.header_count++] =
		    (struct http_header){STR("Content-Type"), STR("application/json")};
	if (q->tag)
		headers[req.header_count++] =
		    (struct http_header){STR("If-None-Match"), str_of(q->tag)};
	while (req.param_count < 3 && q->params[req.param_count].name) {
		req.params[req.param_count] = q->params[req.param_count];
		req.param_count++;
	}
	resp = (struct http_resp){0};
	r->fn(r, &req, &resp, w.front);
}

/* Ask the API and expect STATUS; what is answered stands in ANSWER. */
static void
api(int status, struct ask q)
{
	size_t count;
	const struct http_route *r = api_routes(&count);

	while (count && strcmp(((const struct api_row *)r->row)->name, q.name) != 0) {
		r++;
		count--;
	}
	assert_true(count > 0);
	run(r, &q,
	    arena_fmt(w.a, "/%s/%.*s", q.name, (int)q.params[0].value.n, q.params[0].value.p));
	if (resp.status != status)
		fail_msg("%s: %d %.*s", q.name, resp.status, (int)resp.body.n,
		    (const char *)resp.body.p);
	assert_true(resp.no_store);
	json_decref(answer);
	answer = resp.body.n ? json_loadb((const char *)resp.body.p, resp.body.n, 0, NULL) : NULL;
	assert_int_equal(answer != NULL, resp.body.n > 0);
}

/* A text of the answer, by a path of two members at most. */
static const char *
text(const char *key)
{
	const char *s = json_string_value(json_object_get(answer, key));

	if (s == NULL)
		fail_msg("no %s in %.*s", key, (int)resp.body.n, (const char *)resp.body.p);
	return arena_fmt(w.a, "%s", s);
}

static struct bytes
octets(const char *key)
{
	struct bytes b;

	assert_true(base64_parse(w.a, str_of(text(key)), &b));
	return b;
}

static const char *
b64(struct bytes b)
{
	return base64_text(w.a, b);
}

static const char *
one(const char *a, const char *va)
{
	return arena_fmt(w.a, "{\"%s\":\"%s\"}", a, va);
}

static void
work(void)
{
	struct fault f = {0};
	int n;

	world_ok(jobs_pass(jobs, 50, &n, &f), &f, __LINE__);
}

static struct str
file(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	char *octet = arena_alloc(w.a, 16384);
	ssize_t n;

	assert_true(fd >= 0);
	n = read(fd, octet, 16383);
	(void)close(fd);
	assert_true(n > 0);
	return (struct str){octet, (size_t)n};
}

/* The newest file of a channel, after the jobs have done what was due. */
static struct str
message(const char *channel)
{
	char path[512], newest[256] = "";
	DIR *d;

	work();
	(void)snprintf(path, sizeof(path), "%s/%s", spool, channel);
	d = opendir(path);
	assert_non_null(d);
	for (const struct dirent *e = readdir(d); e; e = readdir(d)) {
		if (e->d_name[0] != '.' && strcmp(e->d_name, newest) > 0)
			(void)snprintf(newest, sizeof(newest), "%s", e->d_name);
	}
	(void)closedir(d);
	(void)snprintf(path, sizeof(path), "%s/%s/%s", spool, channel, newest);
	return file(path);
}

/* The "text" of the newest SMS. */
static struct str
sms(void)
{
	struct str got_file = message("sms");
	json_t *root = json_loadb(got_file.p, got_file.n, 0, NULL);
	struct str got = arena_str(w.a, str_of(json_string_value(json_object_get(root, "text"))));

	json_decref(root);
	return got;
}

static char *
cstr(struct str s)
{
	return arena_cstr(w.a, s);
}

static const char *
sign_in_by_sms(const char *phone)
{
	const char *code;

	api(200,
	    (struct ask){.name = "sms_send",
		.body =
		    arena_fmt(w.a, "{\"phone\":\"%s\",\"client_secret\":\"%s\"}", phone, SECRET)});
	code = cstr(world_digits(&w, sms(), 6));
	api(401,
	    (struct ask){.name = "sms_verify",
		.body =
		    arena_fmt(w.a, "{\"phone\":\"%s\",\"code\":\"%s\",\"client_secret\":\"%sx\"}",
			phone, code, SECRET)});
	api(200,
	    (struct ask){.name = "sms_verify",
		.body =
		    arena_fmt(w.a, "{\"phone\":\"%s\",\"code\":\"%s\",\"client_secret\":\"%s\"}",
			phone, code, SECRET)});
	assert_string_equal(text("role"), "subscriber");
	return text("session");
}

static const char *
sign_in_by_key(const struct somebody *b)
{
	struct statement s = {.purpose = PURPOSE_SIGN_IN};
	struct bytes signature;

	api(200, (struct ask){.name = "challenge"});
	assert_string_equal(text("origin"), "https://localhost:8443");
	s.server_nonce = octets("nonce");
	signature = world_sign(&w, b, &s, b->certificate, (struct bytes){0});
	api(200,
	    (struct ask){.name = "sign_in",
		.body = arena_fmt(w.a,
		    "{\"certificate\":\"%s\",\"nonce\":\"%s\",\"agent_nonce\":\"%s\","
		    "\"signature\":\"%s\"}",
		    b64(b->certificate), b64(s.server_nonce), b64(s.agent_nonce), b64(signature))});
	return text("session");
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

	api(201,
	    (struct ask){.name = "application_new",
		.secret = session,
		.key = key,
		.body = "{\"profile\":\"person-signature\",\"fields\":{}}"});
	no.value = str_of(text("no"));
	api(201,
	    (struct ask){.name = "application_new",
		.secret = session,
		.key = key,
		.body = "{\"profile\":\"person-signature\",\"fields\":{}}"});
	assert_string_equal(text("no"), cstr(no.value));
	api(422,
	    (struct ask){.name = "application_new", .secret = session, .key = key, .body = body});
	assert_string_equal(text("code"), "idempotency-body");
	api(422,
	    (struct ask){.name = "application_submit",
		.secret = session,
		.params = {no},
		.body = "{\"consent\":{\"text_id\":\"person-signature-1\",\"lang\":\"en\","
			"\"given\":true}}"});
	api(200,
	    (struct ask){
		.name = "application_edit", .secret = session, .params = {no}, .body = body});
	api(200, (struct ask){.name = "application_get", .secret = session, .params = {no}});
	assert_string_equal(
	    json_string_value(json_object_get(json_object_get(answer, "fields"), "name")),
	    "Zhang Wei");
	api(200, (struct ask){.name = "application_list", .secret = session, .query = "limit=1"});
	assert_int_equal(json_array_size(json_object_get(answer, "applications")), 1);
	api(200,
	    (struct ask){.name = "application_submit",
		.secret = session,
		.params = {no},
		.body = "{\"consent\":{\"text_id\":\"person-signature-1\",\"lang\":\"en\","
			"\"given\":true}}"});
	assert_string_equal(text("state"), "submitted");
	return no.value;
}

static void
approve(const struct somebody *operator, const char * session, struct str no)
{
	struct http_pair path = {"no", no};
	struct statement s = {.purpose = PURPOSE_APPROVE};
	struct bytes signature;

	api(200, (struct ask){.name = "application_approval", .secret = session, .params = {path}});
	s.server_nonce = octets("nonce");
	signature = world_sign(&w, operator, & s, operator->certificate, octets("payload"));
	api(200,
	    (struct ask){.name = "application_approve",
		.secret = session,
		.params = {path},
		.body = arena_fmt(w.a,
		    "{\"spki_hash\":\"%s\",\"certificate_hash\":\"%s\",\"server_nonce\":\"%s\","
		    "\"agent_nonce\":\"%s\",\"signature\":\"%s\"}",
		    b64(s.spki_hash), b64(s.certificate_hash), b64(s.server_nonce),
		    b64(s.agent_nonce), b64(signature))});
	assert_string_equal(text("state"), "open");
}

/* Broken off after the issue: the reference number and the pending key bring it all again. */
static void
resume(const struct somebody *b, const char *reference, struct http_pair id, const char **session,
    struct bytes *nonce)
{
	struct statement s = {.purpose = PURPOSE_RESUME};
	struct bytes signature;

	api(200, (struct ask){.name = "resume_begin", .body = one("reference", reference)});
	assert_string_equal(text("enrolment"), cstr(id.value));
	s.server_nonce = octets("nonce");
	signature = world_sign(&w, b, &s, (struct bytes){0}, (struct bytes){0});
	api(200,
	    (struct ask){.name = "resume",
		.params = {id},
		.body = arena_fmt(w.a,
		    "{\"agent_nonce\":\"%s\",\"spki\":\"%s\",\"nonce\":\"%s\",\"signature\":\"%"
		    "s\"}",
		    b64(s.agent_nonce), b64(softkey_spki(b->key)), b64(s.server_nonce),
		    b64(signature))});
	assert_string_equal(text("state"), "issued");
	assert_true(bytes_eq(octets("certificate"), b->certificate));
	*session = text("session");
	*nonce = octets("nonce");
}

/* From the two codes to an active certificate. */
static void
enrol(struct somebody *b)
{
	static const uint8_t nonce[32] = {7};
	const char *reference = cstr(world_digits(&w, message("mail"), CODE_REF_DIGITS));
	const char *code = cstr(world_code(&w, sms())), *session;
	struct statement s = {.purpose = PURPOSE_INSTALLED};
	struct http_pair id = {"id", {0}};
	struct bytes signature;
	struct fault f = {0};

	api(422,
	    (struct ask){.name = "enrolment_check",
		.body =
		    arena_fmt(w.a, "{\"reference\":\"%s\",\"code\":\"%s\",\"agent_nonce\":\"%s\"}",
			code, reference, b64(BYTES_OF(nonce)))});
	assert_string_equal(text("code"), "codes-swapped");
	api(200,
	    (struct ask){.name = "enrolment_check",
		.body =
		    arena_fmt(w.a, "{\"reference\":\"%s\",\"code\":\"%s\",\"agent_nonce\":\"%s\"}",
			reference, code, b64(BYTES_OF(nonce)))});
	id.value = str_of(text("enrolment"));
	session = text("session");
	assert_true(octets("job").n > 0 && octets("job_signature").n > 0);
	world_ok(softkey_generate(&b->key, &f), &f, __LINE__);
	api(200,
	    (struct ask){.name = "enrolment_issue",
		.secret = session,
		.params = {id},
		.body = one("csr", b64(world_csr(&w, b->key)))});
	b->certificate = octets("certificate");
	assert_true(json_array_size(json_object_get(answer, "chain")) >= 2);
	s.server_nonce = octets("nonce");
	resume(b, reference, id, &session, &s.server_nonce);
	signature = world_sign(&w, b, &s, b->certificate, (struct bytes){0});
	api(200,
	    (struct ask){.name = "enrolment_installed",
		.secret = session,
		.params = {id},
		.body =
		    arena_fmt(w.a, "{\"nonce\":\"%s\",\"agent_nonce\":\"%s\",\"signature\":\"%s\"}",
			b64(s.server_nonce), b64(s.agent_nonce), b64(signature))});
	assert_string_equal(text("state"), "active");
	b->ca = str_of(text("ca"));
	b->serial = str_of(text("serial"));
}

/* Looked up by its holder and by a stranger; revoked; seen revoked. */
static void
life(const struct somebody *b, const char *session, const char *operator)
{
	struct http_pair ca = {"ca", b->ca}, serial = {"serial", b->serial};

	api(200, (struct ask){.name = "certificate_list", .secret = session});
	assert_int_equal(json_array_size(json_object_get(answer, "certificates")), 1);
	api(200,
	    (struct ask){.name = "certificate_get", .secret = session, .params = {ca, serial}});
	assert_true(bytes_eq(octets("certificate"), b->certificate));
	api(200, (struct ask){.name = "inquiry", .params = {ca, serial}});
	assert_string_equal(text("state"), "active");
	assert_null(json_object_get(answer, "subject"));
	assert_null(json_object_get(answer, "certificate"));
	/* S13: an SMS session needs a fresh code for this. */
	api(401,
	    (struct ask){.name = "certificate_revoke",
		.secret = session,
		.params = {ca, serial},
		.body = "{\"reason\":\"superseded\",\"sms_code\":\"000000\","
			"\"client_secret\":\"" SECRET "\"}"});
	api(200,
	    (struct ask){.name = "certificate_revoke",
		.secret = operator,
		.params = {ca, serial},
		.body = "{\"reason\":\"superseded\"}"});
	assert_string_equal(text("state"), "revoked");
	api(200, (struct ask){.name = "inquiry", .params = {ca, serial}});
	assert_string_equal(text("reason"), "superseded");
	(void)text("revoked_at");
}

/* What relying parties fetch, after the jobs have made the list that the revocation asked for. */
static void
fetch(const struct somebody *b)
{
	size_t count;
	const struct http_route *r = proto_routes(&count);
	struct ask crl = {.params = {{"ca", b->ca}}};
	struct ask cer = {.params = {{"file", str_of(arena_fmt(w.a, "%s.cer", cstr(b->ca)))}}};

	work();
	run(&r[2], &crl, "/crl");
	assert_int_equal(resp.status, 200);
	assert_string_equal(resp.content_type, "application/pkix-crl");
	assert_true(resp.body.n > 100);
	crl.tag = cstr(http_resp_get(&resp, "ETag"));
	run(&r[2], &crl, "/crl");
	assert_int_equal(resp.status, 304);
	run(&r[3], &cer, "/ca");
	assert_int_equal(resp.status, 200);
	assert_string_equal(resp.content_type, "application/pkix-cert");
	cer.params[0].value = STR("nobody-g1.cer");
	run(&r[3], &cer, "/ca");
	assert_int_equal(resp.status, 404);
	/* What is no request gets malformedRequest (1), never a failure of HTTP. */
	run(&r[1], &(struct ask){0}, "/ocsp/%%%");
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

	api(200,
	    (struct ask){.name = "application_reject",
		.secret = staff,
		.params = {no},
		.body = "{\"reason\":\"Имя не совпадает\"}"});
	assert_string_equal(text("state"), "rejected");
	api(200, (struct ask){.name = "application_get", .secret = session, .params = {no}});
	assert_string_equal(text("reason"), "Имя не совпадает");
	no.value = apply(session, phone);
	api(200, (struct ask){.name = "application_withdraw", .secret = session, .params = {no}});
	api(409,
	    (struct ask){.name = "application_reject",
		.secret = staff,
		.params = {no},
		.body = "{\"reason\":\"late\"}"});
	assert_string_equal(text("code"), "state");
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
	api(status, (struct ask){.name = "document_profile", .secret = session, .body = dumped});
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

	api(200,
	    (struct ask){.name = "document_person",
		.secret = session,
		.body = "{\"name\":\"Li Na\",\"role\":\"auditor\",\"phone\":\"+8613700137000\","
			"\"mail\":\"li.na@example.com\",\"lang\":\"zh\"}"});
	d.version = (uint32_t)json_integer_value(json_object_get(answer, "version"));
	d.hash = sha(octets("octets"));
	s.server_nonce = octets("nonce");
	version.value = str_of(arena_fmt(w.a, "%u", d.version));
	signature = world_sign(&w, admin, &s, admin->certificate, document_payload(w.a, &d));
	api(200,
	    (struct ask){.name = "document_apply",
		.secret = session,
		.params = {kind, version},
		.body = arena_fmt(w.a,
		    "{\"signatures\":[{\"spki_hash\":\"%s\",\"certificate_hash\":\"%s\","
		    "\"server_nonce\":\"%s\",\"agent_nonce\":\"%s\",\"signature\":\"%s\"}]}",
		    b64(s.spki_hash), b64(s.certificate_hash), b64(s.server_nonce),
		    b64(s.agent_nonce), b64(signature))});
	api(200, (struct ask){.name = "document_get", .secret = session, .params = {kind}});
	assert_int_equal(json_integer_value(json_object_get(answer, "version")), d.version);
	(void)snprintf(path, sizeof(path), "%s/person-signature.yaml", WALK_PROFILES);
	text_of = cstr(file(path));
	assert_non_null(strstr(text_of, "\nversion: 1\n"));
	prepare_profile(422, session, text_of);
	assert_string_equal(text("field"), "version");
	strstr(text_of, "\nversion: 1\n")[10] = '2';
	prepare_profile(200, session, text_of);
	assert_string_equal(text("kind"), "profile:person-signature");
}

TEST_CASE(from_application_to_revocation)
{
	const char *phone = "+8613900139000", *session, *staff;
	struct somebody admin = {0}, operator= {0}, subscriber = {0}, b = {0};
	struct jobs_conf conf = {.mail_spool = true, .sms_spool = true};
	struct fault f = {0};
	struct str no;

	api_setup();
	world_open(&w);
	world_set_up(&w);
	world_people(&w, &admin, &operator, & subscriber);
	(void)snprintf(spool, sizeof(spool), "%s/spool", w.house.folder);
	conf.spool = str_of(spool);
	world_ok(jobs_new(w.jobs, &conf, &jobs, &f), &f, __LINE__);
	api(200, (struct ask){.name = "profiles"});
	assert_true(json_array_size(json_object_get(answer, "profiles")) >= 1);
	session = sign_in_by_sms(phone);
	staff = sign_in_by_key(&operator);
	no = apply(session, phone);
	api(404,
	    (struct ask){.name = "application_get",
		.secret = session,
		.params = {{"no", STR("T-2026-999999")}}});
	approve(&operator, staff, no);
	enrol(&b);
	life(&b, session, staff);
	fetch(&b);
	end_early(session, staff, phone);
	documents(&admin, sign_in_by_key(&admin));
	api(204, (struct ask){.name = "session_end", .secret = session});
	api(401, (struct ask){.name = "session_get", .secret = session});
	json_decref(answer);
	jobs_free(&jobs);
	softkey_free(&b.key);
	softkey_free(&admin.key);
	softkey_free(&operator.key);
	world_close(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(from_application_to_revocation)};

	return cmocka_run_group_tests_name("api walk", tests, NULL, NULL);
}
