/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A front that has fallen: it holds the front's sockets and asks the signer for what would outlive
 * its repair. Each question is refused, by name, and stands in the journal. Here: certificates; lists,
 * documents, jobs and secrets are in test_fallen_rest.c.
 */
#include "house.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/ipc.h"
#include "core/document.h"
#include "core/job.h"
#include "core/validity.h"
#include "crypto/random.h"
#include "crypto/selfcheck.h"
#include "crypto/verify.h"
#include "x509/cert.h"
#include "x509/crl.h"
#include "x509/key.h"
#include "x509/ocsp.h"

static struct house h;

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
expect_issue(struct order *o, enum err want, const char *rule)
{
	struct fault f = {0};
	enum err e = house_issue(&h, o, &f);

	house_expect(&h, e, &f, want, "ISSUE", rule);
}

TEST_CASE(an_honest_front_gets_a_certificate_that_openssl_accepts)
{
	struct bytes chain[] = {h.ca[0], h.root};
	struct fault f = {0};
	struct order o;

	house_order(&h, "Lin Mei", OPERATOR_1, &o);
	assert_int_equal(house_issue(&h, &o, &f), OK);
	assert_false(o.issued.repeated);
	assert_int_equal(
	    selfcheck_certificate(o.issued.certificate, chain, 2, house_now(), &f), OK);
	softkey_free(&o.key);
}

TEST_CASE(the_same_key_gets_the_same_certificate_again)
{
	struct bytes first;
	struct order o;

	house_order(&h, "Lin Mei", OPERATOR_1, &o);
	assert_int_equal(house_issue(&h, &o, NULL), OK);
	first = o.issued.certificate;
	house_tbs(&h, &o, house_now());
	assert_int_equal(house_issue(&h, &o, NULL), OK);
	assert_true(o.issued.repeated);
	assert_true(bytes_eq(first, o.issued.certificate));
	softkey_free(&o.key);
}

/* Another template around the same names and key. */
static void
issue_by(const struct cert_template *t, struct order *o, enum err want, const char *rule)
{
	struct cert cert;
	struct cert_fields fields;

	assert_int_equal(cert_tbs_parse(o->tbs, &cert, NULL), OK);
	assert_int_equal(cert_fields_of(&cert, &fields, NULL), OK);
	if (t->san == CERT_SAN_NEVER)
		fields.san = bytes_of(NULL, 0);
	assert_int_equal(cert_tbs(h.a, t, &fields, &o->tbs, NULL), OK);
	expect_issue(o, want, rule);
}

TEST_CASE(no_ca_certificate)
{
	struct order o;
	struct cert_template t;
	struct cert_fields fields = {0};
	struct cert cert;

	house_order(&h, "Rogue CA", OPERATOR_1, &o);
	assert_int_equal(builtin_template(h.a, BUILTIN_ISSUING, &h.issuer[0], &t, NULL), OK);
	assert_int_equal(cert_tbs_parse(o.tbs, &cert, NULL), OK);
	assert_int_equal(cert_fields_of(&cert, &fields, NULL), OK);
	t.san = CERT_SAN_REQUIRED;
	assert_int_equal(cert_tbs(h.a, &t, &fields, &o.tbs, NULL), OK);
	expect_issue(&o, E_GATE, "");
	t.san = CERT_SAN_NEVER;
	fields.san = bytes_of(NULL, 0);
	assert_int_equal(cert_tbs(h.a, &t, &fields, &o.tbs, NULL), OK);
	expect_issue(&o, E_PROFILE_RULE, "");
	softkey_free(&o.key);
}

TEST_CASE(no_ca_certificate_as_one_of_our_own)
{
	static const enum builtin kinds[] = {BUILTIN_ROOT, BUILTIN_ISSUING, BUILTIN_MANAGEMENT};
	struct signer_issued issued;
	struct fault f = {0};
	struct order o;
	enum err e;

	house_order(&h, "Rogue CA", OPERATOR_1, &o);
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		f = (struct fault){0};
		e = signer_issue_internal(h.front, h.a, kinds[i], o.tbs, &issued, &f);
		house_expect(&h, e, &f, E_GATE, "ISSUE_INTERNAL", "only off line");
	}
	f = (struct fault){0};
	e = signer_issue_internal(h.front, h.a, BUILTIN_TLS_PORTAL, o.tbs, &issued, &f);
	house_expect(&h, e, &f, E_GATE, "ISSUE_INTERNAL", "");
	softkey_free(&o.key);
}

TEST_CASE(no_basic_constraints_in_a_persons_certificate)
{
	/* basicConstraints cA TRUE, critical. */
	static const uint8_t basic[] = {0x30, 0x0f, 0x06, 0x03, 0x55, 0x1d, 0x13, 0x01, 0x01, 0xff,
	    0x04, 0x05, 0x30, 0x03, 0x01, 0x01, 0xff};
	struct cert_template t = h.person_template;
	struct buf b = buf_new(h.a, 4096);
	struct order o;

	house_order(&h, "Rogue CA", OPERATOR_1, &o);
	buf_put(&b, BYTES_OF(basic));
	buf_put(&b, t.before);
	t.before = buf_bytes(&b);
	issue_by(&t, &o, E_GATE, "");
	softkey_free(&o.key);
}

TEST_CASE(no_extensions_of_another_profile)
{
	struct cert_template t;
	struct profile p = h.person_profile;
	struct order o;

	house_order(&h, "Ext Swap", OPERATOR_1, &o);
	p.purposes = PROFILE_PURPOSE_DOCUMENT;
	p.usage = PROFILE_USAGE_NONREPUDIATION;
	assert_int_equal(profile_template(h.a, &p, &h.issuer[0], &t, NULL), OK);
	issue_by(&t, &o, E_GATE, "");
	softkey_free(&o.key);
	/* The management CA's name on it. */
	house_order(&h, "CA Swap", OPERATOR_1, &o);
	assert_int_equal(profile_template(h.a, &h.person_profile, &h.issuer[1], &t, NULL), OK);
	issue_by(&t, &o, E_GATE, "");
	softkey_free(&o.key);
}

TEST_CASE(no_name_without_approval)
{
	struct fault f = {0};
	struct order o, other;

	house_order(&h, "Nobody Asked", OPERATOR_1, &o);
	o.claim.approval_count = 0;
	expect_issue(&o, E_APPROVAL_MISSING, "");
	/* An approved name, but another in the certificate. */
	house_order(&h, "Approved Name", OPERATOR_1, &other);
	other.tbs = o.tbs;
	expect_issue(&other, E_GATE, "as approved");
	/* The claim says the new name too: then the approval is over something else. */
	other.claim.what.subject = o.claim.what.subject;
	expect_issue(&other, E_APPROVAL_BAD, "signature");
	assert_int_equal(signer_status(h.front, h.a, &(struct signer_status){0}, &f), OK);
	softkey_free(&o.key);
	softkey_free(&other.key);
}

TEST_CASE(no_approval_for_another_enrolment)
{
	struct order o;

	house_order(&h, "Replayed", OPERATOR_1, &o);
	o.claim.what.enrolment = house_id();
	expect_issue(&o, E_APPROVAL_BAD, "signature");
	softkey_free(&o.key);
	house_order(&h, "Other Revision", OPERATOR_1, &o);
	o.claim.what.revision++;
	expect_issue(&o, E_APPROVAL_BAD, "signature");
	softkey_free(&o.key);
}

TEST_CASE(no_approval_by_the_wrong_person)
{
	struct person *one = &h.one[OPERATOR_1];
	struct softkey *mine;
	struct order o;

	house_order(&h, "By Admin", ADMIN, &o);
	expect_issue(&o, E_APPROVAL_BAD, "operator");
	softkey_free(&o.key);
	house_order(&h, "By Auditor", AUDITOR, &o);
	expect_issue(&o, E_APPROVAL_BAD, "operator");
	softkey_free(&o.key);
	house_order(&h, "Other Purpose", OPERATOR_1, &o);
	house_approve(&h, &o, 0, OPERATOR_1, PURPOSE_DOCUMENT);
	expect_issue(&o, E_APPROVAL_BAD, "signature");
	softkey_free(&o.key);
	house_order(&h, "Twice", OPERATOR_1, &o);
	house_approve(&h, &o, 1, OPERATOR_1, PURPOSE_APPROVE);
	expect_issue(&o, E_APPROVAL_BAD, "different persons");
	softkey_free(&o.key);
	/* A key that no roster row has. */
	assert_int_equal(softkey_generate(&mine, NULL), OK);
	{
		struct softkey *kept = one->key;

		one->key = mine;
		house_order(&h, "Own Key", OPERATOR_1, &o);
		one->key = kept;
	}
	expect_issue(&o, E_APPROVAL_BAD, "roster");
	softkey_free(&o.key);
	softkey_free(&mine);
	/* The right key under another certificate's hash. */
	house_order(&h, "Other Cert", OPERATOR_1, &o);
	o.approval[0].certificate_hash = o.approval[0].spki_hash;
	expect_issue(&o, E_APPROVAL_BAD, "certificate");
	softkey_free(&o.key);
}

/* Signs the list of the orders' payloads, and puts the signature into each. */
static void
approve_list(struct order *const *orders, size_t n)
{
	uint8_t *hashes = arena_array(h.a, n, SHA256_SIZE);
	struct bytes octets = {0}, payload = {0};
	struct approval one;

	for (size_t i = 0; i < n; i++) {
		assert_int_equal(approval_payload(h.a, &orders[i]->claim.what, &payload, NULL), OK);
		sha256(payload, hashes + i * SHA256_SIZE);
	}
	assert_int_equal(approval_list(h.a, bytes_of(hashes, n * SHA256_SIZE), &octets, NULL), OK);
	one = house_sign(&h, OPERATOR_1, PURPOSE_APPROVE, octets);
	one.list = bytes_of(hashes, n * SHA256_SIZE);
	for (size_t i = 0; i < n; i++)
		orders[i]->approval[0] = one;
}

TEST_CASE(one_signature_covers_its_list_and_nothing_else)
{
	struct fault f = {0};
	struct order one, two, three;
	struct order *const orders[] = {&one, &two};

	house_order(&h, "List One", OPERATOR_1, &one);
	house_order(&h, "List Two", OPERATOR_1, &two);
	house_order(&h, "Not Listed", OPERATOR_1, &three);
	approve_list(orders, 2);
	assert_int_equal(house_issue(&h, &one, &f), OK);
	assert_int_equal(house_issue(&h, &two, &f), OK);
	/* The same signature for what was not on the list. */
	three.approval[0] = one.approval[0];
	expect_issue(&three, E_APPROVAL_BAD, "list");
	/* Nor with a list to which it was added afterwards. */
	{
		struct bytes list = one.approval[0].list, payload = {0};
		uint8_t *more = arena_alloc(h.a, list.n + SHA256_SIZE);

		assert_int_equal(approval_payload(h.a, &three.claim.what, &payload, NULL), OK);
		memcpy(more, list.p, list.n);
		sha256(payload, more + list.n);
		three.approval[0].list = bytes_of(more, list.n + SHA256_SIZE);
	}
	expect_issue(&three, E_APPROVAL_BAD, "signature");
	/* A signature over the payload alone is none over a list of it. */
	house_approve(&h, &three, 0, OPERATOR_1, PURPOSE_APPROVE);
	{
		uint8_t *hash = arena_alloc(h.a, SHA256_SIZE);
		struct bytes payload = {0};

		assert_int_equal(approval_payload(h.a, &three.claim.what, &payload, NULL), OK);
		sha256(payload, hash);
		three.approval[0].list = bytes_of(hash, SHA256_SIZE);
	}
	expect_issue(&three, E_APPROVAL_BAD, "signature");
	softkey_free(&one.key);
	softkey_free(&two.key);
	softkey_free(&three.key);
}

TEST_CASE(no_operator_without_a_row_in_the_roster)
{
	struct order o;

	house_order(&h, "Me Too", OPERATOR_1, &o);
	o.claim.what.profile = h.operator_profile.name;
	expect_issue(&o, E_APPROVAL_MISSING, "roster");
	/* A row's enrolment, but a name that the roster does not say. */
	o.claim.what.enrolment = h.one[OPERATOR_2].enrolment;
	o.claim.what.san = bytes_of(NULL, 0);
	o.claim.approval_count = 0;
	issue_by(&h.operator_template, &o, E_GATE, "C");
	softkey_free(&o.key);
	/* A row's enrolment used for a person's certificate. */
	house_order(&h, "Otto One", OPERATOR_1, &o);
	o.claim.what.enrolment = h.one[OPERATOR_1].enrolment;
	expect_issue(&o, E_GATE, "roster");
	softkey_free(&o.key);
}

TEST_CASE(no_second_key_while_the_first_certificate_is_in_force)
{
	struct softkey *first;
	struct order o;

	house_order(&h, "Two Keys", OPERATOR_1, &o);
	assert_int_equal(house_issue(&h, &o, NULL), OK);
	first = o.key;
	assert_int_equal(softkey_generate(&o.key, NULL), OK);
	house_tbs(&h, &o, house_now());
	expect_issue(&o, E_KEY_OTHER, "earlier certificate revoked");
	softkey_free(&o.key);
	softkey_free(&first);
}

TEST_CASE(no_key_of_another_or_of_our_own)
{
	struct order o, other;
	struct cert_fields fields;
	struct cert cert;
	struct key key;
	uint8_t hash[SHA256_SIZE];

	house_order(&h, "Key Owner", OPERATOR_1, &o);
	assert_int_equal(house_issue(&h, &o, NULL), OK);
	house_order(&h, "Key Borrower", OPERATOR_1, &other);
	softkey_free(&other.key);
	other.key = o.key;
	house_tbs(&h, &other, house_now());
	expect_issue(&other, E_KEY_USED, "one key, one subject");
	/* The issuing CA's own public key as a person's. */
	assert_int_equal(cert_tbs_parse(other.tbs, &cert, NULL), OK);
	assert_int_equal(cert_fields_of(&cert, &fields, NULL), OK);
	fields.spki = h.keys.spki[SIGNER_KEY_ISSUING];
	assert_int_equal(key_parse(fields.spki, &key, NULL), OK);
	sha256(key.bits, hash);
	fields.ski = bytes_of(hash, 20);
	assert_int_equal(cert_tbs(h.a, &h.person_template, &fields, &other.tbs, NULL), OK);
	expect_issue(&other, E_KEY_USED, "not ours");
	/* The same with another key's identifier. */
	fields.spki = softkey_spki(h.root_key);
	assert_int_equal(cert_tbs(h.a, &h.person_template, &fields, &other.tbs, NULL), OK);
	expect_issue(&other, E_GATE, "RFC 7093");
	softkey_free(&o.key);
}

TEST_CASE(no_time_but_now)
{
	struct order o;

	house_order(&h, "Backdated", OPERATOR_1, &o);
	house_tbs(&h, &o, house_now() - 3600);
	expect_issue(&o, E_GATE, "± 5 s");
	house_tbs(&h, &o, house_now() + 60);
	expect_issue(&o, E_GATE, "± 5 s");
	softkey_free(&o.key);
}

/* Fields of the honest certificate with one changed. */
static void
issue_changed(struct order *o, struct cert_fields *change, enum err want, const char *rule)
{
	struct cert_fields fields;
	struct cert cert;

	assert_int_equal(cert_tbs_parse(o->tbs, &cert, NULL), OK);
	assert_int_equal(cert_fields_of(&cert, &fields, NULL), OK);
	if (change->serial.n)
		fields.serial = change->serial;
	if (change->not_after)
		fields.not_after += change->not_after;
	assert_int_equal(cert_tbs(h.a, &h.person_template, &fields, &o->tbs, NULL), OK);
	expect_issue(o, want, rule);
	house_tbs(&h, o, house_now());
}

TEST_CASE(no_longer_life_and_no_serial_of_another_node_or_time)
{
	uint8_t random[SERIAL_RANDOM] = {1};
	struct serial other = serial_make(HOUSE_NODE + 1, house_now(), random);
	struct serial old = serial_make(HOUSE_NODE, house_now() - 100000, random);
	struct order o;

	house_order(&h, "Long Life", OPERATOR_1, &o);
	issue_changed(&o, &(struct cert_fields){.not_after = 86400}, E_GATE, "");
	issue_changed(&o, &(struct cert_fields){.serial = serial_bytes(&other)}, E_GATE, "node");
	issue_changed(&o, &(struct cert_fields){.serial = serial_bytes(&old)}, E_GATE, "time");
	softkey_free(&o.key);
}

TEST_CASE(no_forged_octets)
{
	struct order o;
	struct fault f;
	uint8_t *p;

	house_order(&h, "Altered", OPERATOR_1, &o);
	p = arena_alloc(h.a, o.tbs.n + 1);
	for (size_t i = 0; i < o.tbs.n; i += 7) {
		struct order bad = o;

		memcpy(p, o.tbs.p, o.tbs.n);
		p[i] ^= 0x04;
		bad.tbs = bytes_of(p, o.tbs.n);
		f = (struct fault){0};
		/* The random octets of the serial may be anything. */
		if (house_issue(&h, &bad, &f) == OK) {
			struct cert cert, now;

			assert_int_equal(cert_tbs_parse(o.tbs, &cert, NULL), OK);
			assert_int_equal(cert_tbs_parse(bad.tbs, &now, NULL), OK);
			assert_false(bytes_eq(cert.serial, now.serial));
			assert_true(bytes_eq(cert.subject, now.subject));
			softkey_free(&o.key);
			house_order(&h, "Altered", OPERATOR_1, &o);
		}
	}
	memcpy(p, o.tbs.p, o.tbs.n);
	p[o.tbs.n] = 0;
	o.tbs.p = p;
	o.tbs.n++;
	f = (struct fault){0};
	assert_int_equal(house_issue(&h, &o, &f), E_DER);
	softkey_free(&o.key);
}

/* One of our own certificates for HOST (portal) or under our name (OCSP), with this key. */
static enum err
own(enum builtin kind, const char *host, struct bytes spki, struct fault *f)
{
	enum profile_ca ca =
	    kind == BUILTIN_OCSP_ISSUING ? PROFILE_CA_ISSUING : PROFILE_CA_MANAGEMENT;
	const struct builtin_house words = {ENVIRONMENT_TEST, STR("CN"), str_of(host), 1};
	struct profile_request r = {.spki = spki,
	    .serial = house_serial(house_now()),
	    .ca_not_after = h.issuer[ca].not_after};
	struct cert_template t;
	struct signer_issued issued;
	struct bytes tbs, chain[] = {h.ca[ca], h.root};
	uint8_t hash[SHA256_SIZE];
	struct key key;
	enum err e;

	*f = (struct fault){0};
	assert_int_equal(key_parse(spki, &key, NULL), OK);
	sha256(key.bits, hash);
	r.ski = bytes_of(hash, 20);
	if (kind == BUILTIN_TLS_PORTAL)
		e = builtin_portal(h.a, str_of(host), &r.subject, &r.san, NULL);
	else
		e = builtin_subject(h.a, kind, &words, &r.subject, NULL);
	assert_int_equal(e, OK);
	assert_int_equal(builtin_template(h.a, kind, &h.issuer[ca], &t, NULL), OK);
	assert_int_equal(builtin_apply(h.a, kind, &t, &r, house_now(), &tbs, NULL), OK);
	e = signer_issue_internal(h.front, h.a, kind, tbs, &issued, f);
	if (e == OK)
		assert_int_equal(
		    selfcheck_certificate(issued.certificate, chain, 2, house_now(), NULL), OK);
	return e;
}

TEST_CASE(our_own_certificates_for_our_own_names_and_keys_only)
{
	struct softkey *k;
	struct fault f;

	assert_int_equal(softkey_generate(&k, NULL), OK);
	assert_int_equal(own(BUILTIN_TLS_PORTAL, "localhost", softkey_spki(k), &f), OK);
	/* Renewed with the same key. */
	assert_int_equal(own(BUILTIN_TLS_PORTAL, "localhost", softkey_spki(k), &f), OK);
	house_expect(&h, own(BUILTIN_TLS_PORTAL, "bank.example", softkey_spki(k), &f), &f, E_GATE,
	    "ISSUE_INTERNAL", "tls-portal");
	house_expect(&h,
	    own(BUILTIN_TLS_PORTAL, "localhost", h.keys.spki[SIGNER_KEY_MANAGEMENT], &f), &f,
	    E_KEY_USED, "ISSUE_INTERNAL", "not ours");
	assert_int_equal(
	    own(BUILTIN_OCSP_ISSUING, "Signet TEST", h.keys.spki[SIGNER_KEY_OCSP_ISSUING], &f), OK);
	assert_int_equal(own(BUILTIN_OCSP_MANAGEMENT, "Signet TEST",
			     h.keys.spki[SIGNER_KEY_OCSP_MANAGEMENT], &f),
	    OK);
	house_expect(&h, own(BUILTIN_OCSP_ISSUING, "Signet TEST", softkey_spki(k), &f), &f, E_GATE,
	    "ISSUE_INTERNAL", "ocsp-issuing");
	house_expect(&h,
	    own(BUILTIN_OCSP_ISSUING, "Other TEST", h.keys.spki[SIGNER_KEY_OCSP_ISSUING], &f), &f,
	    E_GATE, "ISSUE_INTERNAL", "ocsp-issuing");
	softkey_free(&k);
}

/* Last: afterwards nobody gets a certificate in this hour. */
TEST_CASE(no_more_than_the_quota)
{
	enum err e = OK;
	struct fault f = {0};
	struct order o;

	for (unsigned i = 0; i <= h.person_profile.quota_hour && e == OK; i++) {
		house_order(&h, "Many", OPERATOR_2, &o);
		e = house_issue(&h, &o, &f);
		softkey_free(&o.key);
	}
	house_expect(&h, e, &f, E_QUOTA, "ISSUE", "per hour");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(an_honest_front_gets_a_certificate_that_openssl_accepts),
	    cmocka_unit_test(the_same_key_gets_the_same_certificate_again),
	    cmocka_unit_test(no_ca_certificate),
	    cmocka_unit_test(no_ca_certificate_as_one_of_our_own),
	    cmocka_unit_test(no_basic_constraints_in_a_persons_certificate),
	    cmocka_unit_test(no_extensions_of_another_profile),
	    cmocka_unit_test(no_name_without_approval),
	    cmocka_unit_test(no_approval_for_another_enrolment),
	    cmocka_unit_test(no_approval_by_the_wrong_person),
	    cmocka_unit_test(one_signature_covers_its_list_and_nothing_else),
	    cmocka_unit_test(no_operator_without_a_row_in_the_roster),
	    cmocka_unit_test(no_second_key_while_the_first_certificate_is_in_force),
	    cmocka_unit_test(no_key_of_another_or_of_our_own),
	    cmocka_unit_test(no_time_but_now),
	    cmocka_unit_test(no_longer_life_and_no_serial_of_another_node_or_time),
	    cmocka_unit_test(no_forged_octets),
	    cmocka_unit_test(our_own_certificates_for_our_own_names_and_keys_only),
	    cmocka_unit_test(no_more_than_the_quota),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
