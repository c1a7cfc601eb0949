/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include <string.h>

#include "store/fixture.h"

#define MANY 25

TEST_CASE(pages_give_every_row_once_newest_first)
{
	struct fixture x;
	int64_t account, last = INT64_MAX;
	struct page page = {.limit = 10};
	struct application_list l;
	size_t n = 0;

	fixture_open(&x);
	account = fixture_account(&x, 1);
	/* Ties in the sort key must not lose or repeat a row. */
	for (int i = 0; i < MANY; i++)
		(void)fixture_application(&x, account, NOW + i / 4);
	(void)fixture_application(&x, fixture_account(&x, 2), NOW);
	do {
		assert_int_equal(store_applications_of(x.s, x.a, account, &page, &l, NULL), OK);
		for (size_t i = 0; i < l.n; i++) {
			assert_true(l.rows[i].id < last);
			last = l.rows[i].id;
			n++;
		}
		page.sort = l.rows[l.n - 1].created;
		page.id = l.rows[l.n - 1].id;
	} while (l.more);
	assert_int_equal(n, MANY);
	fixture_close(&x);
}

static const struct queue everywhere;

TEST_CASE(a_scope_shows_its_offices_only)
{
	struct queue scope = {.scope = {{STR("north"), STR("south"), STR("south"), STR("south"),
				  STR("south"), STR("south"), STR("south"), STR("south")}}};
	struct queue none = {.profile = STR("no-such")}, early = {.before = NOW + 1};
	struct queue named = {.fold = STR("zh")};
	static const char *const offices[] = {"north", "east", "south", ""};
	struct fixture x;
	struct page page = {.limit = 10};
	struct application_list l;

	fixture_open(&x);
	for (int i = 0; i < 4; i++) {
		struct application_row row;
		struct unit *u;
		int64_t id = fixture_application(&x, fixture_account(&x, i + 1), NOW + i);

		assert_int_equal(store_application(x.s, x.a, id, &row, NULL), OK);
		u = fixture_unit(&x);
		unit_application_office(u, &row, str_of(offices[i]));
		fixture_commit(&x, u);
	}
	assert_int_equal(
	    store_applications_in(x.s, x.a, STR("draft"), &scope, &page, &l, NULL), OK);
	assert_int_equal(l.n, 2);
	assert_true(str_is(l.rows[0].office, "north") && str_is(l.rows[1].office, "south"));
	assert_int_equal(store_applications(x.s, x.a, &scope, &page, &l, NULL), OK);
	assert_int_equal(l.n, 2);
	assert_int_equal(store_applications(x.s, x.a, &everywhere, &page, &l, NULL), OK);
	assert_int_equal(l.n, 4);
	assert_int_equal(store_applications(x.s, x.a, &none, &page, &l, NULL), OK);
	assert_int_equal(l.n, 0);
	assert_int_equal(store_applications(x.s, x.a, &early, &page, &l, NULL), OK);
	assert_int_equal(l.n, 2);
	assert_int_equal(store_applications(x.s, x.a, &named, &page, &l, NULL), OK);
	assert_int_equal(l.n, 0);
	fixture_close(&x);
}

TEST_CASE(the_queue_is_oldest_first_and_of_one_state)
{
	struct fixture x;
	int64_t account, first;
	struct page page = {.limit = 3};
	struct application_list l;
	struct unit *u;

	fixture_open(&x);
	account = fixture_account(&x, 1);
	first = fixture_application(&x, account, NOW);
	for (int i = 1; i <= 4; i++)
		(void)fixture_application(&x, account, NOW + i);
	u = fixture_unit(&x);
	unit_application_move(
	    u, &(struct unit_move){first, 1, STR("draft"), STR("submitted"), NOW + 99}, STR(""), 0);
	fixture_commit(&x, u);
	assert_int_equal(
	    store_applications_in(x.s, x.a, STR("draft"), &everywhere, &page, &l, NULL), OK);
	assert_int_equal(l.n, 3);
	assert_true(l.more);
	assert_int_equal(l.rows[0].id, first + 1);
	page.sort = l.rows[2].changed;
	page.id = l.rows[2].id;
	assert_int_equal(
	    store_applications_in(x.s, x.a, STR("draft"), &everywhere, &page, &l, NULL), OK);
	assert_int_equal(l.n, 1);
	assert_false(l.more);
	fixture_close(&x);
}

TEST_CASE(a_page_is_fifty_rows_and_never_more_than_two_hundred)
{
	static const struct {
		int64_t asked;
		size_t given;
	} rows[] = {{0, 50}, {-1, 50}, {1, 1}, {200, 200}, {201, 200}, {INT64_MAX, 200}};
	struct fixture x;
	struct unit *u;
	struct log_list l;

	fixture_open(&x);
	u = fixture_unit(&x);
	for (int i = 0; i < 250; i++)
		unit_log(u, AUDIT_SETTLED, STR(""), STR(""));
	fixture_commit(&x, u);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(store_log(x.s, x.a, 0, rows[i].asked, &l, NULL), OK);
		assert_int_equal(l.n, rows[i].given);
		assert_true(l.more);
	}
	fixture_close(&x);
}

TEST_CASE(a_certificate_is_found_by_all_its_names)
{
	struct fixture x;
	struct certificate_row row;
	struct certificate_list l;
	struct status_row status;
	struct bytes der;
	const struct page all = {0};
	int64_t ca, other, id;

	fixture_open(&x);
	ca = fixture_ca(&x, "issuing");
	other = fixture_ca(&x, "management");
	id = fixture_certificate(&x, ca, 10);
	(void)fixture_certificate(&x, ca, 11);
	(void)fixture_certificate(&x, other, 10); /* L9: serials repeat among CAs */
	assert_int_equal(store_certificate(x.s, x.a, id, &row, NULL), OK);
	assert_int_equal(row.serial.n, 18);
	assert_int_equal(store_certificate_by_serial(x.s, x.a, ca, row.serial, &row, NULL), OK);
	assert_int_equal(row.id, id);
	assert_int_equal(store_certificate_der(x.s, x.a, id, &der, NULL), OK);
	assert_int_equal(der.n, 3);
	assert_int_equal(store_status(x.s, x.a, ca, row.serial, &status, NULL), OK);
	assert_true(str_is(status.state, "active") && status.revoked_at == 0);
	assert_int_equal(
	    store_status(x.s, x.a, ca, str_bytes(STR("never")), &status, NULL), E_NOT_FOUND);
	assert_int_equal(
	    store_certificates_by_subject(x.s, x.a, STR("cn=иван 00000010"), &all, &l, NULL), OK);
	assert_int_equal(l.n, 2);
	assert_int_equal(
	    store_certificates_by_subject(x.s, x.a, STR("cn=иван"), &all, &l, NULL), OK);
	assert_int_equal(l.n, 0);
	assert_int_equal(
	    store_certificates_by_prefix(x.s, x.a, STR("cn=иван"), &all, &l, NULL), OK);
	assert_int_equal(l.n, 3);
	assert_int_equal(
	    store_certificates_by_prefix(x.s, x.a, STR("cn=иван 00000011"), &all, &l, NULL), OK);
	assert_int_equal(l.n, 1);
	assert_int_equal(store_certificates_of_key(x.s, x.a, row.key_hash, &l, NULL), OK);
	assert_int_equal(l.n, 2);
	fixture_close(&x);
}

static void
revoke(struct fixture *x, int64_t id, int64_t ver, const struct revocation *r)
{
	struct unit *u = fixture_unit(x);
	struct unit_move m = {id, ver, STR("active"), STR("revoked"), NOW};

	unit_certificate_move(u, &m, r, 0);
	fixture_commit(x, u);
}

TEST_CASE(a_serial_of_one_ca_is_issued_once)
{
	struct fixture x;
	struct certificate_row row;
	struct unit *u;
	int64_t ca, id;

	fixture_open(&x);
	ca = fixture_ca(&x, "issuing");
	id = fixture_certificate(&x, ca, 10);
	assert_int_equal(store_certificate(x.s, x.a, id, &row, NULL), OK);
	u = fixture_unit(&x);
	(void)unit_certificate_insert(u, &row, row.serial);
	assert_int_equal(store_commit(x.s, u, NULL), E_RACE);
	fixture_close(&x);
}

TEST_CASE(revoked_rows_come_in_serial_order_in_short_pulls)
{
	struct fixture x;
	struct revoked_pull pull = {.most = 4};
	struct status_list l;
	uint8_t after[18];
	size_t n = 0;

	fixture_open(&x);
	pull.ca = fixture_ca(&x, "issuing");
	pull.since = NOW;
	/* Made in the wrong order; every other one is revoked. */
	for (uint32_t serial = 20; serial > 0; serial--) {
		int64_t id = fixture_certificate(&x, pull.ca, serial);

		if (serial % 2 == 0)
			revoke(&x, id, 1,
			    &(struct revocation){
				.reason = 1, .at = NOW + serial, .invalidity = NOW});
	}
	do {
		assert_int_equal(store_revoked(x.s, x.a, &pull, &l, NULL), OK);
		for (size_t i = 0; i < l.n; i++) {
			n++;
			assert_int_equal(l.rows[i].serial.p[17], 2 * n);
			assert_int_equal(l.rows[i].revoked_at, NOW + 2 * (int64_t)n);
			assert_int_equal(l.rows[i].reason, 1);
			assert_int_equal(l.rows[i].invalidity, NOW);
			memcpy(after, l.rows[i].serial.p, sizeof(after));
		}
		pull.after = BYTES_OF(after);
	} while (l.more);
	assert_int_equal(n, 10);
	/* L8: gone once they ended before the list began. */
	pull.after = (struct bytes){0};
	pull.since = NOW + 86401;
	assert_int_equal(store_revoked(x.s, x.a, &pull, &l, NULL), OK);
	assert_int_equal(l.n, 0);
	fixture_close(&x);
}

TEST_CASE(holds_are_kept_as_intervals)
{
	struct fixture x;
	struct unit *u;
	struct hold_list l;
	int64_t id;

	fixture_open(&x);
	id = fixture_certificate(&x, fixture_ca(&x, "issuing"), 1);
	for (int i = 0; i < 2; i++) {
		u = fixture_unit(&x);
		unit_hold_open(u, id, NOW + 10 * i);
		fixture_commit(&x, u);
		u = fixture_unit(&x);
		unit_hold_open(u, id, NOW + 10 * i + 1);
		assert_int_equal(store_commit(x.s, u, NULL), E_STATE);
		u = fixture_unit(&x);
		unit_hold_close(u, id, NOW + 10 * i + 5);
		fixture_commit(&x, u);
	}
	u = fixture_unit(&x);
	unit_hold_close(u, id, NOW);
	assert_int_equal(store_commit(x.s, u, NULL), E_STATE);
	assert_int_equal(store_holds(x.s, x.a, id, &l, NULL), OK);
	assert_int_equal(l.n, 2);
	assert_int_equal(l.rows[1].since, NOW + 10);
	assert_int_equal(l.rows[1].until, NOW + 15);
	fixture_close(&x);
}

static enum err
crl(struct fixture *x, int64_t ca, int64_t number, int pieces)
{
	struct crl_row row = {.created = NOW,
	    .ca = ca,
	    .number = number,
	    .this_update = NOW,
	    .next_update = NOW + 72 * 3600,
	    .size = 6,
	    .pieces = 2,
	    .hash = str_bytes(STR("h"))};
	struct unit *u = fixture_unit(x);
	int64_t key = unit_crl_insert(u, &row);

	for (int i = 0; i < pieces; i++)
		unit_crl_piece(u, key, i, str_bytes(STR("abc")));
	unit_crl_done(u, key, &row);
	return store_commit(x->s, u, NULL);
}

TEST_CASE(a_crl_is_the_newest_only_when_whole_and_higher)
{
	struct fixture x;
	struct crl_row row;
	struct ca_row owner;
	struct bytes piece;
	int64_t ca;

	fixture_open(&x);
	ca = fixture_ca(&x, "issuing");
	assert_int_equal(store_crl(x.s, x.a, ca, &row, NULL), E_NOT_FOUND);
	assert_int_equal(crl(&x, ca, 5, 1), E_STATE);
	assert_int_equal(crl(&x, ca, 5, 2), OK);
	assert_int_equal(crl(&x, ca, 4, 2), E_RACE);
	assert_int_equal(crl(&x, ca, 5, 2), E_RACE);
	assert_int_equal(crl(&x, ca, 6, 2), OK);
	assert_int_equal(store_crl(x.s, x.a, ca, &row, NULL), OK);
	assert_int_equal(row.number, 6);
	assert_int_equal(store_crl_piece(x.s, x.a, row.id, 1, &piece, NULL), OK);
	assert_int_equal(piece.n, 3);
	assert_int_equal(store_crl_piece(x.s, x.a, row.id, 2, &piece, NULL), E_NOT_FOUND);
	assert_int_equal(store_ca_by_label(x.s, x.a, STR("issuing-g1"), &owner, NULL), OK);
	assert_int_equal(owner.crl_number, 6);
	fixture_close(&x);
}

TEST_CASE(a_document_holds_when_it_was_applied)
{
	struct fixture x;
	struct unit *u;
	struct document_row row = {.created = NOW,
	    .kind = STR("profile:x"),
	    .version = 1,
	    .octets = str_bytes(STR("one")),
	    .hash = str_bytes(STR("h"))};
	struct document_row got;
	struct document_list l;

	fixture_open(&x);
	for (int i = 0; i < 2; i++) {
		row.octets = str_bytes(i == 0 ? STR("one") : STR("two"));
		u = fixture_unit(&x);
		(void)unit_document_insert(u, &row);
		fixture_commit(&x, u);
	}
	assert_int_equal(
	    store_document_newest(x.s, x.a, STR("profile:x"), &got, NULL), E_NOT_FOUND);
	u = fixture_unit(&x);
	unit_document_apply(u, STR("profile:x"), 1, str_bytes(STR("signatures")), NOW + 1);
	fixture_commit(&x, u);
	u = fixture_unit(&x);
	unit_document_apply(u, STR("profile:x"), 1, str_bytes(STR("others")), NOW + 1);
	assert_int_equal(store_commit(x.s, u, NULL), E_RACE);
	/* Immutable: the same version cannot come again. */
	u = fixture_unit(&x);
	(void)unit_document_insert(u, &row);
	assert_int_equal(store_commit(x.s, u, NULL), E_RACE);
	assert_int_equal(store_document_newest(x.s, x.a, STR("profile:x"), &got, NULL), OK);
	assert_true(bytes_eq(got.octets, str_bytes(STR("two"))));
	assert_int_equal(store_documents(x.s, x.a, &l, NULL), OK);
	assert_int_equal(l.n, 1);
	/* Rosters are many, and read by themselves. */
	row.kind = STR("roster");
	u = fixture_unit(&x);
	(void)unit_document_insert(u, &row);
	unit_document_apply(u, STR("roster"), 1, str_bytes(STR("signatures")), NOW + 1);
	fixture_commit(&x, u);
	assert_int_equal(store_documents(x.s, x.a, &l, NULL), OK);
	assert_int_equal(l.n, 1);
	fixture_close(&x);
}

TEST_CASE(a_person_is_found_until_removed)
{
	struct fixture x;
	struct unit *u;
	struct person_row row = {.created = NOW,
	    .person = STR("p1"),
	    .name = STR("李"),
	    .role = STR("operator"),
	    .roster = 1};
	struct person_row got;
	struct person_list l;
	struct bytes key = str_bytes(STR("hash of a key"));

	fixture_open(&x);
	u = fixture_unit(&x);
	(void)unit_person_insert(u, &row);
	unit_person_key(u, STR("p1"), key);
	fixture_commit(&x, u);
	assert_int_equal(store_person_by_key(x.s, x.a, key, &got, NULL), OK);
	assert_true(str_is(got.name, "李"));
	assert_int_equal(store_person_by_key(x.s, x.a, (struct bytes){0}, &got, NULL), E_NOT_FOUND);
	u = fixture_unit(&x);
	unit_person_remove(u, STR("p1"), 2, NOW + 1);
	fixture_commit(&x, u);
	assert_int_equal(store_person_by_key(x.s, x.a, key, &got, NULL), E_NOT_FOUND);
	assert_int_equal(store_person_by_id(x.s, x.a, STR("p1"), &got, NULL), E_NOT_FOUND);
	assert_int_equal(store_persons(x.s, x.a, &l, NULL), OK);
	assert_int_equal(l.n, 0);
	fixture_close(&x);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(pages_give_every_row_once_newest_first),
	    cmocka_unit_test(a_scope_shows_its_offices_only),
	    cmocka_unit_test(a_scope_shows_its_offices_only),
	    cmocka_unit_test(the_queue_is_oldest_first_and_of_one_state),
	    cmocka_unit_test(a_page_is_fifty_rows_and_never_more_than_two_hundred),
	    cmocka_unit_test(a_certificate_is_found_by_all_its_names),
	    cmocka_unit_test(a_serial_of_one_ca_is_issued_once),
	    cmocka_unit_test(revoked_rows_come_in_serial_order_in_short_pulls),
	    cmocka_unit_test(holds_are_kept_as_intervals),
	    cmocka_unit_test(a_crl_is_the_newest_only_when_whole_and_higher),
	    cmocka_unit_test(a_document_holds_when_it_was_applied),
	    cmocka_unit_test(a_person_is_found_until_removed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
