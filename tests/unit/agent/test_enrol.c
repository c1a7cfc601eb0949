/* SPDX-License-Identifier: Apache-2.0 */
/* The verbs that make, finish and give up keys, and what happens when the token does not play along. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/text.h"
#include "crypto/digest.h"
#include "stand.h"
#include "test.h"
#include "x509/cert.h"
#include "x509/csr.h"

static const struct id one = {{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}};
static const uint8_t server_nonce[32] = {5};

#define STAND_CASE(name) static void name(void **state)

static json_t *
finish_args(struct stand *s, struct bytes cert)
{
	return json_pack("{s:s,s:[o],s:o}", "enrolment", id_text(s->a, one), "chain",
	    stand_text(s, cert), "nonce", stand_text(s, BYTES_OF(server_nonce)));
}

static json_t *
with_token(json_t *args)
{
	json_object_set_new(args, "token", json_string(SOFTHSM_LABEL));
	return args;
}

static struct bytes
key_of(struct stand *s, const json_t *made)
{
	struct csr csr;

	assert_int_equal(csr_parse(stand_octets(s, made, "csr"), &csr, &s->f), OK);
	return csr.key.spki;
}

STAND_CASE(a_key_becomes_a_certificate_in_place)
{
	struct stand *s = *state;
	json_t *made, *done, *list, *row;
	uint8_t hash[SHA256_SIZE];
	struct cert parsed;
	struct bytes cert;
	const char *seen;

	stand_hello(s);
	made = stand_ok(s, "enrol.begin", stand_job(s, one, NULL));
	seen = stand_seen(s);
	assert_non_null(strstr(seen, "SETDESC " STAND_ORIGIN));
	assert_non_null(strstr(seen, "%0AProfile: person-signature%0A"));
	assert_non_null(strstr(seen, "李雷"));
	assert_non_null(strstr(seen, "Example Ltd"));
	assert_non_null(strstr(seen, "Token: " SOFTHSM_LABEL));
	assert_non_null(strstr(seen, "OPTION lc-ctype=C.UTF-8\n"));
	assert_non_null(strstr(seen, "SETTIMEOUT 3\n"));
	cert = stand_issue(s, made);
	done = stand_ok(s, "enrol.finish", finish_args(s, cert));
	/* No second question: the session was still there. */
	assert_string_equal(stand_seen(s), "");
	assert_int_equal(cert_parse(cert, &parsed, &s->f), OK);
	sha256(cert, hash);
	stand_verify(s, done, parsed.spki,
	    (struct statement){.purpose = PURPOSE_INSTALLED,
		.server_nonce = BYTES_OF(server_nonce),
		.certificate_hash = BYTES_OF(hash)});
	assert_int_equal(softhsm_objects(&s->h), 3);
	list = stand_ok(s, "certs.list", json_pack("{s:s}", "token", SOFTHSM_LABEL));
	row = json_array_get(json_object_get(list, "containers"), 0);
	assert_string_equal(
	    json_string_value(json_object_get(row, "container")), id_text(s->a, one));
	assert_string_equal(json_string_value(json_object_get(row, "subject")), "CN=李雷");
	assert_true(json_is_true(json_object_get(row, "matches")));
	assert_true(json_is_false(json_object_get(row, "pending")));
	/* Complete: neither a new key nor an end of it by these verbs. */
	assert_int_equal(
	    stand_fails(s, STAND_ORIGIN, "enrol.begin", stand_job(s, one, NULL)), E_CONTAINER);
	assert_int_equal(stand_fails(s, STAND_ORIGIN, "enrol.abort",
			     with_token(json_pack("{s:s}", "enrolment", id_text(s->a, one)))),
	    E_CONTAINER);
	assert_int_equal(softhsm_objects(&s->h), 3);
}

static enum keyrule wanted;

static void
of_kind(struct job *j)
{
	j->key = wanted;
}

STAND_CASE(every_kind_of_key_becomes_a_certificate)
{
	struct stand *s = *state;
	struct settings_module patient = s->settings.modules[0];

	/* RSA keys are found by chance, and other programs want the machine too. */
	patient.timeout_ms = 60000;
	s->settings.modules = &patient;
	stand_anew(s, LANG_EN);
	for (int k = 0; k < KEYRULE__COUNT; k++) {
		struct id id = one;
		uint8_t hash[SHA256_SIZE];
		enum keyrule is;
		struct bytes cert;
		struct cert parsed;
		json_t *made, *done;

		/* 4096 bits take the time of all others together. */
		if (k == KEYRULE_RSA_4096)
			continue;
		wanted = (enum keyrule)k;
		id.b[0] = (uint8_t)k;
		made = stand_ok(s, "enrol.begin", stand_job(s, id, of_kind));
		cert = stand_issue(s, made);
		done = stand_ok(s, "enrol.finish",
		    json_pack("{s:s,s:[o],s:o}", "enrolment", id_text(s->a, id), "chain",
			stand_text(s, cert), "nonce", stand_text(s, BYTES_OF(server_nonce))));
		assert_int_equal(cert_parse(cert, &parsed, &s->f), OK);
		assert_int_equal(keyrule_of_spki(parsed.spki, &is, &s->f), OK);
		assert_int_equal(is, k);
		sha256(cert, hash);
		stand_verify(s, done, parsed.spki,
		    (struct statement){.purpose = PURPOSE_INSTALLED,
			.server_nonce = BYTES_OF(server_nonce),
			.certificate_hash = BYTES_OF(hash)});
		done = stand_ok(s, "auth.sign",
		    with_token(json_pack("{s:s,s:s,s:o}", "container", id_text(s->a, id), "purpose",
			"sign-in", "serverNonce", stand_text(s, BYTES_OF(server_nonce)))));
		stand_verify(s, done, parsed.spki,
		    (struct statement){.purpose = PURPOSE_SIGN_IN,
			.server_nonce = BYTES_OF(server_nonce),
			.certificate_hash = BYTES_OF(hash)});
	}
}

STAND_CASE(the_certificate_must_be_for_the_key_on_the_token)
{
	struct stand *s = *state;
	struct id other = one;
	struct bytes foreign;
	json_t *made;

	other.b[0] = 99;
	stand_hello(s);
	made = stand_ok(s, "enrol.begin", stand_job(s, other, NULL));
	foreign = stand_issue(s, made);
	(void)stand_ok(s, "enrol.begin", stand_job(s, one, NULL));
	assert_int_equal(
	    stand_fails(s, STAND_ORIGIN, "enrol.finish", finish_args(s, foreign)), E_OTHER_TOKEN);
	assert_int_equal(softhsm_objects(&s->h), 4);
}

STAND_CASE(a_pending_key_goes_on_and_is_not_made_twice)
{
	struct stand *s = *state;
	json_t *made, *again, *args, *proof;

	stand_hello(s);
	made = stand_ok(s, "enrol.begin", stand_job(s, one, NULL));
	/* The agent died: another one finds the key. */
	agent_free(&s->agent);
	s->agent = agent_new(&s->settings, AGENT_PATH, s->config);
	stand_hello(s);
	assert_int_equal(
	    stand_fails(s, STAND_ORIGIN, "enrol.begin", stand_job(s, one, NULL)), E_CONTAINER);
	assert_string_equal(stand_rule, "pending");
	args = with_token(json_pack("{s:s,s:s,s:o}", "container", id_text(s->a, one), "purpose",
	    "resume", "serverNonce", stand_text(s, BYTES_OF(server_nonce))));
	proof = stand_ok(s, "auth.sign", args);
	stand_verify(s, proof, stand_octets(s, proof, "spki"),
	    (struct statement){.purpose = PURPOSE_RESUME, .server_nonce = BYTES_OF(server_nonce)});
	(void)stand_seen(s);
	args = stand_job(s, one, NULL);
	json_object_set_new(args, "pending", json_true());
	again = stand_ok(s, "enrol.begin", args);
	/* Consent once more, the PIN not. */
	assert_null(strstr(stand_seen(s), "GETPIN"));
	assert_true(bytes_eq(key_of(s, made), key_of(s, again)));
	(void)stand_ok(s, "enrol.finish", finish_args(s, stand_issue(s, again)));
	assert_int_equal(softhsm_objects(&s->h), 3);
}

STAND_CASE(finish_may_come_again_and_from_another_agent)
{
	struct stand *s = *state;
	struct bytes cert;
	json_t *made;

	stand_hello(s);
	made = stand_ok(s, "enrol.begin", stand_job(s, one, NULL));
	cert = stand_issue(s, made);
	(void)stand_ok(s, "enrol.finish", finish_args(s, cert));
	assert_int_equal(
	    stand_fails(s, STAND_ORIGIN, "enrol.finish", finish_args(s, cert)), E_FIELD_MISSING);
	(void)stand_seen(s);
	(void)stand_ok(s, "enrol.finish", with_token(finish_args(s, cert)));
	assert_non_null(strstr(stand_seen(s), "GETPIN"));
	assert_int_equal(softhsm_objects(&s->h), 3);
}

STAND_CASE(abort_takes_the_unfinished_key_away)
{
	struct stand *s = *state;
	json_t *ok;

	stand_hello(s);
	(void)stand_ok(s, "enrol.begin", stand_job(s, one, NULL));
	ok = stand_ok(s, "enrol.abort", json_pack("{s:s}", "enrolment", id_text(s->a, one)));
	assert_true(json_is_true(json_object_get(ok, "deleted")));
	assert_int_equal(softhsm_objects(&s->h), 0);
	ok = stand_ok(
	    s, "enrol.abort", with_token(json_pack("{s:s}", "enrolment", id_text(s->a, one))));
	assert_true(json_is_false(json_object_get(ok, "deleted")));
}

static void
other_nonce(struct job *j)
{
	static const uint8_t nonce[32] = {1};

	j->agent_nonce = BYTES_OF(nonce);
}

static void
late(struct job *j)
{
	j->not_after = time(NULL) - 200;
}

static void
too_far(struct job *j)
{
	j->not_after = time(NULL) + 3600;
}

static void
other_origin(struct job *j)
{
	j->origin = STR(STAND_ORIGIN_RA);
}

static void
production(struct job *j)
{
	j->env = ENVIRONMENT_PRODUCTION;
}

STAND_CASE(a_job_of_anybody_else_makes_no_key)
{
	static const struct {
		void (*change)(struct job *j);
		enum err err;
	} rows[] = {{other_nonce, E_AGENT_JOB}, {late, E_AGENT_JOB}, {too_far, E_AGENT_JOB},
	    {other_origin, E_ORIGIN}, {production, E_AGENT_JOB}};
	struct stand *s = *state;
	struct softkey *mine = s->service;
	json_t *args;

	s->nonce = STR("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=");
	assert_int_equal(
	    stand_fails(s, STAND_ORIGIN, "enrol.begin", stand_job(s, one, NULL)), E_AGENT_JOB);
	stand_hello(s);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_int_equal(
		    stand_fails(s, STAND_ORIGIN, "enrol.begin", stand_job(s, one, rows[i].change)),
		    rows[i].err);
	/* Good for its own origin, but asked by another page. */
	assert_int_equal(
	    stand_fails(s, STAND_ORIGIN_RA, "enrol.begin", stand_job(s, one, NULL)), E_ORIGIN);
	assert_int_equal(softkey_generate(&s->service, &s->f), OK);
	assert_int_equal(
	    stand_fails(s, STAND_ORIGIN, "enrol.begin", stand_job(s, one, NULL)), E_AGENT_JOB);
	softkey_free(&s->service);
	s->service = mine;
	args = stand_job(s, one, NULL);
	json_object_set_new(args, "signature", json_string("AAAA"));
	assert_int_equal(stand_fails(s, STAND_ORIGIN, "enrol.begin", args), E_AGENT_JOB);
	assert_string_equal(stand_seen(s), "");
	assert_int_equal(softhsm_objects(&s->h), 0);
}

#define STAND(name) cmocka_unit_test_setup_teardown(name, stand_up, stand_down)

int
main(void)
{
	static const struct CMUnitTest cases[] = {
	    STAND(a_key_becomes_a_certificate_in_place),
	    STAND(every_kind_of_key_becomes_a_certificate),
	    STAND(the_certificate_must_be_for_the_key_on_the_token),
	    STAND(a_pending_key_goes_on_and_is_not_made_twice),
	    STAND(finish_may_come_again_and_from_another_agent),
	    STAND(abort_takes_the_unfinished_key_away),
	    STAND(a_job_of_anybody_else_makes_no_key),
	};

	return cmocka_run_group_tests(cases, NULL, NULL);
}
