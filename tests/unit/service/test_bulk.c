/* SPDX-License-Identifier: Apache-2.0 */
/* One act on many: a result for each, one signature for all, nothing twice. */
#include "walk.h"

#include <string.h>

#include "base/text.h"
#include "crypto/digest.h"
#include "service/bulk.h"

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

/* From approved to a certificate; the session stays the one by SMS. */
static void
enrol(void)
{
	struct principal who = subscriber.who;

	softkey_free(&subscriber.key);
	world_codes(&w, &subscriber);
	world_enrol(&w, &subscriber);
	subscriber.who = who;
}

static struct bulk_applications
bulk(const char *act, struct str a, struct str b, struct str c)
{
	struct bulk_applications in = {
	    .act = str_of(act), .numbers = {{a}, {b}, {c}}, .count = c.n ? 3 : 2};

	return in;
}

/* The signature for a dry run's payload. */
static void
sign_list(const struct bulk_answer *looked, struct bulk_applications *in)
{
	struct approval_subject subjects[APPROVAL_LIST_MAX];
	struct statement s = {.purpose = PURPOSE_APPROVE};
	uint8_t *hashes;
	struct bytes octets, payload;
	struct fault f = {0};
	size_t n;

	MUST_OK(approval_bundle_parse(looked->payload, subjects, &n, &f));
	hashes = arena_array(w.a, n, SHA256_SIZE);
	for (size_t i = 0; i < n; i++) {
		MUST_OK(approval_payload(w.a, &subjects[i], &payload, &f));
		sha256(payload, hashes + i * SHA256_SIZE);
	}
	in->approval.list = bytes_of(hashes, n * SHA256_SIZE);
	MUST_OK(approval_list(w.a, in->approval.list, &octets, &f));
	assert_true(base64_parse(w.a, looked->nonce, &in->approval.server_nonce));
	s.server_nonce = in->approval.server_nonce;
	in->approval.signature = world_sign(&w, &operator, & s, operator.certificate, octets);
	in->approval.agent_nonce = s.agent_nonce;
	in->approval.spki_hash = s.spki_hash;
	in->approval.certificate_hash = s.certificate_hash;
	in->dry_run = false;
}

static void
state_is(struct str no, const char *state)
{
	struct call c = world_call(&w, &operator.who);
	struct apply_view view;
	struct fault f = {0};

	MUST_OK(apply_get(&c, no, &view, &f));
	assert_true(str_is(view.state, state));
}

TEST_CASE(one_signature_approves_a_list_and_each_is_issued)
{
	struct call c = world_call(&w, &operator.who);
	struct str one = world_submit(&w, &subscriber), two = world_submit(&w, &subscriber);
	struct bulk_applications in = bulk("approve", one, STR("T-2026-999999"), two);
	struct bulk_answer looked, done;
	struct fault f = {0};

	in.dry_run = true;
	MUST_OK(bulk_applications(&c, &in, &looked, &f));
	assert_int_equal(looked.done, 2);
	assert_int_equal(looked.rows[0].fault.code, OK);
	assert_int_equal(looked.rows[1].fault.code, E_NOT_FOUND);
	state_is(one, "submitted");
	/* All three are sent along: the stranger is refused, the others are done. */
	sign_list(&looked, &in);
	MUST_OK(bulk_applications(&c, &in, &done, &f));
	assert_int_equal(done.done, 2);
	assert_int_equal(done.rows[1].fault.code, E_NOT_FOUND);
	assert_true(str_is(done.rows[2].state, "open"));
	state_is(one, "open");
	/* The signer agrees: it finds each on the list that was signed. */
	enrol();
	state_is(two, "installed");
	/* A second time nothing happens: each is refused by its state. */
	MUST_OK(bulk_applications(&c, &in, &done, &f));
	assert_int_equal(done.done, 0);
	assert_int_equal(done.rows[0].fault.code, E_STATE);
}

TEST_CASE(what_changed_after_it_was_looked_at_is_left_out)
{
	struct call c = world_call(&w, &operator.who), s = world_call(&w, &subscriber.who);
	struct str one = world_submit(&w, &subscriber), two = world_submit(&w, &subscriber);
	struct bulk_applications in = bulk("approve", one, two, STR(""));
	const struct apply_consent consent = {
	    .text_id = STR("person-signature-1"), .lang = STR("en"), .given = true};
	struct apply_draft draft = {.profile = STR("person-signature"),
	    .fields = {{STR("name"), STR("Zhang Min")}, {STR("country"), STR("CN")},
		{STR("mail"), STR("zhang.min@example.com")}, {STR("phone"), subscriber.phone}},
	    .field_count = 4};
	struct bulk_answer looked, done;
	struct apply_view view;
	struct fault f = {0};

	in.dry_run = true;
	MUST_OK(bulk_applications(&c, &in, &looked, &f));
	sign_list(&looked, &in);
	MUST_OK(apply_edit(&s, one, &draft, &view, &f));
	MUST_OK(apply_submit(&s, one, &consent, &view, &f));
	MUST_OK(bulk_applications(&c, &in, &done, &f));
	assert_int_equal(done.done, 1);
	assert_int_equal(done.rows[0].fault.code, E_APPROVAL_BAD);
	assert_string_equal(done.rows[0].fault.field, "list");
	state_is(one, "submitted");
	state_is(two, "open");
	/* Nor is it good for one that was never on it. */
	in.numbers[0].no = world_submit(&w, &subscriber);
	in.count = 1;
	MUST_OK(bulk_applications(&c, &in, &done, &f));
	assert_int_equal(done.rows[0].fault.code, E_APPROVAL_BAD);
	/* Another list under this nonce is not the one it was made for. */
	in.approval.list.n -= SHA256_SIZE;
	MUST_OK(bulk_applications(&c, &in, &done, &f));
	assert_int_equal(done.rows[0].fault.code, E_NONCE);
}

TEST_CASE(a_repeat_with_the_same_key_is_answered_the_same)
{
	struct call c = world_call(&w, &operator.who);
	struct str one = world_submit(&w, &subscriber), two = world_submit(&w, &subscriber);
	struct bulk_applications in = bulk("reject", one, two, STR(""));
	struct bulk_answer first, again;
	struct fault f = {0};

	c.idempotency = STR("key");
	c.route = STR("bulk_applications");
	in.reason = STR("Not ours");
	MUST_OK(bulk_applications(&c, &in, &first, &f));
	assert_int_equal(first.done, 2);
	MUST_OK(bulk_applications(&c, &in, &again, &f));
	assert_int_equal(again.done, 2);
	assert_true(str_is(again.rows[1].state, "rejected"));
	c.idempotency = STR("another");
	MUST_OK(bulk_applications(&c, &in, &again, &f));
	assert_int_equal(again.done, 0);
	assert_int_equal(again.rows[0].fault.code, E_STATE);
}

TEST_CASE(a_dry_run_changes_nothing)
{
	struct call c = world_call(&w, &operator.who);
	struct str one = world_submit(&w, &subscriber);
	struct bulk_applications in = bulk("return", one, STR("X"), STR(""));
	struct store_counts before = store_counts(w.store[0]);
	struct bulk_answer answer;
	struct fault f = {0};

	in.reason = STR("Look again");
	in.words.fields[0] = (struct apply_field){STR("name"), STR("As in the passport")};
	in.words.field_count = 1;
	in.dry_run = true;
	MUST_OK(bulk_applications(&c, &in, &answer, &f));
	assert_int_equal(answer.done, 1);
	assert_true(str_is(answer.rows[0].state, "submitted"));
	in.words.fields[0].name = STR("shoe");
	MUST_OK(bulk_applications(&c, &in, &answer, &f));
	assert_int_equal(answer.rows[0].fault.code, E_FIELD_UNKNOWN);
	assert_int_equal(store_counts(w.store[0]).units, before.units);
	in.words.fields[0].name = STR("name");
	in.dry_run = false;
	MUST_OK(bulk_applications(&c, &in, &answer, &f));
	assert_true(str_is(answer.rows[0].state, "returned"));
	state_is(one, "returned");
}

TEST_CASE(a_question_that_is_none_is_refused_whole)
{
	struct call c = world_call(&w, &operator.who), s = world_call(&w, &subscriber.who);
	struct str no = world_submit(&w, &subscriber);
	struct bulk_applications in = bulk("approve", no, STR("X"), STR(""));
	struct bulk_answer answer;
	struct fault f = {0};

	assert_int_equal(bulk_applications(&s, &in, &answer, NULL), E_ROLE);
	assert_int_equal(bulk_applications(&c, &in, &answer, &f), E_FIELD_MISSING);
	assert_string_equal(f.field, "approval");
	in.act = STR("reject");
	assert_int_equal(bulk_applications(&c, &in, &answer, NULL), E_FIELD_MISSING);
	in.act = STR("bless");
	assert_int_equal(bulk_applications(&c, &in, &answer, NULL), E_FIELD_VALUE);
	in = bulk("approve", no, no, STR(""));
	in.dry_run = true;
	assert_int_equal(bulk_applications(&c, &in, &answer, NULL), E_FIELD_DUPLICATE);
	in.count = APPROVAL_LIST_MAX + 1;
	assert_int_equal(bulk_applications(&c, &in, &answer, NULL), E_FIELD_LENGTH);
}

TEST_CASE(certificates_are_revoked_one_by_one)
{
	struct call c = world_call(&w, &operator.who), s = world_call(&w, &subscriber.who);
	struct bulk_certificates in = {.count = 2, .dry_run = true, .reason = STR("superseded")};
	struct str no = world_submit(&w, &subscriber);
	struct bulk_answer answer;
	struct cert_view view;
	struct fault f = {0};

	world_approve(&w, &operator, no);
	enrol();
	in.names[0] = (struct certs_name){subscriber.ca, subscriber.serial};
	in.names[1] = (struct certs_name){subscriber.ca, STR("0700")};
	assert_int_equal(bulk_revoke(&s, &in, &answer, NULL), E_ROLE);
	MUST_OK(bulk_revoke(&c, &in, &answer, &f));
	assert_int_equal(answer.done, 1);
	assert_int_equal(answer.rows[1].fault.code, E_NOT_FOUND);
	MUST_OK(certs_inquire(&c, &in.names[0], 0, &view, &f));
	assert_true(str_is(view.state, "active"));
	in.dry_run = false;
	MUST_OK(bulk_revoke(&c, &in, &answer, &f));
	assert_int_equal(answer.done, 1);
	assert_true(str_is(answer.rows[0].state, "revoked"));
	MUST_OK(bulk_revoke(&c, &in, &answer, &f));
	assert_int_equal(answer.rows[0].fault.code, E_STATE);
	in.names[1] = in.names[0];
	assert_int_equal(bulk_revoke(&c, &in, &answer, NULL), E_FIELD_DUPLICATE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(one_signature_approves_a_list_and_each_is_issued),
	    cmocka_unit_test(what_changed_after_it_was_looked_at_is_left_out),
	    cmocka_unit_test(a_repeat_with_the_same_key_is_answered_the_same),
	    cmocka_unit_test(a_dry_run_changes_nothing),
	    cmocka_unit_test(a_question_that_is_none_is_refused_whole),
	    cmocka_unit_test(certificates_are_revoked_one_by_one),
	};

	return cmocka_run_group_tests_name("bulk", tests, set_up, tear_down);
}
