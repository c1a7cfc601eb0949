/* SPDX-License-Identifier: Apache-2.0 */
#include "stand.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/text.h"
#include "crypto/digest.h"
#include "test.h"
#include "x509/cert.h"
#include "x509/csr.h"
#include "x509/name.h"

char stand_field[FAULT_FIELD], stand_rule[FAULT_RULE], stand_words[512];

/* Speaks Assuan; the first line of "answers" beside it says what the next question gets. */
static const char script[] =
    "#!/bin/sh\n"
    "here=${0%/*}\n"
    "echo 'OK test'\n"
    "while IFS= read -r line; do\n"
    "	printf '%s\\n' \"$line\" >>\"$here/seen\"\n"
    "	case $line in\n"
    "	GETPIN | CONFIRM)\n"
    "		what=; rest=\n"
    "		if [ -s \"$here/answers\" ]; then\n"
    "			read -r what rest <\"$here/answers\"\n"
    "			sed -i 1d \"$here/answers\"\n"
    "		fi\n"
    "		case $what in\n"
    "		'') [ \"$line\" = CONFIRM ] || echo 'D " SOFTHSM_PIN "'; echo OK ;;\n"
    "		pin) echo \"D $rest\"; echo OK ;;\n"
    "		twice) echo 'S PIN_REPEATED'; echo \"D $rest\"; echo OK ;;\n"
    "		ok) echo OK ;;\n"
    "		cancel) echo 'ERR 83886179 cancelled' ;;\n"
    "		late) echo 'ERR 83886142 timeout' ;;\n"
    "		hang) exec sleep 60 ;;\n"
    "		junk) head -c 5000 /dev/zero | tr '\\0' x; echo ;;\n"
    "		end) exit 0 ;;\n"
    "		esac ;;\n"
    "	SETREPEAT*) if [ -e \"$here/repeats\" ]; then echo OK; else echo 'ERR 83886355 unknown'; "
    "fi "
    ";;\n"
    "	BYE) echo OK; exit 0 ;;\n"
    "	*) echo OK ;;\n"
    "	esac\n"
    "done\n";

static void
write_file(const struct stand *s, const char *name, mode_t mode, const char *text)
{
	char path[128];
	FILE *f;

	(void)snprintf(path, sizeof(path), "%s/%s", s->h.dir, name);
	f = fopen(path, "w");
	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(chmod(path, mode), 0);
}

static void
write_settings(struct stand *s)
{
	const char *key = base64_text(s->a, softkey_spki(s->service));
	const char *dir = s->h.dir;

	write_file(s, "pinentry", 0755, script);
	write_file(s, "modules.conf", 0644,
	    arena_fmt(s->a,
		"modules:\n  - name: softhsm\n    path: %s\n    kind: software\n    timeout: 2\n"
		"    environment:\n      SOFTHSM2_CONF: %s\n      FAULT_FILE: %s\n"
		"      FAULT_MODULE: %s\n",
		s->h.argv[1], strchr(s->h.conf, '=') + 1, s->h.fault,
		strchr(s->h.envp[2], '=') + 1));
	write_file(s, "origins.conf", 0644,
	    arena_fmt(s->a,
		"origins:\n  - origin: " STAND_ORIGIN "\n    environment: test\n    role: user\n"
		"    job-key: %s\n  - origin: " STAND_ORIGIN_RA
		"\n    environment: test\n    role: ra\n    job-key: %s\n",
		key, key));
	write_file(s, "agent.conf", 0644,
	    arena_fmt(s->a,
		"pinentry-double: %s/pinentry\npin-timeout: 3\nmodules: %s/modules.conf\n"
		"origins: %s/origins.conf\nlanguage: en\n",
		dir, dir, dir));
	(void)snprintf(s->config, sizeof(s->config), "%s/agent.conf", dir);
}

int
stand_up(void **state)
{
	static struct stand s;
	enum err e;

	s = (struct stand){.a = arena_new((size_t)64 << 20), .keep = json_array()};
	softhsm_new(&s.h, AGENT_PATH);
	assert_int_equal(setenv("XDG_RUNTIME_DIR", s.h.dir, 1), 0);
	assert_int_equal(softkey_generate(&s.service, &s.f), OK);
	write_settings(&s);
	e = settings_load(s.a, s.config, &s.settings, &s.f);
	if (e != OK)
		fail_msg("%s %s %s", err_row(e)->slug, s.f.field, s.f.detail);
	s.agent = agent_new(&s.settings, AGENT_PATH, s.config);
	*state = &s;
	return 0;
}

void
stand_anew(struct stand *s, enum lang l)
{
	agent_free(&s->agent);
	s->settings.has_language = false;
	s->agent = agent_new(&s->settings, AGENT_PATH, s->config);
	agent_language(s->agent, l);
	stand_hello(s);
}

void
stand_clear(struct stand *s)
{
	struct secret pin = softhsm_pin(SOFTHSM_PIN);
	struct token_containers all;
	struct token_list list;
	struct token *t;

	flow_close(s->agent);
	assert_int_equal(token_list(s->agent->tokens, s->a, &list, &s->f), OK);
	assert_int_equal(list.n, 1);
	assert_int_equal(token_open(s->agent->tokens, &list.tokens[0], &t, &s->f), OK);
	assert_int_equal(token_login(t, &pin, &s->f), OK);
	assert_int_equal(token_containers(t, s->a, &all, &s->f), OK);
	for (size_t i = 0; i < all.n; i++)
		assert_int_equal(
		    token_delete(t, all.list[i].id, TOKEN_KEYS | TOKEN_CERTIFICATE, &s->f), OK);
	token_close(&t);
	secret_free(&pin);
	assert_int_equal(softhsm_objects(&s->h), 0);
}

int
stand_down(void **state)
{
	struct stand *s = *state;

	agent_free(&s->agent);
	softkey_free(&s->service);
	json_decref(s->keep);
	arena_free(&s->a);
	softhsm_free(&s->h);
	return 0;
}

void
stand_answers(const struct stand *s, const char *lines)
{
	write_file(s, "answers", 0600, lines);
}

void
stand_repeats(const struct stand *s)
{
	write_file(s, "repeats", 0600, "");
}

const char *
stand_seen(struct stand *s)
{
	char path[128], *text = arena_alloc(s->a, 65536);
	FILE *f;
	size_t n;

	(void)snprintf(path, sizeof(path), "%s/seen", s->h.dir);
	f = fopen(path, "r");
	if (f == NULL)
		return "";
	n = fread(text, 1, 65535, f);
	text[n] = 0;
	assert_int_equal(fclose(f), 0);
	assert_int_equal(unlink(path), 0);
	return text;
}

static json_t *
call(struct stand *s, const char *origin, const char *verb, json_t *args)
{
	json_t *q = json_pack("{s:i,s:i,s:s,s:o}", "v", 1, "id", 7, "verb", verb, "args", args);
	char *text = json_dumps(q, 0);
	struct bytes got;
	json_t *answer;

	assert_non_null(text);
	got = agent_call(s->agent, s->a, str_of(origin), bytes_of(text, strlen(text)));
	free(text);
	json_decref(q);
	answer = json_loadb((const char *)got.p, got.n, JSON_REJECT_DUPLICATES, NULL);
	assert_non_null(answer);
	json_array_append_new(s->keep, answer);
	assert_int_equal(json_integer_value(json_object_get(answer, "id")), 7);
	return answer;
}

static enum err
failure(const json_t *answer)
{
	const json_t *error = json_object_get(answer, "error");
	const char *code = json_string_value(json_object_get(error, "code"));
	const char *text = json_string_value(json_object_get(error, "text"));

	if (code == NULL)
		return OK;
	assert_true(text && *text);
	(void)snprintf(stand_words, sizeof(stand_words), "%s %s", text,
	    json_string_value(json_object_get(error, "next")));
	(void)snprintf(stand_field, sizeof(stand_field), "%s",
	    json_string_value(json_object_get(error, "field")));
	(void)snprintf(stand_rule, sizeof(stand_rule), "%s",
	    json_string_value(json_object_get(error, "rule")));
	return err_of_slug(str_of(code));
}

json_t *
stand_ok(struct stand *s, const char *verb, json_t *args)
{
	json_t *answer = call(s, STAND_ORIGIN, verb, args), *ok = json_object_get(answer, "ok");

	if (ok == NULL)
		fail_msg("%s: %s", verb, json_dumps(answer, 0));
	return ok;
}

enum err
stand_fails(struct stand *s, const char *origin, const char *verb, json_t *args)
{
	return failure(call(s, origin, verb, args));
}

enum err
stand_raw(struct stand *s, const char *text)
{
	struct bytes got =
	    agent_call(s->agent, s->a, STR(STAND_ORIGIN), bytes_of(text, strlen(text)));
	json_t *answer = json_loadb((const char *)got.p, got.n, JSON_REJECT_DUPLICATES, NULL);

	assert_non_null(answer);
	json_array_append_new(s->keep, answer);
	return failure(answer);
}

void
stand_hello(struct stand *s)
{
	json_t *ok = stand_ok(s, "hello", json_object());

	s->nonce = str_of(json_string_value(json_object_get(ok, "nonce")));
}

json_t *
stand_job(struct stand *s, struct id enrolment, void (*change)(struct job *j))
{
	const struct job_line lines[] = {
	    {STR("common-name"), STR("李雷")}, {STR("organisation"), STR("Example Ltd")}};
	struct job j = {.origin = STR(STAND_ORIGIN),
	    .env = ENVIRONMENT_TEST,
	    .enrolment = enrolment,
	    .profile = STR("person-signature"),
	    .key = KEYRULE_EC_P256,
	    .not_after = time(NULL) + JOB_LIFE,
	    .lines = lines,
	    .line_count = 2};
	struct bytes octets, sig;

	assert_true(base64_parse(s->a, s->nonce, &j.agent_nonce));
	if (change)
		change(&j);
	assert_int_equal(job_encode(s->a, &j, &octets, &s->f), OK);
	assert_int_equal(softkey_sign(s->service, s->a, octets, &sig, &s->f), OK);
	return json_pack("{s:s,s:o,s:o}", "token", SOFTHSM_LABEL, "job", stand_text(s, octets),
	    "signature", stand_text(s, sig));
}

struct bytes
stand_octets(struct stand *s, const json_t *obj, const char *name)
{
	struct bytes b = {0};
	const char *text = json_string_value(json_object_get(obj, name));

	assert_non_null(text);
	assert_true(base64_parse(s->a, str_of(text), &b));
	return b;
}

json_t *
stand_text(struct stand *s, struct bytes b)
{
	return json_string(base64_text(s->a, b));
}

struct bytes
stand_issue(struct stand *s, const json_t *made)
{
	static const uint8_t serial[CERT_SERIAL] = {1, 2, 3};
	static const uint8_t ski[20] = {9};
	struct bytes der = stand_octets(s, made, "csr"), tbs, sig, cert;
	struct name person = {.n = 0}, ca = {.n = 0};
	struct cert_template t;
	struct cert_shape shape = {.alg = SIGALG_ECDSA_SHA256,
	    .aki = BYTES_OF(ski),
	    .ski = true,
	    .path_len = EXT_NO_PATH_LEN,
	    .ku = EXT_KU_DIGITAL_SIGNATURE};
	struct cert_fields fields = {.serial = BYTES_OF(serial),
	    .not_before = time(NULL) - 10,
	    .not_after = time(NULL) + 86400,
	    .ski = BYTES_OF(ski)};
	struct csr csr;

	assert_int_equal(csr_parse(der, &csr, &s->f), OK);
	assert_true(name_is_empty(csr.subject));
	assert_int_equal(verify_key(&csr.key, csr.alg, csr.tbs, csr.signature, &s->f), OK);
	fields.spki = csr.key.spki;
	assert_true(name_add(&ca, OID_CN, STR("TEST CA G1")));
	assert_true(name_add(&person, OID_CN, STR("李雷")));
	assert_int_equal(name_encode(s->a, &ca, &shape.issuer, &s->f), OK);
	assert_int_equal(name_encode(s->a, &person, &fields.subject, &s->f), OK);
	assert_int_equal(cert_compile(s->a, &shape, &t, &s->f), OK);
	assert_int_equal(cert_tbs(s->a, &t, &fields, &tbs, &s->f), OK);
	assert_int_equal(softkey_sign(s->service, s->a, tbs, &sig, &s->f), OK);
	assert_int_equal(cert_finish(s->a, tbs, SIGALG_ECDSA_SHA256, sig, &cert, &s->f), OK);
	return cert;
}

void
stand_verify(struct stand *s, const json_t *answer, struct bytes spki, struct statement said)
{
	uint8_t hash[SHA256_SIZE];
	struct bytes octets;
	struct key key;

	sha256(spki, hash);
	said.env = ENVIRONMENT_TEST;
	if (said.origin.n == 0)
		said.origin = STR(STAND_ORIGIN);
	said.agent_nonce = stand_octets(s, answer, "agentNonce");
	said.spki_hash = BYTES_OF(hash);
	assert_int_equal(statement_encode(s->a, &said, &octets, &s->f), OK);
	assert_int_equal(key_parse(spki, &key, &s->f), OK);
	assert_int_equal(verify_key(&key, sigalg_of_key(key.kind), octets,
			     stand_octets(s, answer, "signature"), &s->f),
	    OK);
}
