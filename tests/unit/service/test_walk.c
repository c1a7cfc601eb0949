/* SPDX-License-Identifier: Apache-2.0 */
/* The main job from set-up to revocation, every floor real, and what each step refuses. */
#include "walk.h"

#include "base/text.h"
#include "core/code.h"
#include "crypto/digest.h"
#include "service/trail.h"
#include "x509/crl.h"
#include "x509/key.h"
#include "x509/ocsp.h"

static struct world w;
static struct somebody admin, operator, subscriber;

static int
set_up(void **state)
{
	(void)state;
	world_open(&w);
	world_set_up(&w);
	world_people(&w, &admin, &operator, & subscriber);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	softkey_free(&admin.key);
	softkey_free(&operator.key);
	softkey_free(&subscriber.key);
	world_close(&w);
	return 0;
}

/* A certificate for the subscriber, by the whole walk. */
static void
issue(struct somebody *b)
{
	struct str no = world_submit(&w, b);

	world_approve(&w, &operator, no);
	world_codes(&w, b);
	world_enrol(&w, b);
}

static enum ocsp_status
ocsp_ask(const struct somebody *b)
{
	struct call c = world_call(&w, NULL);
	struct status_object ca, answer;
	struct ocsp_request q = {.n = 1};
	struct ocsp_id id = {.hash = OID_SHA1};
	struct ocsp_response r;
	struct ocsp_answer *data = arena_alloc(w.a, sizeof(*data));
	uint8_t name[SHA1_SIZE], keyh[SHA1_SIZE];
	struct bytes request;
	struct cert issuer;
	struct key key;
	struct fault f = {0};

	MUST_OK(status_ca(&c, b->ca, &ca, &f));
	MUST_OK(cert_parse(ca.body, &issuer, &f));
	MUST_OK(key_parse(issuer.spki, &key, &f));
	sha1(issuer.subject, name);
	sha1(key.bits, keyh);
	id.name_hash = BYTES_OF(name);
	id.key_hash = BYTES_OF(keyh);
	assert_true(hex_parse(w.a, b->serial, &id.serial));
	MUST_OK(ocsp_id_encode(w.a, &id, &q.v[0], &f));
	q.nonce = BYTES_OF(name);
	MUST_OK(ocsp_request_encode(w.a, &q, &request, &f));
	status_ocsp(&c, request, &answer);
	MUST_OK(ocsp_response_parse(answer.body, &r, &f));
	assert_int_equal(r.result, OCSP_SUCCESSFUL);
	MUST_OK(ocsp_tbs_parse(r.sealed.body, data, &f));
	assert_true(bytes_eq(data->nonce, q.nonce));
	assert_false(answer.cacheable);
	return data->v[0].status;
}

static bool
in_crl(const struct somebody *b)
{
	struct call c = world_call(&w, NULL);
	struct status_object o;
	struct crl_item row;
	struct bytes serial;
	struct crl crl;
	struct fault f = {0};
	bool more;

	MUST_OK(status_crl(&c, b->ca, &o, &f));
	MUST_OK(crl_open(o.body, &crl, &f));
	assert_true(hex_parse(w.a, b->serial, &serial));
	for (;;) {
		MUST_OK(crl_next(&crl, &row, &more, &f));
		if (!more)
			return false;
		if (bytes_eq(row.serial, serial))
			return true;
	}
}

/* Do all work that is due. */
static void
do_work(void)
{
	struct upkeep_work work;
	struct fault f = {0};
	struct call c;

	c = world_jobs(&w);
	for (;;) {
		enum err e = upkeep_work_next(&c, &work, &f);

		if (e == E_NOT_FOUND)
			return;
		world_ok(e, &f, __LINE__);
		if (str_is(work.kind, "crl"))
			MUST_OK(upkeep_crl(&c, work.object, &f));
		MUST_OK(upkeep_work_done(&c, &work, 0, &f));
	}
}

TEST_CASE(from_application_to_revocation)
{
	struct call c;
	struct cert_view view;
	struct certs_revoke revoke = {.reason = STR("key-compromise")};
	struct fault f = {0};

	issue(&subscriber);
	world_sign_in(&w, &subscriber);
	c = world_call(&w, NULL);
	MUST_OK(certs_inquire(
	    &c, &(struct certs_name){subscriber.ca, subscriber.serial}, 0, &view, &f));
	assert_true(str_is(view.state, "active"));
	assert_int_equal(view.subject.n, 0);
	assert_int_equal(ocsp_ask(&subscriber), OCSP_GOOD);
	assert_false(in_crl(&subscriber));
	revoke.ca = subscriber.ca;
	revoke.serial = subscriber.serial;
	c = world_call(&w, &subscriber.who);
	MUST_OK(certs_revoke(&c, &revoke, &view, &f));
	assert_true(str_is(view.state, "revoked"));
	assert_true(str_is(view.reason, "key-compromise"));
	assert_int_equal(ocsp_ask(&subscriber), OCSP_REVOKED);
	/* The CRL is due as a row of work. */
	do_work();
	assert_true(in_crl(&subscriber));
}

/* An approved application's codes, nothing done with them yet. */
static void
open_codes(struct somebody *b)
{
	*b = (struct somebody){.who = subscriber.who, .phone = subscriber.phone};
	world_approve(&w, &operator, world_submit(&w, b));
	world_codes(&w, b);
}

static enum err
check(struct str reference, struct str code)
{
	uint8_t nonce[32] = {1};
	struct call c = world_call(&w, NULL);
	const struct enrol_check in = {
	    .reference = reference, .code = code, .agent_nonce = BYTES_OF(nonce)};
	struct enrol_ticket ticket;
	struct fault f = {0};
	enum err e = enrol_check(&c, &in, &ticket, &f);

	assert_true(e == OK || f.code == e);
	return e;
}

static struct str
changed(struct str s, size_t at, char to)
{
	char *p = arena_cstr(w.a, s);

	p[at] = to;
	return str_of(p);
}

/* Another code whose check character fits: what a guesser sends. */
static struct str
guess(unsigned n)
{
	uint8_t random[CODE_AUTH_RANDOM] = {(uint8_t)n, 77};
	char code[CODE_AUTH_LONG + 1];

	code_auth_make(CODE_AUTH_SHORT, random, code);
	return arena_str(w.a, str_of(code));
}

TEST_CASE(wrong_codes_are_told_apart_before_they_cost_a_try)
{
	struct somebody b;
	uint8_t random[CODE_REF_RANDOM] = {9, 9, 9};
	char other[CODE_REF_DIGITS + 1];

	open_codes(&b);
	assert_int_equal(check(b.code, b.reference), E_CODES_SWAPPED);
	assert_int_equal(
	    check(changed(b.reference, 3, b.reference.p[3] == '1' ? '2' : '1'), b.code),
	    E_REF_CHECK);
	assert_int_equal(
	    check(b.reference, changed(b.code, 2, b.code.p[2] == 'A' ? 'B' : 'A')), E_CODE_CHECK);
	assert_int_equal(check(STR("12345"), b.code), E_REF_FORMAT);
	assert_int_equal(check(b.reference, STR("ABC")), E_CODE_FORMAT);
	code_ref_make(ENVIRONMENT_PRODUCTION, random, other);
	assert_int_equal(check(str_of(other), b.code), E_CODE_ENVIRONMENT);
	/* Twenty of these, and the right pair is still welcome. */
	for (int i = 0; i < 20; i++)
		assert_int_equal(check(b.code, b.reference), E_CODES_SWAPPED);
	assert_int_equal(check(b.reference, b.code), OK);
}

TEST_CASE(guesses_lock_known_and_unknown_references_alike)
{
	uint8_t random[CODE_REF_RANDOM] = {1, 2, 3, 4, 5, 6, 7, 8};
	char nobodys[CODE_REF_DIGITS + 1];
	struct somebody b;

	open_codes(&b);
	code_ref_make(ENVIRONMENT_TEST, random, nobodys);
	for (unsigned i = 0; i < 5; i++) {
		assert_int_equal(check(b.reference, guess(i)), E_CODE_WRONG);
		assert_int_equal(check(str_of(nobodys), guess(i)), E_CODE_WRONG);
	}
	assert_int_equal(check(b.reference, b.code), E_CODE_LOCKED);
	assert_int_equal(check(str_of(nobodys), b.code), E_CODE_LOCKED);
}

TEST_CASE(a_right_code_gives_its_try_back)
{
	struct somebody b;

	open_codes(&b);
	for (unsigned i = 0; i < 4; i++)
		assert_int_equal(check(b.reference, guess(i)), E_CODE_WRONG);
	assert_int_equal(check(b.reference, b.code), OK);
	for (unsigned i = 0; i < 4; i++)
		assert_int_equal(check(b.reference, guess(i)), E_CODE_WRONG);
	assert_int_equal(check(b.reference, b.code), OK);
}

TEST_CASE(state_is_told_only_after_the_right_code)
{
	struct somebody b;

	open_codes(&b);
	w.shift = (int64_t)15 * 86400;
	assert_int_equal(check(b.reference, guess(1)), E_CODE_WRONG);
	assert_int_equal(check(b.reference, b.code), E_CODE_EXPIRED);
	w.shift = 0;
	world_enrol(&w, &b);
	assert_int_equal(check(b.reference, guess(2)), E_CODE_WRONG);
	assert_int_equal(check(b.reference, b.code), E_CODE_USED);
	softkey_free(&b.key);
}

/* The pending key speaks: what the service says about its enrolment. */
static struct enrol_resumed
resume(struct somebody *b, enum err expected)
{
	struct call c = world_call(&w, NULL);
	struct statement s = {.purpose = PURPOSE_RESUME};
	struct enrol_resume_challenge challenge;
	struct enrol_resumed resumed = {0};
	struct enrol_resume in;
	struct fault f = {0};

	MUST_OK(enrol_resume_begin(&c, b->reference, &challenge, &f));
	s.server_nonce = challenge.nonce;
	in.signature = world_sign(&w, b, &s, (struct bytes){0}, (struct bytes){0});
	in.agent_nonce = s.agent_nonce;
	in.spki = softkey_spki(b->key);
	in.nonce = challenge.nonce;
	assert_int_equal(enrol_resume(&c, challenge.enrolment, &in, &resumed, &f), expected);
	if (expected == OK)
		MUST_OK(signin_session(&c, resumed.ticket.session, &b->who, &f));
	return resumed;
}

static void
finish(struct somebody *b, struct str enrolment, const struct enrol_issued *issued)
{
	struct call c = world_call(&w, &b->who);
	struct statement s = {.purpose = PURPOSE_INSTALLED, .server_nonce = issued->nonce};
	struct enrol_proof proof = {.server_nonce = issued->nonce};
	struct enrol_done done;
	struct fault f = {0};

	proof.signature = world_sign(&w, b, &s, issued->certificate, (struct bytes){0});
	proof.agent_nonce = s.agent_nonce;
	MUST_OK(enrol_installed(&c, enrolment, &proof, &done, &f));
	assert_true(str_is(done.state, "active"));
	/* Said twice: the same answer. */
	MUST_OK(enrol_installed(&c, enrolment, &proof, &done, &f));
	assert_true(str_is(done.state, "active"));
}

TEST_CASE(after_issue_the_key_goes_on_without_codes)
{
	struct somebody b, stranger = {0};
	struct enrol_ticket ticket;
	struct enrol_issued first, again;
	struct enrol_resumed r;
	struct fault f = {0};
	struct call c;
	uint8_t nonce[32];

	open_codes(&b);
	world_ticket(&w, &b, &ticket, nonce);
	c = world_call(&w, &b.who);
	MUST_OK(softkey_generate(&b.key, &f));
	MUST_OK(enrol_issue(&c, ticket.enrolment, world_csr(&w, b.key), &first, &f));
	/* The answer got lost: the codes say so, the same request brings the same certificate. */
	assert_int_equal(check(b.reference, b.code), E_CODE_STARTED);
	MUST_OK(enrol_issue(&c, ticket.enrolment, world_csr(&w, b.key), &again, &f));
	assert_true(bytes_eq(first.certificate, again.certificate));
	/* Another key gets nothing, here or by resuming. */
	MUST_OK(softkey_generate(&stranger.key, &f));
	stranger.reference = b.reference;
	assert_int_equal(enrol_issue(&c, ticket.enrolment, world_csr(&w, stranger.key), &again, &f),
	    E_KEY_OTHER);
	(void)resume(&stranger, E_KEY_OTHER);
	r = resume(&b, OK);
	assert_true(str_is(r.state, "issued"));
	assert_true(bytes_eq(r.issued.certificate, first.certificate));
	finish(&b, ticket.enrolment, &r.issued);
	r = resume(&b, OK);
	assert_true(str_is(r.state, "used"));
	softkey_free(&b.key);
	softkey_free(&stranger.key);
}

TEST_CASE(a_signer_that_is_gone_loses_nothing)
{
	struct somebody b;
	struct enrol_ticket ticket;
	struct enrol_issued issued;
	struct enrol_resumed r;
	struct fault f = {0};
	struct call c;
	uint8_t nonce[32];

	open_codes(&b);
	world_ticket(&w, &b, &ticket, nonce);
	c = world_call(&w, &b.who);
	MUST_OK(softkey_generate(&b.key, &f));
	house_stop(&w.house);
	assert_int_equal(
	    enrol_issue(&c, ticket.enrolment, world_csr(&w, b.key), &issued, &f), E_UNAVAILABLE);
	house_start(&w.house);
	f = (struct fault){0};
	r = resume(&b, OK);
	assert_true(str_is(r.state, "issuing"));
	c = world_call(&w, &b.who);
	MUST_OK(enrol_issue(&c, ticket.enrolment, world_csr(&w, b.key), &issued, &f));
	finish(&b, ticket.enrolment, &issued);
	softkey_free(&b.key);
}

TEST_CASE(a_signer_that_is_gone_costs_no_try)
{
	struct somebody b;

	open_codes(&b);
	house_stop(&w.house);
	for (int i = 0; i < 7; i++)
		assert_int_equal(check(b.reference, b.code), E_UNAVAILABLE);
	house_start(&w.house);
	assert_int_equal(check(b.reference, b.code), OK);
}

TEST_CASE(a_request_that_is_refused_changes_nothing)
{
	struct somebody b, other = {0};
	struct enrol_ticket ticket;
	struct enrol_issued issued;
	struct fault f = {0};
	struct bytes csr;
	uint8_t nonce[32], *bad;
	struct call c;

	open_codes(&b);
	world_ticket(&w, &b, &ticket, nonce);
	c = world_call(&w, &b.who);
	MUST_OK(softkey_generate(&b.key, &f));
	csr = world_csr(&w, b.key);
	bad = arena_alloc(w.a, csr.n);
	for (size_t i = 0; i < csr.n; i++)
		bad[i] = csr.p[i];
	bad[csr.n - 1] ^= 1;
	assert_int_equal(
	    enrol_issue(&c, ticket.enrolment, bytes_of(bad, csr.n), &issued, &f), E_CSR_SIGNATURE);
	f = (struct fault){0};
	assert_int_equal(
	    enrol_issue(&c, ticket.enrolment, bytes_of(csr.p, csr.n - 1), &issued, &f), E_DER);
	/* A key that somebody else has a certificate for (L6). */
	f = (struct fault){0};
	assert_int_equal(
	    enrol_issue(&c, ticket.enrolment, world_csr(&w, operator.key), &issued, &f),
	    E_KEY_USED);
	/* Another enrolment's session. */
	open_codes(&other);
	f = (struct fault){0};
	world_ticket(&w, &other, &ticket, nonce);
	assert_int_equal(enrol_issue(&c, ticket.enrolment, csr, &issued, &f), E_AUTH_REQUIRED);
	assert_int_equal(check(b.reference, b.code), OK);
	softkey_free(&b.key);
}

TEST_CASE(codes_that_lapse_revoke_what_was_not_confirmed)
{
	struct somebody b;
	struct enrol_ticket ticket;
	struct enrol_issued issued;
	struct cert_view view;
	struct cert cert;
	struct fault f = {0};
	struct call c;
	uint8_t nonce[32];
	int64_t n;

	open_codes(&b);
	world_ticket(&w, &b, &ticket, nonce);
	c = world_call(&w, &b.who);
	MUST_OK(softkey_generate(&b.key, &f));
	MUST_OK(enrol_issue(&c, ticket.enrolment, world_csr(&w, b.key), &issued, &f));
	w.shift = (int64_t)15 * 86400;
	c = world_jobs(&w);
	MUST_OK(upkeep_lapse(&c, &n, &f));
	assert_true(n > 0);
	w.shift = 0;
	MUST_OK(cert_parse(issued.certificate, &cert, &f));
	c = world_call(&w, NULL);
	MUST_OK(certs_inquire(&c,
	    &(struct certs_name){STR("issuing-g1"), str_of(hex_text(w.a, cert.serial))}, 0, &view,
	    &f));
	assert_true(str_is(view.state, "revoked"));
	softkey_free(&b.key);
}

TEST_CASE(everybody_stays_in_their_role)
{
	struct apply_to_approve look;
	struct apply_view view;
	struct somebody own = {0};
	struct str no;
	struct fault f = {0};
	struct call c;

	no = world_submit(&w, &subscriber);
	c = world_call(&w, &subscriber.who);
	assert_int_equal(apply_approval(&c, no, &look, &f), E_ROLE);
	c = world_call(&w, &admin.who);
	assert_int_equal(apply_approval(&c, no, &look, &f), E_ROLE);
	c = world_call(&w, NULL);
	assert_int_equal(apply_get(&c, no, &view, &f), E_ROLE);
	f = (struct fault){0};
	assert_int_equal(apply_get(&c, no, &view, &f), E_AUTH_REQUIRED);
	/* Somebody else's application does not exist for them. */
	world_sms_sign_in(&w, &own, "+79161234567");
	c = world_call(&w, &own.who);
	f = (struct fault){0};
	assert_int_equal(apply_get(&c, no, &view, &f), E_NOT_FOUND);
	/* The operator's own case, by the phone he is reached at (S14). */
	no = world_submit(&w, &own);
	c = world_call(&w, &operator.who);
	f = (struct fault){0};
	assert_int_equal(apply_approval(&c, no, &look, &f), E_OWN_CASE);
}

TEST_CASE(an_approval_is_good_for_what_was_seen)
{
	struct statement s = {.purpose = PURPOSE_APPROVE};
	struct apply_to_approve one, two;
	struct approval in = {0};
	struct apply_view view;
	struct fault f = {0};
	struct call c = world_call(&w, &operator.who);
	struct str a = world_submit(&w, &subscriber), b = world_submit(&w, &subscriber);

	MUST_OK(apply_approval(&c, a, &one, &f));
	MUST_OK(apply_approval(&c, b, &two, &f));
	assert_true(base64_parse(w.a, one.nonce, &in.server_nonce));
	s.server_nonce = in.server_nonce;
	/* The nonce of one case, the payload of another. */
	in.signature = world_sign(&w, &operator, & s, operator.certificate, two.payload);
	in.agent_nonce = s.agent_nonce;
	in.spki_hash = s.spki_hash;
	in.certificate_hash = s.certificate_hash;
	assert_int_equal(apply_approve(&c, b, &in, &view, &f), E_NONCE);
	f = (struct fault){0};
	assert_int_equal(apply_approve(&c, a, &in, &view, &f), E_APPROVAL_BAD);
	/* Right, then again: the case has moved on. */
	in.signature = world_sign(&w, &operator, & s, operator.certificate, one.payload);
	in.agent_nonce = s.agent_nonce;
	f = (struct fault){0};
	MUST_OK(apply_approve(&c, a, &in, &view, &f));
	assert_int_equal(apply_approve(&c, a, &in, &view, &f), E_STATE);
}

TEST_CASE(a_change_voids_what_was_signed_and_sent)
{
	const struct apply_draft draft = {.profile = STR("person-signature"),
	    .fields = {{STR("name"), STR("Zhang Wei Min")}, {STR("country"), STR("CN")},
		{STR("mail"), STR("zhang.wei@example.com")}, {STR("phone"), subscriber.phone}},
	    .field_count = 4};
	const struct apply_consent consent = {
	    .text_id = STR("person-signature-1"), .lang = STR("en"), .given = true};
	struct somebody b = {.who = subscriber.who, .phone = subscriber.phone};
	struct call c = world_call(&w, &subscriber.who);
	struct str no = world_submit(&w, &subscriber);
	struct apply_view view;
	struct fault f = {0};

	world_approve(&w, &operator, no);
	world_codes(&w, &b);
	MUST_OK(apply_edit(&c, no, &draft, &view, &f));
	assert_true(str_is(view.state, "draft"));
	assert_int_equal(view.revision, 2);
	assert_int_equal(check(b.reference, b.code), E_CODE_VOID);
	MUST_OK(apply_submit(&c, no, &consent, &view, &f));
	assert_int_equal(view.approvals, 0);
	world_approve(&w, &operator, no);
	world_codes(&w, &b);
	assert_int_equal(check(b.reference, b.code), OK);
}

TEST_CASE(a_hold_is_seen_and_lifted)
{
	struct somebody b = {.who = subscriber.who, .phone = subscriber.phone};
	struct certs_revoke revoke = {.reason = STR("superseded")};
	struct certs_name name;
	struct cert_view view;
	struct hold_list holds;
	struct certificate_row row;
	struct fault f = {0};
	struct bytes serial;
	struct call c;

	issue(&b);
	world_sign_in(&w, &b);
	name = (struct certs_name){b.ca, b.serial};
	c = world_call(&w, &b.who);
	MUST_OK(certs_suspend(&c, &name, &view, &f));
	assert_true(str_is(view.state, "suspended"));
	assert_true(str_is(view.reason, "certificate-hold"));
	assert_int_equal(ocsp_ask(&b), OCSP_REVOKED);
	assert_int_equal(certs_suspend(&c, &name, &view, &f), E_STATE);
	/* Its holder cannot lift it alone, nor sign in with it. */
	f = (struct fault){0};
	assert_int_equal(certs_resume(&c, &name, &view, &f), E_ROLE);
	do_work();
	assert_true(in_crl(&b));
	c = world_call(&w, &operator.who);
	f = (struct fault){0};
	MUST_OK(certs_resume(&c, &name, &view, &f));
	assert_true(str_is(view.state, "active"));
	do_work();
	assert_false(in_crl(&b));
	assert_int_equal(ocsp_ask(&b), OCSP_GOOD);
	/* Once more, and for ever: the date is the hold's. */
	MUST_OK(certs_suspend(&c, &name, &view, &f));
	assert_true(hex_parse(w.a, b.serial, &serial));
	MUST_OK(store_certificate_by_serial(w.store[0], w.a, 2, serial, &row, &f));
	revoke.ca = b.ca;
	revoke.serial = b.serial;
	c = world_call(&w, &operator.who);
	MUST_OK(certs_revoke(&c, &revoke, &view, &f));
	assert_int_equal(view.revoked_at, row.revoked_at);
	MUST_OK(store_holds(w.store[0], w.a, row.id, &holds, &f));
	assert_int_equal(holds.n, 2);
	assert_true(holds.rows[0].until && holds.rows[1].until);
	softkey_free(&b.key);
}

TEST_CASE(new_codes_void_the_old_pair)
{
	struct somebody b, old;
	struct enrol_ticket ticket;
	struct enrol_issued issued;
	struct apply_view view;
	struct fault f = {0};
	struct call c = world_call(&w, &operator.who);
	struct str no;
	uint8_t nonce[32];

	b = (struct somebody){.who = subscriber.who, .phone = subscriber.phone};
	no = world_submit(&w, &b);
	assert_int_equal(apply_codes(&c, no, &view, &f), E_STATE);
	world_approve(&w, &operator, no);
	world_codes(&w, &b);
	old = b;
	/* A download that had begun is given up with its key. */
	world_ticket(&w, &b, &ticket, nonce);
	c = world_call(&w, &b.who);
	f = (struct fault){0};
	MUST_OK(softkey_generate(&b.key, &f));
	MUST_OK(enrol_issue(&c, ticket.enrolment, world_csr(&w, b.key), &issued, &f));
	c = world_call(&w, &operator.who);
	MUST_OK(apply_codes(&c, no, &view, &f));
	assert_true(str_is(view.state, "open"));
	world_codes(&w, &b);
	assert_int_equal(check(old.reference, old.code), E_CODE_WRONG);
	assert_int_equal(check(b.reference, old.code), E_CODE_WRONG);
	do_work(); /* the old certificate stands in the list: another key may come */
	softkey_free(&b.key);
	world_enrol(&w, &b);
	f = (struct fault){0};
	assert_int_equal(apply_codes(&c, no, &view, &f), E_STATE);
	softkey_free(&b.key);
}

TEST_CASE(a_repeated_request_finds_its_row)
{
	struct apply_draft draft = {.profile = STR("person-signature"),
	    .fields = {{STR("name"), STR("Zhang Wei")}},
	    .field_count = 1};
	struct apply_view first, again;
	struct fault f = {0};
	struct call c = world_call(&w, &subscriber.who);
	uint8_t one[32] = {1}, two[32] = {2};

	c.idempotency = STR("key-1");
	c.body_hash = BYTES_OF(one);
	MUST_OK(apply_draft(&c, &draft, &first, &f));
	MUST_OK(apply_draft(&c, &draft, &again, &f));
	assert_true(str_eq(first.no, again.no));
	c.body_hash = BYTES_OF(two);
	assert_int_equal(apply_draft(&c, &draft, &again, &f), E_IDEMPOTENCY_BODY);
	c.idempotency = STR("key-2");
	f = (struct fault){0};
	MUST_OK(apply_draft(&c, &draft, &again, &f));
	assert_false(str_eq(first.no, again.no));
}

TEST_CASE(the_log_is_whole)
{
	int64_t broken = -1;
	struct fault f = {0};

	MUST_OK(store_log_verify(w.store[0], &broken, &f));
	assert_int_equal(broken, 0);
}

TEST_CASE(only_administrators_and_auditors_look_into_the_log)
{
	static const struct {
		enum person_role role;
		enum assurance assurance;
		enum err e;
	} rows[] = {{PERSON_AUDITOR, ASSURANCE_CERTIFICATE, OK},
	    {PERSON_ADMINISTRATOR, ASSURANCE_CERTIFICATE, OK},
	    {PERSON_OPERATOR, ASSURANCE_CERTIFICATE, E_ROLE},
	    {PERSON_SUBSCRIBER, ASSURANCE_CERTIFICATE, E_ROLE},
	    {PERSON_AUDITOR, ASSURANCE_SMS, E_ROLE},
	    {PERSON_NONE, ASSURANCE_NONE, E_AUTH_REQUIRED}};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct call c = world_call(&w, &subscriber.who);
		struct trail_want want = {0};
		struct trail_page page;
		struct trail_proof proof;

		c.who.role = rows[i].role;
		c.who.assurance = rows[i].assurance;
		assert_int_equal(trail_list(&c, &want, STR(""), 0, &page, NULL), rows[i].e);
		assert_int_equal(trail_verify(&c, STR(""), &proof, NULL), rows[i].e);
	}
}

TEST_CASE(pages_of_the_log_give_every_record_once)
{
	struct call c = world_call(&w, &subscriber.who);
	struct trail_want want = {0};
	struct trail_proof proof;
	struct trail_page page = {.next = STR("")};
	struct fault f = {0};
	int64_t seq = 0;

	c.who.role = PERSON_AUDITOR;
	c.who.assurance = ASSURANCE_CERTIFICATE;
	MUST_OK(trail_verify(&c, STR(""), &proof, &f));
	assert_int_equal(proof.broken, 0);
	do {
		MUST_OK(trail_list(&c, &want, page.next, 7, &page, &f));
		assert_true(page.count > 0 && page.count <= 7);
		for (size_t i = 0; i < page.count; i++)
			assert_int_equal(page.items[i].seq, ++seq);
	} while (page.next.n);
	/* The proof and the reading themselves stand behind what was proven. */
	assert_int_equal(seq, proof.seq + 2);
	assert_true(str_is(page.items[page.count - 1].event, "log.read"));
	want.event = STR("no.such-event");
	MUST_OK(trail_list(&c, &want, STR(""), 7, &page, &f));
	assert_int_equal(page.count, 0);
	assert_int_equal(trail_list(&c, &want, STR("AAAA"), 7, &page, NULL), E_FIELD_VALUE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(from_application_to_revocation),
	    cmocka_unit_test(wrong_codes_are_told_apart_before_they_cost_a_try),
	    cmocka_unit_test(guesses_lock_known_and_unknown_references_alike),
	    cmocka_unit_test(a_right_code_gives_its_try_back),
	    cmocka_unit_test(state_is_told_only_after_the_right_code),
	    cmocka_unit_test(after_issue_the_key_goes_on_without_codes),
	    cmocka_unit_test(a_signer_that_is_gone_loses_nothing),
	    cmocka_unit_test(a_signer_that_is_gone_costs_no_try),
	    cmocka_unit_test(a_request_that_is_refused_changes_nothing),
	    cmocka_unit_test(codes_that_lapse_revoke_what_was_not_confirmed),
	    cmocka_unit_test(everybody_stays_in_their_role),
	    cmocka_unit_test(an_approval_is_good_for_what_was_seen),
	    cmocka_unit_test(a_change_voids_what_was_signed_and_sent),
	    cmocka_unit_test(a_hold_is_seen_and_lifted),
	    cmocka_unit_test(new_codes_void_the_old_pair),
	    cmocka_unit_test(a_repeated_request_finds_its_row),
	    cmocka_unit_test(the_log_is_whole),
	    cmocka_unit_test(only_administrators_and_auditors_look_into_the_log),
	    cmocka_unit_test(pages_of_the_log_give_every_record_once),
	};

	return cmocka_run_group_tests_name("walk", tests, set_up, tear_down);
}
