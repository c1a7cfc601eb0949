/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The front that has fallen, continued: forged lists and OCSP answers, documents, jobs, secrets.
 */
#include "house.h"

#include <string.h>
#include <unistd.h>

#include "base/ipc.h"
#include "core/document.h"
#include "core/job.h"
#include "crypto/random.h"
#include "crypto/verify.h"
#include "x509/cert.h"
#include "x509/crl.h"
#include "x509/key.h"
#include "x509/ocsp.h"

static struct house h;
/* What the issuing CA's list must keep, once it has been signed. */
static struct crl_item standing[4];
static size_t standing_n;

static int
begin(void **state)
{
	(void)state;
	house_open(&h);
	house_set_up(&h);
	house_people(&h);
	return 0;
}

static int
end(void **state)
{
	(void)state;
	house_close(&h);
	return 0;
}

static void
expect_crl(const struct house_list *l, enum err want, const char *rule)
{
	struct bytes tbs, signature;
	struct fault f = {0};
	enum err e = house_crl(&h, l, &tbs, &signature, &f);

	house_expect(&h, e, &f, want, "CRL_SIGN", rule);
}

TEST_CASE(no_forged_crl)
{
	struct order gone, held; /* their octets lie in the house's arena */
	struct cert a, b;
	struct crl_item row[2];
	struct house_list l;
	struct bytes tbs, signature;

	house_order(&h, "Revoked One", OPERATOR_1, &gone);
	house_order(&h, "Held One", OPERATOR_1, &held);
	assert_int_equal(house_issue(&h, &gone, NULL), OK);
	assert_int_equal(house_issue(&h, &held, NULL), OK);
	assert_int_equal(cert_parse(gone.issued.certificate, &a, NULL), OK);
	assert_int_equal(cert_parse(held.issued.certificate, &b, NULL), OK);
	row[0] = (struct crl_item){a.serial, house_now(), REASON_KEY_COMPROMISE, CRL_NO_TIME};
	row[1] = (struct crl_item){b.serial, house_now(), REASON_HOLD, CRL_NO_TIME};
	l = house_list_now(PROFILE_CA_ISSUING, row, 2);
	assert_int_equal(house_crl(&h, &l, &tbs, &signature, NULL), OK);
	assert_int_equal(
	    verify_spki(h.keys.spki[SIGNER_KEY_ISSUING], VERIFY_ECDSA_SHA256, tbs, signature, NULL),
	    OK);
	/* The same number again, an older one, an earlier time, a missing entry. */
	expect_crl(&l, E_GATE, "number rises");
	l = house_list_now(PROFILE_CA_ISSUING, row, 2);
	l.number = 5;
	expect_crl(&l, E_GATE, "number rises");
	l = house_list_now(PROFILE_CA_ISSUING, row, 2);
	l.this_update -= 60;
	row[0].date = row[1].date = l.this_update;
	expect_crl(&l, E_GATE, "thisUpdate rises");
	row[0].date = row[1].date = house_now();
	l = house_list_now(PROFILE_CA_ISSUING, row + 1, 1);
	expect_crl(&l, E_GATE, "no entry is missing");
	/* First a hold, then gone: the long way to the same. */
	row[0].reason = REASON_HOLD;
	l = house_list_now(PROFILE_CA_ISSUING, row, 2);
	expect_crl(&l, E_GATE, "revoked stays revoked");
	row[0].reason = REASON_KEY_COMPROMISE;
	/* A time ahead, a number that leaves none above it, a life without end, another CA. */
	l = house_list_now(PROFILE_CA_ISSUING, row, 2);
	l.this_update += 600;
	expect_crl(&l, E_GATE, "thisUpdate near the clock");
	l = house_list_now(PROFILE_CA_ISSUING, row, 2);
	l.number = INT64_MAX;
	expect_crl(&l, E_GATE, "number near the clock");
	l = house_list_now(PROFILE_CA_ISSUING, row, 2);
	l.next_update += 86400 * 365;
	expect_crl(&l, E_GATE, "nextUpdate within 72 h");
	/* A hold may be released. */
	l = house_list_now(PROFILE_CA_ISSUING, row, 1);
	assert_int_equal(house_crl(&h, &l, &tbs, &signature, NULL), OK);
	standing[standing_n++] = row[0];
	/* And the next key of the revoked one's enrolment may come. */
	softkey_free(&gone.key);
	assert_int_equal(softkey_generate(&gone.key, NULL), OK);
	house_tbs(&h, &gone, house_now());
	assert_int_equal(house_issue(&h, &gone, NULL), OK);
	softkey_free(&gone.key);
	softkey_free(&held.key);
}

TEST_CASE(no_certificate_as_a_crl)
{
	struct bytes signature;
	struct fault f = {0};
	struct order o;
	enum err e;
	int fd;

	house_order(&h, "Not A List", OPERATOR_1, &o);
	assert_int_equal(ipc_sealed("crl", o.tbs, &fd, NULL), OK);
	e = signer_crl_sign(h.front, h.a, PROFILE_CA_ISSUING, fd, &signature, &f);
	assert_int_equal(e, E_DER);
	(void)close(fd);
	/* A file that could change between check and signature is not sealed. */
	fd = dup(0);
	f = (struct fault){0};
	e = signer_crl_sign(h.front, h.a, PROFILE_CA_ISSUING, fd, &signature, &f);
	house_expect(&h, e, &f, E_FRAME, "CRL_SIGN", "");
	(void)close(fd);
	f = (struct fault){0};
	e = signer_crl_sign(h.front, h.a, PROFILE_CA_ISSUING, -1, &signature, &f);
	assert_int_equal(e, E_FRAME);
	softkey_free(&o.key);
}

/* An OCSP answer about SERIAL by the issuing CA's responder, SHA-1 CertID. */
static struct ocsp_answer *
ocsp_about(struct bytes serial, enum ocsp_status status)
{
	struct ocsp_answer *answer = arena_alloc(h.a, sizeof(*answer));
	uint8_t *name = arena_alloc(h.a, SHA1_SIZE), *bits = arena_alloc(h.a, SHA1_SIZE),
		*responder = arena_alloc(h.a, SHA1_SIZE);
	struct ocsp_id id = {.hash = OID_SHA1,
	    .name_hash = bytes_of(name, SHA1_SIZE),
	    .key_hash = bytes_of(bits, SHA1_SIZE),
	    .serial = serial};
	struct key key;

	assert_int_equal(key_parse(h.keys.spki[SIGNER_KEY_OCSP_ISSUING], &key, NULL), OK);
	sha1(key.bits, responder);
	assert_int_equal(key_parse(h.keys.spki[SIGNER_KEY_ISSUING], &key, NULL), OK);
	sha1(key.bits, bits);
	sha1(h.issuer[0].subject, name);
	*answer = (struct ocsp_answer){
	    .responder = bytes_of(responder, SHA1_SIZE), .produced_at = house_now(), .n = 1};
	answer->v[0] = (struct ocsp_single){.status = status,
	    .revoked_at = house_now(),
	    .this_update = house_now(),
	    .next_update = house_now() + 86400,
	    .archive_cutoff = OCSP_NO_TIME};
	assert_int_equal(ocsp_id_encode(h.a, &id, &answer->v[0].id, NULL), OK);
	return answer;
}

static enum err
ocsp_sign(const struct ocsp_answer *answer, struct fault *f)
{
	struct bytes data;
	const struct bytes *signature;
	struct signer_ocsp q = {PROFILE_CA_ISSUING, &data, 1};
	enum err e;

	*f = (struct fault){0};
	assert_int_equal(ocsp_tbs(h.a, answer, &data, NULL), OK);
	e = signer_ocsp_sign(h.front, h.a, &q, &signature, f);
	if (e == OK)
		assert_int_equal(verify_spki(h.keys.spki[SIGNER_KEY_OCSP_ISSUING],
				     VERIFY_ECDSA_SHA256, data, *signature, NULL),
		    OK);
	return e;
}

TEST_CASE(no_good_for_a_revoked_serial_and_no_answer_out_of_time)
{
	struct ocsp_answer *answer;
	struct house_list l;
	struct bytes tbs, signature;
	struct fault f;
	struct order o;
	struct cert cert;

	house_order(&h, "Soon Revoked", OPERATOR_1, &o);
	assert_int_equal(house_issue(&h, &o, NULL), OK);
	assert_int_equal(cert_parse(o.issued.certificate, &cert, NULL), OK);
	answer = ocsp_about(cert.serial, OCSP_GOOD);
	assert_int_equal(ocsp_sign(answer, &f), OK);
	answer->v[0].this_update = answer->produced_at = house_now() - 3600;
	house_expect(
	    &h, ocsp_sign(answer, &f), &f, E_GATE, "OCSP_SIGN", "producedAt near the clock");
	answer = ocsp_about(cert.serial, OCSP_GOOD);
	answer->v[0].this_update = house_now() - 3600;
	house_expect(
	    &h, ocsp_sign(answer, &f), &f, E_GATE, "OCSP_SIGN", "thisUpdate near the clock");
	answer = ocsp_about(cert.serial, OCSP_GOOD);
	answer->v[0].next_update += 3600;
	house_expect(&h, ocsp_sign(answer, &f), &f, E_GATE, "OCSP_SIGN", "nextUpdate within 24 h");
	answer = ocsp_about(cert.serial, OCSP_UNKNOWN);
	house_expect(&h, ocsp_sign(answer, &f), &f, E_GATE, "OCSP_SIGN", "good or revoked");
	answer = ocsp_about(cert.serial, OCSP_GOOD);
	answer->responder = bytes_of(answer->v[0].id.key_hash.p, SHA1_SIZE);
	house_expect(&h, ocsp_sign(answer, &f), &f, E_GATE, "OCSP_SIGN", "responder");
	standing[standing_n++] =
	    (struct crl_item){cert.serial, house_now(), REASON_SUPERSEDED, CRL_NO_TIME};
	l = house_list_now(PROFILE_CA_ISSUING, standing, standing_n);
	assert_int_equal(house_crl(&h, &l, &tbs, &signature, NULL), OK);
	answer = ocsp_about(cert.serial, OCSP_GOOD);
	house_expect(
	    &h, ocsp_sign(answer, &f), &f, E_GATE, "OCSP_SIGN", "not good when in the last CRL");
	answer = ocsp_about(cert.serial, OCSP_REVOKED);
	assert_int_equal(ocsp_sign(answer, &f), OK);
	softkey_free(&o.key);
}

TEST_CASE(no_document_without_administrators)
{
	uint8_t hash[SHA256_SIZE];
	struct roster next = h.people;
	struct document d = {DOCUMENT_ROSTER, 2, BYTES_OF(hash)};
	struct approval by;
	struct signer_document q = {.kind = DOCUMENT_ROSTER, .signatures = &by, .count = 1};
	struct fault f = {0};
	enum err e;

	next.version = 2;
	next.rows = arena_array(h.a, next.count + 1, sizeof(*next.rows));
	memcpy(next.rows, h.people.rows, next.count * sizeof(*next.rows));
	next.rows[next.count++] = (struct roster_row){
	    house_id(), ROSTER_OPERATOR, STR("Rogue Three"), house_id(), {0}, false};
	assert_int_equal(roster_check(h.a, &next, NULL), OK);
	q.octets = roster_encode(h.a, &next);
	sha256(q.octets, hash);
	by = house_sign(&h, OPERATOR_1, PURPOSE_DOCUMENT, document_payload(h.a, &d));
	e = signer_document_put(h.front, &q, &f);
	house_expect(&h, e, &f, E_APPROVAL_BAD, "DOCUMENT_PUT", "administrator");
	by = house_sign(&h, ADMIN, PURPOSE_APPROVE, document_payload(h.a, &d));
	f = (struct fault){0};
	e = signer_document_put(h.front, &q, &f);
	house_expect(&h, e, &f, E_APPROVAL_BAD, "DOCUMENT_PUT", "signature");
	q.count = 0;
	f = (struct fault){0};
	e = signer_document_put(h.front, &q, &f);
	house_expect(&h, e, &f, E_APPROVAL_MISSING, "DOCUMENT_PUT", "");
	/* With the administrator's word it counts, and counts again the same. */
	q.count = 1;
	by = house_sign(&h, ADMIN, PURPOSE_DOCUMENT, document_payload(h.a, &d));
	assert_int_equal(signer_document_put(h.front, &q, NULL), OK);
	assert_int_equal(signer_document_put(h.front, &q, NULL), OK);
	h.people = next;
	h.roster = q.octets;
	/* Going back is not next. */
	next.version = 1;
	q.octets = roster_encode(h.a, &next);
	assert_int_equal(signer_document_put(h.front, &q, NULL), E_STATE);
}

TEST_CASE(no_job_for_another_place_or_time)
{
	uint8_t nonce[JOB_NONCE];
	struct job_line line = {STR("common-name"), STR("Lin Mei")};
	struct job job = {.agent_nonce = BYTES_OF(nonce),
	    .origin = STR(HOUSE_ORIGIN),
	    .env = ENVIRONMENT_TEST,
	    .enrolment = house_id(),
	    .profile = STR("person-signature"),
	    .key = KEYRULE_EC_P256,
	    .not_after = house_now() + JOB_LIFE,
	    .lines = &line,
	    .line_count = 1};
	struct bytes octets, signature;
	struct fault f = {0};
	enum err e;

	random_bytes(nonce, sizeof(nonce));
	assert_int_equal(job_encode(h.a, &job, &octets, NULL), OK);
	assert_int_equal(signer_job_sign(h.front, h.a, octets, &signature, NULL), OK);
	assert_int_equal(
	    verify_spki(h.keys.spki[SIGNER_KEY_JOB], VERIFY_ECDSA_SHA256, octets, signature, NULL),
	    OK);
	job.origin = STR("https://evil.example");
	assert_int_equal(job_encode(h.a, &job, &octets, NULL), OK);
	e = signer_job_sign(h.front, h.a, octets, &signature, &f);
	house_expect(&h, e, &f, E_AGENT_JOB, "JOB_SIGN", "our own");
	job.origin = STR(HOUSE_ORIGIN);
	job.not_after = house_now() + 3600;
	assert_int_equal(job_encode(h.a, &job, &octets, NULL), OK);
	f = (struct fault){0};
	e = signer_job_sign(h.front, h.a, octets, &signature, &f);
	house_expect(&h, e, &f, E_AGENT_JOB, "JOB_SIGN", "2 minutes");
	/* A TBSCertificate is no job. */
	f = (struct fault){0};
	e = signer_job_sign(h.front, h.a, h.root, &signature, &f);
	house_expect(&h, e, &f, E_FRAME, "JOB_SIGN", "");
}

TEST_CASE(no_secret_for_the_front_and_no_second_set_up)
{
	struct signer_secret secret = {
	    .label = STR("outbox"), .associated = {0}, .octets = str_bytes(STR("KX7M"))};
	struct signer_keys keys;
	struct signer_records records;
	struct signer_setup setup = {.root = h.root};
	struct bytes sealed, out;
	struct fault f = {0};
	uint8_t front[32], jobs[32];
	enum err e;

	assert_int_equal(signer_seal(h.front, h.a, &secret, &sealed, NULL), OK);
	secret.octets = sealed;
	e = signer_open(h.front, h.a, &secret, &out, &f);
	house_expect(&h, e, &f, E_ROLE, "OPEN", "front");
	assert_int_equal(signer_open(h.jobs, h.a, &secret, &out, NULL), OK);
	assert_true(bytes_eq(out, str_bytes(STR("KX7M"))));
	secret.label = STR("other");
	assert_int_equal(signer_open(h.jobs, h.a, &secret, &out, NULL), E_SEAL);
	f = (struct fault){0};
	e = signer_journal_read(h.front, h.a, 0, 1, &records, &f);
	house_expect(&h, e, &f, E_ROLE, "JOURNAL_READ", "front");
	f = (struct fault){0};
	e = signer_setup_keys(h.front, h.a,
	    &(struct signer_keys_wanted){.env = ENVIRONMENT_TEST, .origin = STR(HOUSE_ORIGIN)},
	    &keys, &f);
	house_expect(&h, e, &f, E_STATE, "SETUP_KEYS", "");
	assert_int_equal(signer_setup_finish(h.front, &setup, NULL), E_STATE);
	assert_int_equal(signer_subkey(h.front, STR("cookie"), front, NULL), OK);
	assert_int_equal(signer_subkey(h.jobs, STR("cookie"), jobs, NULL), OK);
	assert_memory_not_equal(front, jobs, 32);
}

TEST_CASE(no_guessing_of_codes_faster_than_the_rate)
{
	struct id enrolment = house_id();
	struct signer_mac q = {
	    .enrolment = enrolment, .generation = 1, .hash = str_bytes(STR("argon2id"))};
	uint8_t mac[SIGNER_MAC_SIZE], other[SIGNER_MAC_SIZE];
	struct fault f = {0};
	bool equal = false;
	enum err e = OK;

	assert_int_equal(signer_mac_make(h.front, &q, mac, NULL), OK);
	assert_int_equal(signer_mac_check(h.front, &q, BYTES_OF(mac), &equal, NULL), OK);
	assert_true(equal);
	q.generation = 2;
	assert_int_equal(signer_mac_make(h.front, &q, other, NULL), OK);
	assert_memory_not_equal(mac, other, sizeof(mac));
	assert_int_equal(signer_mac_check(h.front, &q, BYTES_OF(mac), &equal, NULL), OK);
	assert_false(equal);
	for (int i = 0; i < 1000 && e == OK; i++)
		e = signer_mac_check(h.front, &q, BYTES_OF(mac), &equal, &f);
	house_expect(&h, e, &f, E_RATE, "MAC_CHECK", "50 a second");
}

TEST_CASE(no_approval_by_an_operator_whose_certificate_is_held)
{
	struct bytes tbs, signature;
	struct house_list l;
	struct crl_item row;
	struct cert cert;
	struct fault f = {0};
	struct order o;
	enum err e;

	assert_int_equal(cert_parse(h.one[OPERATOR_1].certificate, &cert, NULL), OK);
	row = (struct crl_item){cert.serial, house_now(), REASON_HOLD, CRL_NO_TIME};
	l = house_list_now(PROFILE_CA_MANAGEMENT, &row, 1);
	assert_int_equal(house_crl(&h, &l, &tbs, &signature, NULL), OK);
	house_order(&h, "Held Operator", OPERATOR_1, &o);
	e = house_issue(&h, &o, &f);
	house_expect(&h, e, &f, E_APPROVAL_BAD, "ISSUE", "certificate");
	house_approve(&h, &o, 0, OPERATOR_2, PURPOSE_APPROVE);
	assert_int_equal(house_issue(&h, &o, NULL), OK);
	softkey_free(&o.key);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(no_forged_crl),
	    cmocka_unit_test(no_good_for_a_revoked_serial_and_no_answer_out_of_time),
	    cmocka_unit_test(no_certificate_as_a_crl),
	    cmocka_unit_test(no_document_without_administrators),
	    cmocka_unit_test(no_job_for_another_place_or_time),
	    cmocka_unit_test(no_secret_for_the_front_and_no_second_set_up),
	    cmocka_unit_test(no_guessing_of_codes_faster_than_the_rate),
	    cmocka_unit_test(no_approval_by_an_operator_whose_certificate_is_held),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
