/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A front that has fallen: it holds the front's sockets and asks the signer for what would outlive
 * its repair. Each question is refused, by name, and stands in the journal.
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

/* Refused with this code and rule, and the journal says so. */
static void
expect(enum err e, const struct fault *f, enum err want, const char *message, const char *rule)
{
	char line[256];

	if (e != want || strcmp(f->rule, rule) != 0)
		fail_msg("%s %s '%s': %s, not %s '%s'", err_row(e)->symbol, f->field, f->rule,
		    f->detail, err_row(want)->symbol, rule);
	(void)snprintf(line, sizeof(line), "%s %s %s", message, err_row(want)->symbol, rule);
	if (!house_refused(&h, line))
		fail_msg("not in the journal: %s", line);
}

static void
expect_issue(struct order *o, enum err want, const char *rule)
{
	struct fault f = {0};
	enum err e = house_issue(&h, o, &f);

	expect(e, &f, want, "ISSUE", rule);
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
		expect(e, &f, E_GATE, "ISSUE_INTERNAL", "only off line");
	}
	f = (struct fault){0};
	e = signer_issue_internal(h.front, h.a, BUILTIN_TLS_PORTAL, o.tbs, &issued, &f);
	expect(e, &f, E_GATE, "ISSUE_INTERNAL", "");
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

static struct house_list
list_now(enum profile_ca ca, const struct crl_item *row, size_t n)
{
	int64_t now = house_now();
	static int64_t more;

	return (struct house_list){.ca = ca,
	    .number = now * 1000 + ++more,
	    .this_update = now,
	    .next_update = now + 72 * 3600,
	    .row = row,
	    .count = n};
}

static void
expect_crl(const struct house_list *l, enum err want, const char *rule)
{
	struct bytes tbs, signature;
	struct fault f = {0};
	enum err e = house_crl(&h, l, &tbs, &signature, &f);

	expect(e, &f, want, "CRL_SIGN", rule);
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
	l = list_now(PROFILE_CA_ISSUING, row, 2);
	assert_int_equal(house_crl(&h, &l, &tbs, &signature, NULL), OK);
	assert_int_equal(
	    verify_spki(h.keys.spki[SIGNER_KEY_ISSUING], VERIFY_ECDSA_SHA256, tbs, signature, NULL),
	    OK);
	/* The same number again, an older one, an earlier time, a missing entry. */
	expect_crl(&l, E_GATE, "number rises");
	l = list_now(PROFILE_CA_ISSUING, row, 2);
	l.number = 5;
	expect_crl(&l, E_GATE, "number rises");
	l = list_now(PROFILE_CA_ISSUING, row, 2);
	l.this_update -= 60;
	row[0].date = row[1].date = l.this_update;
	expect_crl(&l, E_GATE, "thisUpdate rises");
	row[0].date = row[1].date = house_now();
	l = list_now(PROFILE_CA_ISSUING, row + 1, 1);
	expect_crl(&l, E_GATE, "no entry is missing");
	/* First a hold, then gone: the long way to the same. */
	row[0].reason = REASON_HOLD;
	l = list_now(PROFILE_CA_ISSUING, row, 2);
	expect_crl(&l, E_GATE, "revoked stays revoked");
	row[0].reason = REASON_KEY_COMPROMISE;
	/* A time ahead, a number that leaves none above it, a life without end, another CA. */
	l = list_now(PROFILE_CA_ISSUING, row, 2);
	l.this_update += 600;
	expect_crl(&l, E_GATE, "thisUpdate near the clock");
	l = list_now(PROFILE_CA_ISSUING, row, 2);
	l.number = INT64_MAX;
	expect_crl(&l, E_GATE, "number near the clock");
	l = list_now(PROFILE_CA_ISSUING, row, 2);
	l.next_update += 86400 * 365;
	expect_crl(&l, E_GATE, "nextUpdate within 72 h");
	/* A hold may be released. */
	l = list_now(PROFILE_CA_ISSUING, row, 1);
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
	expect(e, &f, E_FRAME, "CRL_SIGN", "");
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
	expect(ocsp_sign(answer, &f), &f, E_GATE, "OCSP_SIGN", "producedAt near the clock");
	answer = ocsp_about(cert.serial, OCSP_GOOD);
	answer->v[0].this_update = house_now() - 3600;
	expect(ocsp_sign(answer, &f), &f, E_GATE, "OCSP_SIGN", "thisUpdate near the clock");
	answer = ocsp_about(cert.serial, OCSP_GOOD);
	answer->v[0].next_update += 3600;
	expect(ocsp_sign(answer, &f), &f, E_GATE, "OCSP_SIGN", "nextUpdate within 24 h");
	answer = ocsp_about(cert.serial, OCSP_UNKNOWN);
	expect(ocsp_sign(answer, &f), &f, E_GATE, "OCSP_SIGN", "good or revoked");
	answer = ocsp_about(cert.serial, OCSP_GOOD);
	answer->responder = bytes_of(answer->v[0].id.key_hash.p, SHA1_SIZE);
	expect(ocsp_sign(answer, &f), &f, E_GATE, "OCSP_SIGN", "responder");
	standing[standing_n++] =
	    (struct crl_item){cert.serial, house_now(), REASON_SUPERSEDED, CRL_NO_TIME};
	l = list_now(PROFILE_CA_ISSUING, standing, standing_n);
	assert_int_equal(house_crl(&h, &l, &tbs, &signature, NULL), OK);
	answer = ocsp_about(cert.serial, OCSP_GOOD);
	expect(ocsp_sign(answer, &f), &f, E_GATE, "OCSP_SIGN", "not good when in the last CRL");
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
	next.rows[next.count++] =
	    (struct roster_row){house_id(), ROSTER_OPERATOR, STR("Rogue Three"), house_id()};
	assert_int_equal(roster_check(h.a, &next, NULL), OK);
	q.octets = roster_encode(h.a, &next);
	sha256(q.octets, hash);
	by = house_sign(&h, OPERATOR_1, PURPOSE_DOCUMENT, document_payload(h.a, &d));
	e = signer_document_put(h.front, &q, &f);
	expect(e, &f, E_APPROVAL_BAD, "DOCUMENT_PUT", "administrator");
	by = house_sign(&h, ADMIN, PURPOSE_APPROVE, document_payload(h.a, &d));
	f = (struct fault){0};
	e = signer_document_put(h.front, &q, &f);
	expect(e, &f, E_APPROVAL_BAD, "DOCUMENT_PUT", "signature");
	q.count = 0;
	f = (struct fault){0};
	e = signer_document_put(h.front, &q, &f);
	expect(e, &f, E_APPROVAL_MISSING, "DOCUMENT_PUT", "");
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
	expect(e, &f, E_AGENT_JOB, "JOB_SIGN", "our own");
	job.origin = STR(HOUSE_ORIGIN);
	job.not_after = house_now() + 3600;
	assert_int_equal(job_encode(h.a, &job, &octets, NULL), OK);
	f = (struct fault){0};
	e = signer_job_sign(h.front, h.a, octets, &signature, &f);
	expect(e, &f, E_AGENT_JOB, "JOB_SIGN", "2 minutes");
	/* A TBSCertificate is no job. */
	f = (struct fault){0};
	e = signer_job_sign(h.front, h.a, h.root, &signature, &f);
	expect(e, &f, E_FRAME, "JOB_SIGN", "");
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
	expect(e, &f, E_ROLE, "OPEN", "front");
	assert_int_equal(signer_open(h.jobs, h.a, &secret, &out, NULL), OK);
	assert_true(bytes_eq(out, str_bytes(STR("KX7M"))));
	secret.label = STR("other");
	assert_int_equal(signer_open(h.jobs, h.a, &secret, &out, NULL), E_SEAL);
	f = (struct fault){0};
	e = signer_journal_read(h.front, h.a, 0, 1, &records, &f);
	expect(e, &f, E_ROLE, "JOURNAL_READ", "front");
	f = (struct fault){0};
	e = signer_setup_keys(h.front, h.a, ENVIRONMENT_TEST, STR(HOUSE_ORIGIN), &keys, &f);
	expect(e, &f, E_STATE, "SETUP_KEYS", "");
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
	expect(e, &f, E_RATE, "MAC_CHECK", "50 a second");
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
	expect(e, &f, E_QUOTA, "ISSUE", "per hour");
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
	    cmocka_unit_test(no_operator_without_a_row_in_the_roster),
	    cmocka_unit_test(no_second_key_while_the_first_certificate_is_in_force),
	    cmocka_unit_test(no_key_of_another_or_of_our_own),
	    cmocka_unit_test(no_time_but_now),
	    cmocka_unit_test(no_longer_life_and_no_serial_of_another_node_or_time),
	    cmocka_unit_test(no_forged_octets),
	    cmocka_unit_test(no_forged_crl),
	    cmocka_unit_test(no_good_for_a_revoked_serial_and_no_answer_out_of_time),
	    cmocka_unit_test(no_certificate_as_a_crl),
	    cmocka_unit_test(no_document_without_administrators),
	    cmocka_unit_test(no_job_for_another_place_or_time),
	    cmocka_unit_test(no_secret_for_the_front_and_no_second_set_up),
	    cmocka_unit_test(no_guessing_of_codes_faster_than_the_rate),
	    cmocka_unit_test(no_more_than_the_quota),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
