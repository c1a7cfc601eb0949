/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include <string.h>

#include "store/fixture.h"

static const uint8_t key_a[32] = {0xa}, key_b[32] = {0xb};

static struct unit_move
move(int64_t key, int64_t ver, const char *from, const char *to)
{
	return (struct unit_move){key, ver, str_of(from), str_of(to), NOW};
}

static enum err
commit(struct fixture *x, struct unit *u, struct fault *f)
{
	*f = (struct fault){0};
	return store_commit(x->s, u, f);
}

TEST_CASE(a_key_made_in_a_unit_serves_its_later_statements)
{
	struct fixture x;
	struct unit *u;
	struct account_row account = {.created = NOW, .phone = STR("+79161234567"), .ver = 1};
	struct session_row session = {.created = NOW,
	    .hash = BYTES_OF(key_a),
	    .kind = STR("sms"),
	    .expires = NOW + 60,
	    .absolute = NOW + 3600};
	struct session_row got;
	struct account_row who;
	int64_t a, s;

	fixture_open(&x);
	(void)fixture_account(&x, 1);
	u = fixture_unit(&x);
	a = unit_account_insert(u, &account);
	session.account = a;
	s = unit_session_insert(u, &session);
	unit_session_seen(u, s, NOW + 5, NOW + 65);
	fixture_commit(&x, u);
	assert_int_equal(store_session(x.s, x.a, BYTES_OF(key_a), &got, NULL), OK);
	assert_int_equal(got.id, unit_key(u, s));
	assert_int_equal(got.seen, NOW + 5);
	assert_int_equal(got.account, unit_key(u, a));
	assert_int_equal(got.person, 0);
	assert_int_equal(store_account(x.s, x.a, got.account, &who, NULL), OK);
	assert_true(str_is(who.phone, "+79161234567"));
	assert_int_equal(who.mail.n, 0);
	fixture_close(&x);
}

TEST_CASE(a_failing_statement_takes_back_its_whole_unit_only)
{
	struct fixture x;
	struct unit *u;
	struct fault f;
	struct account_row row = {.created = NOW, .phone = STR("+8613800000000"), .ver = 1}, got;

	fixture_open(&x);
	(void)fixture_account(&x, 1);
	u = fixture_unit(&x);
	(void)unit_account_insert(u, &row);
	unit_log(u, AUDIT_ACCOUNT_CREATED, STR("x"), STR(""));
	row.phone = STR("+8600000001");
	(void)unit_account_insert(u, &row);
	unit_else(u, E_RACE, E_FIELD_VALUE, "phone");
	assert_int_equal(commit(&x, u, &f), E_FIELD_VALUE);
	assert_string_equal(f.field, "phone");
	assert_int_equal(
	    store_account_by_phone(x.s, x.a, STR("+8613800000000"), &got, NULL), E_NOT_FOUND);
	assert_int_equal(store_account_by_phone(x.s, x.a, STR("+8600000001"), &got, NULL), OK);
	fixture_close(&x);
}

TEST_CASE(an_application_gets_its_number_by_year_without_gaps)
{
	struct fixture x;
	int64_t account, id;
	struct application_row row;

	fixture_open(&x);
	account = fixture_account(&x, 1);
	for (int i = 1; i <= 3; i++) {
		id = fixture_application(&x, account, NOW);
		assert_int_equal(store_application(x.s, x.a, id, &row, NULL), OK);
		assert_string_equal(arena_cstr(x.a, row.number), arena_fmt(x.a, "T-2026-%d", i));
	}
	/* A refused one takes none. */
	{
		struct unit *u = fixture_unit(&x);
		struct fault f;

		row.account = 999;
		row.number = STR("T-2026");
		(void)unit_application_insert(u, &row);
		assert_int_equal(commit(&x, u, &f), E_INTERNAL);
	}
	{
		struct unit *u = fixture_unit(&x);
		int64_t key;

		row.account = account;
		row.number = STR("T-2026");
		key = unit_application_insert(u, &row);
		unit_log_new(u, AUDIT_APPLICATION_DRAFTED, key, STR("{}"));
		fixture_commit(&x, u);
		assert_true(str_is(unit_name(u, key), "T-2026-4"));
	}
	assert_int_equal(store_application_by_number(x.s, x.a, STR("T-2026-4"), &row, NULL), OK);
	fixture_close(&x);
}

TEST_CASE(a_move_wants_the_state_and_the_version_it_was_decided_on)
{
	struct fixture x;
	struct unit *u;
	struct fault f;
	int64_t id;
	struct application_row row;
	const struct unit_move wrong[] = {move(1, 2, "draft", "submitted"),
	    move(1, 1, "submitted", "approved"), move(2, 1, "draft", "submitted")};

	fixture_open(&x);
	id = fixture_application(&x, fixture_account(&x, 1), NOW);
	assert_int_equal(id, 1);
	for (size_t i = 0; i < 3; i++) {
		u = fixture_unit(&x);
		unit_application_move(u, &wrong[i], STR(""), 0);
		assert_int_equal(commit(&x, u, &f), E_RACE);
	}
	u = fixture_unit(&x);
	unit_application_move(
	    u, &(struct unit_move){id, 1, STR("draft"), STR("submitted"), NOW + 1}, STR(""), 0);
	unit_application_move(u,
	    &(struct unit_move){id, 2, STR("submitted"), STR("rejected"), NOW + 2}, STR("papers"),
	    NOW + 2);
	fixture_commit(&x, u);
	assert_int_equal(store_application(x.s, x.a, id, &row, NULL), OK);
	assert_true(str_is(row.state, "rejected") && str_is(row.reason, "papers"));
	assert_int_equal(row.ver, 3);
	assert_int_equal(row.decided, NOW + 2);
	fixture_close(&x);
}

TEST_CASE(submit_pins_what_it_says)
{
	struct fixture x;
	struct unit *u;
	int64_t id;
	struct application_row row, got;

	fixture_open(&x);
	id = fixture_application(&x, fixture_account(&x, 1), NOW);
	assert_int_equal(store_application(x.s, x.a, id, &row, NULL), OK);
	row.profile_version = 3;
	row.subject = str_bytes(STR("0\0x"));
	row.enrolment = STR("00112233445566778899aabbccddeeff");
	row.consent = STR("terms");
	row.consent_version = 2;
	row.consent_hash = BYTES_OF(key_a);
	row.consent_lang = STR("ru");
	row.submitted = NOW + 9;
	u = fixture_unit(&x);
	unit_application_submit(u, &row, STR("draft"), STR("submitted"));
	fixture_commit(&x, u);
	assert_int_equal(store_application(x.s, x.a, id, &got, NULL), OK);
	assert_true(str_is(got.state, "submitted") && str_eq(got.enrolment, row.enrolment));
	assert_true(
	    bytes_eq(got.subject, row.subject) && bytes_eq(got.consent_hash, row.consent_hash));
	assert_int_equal(got.profile_version, 3);
	assert_int_equal(got.consent_version, 2);
	assert_int_equal(got.changed, NOW + 9);
	assert_int_equal(got.san.n, 0);
	fixture_close(&x);
}

static enum err
claim(struct fixture *x, int64_t id, int64_t ver, const char *from, struct bytes key)
{
	struct unit *u = fixture_unit(x);
	struct unit_move m = move(id, ver, from, "issuing");

	unit_enrolment_claim(u, &m, &(struct enrolment_claim){key, STR("agent"), STR("token")});
	return store_commit(x->s, u, NULL);
}

TEST_CASE(an_enrolment_is_bound_to_one_key_and_a_key_to_one_enrolment)
{
	struct fixture x;
	struct unit *u;
	struct unit_move m;
	struct enrolment_row row;
	int64_t a, b;

	fixture_open(&x);
	a = fixture_enrolment(&x, 1);
	b = fixture_enrolment(&x, 2);
	assert_int_equal(claim(&x, a, 1, "open", BYTES_OF(key_a)), OK);
	assert_int_equal(claim(&x, b, 1, "open", BYTES_OF(key_a)), E_KEY_USED);
	assert_int_equal(claim(&x, a, 2, "issuing", BYTES_OF(key_b)), E_RACE);
	assert_int_equal(claim(&x, a, 2, "issuing", BYTES_OF(key_a)), OK);
	assert_int_equal(store_enrolment_by_key(x.s, x.a, BYTES_OF(key_a), &row, NULL), OK);
	assert_int_equal(row.id, a);
	/* Released, the key is free and the nonce gone; the sealed code is wiped when asked. */
	u = fixture_unit(&x);
	m = move(a, 3, "issuing", "issuing");
	unit_enrolment_nonce(u, &m, BYTES_OF(key_b));
	m.ver = 4;
	m.to = STR("expired");
	unit_enrolment_move(u, &m, true, true);
	fixture_commit(&x, u);
	assert_int_equal(store_enrolment(x.s, x.a, a, &row, NULL), OK);
	assert_int_equal(row.key_hash.n + row.installed_nonce.n + row.sealed.n, 0);
	assert_int_equal(row.claimed, 0);
	assert_int_equal(claim(&x, b, 1, "open", BYTES_OF(key_a)), OK);
	assert_int_equal(
	    store_enrolment_by_key(x.s, x.a, (struct bytes){0}, &row, NULL), E_NOT_FOUND);
	fixture_close(&x);
}

TEST_CASE(new_codes_void_the_old_pair)
{
	struct fixture x;
	struct unit *u;
	struct unit_move m;
	struct enrolment_row row;
	int64_t id;
	struct enrolment_codes codes = {.generation = 2,
	    .reference = STR("9100000042"),
	    .salt = BYTES_OF(key_a),
	    .mac = BYTES_OF(key_b),
	    .expires = NOW + 5};

	fixture_open(&x);
	id = fixture_enrolment(&x, 1);
	u = fixture_unit(&x);
	m = move(id, 1, "open", "open");
	unit_enrolment_codes(u, &m, &codes);
	fixture_commit(&x, u);
	assert_int_equal(
	    store_enrolment_by_reference(x.s, x.a, STR("900000001"), &row, NULL), E_NOT_FOUND);
	assert_int_equal(store_enrolment_by_reference(x.s, x.a, STR("9100000042"), &row, NULL), OK);
	assert_int_equal(row.generation, 2);
	assert_int_equal(row.sealed.n, 0);
	assert_int_equal(row.expires, NOW + 5);
	fixture_close(&x);
}

TEST_CASE(a_nonce_is_used_once)
{
	struct fixture x;
	struct unit *u;
	struct fault f;

	fixture_open(&x);
	for (int i = 0; i < 2; i++) {
		u = fixture_unit(&x);
		unit_nonce_use(u, BYTES_OF(key_a), STR("sign-in"), NOW + 300);
		assert_int_equal(commit(&x, u, &f), i == 0 ? OK : E_NONCE);
	}
	u = fixture_unit(&x);
	unit_sweep(u, NOW + 299);
	unit_nonce_use(u, BYTES_OF(key_a), STR("sign-in"), NOW + 300);
	assert_int_equal(commit(&x, u, &f), E_NONCE);
	fixture_close(&x);
}

TEST_CASE(tries_are_counted_and_lock)
{
	struct fixture x;
	struct code_try t;

	fixture_open(&x);
	assert_int_equal(store_code_try(x.s, BYTES_OF(key_a), &t, NULL), OK);
	assert_int_equal(t.tries, 0);
	for (int i = 1; i <= 5; i++) {
		struct unit *u = fixture_unit(&x);
		int64_t key = unit_try_count(u, BYTES_OF(key_a), NOW, 5, NOW + 900);

		fixture_commit(&x, u);
		assert_int_equal(unit_returned(u, key, 0), i);
		assert_int_equal(unit_returned(u, key, 1), i < 5 ? 0 : NOW + 900);
	}
	assert_int_equal(store_code_try(x.s, BYTES_OF(key_a), &t, NULL), OK);
	assert_int_equal(t.locked_until, NOW + 900);
	{
		struct unit *u = fixture_unit(&x);

		unit_try_reset(u, BYTES_OF(key_a));
		fixture_commit(&x, u);
	}
	assert_int_equal(store_code_try(x.s, BYTES_OF(key_a), &t, NULL), OK);
	assert_int_equal(t.tries, 0);
	fixture_close(&x);
}

TEST_CASE(a_code_by_sms_is_tried_five_times_and_used_once)
{
	struct fixture x;
	struct unit *u;
	struct fault f;
	struct sms_code_row row = {.created = NOW,
	    .phone = STR("+8613"),
	    .purpose = STR("sign-in"),
	    .hash = BYTES_OF(key_a),
	    .expires = NOW + 300,
	    .peer = STR("p")};
	struct sms_code_row got;
	int64_t key, count;

	fixture_open(&x);
	u = fixture_unit(&x);
	key = unit_sms_insert(u, &row);
	fixture_commit(&x, u);
	key = unit_key(u, key);
	for (int i = 0; i < 6; i++) {
		u = fixture_unit(&x);
		unit_sms_try(u, key, 5);
		assert_int_equal(commit(&x, u, &f), i < 5 ? OK : E_SMS_LOCKED);
	}
	u = fixture_unit(&x);
	unit_sms_use(u, key, NOW + 300);
	assert_int_equal(commit(&x, u, &f), E_SMS_EXPIRED);
	for (int i = 0; i < 2; i++) {
		u = fixture_unit(&x);
		unit_sms_use(u, key, NOW + 299);
		assert_int_equal(commit(&x, u, &f), i == 0 ? OK : E_SMS_EXPIRED);
	}
	assert_int_equal(store_sms_latest(x.s, x.a, STR("+8613"), STR("sign-in"), &got, NULL), OK);
	assert_int_equal(got.tries, 5);
	assert_int_equal(
	    store_sms_count(x.s,
		&(struct sms_want){.from = STR("+861"), .to = STR("+861~"), .since = NOW - 1},
		&count, NULL),
	    OK);
	assert_int_equal(count, 1);
	assert_int_equal(store_sms_count(x.s,
			     &(struct sms_want){.peer = STR("p"), .since = NOW - 1}, &count, NULL),
	    OK);
	assert_int_equal(count, 1);
	assert_int_equal(store_sms_count(x.s,
			     &(struct sms_want){.peer = STR("q"), .since = NOW - 1}, &count, NULL),
	    OK);
	assert_int_equal(count, 0);
	assert_int_equal(
	    store_sms_count(x.s, &(struct sms_want){.since = NOW - 1}, &count, NULL), OK);
	assert_int_equal(count, 1);
	assert_int_equal(
	    store_sms_count(x.s,
		&(struct sms_want){.from = STR("+8613"), .to = STR("+8613"), .since = NOW}, &count,
		NULL),
	    OK);
	assert_int_equal(count, 0);
	fixture_close(&x);
}

TEST_CASE(a_repeat_finds_the_first_answer_for_a_day)
{
	struct fixture x;
	struct unit *u;
	struct fault f;
	struct idempotency_row row = {.created = NOW,
	    .principal = STR("account:1"),
	    .route = STR("draft"),
	    .client_key = STR("k1"),
	    .body_hash = BYTES_OF(key_a),
	    .expires = NOW + 86400};
	struct idempotency_row got;

	fixture_open(&x);
	u = fixture_unit(&x);
	row.object = unit_account_insert(
	    u, &(struct account_row){.created = NOW, .phone = STR("+1"), .ver = 1});
	unit_idempotency(u, &row);
	fixture_commit(&x, u);
	assert_int_equal(store_idempotency(x.s, x.a, &row, NOW + 86399, &got, NULL), OK);
	assert_int_equal(got.object, unit_key(u, row.object));
	assert_true(bytes_eq(got.body_hash, row.body_hash));
	assert_int_equal(store_idempotency(x.s, x.a, &row, NOW + 86400, &got, NULL), E_NOT_FOUND);
	row.object = 5;
	u = fixture_unit(&x);
	unit_idempotency(u, &row);
	assert_int_equal(commit(&x, u, &f), E_RACE);
	row.created = NOW + 86400;
	row.expires = NOW + 2 * 86400;
	u = fixture_unit(&x);
	unit_idempotency(u, &row);
	fixture_commit(&x, u);
	assert_int_equal(store_idempotency(x.s, x.a, &row, NOW + 86400, &got, NULL), OK);
	assert_int_equal(got.object, 5);
	fixture_close(&x);
}

TEST_CASE(what_is_no_text_is_refused)
{
	static const char *const bad[] = {"a\0b", "\xff\xfe", "\xed\xa0\x80"};
	static const size_t len[] = {3, 2, 3};
	struct fixture x;
	struct fault f;

	fixture_open(&x);
	for (size_t i = 0; i < 3; i++) {
		struct unit *u = fixture_unit(&x);
		struct account_row row = {.created = NOW, .phone = {bad[i], len[i]}, .ver = 1};

		(void)unit_account_insert(u, &row);
		assert_int_equal(commit(&x, u, &f), E_FIELD_CHARS);
		u = fixture_unit(&x);
		unit_log(u, AUDIT_REFUSED, (struct str){bad[i], len[i]}, STR(""));
		assert_int_equal(commit(&x, u, &f), E_FIELD_VALUE);
	}
	fixture_close(&x);
}

TEST_CASE(a_node_number_is_held_by_one_installation)
{
	struct fixture x;
	struct unit *u;
	struct fault f;
	const struct {
		const char *owner;
		int64_t now;
		enum err want;
	} rows[] = {{"a", NOW, OK}, {"a", NOW + 10, OK}, {"b", NOW + 60, E_STATE},
	    {"b", NOW + 71, OK}, {"a", NOW + 72, E_STATE}};

	fixture_open(&x);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		u = fixture_unit(&x);
		unit_node_lease(u, 7, str_of(rows[i].owner), rows[i].now + 60, rows[i].now);
		assert_int_equal(commit(&x, u, &f), rows[i].want);
	}
	fixture_close(&x);
}

TEST_CASE(the_settled_position_never_goes_back)
{
	struct fixture x;
	struct unit *u;
	struct fault f;
	struct settle_mark mark;
	const int64_t positions[] = {10, 12, 12, 11};

	fixture_open(&x);
	assert_int_equal(store_settle(x.s, x.a, 1, &mark, NULL), OK);
	assert_int_equal(mark.position, 0);
	for (size_t i = 0; i < 4; i++) {
		u = fixture_unit(&x);
		unit_settle(u, 1, positions[i], BYTES_OF(key_a));
		assert_int_equal(commit(&x, u, &f), i < 3 ? OK : E_RACE);
	}
	assert_int_equal(store_settle(x.s, x.a, 1, &mark, NULL), OK);
	assert_int_equal(mark.position, 12);
	fixture_close(&x);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_key_made_in_a_unit_serves_its_later_statements),
	    cmocka_unit_test(a_failing_statement_takes_back_its_whole_unit_only),
	    cmocka_unit_test(an_application_gets_its_number_by_year_without_gaps),
	    cmocka_unit_test(a_move_wants_the_state_and_the_version_it_was_decided_on),
	    cmocka_unit_test(submit_pins_what_it_says),
	    cmocka_unit_test(an_enrolment_is_bound_to_one_key_and_a_key_to_one_enrolment),
	    cmocka_unit_test(new_codes_void_the_old_pair),
	    cmocka_unit_test(a_nonce_is_used_once),
	    cmocka_unit_test(tries_are_counted_and_lock),
	    cmocka_unit_test(a_code_by_sms_is_tried_five_times_and_used_once),
	    cmocka_unit_test(a_repeat_finds_the_first_answer_for_a_day),
	    cmocka_unit_test(what_is_no_text_is_refused),
	    cmocka_unit_test(a_node_number_is_held_by_one_installation),
	    cmocka_unit_test(the_settled_position_never_goes_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
