/* SPDX-License-Identifier: Apache-2.0 */
/* A certificate after its issue: what it was worth when, since when its key is bad, what follows it, its end. */
#include "walk.h"

#include <string.h>

#include "base/text.h"
#include "core/certificate.h"

#define DAY 86400

static struct world w;
static struct somebody admin, operator, subscriber;

static int
begin(void **state)
{
	(void)state;
	world_open(&w);
	w.more = "supersede: yes\n";
	world_set_up(&w);
	world_people(&w, &admin, &operator, & subscriber);
	return 0;
}

static int
end(void **state)
{
	(void)state;
	softkey_free(&admin.key);
	softkey_free(&operator.key);
	softkey_free(&subscriber.key);
	world_close(&w);
	return 0;
}

/* A new active certificate of the subscriber's. */
static struct somebody
fresh(void)
{
	struct somebody b = {.who = subscriber.who, .phone = subscriber.phone};
	struct str no = world_submit(&w, &b);

	world_approve(&w, &operator, no);
	world_codes(&w, &b);
	world_enrol(&w, &b);
	return b;
}

static struct certificate_row
row_of(const struct somebody *b)
{
	struct certificate_row row;
	struct fault f = {0};
	struct bytes serial;

	assert_true(hex_parse(w.a, b->serial, &serial));
	MUST_OK(store_certificate_by_serial(w.store[0], w.a, 2, serial, &row, &f));
	return row;
}

/* Its state DAYS after now, asked DAYS_ASKED after now. */
static const char *
state_at(const struct somebody *b, int64_t at, int64_t asked)
{
	struct call c = world_call(&w, NULL);
	struct cert_view view;
	struct fault f = {0};

	c.now = asked;
	MUST_OK(certs_inquire(&c, &(struct certs_name){b->ca, b->serial}, at, &view, &f));
	assert_int_equal(view.at, at);
	assert_int_equal(view.subject.n, 0);
	if (str_is(view.state, "revoked") || str_is(view.state, "suspended"))
		assert_true(view.revoked_at > 0 && view.revoked_at <= at && view.reason.n);
	else
		assert_true(view.revoked_at == 0 && view.reason.n == 0);
	return arena_cstr(w.a, view.state);
}

static enum err
act_at(int64_t now,
    enum err (*act)(
	const struct call *, const struct certs_name *, struct cert_view *, struct fault *),
    const struct somebody *b)
{
	struct call c = world_call(&w, &operator.who);
	struct cert_view view;

	c.now = now;
	return act(&c, &(struct certs_name){b->ca, b->serial}, &view, NULL);
}

static struct certs_revoke
compromise(const struct somebody *b, int64_t since)
{
	return (struct certs_revoke){
	    .ca = b->ca, .serial = b->serial, .reason = STR("key-compromise"), .invalidity = since};
}

static enum err
revoke(
    const struct principal *who, int64_t now, const struct certs_revoke *in, struct cert_view *ret)
{
	struct call c = world_call(&w, who);

	c.now = now;
	return certs_revoke(&c, in, ret, NULL);
}

TEST_CASE(what_it_was_worth_at_every_time)
{
	struct somebody b = fresh();
	struct certificate_row row = row_of(&b);
	int64_t t = row.not_before, now = t + 100 * DAY;
	struct certs_revoke in = {
	    .ca = b.ca, .serial = b.serial, .reason = STR("cessation-of-operation")};
	struct call c = world_call(&w, NULL);
	struct cert_view view;

	/* On hold from day 10 to 20, and from day 30 on, which on day 40 becomes a revocation. */
	assert_int_equal(act_at(t + 10 * DAY, certs_suspend, &b), OK);
	assert_int_equal(act_at(t + 20 * DAY, certs_resume, &b), OK);
	assert_int_equal(act_at(t + 30 * DAY, certs_suspend, &b), OK);
	assert_string_equal(state_at(&b, t + 35 * DAY, t + 36 * DAY), "suspended");
	assert_int_equal(revoke(&operator.who, t + 40 * DAY, &in, &view), OK);
	assert_string_equal(state_at(&b, t, now), row.confirmed > t ? "unconfirmed" : "active");
	assert_string_equal(state_at(&b, row.confirmed, now), "active");
	assert_string_equal(state_at(&b, t + 10 * DAY - 1, now), "active");
	assert_string_equal(state_at(&b, t + 10 * DAY, now), "suspended");
	assert_string_equal(state_at(&b, t + 20 * DAY - 1, now), "suspended");
	assert_string_equal(state_at(&b, t + 20 * DAY, now), "active");
	/* Known now: it was bad from the hold on. */
	assert_string_equal(state_at(&b, t + 35 * DAY, now), "revoked");
	assert_string_equal(state_at(&b, row.not_after + DAY, row.not_after + 2 * DAY), "revoked");
	/* Neither before it was nor what is to come. */
	c.now = now;
	assert_int_equal(
	    certs_inquire(&c, &(struct certs_name){b.ca, b.serial}, t - 1, &view, NULL),
	    E_FIELD_VALUE);
	assert_int_equal(
	    certs_inquire(&c, &(struct certs_name){b.ca, b.serial}, now + 1, &view, NULL),
	    E_FIELD_VALUE);
	softkey_free(&b.key);
}

TEST_CASE(a_key_is_bad_since_an_earlier_time_when_two_say_so)
{
	struct somebody b = fresh();
	struct certificate_row row = row_of(&b);
	int64_t t = row.not_before, now = t + 50 * DAY, since = t + 5 * DAY;
	struct certs_revoke in = compromise(&b, since), other = compromise(&b, since + 1);
	struct cert_view view;

	in.reason = STR("superseded");
	assert_int_equal(revoke(&operator.who, now, &in, &view), E_FIELD_VALUE);
	in = compromise(&b, since);
	/* Its holder, and a time before the certificate. */
	assert_int_equal(revoke(&subscriber.who, now, &in, &view), E_APPROVAL_MISSING);
	other.invalidity = t - 1;
	assert_int_equal(revoke(&operator.who, now, &other, &view), E_FIELD_VALUE);
	other.invalidity = since + 1;
	/* The first one's word revokes at once; the time does not count yet. */
	assert_int_equal(revoke(&operator.who, now, &in, &view), OK);
	assert_true(str_is(view.state, "revoked") && view.revoked_at == now);
	assert_int_equal(view.invalidity, 0);
	assert_int_equal(view.invalidity_asked, since);
	/* The same person again, and another time by another. */
	assert_int_equal(revoke(&operator.who, now + 1, &in, &view), E_STATE);
	assert_int_equal(revoke(&admin.who, now + 2, &in, &view), OK);
	assert_int_equal(view.invalidity, since);
	assert_int_equal(view.invalidity_asked, 0);
	assert_int_equal(view.revoked_at, now);
	assert_int_equal(revoke(&admin.who, now + 3, &other, &view), E_STATE);
	assert_int_equal(row_of(&b).invalidity, since);
	softkey_free(&b.key);
}

TEST_CASE(two_people_who_say_different_times_settle_nothing)
{
	struct somebody b = fresh();
	int64_t t = row_of(&b).not_before, now = t + 50 * DAY;
	struct certs_revoke in = compromise(&b, t + DAY), other = compromise(&b, t + 2 * DAY);
	struct cert_view view;

	assert_int_equal(revoke(&operator.who, now, &in, &view), OK);
	assert_int_equal(revoke(&admin.who, now, &other, &view), OK);
	assert_int_equal(view.invalidity_asked, t + 2 * DAY);
	assert_int_equal(row_of(&b).invalidity, 0);
	softkey_free(&b.key);
}

TEST_CASE(a_compromise_that_is_proven_later_becomes_the_reason)
{
	struct somebody b = fresh();
	int64_t now = row_of(&b).not_before + DAY;
	struct certs_revoke in = {
	    .ca = b.ca, .serial = b.serial, .reason = STR("cessation-of-operation")};
	struct cert_view view;

	assert_int_equal(revoke(&subscriber.who, now, &in, &view), E_ASSURANCE);
	assert_int_equal(revoke(&operator.who, now, &in, &view), OK);
	assert_int_equal(revoke(&operator.who, now + 5, &in, &view), E_STATE);
	in.reason = STR("superseded");
	assert_int_equal(revoke(&operator.who, now + 5, &in, &view), E_STATE);
	in = compromise(&b, 0);
	assert_int_equal(revoke(&subscriber.who, now + 5, &in, &view), E_STATE);
	assert_int_equal(revoke(&operator.who, now + 5, &in, &view), OK);
	assert_true(str_is(view.reason, "key-compromise"));
	assert_int_equal(view.revoked_at, now);
	assert_int_equal(revoke(&operator.who, now + 6, &in, &view), E_STATE);
	softkey_free(&b.key);
}

TEST_CASE(a_key_that_was_certified_once_is_never_certified_again)
{
	struct somebody b = fresh(), next = {.who = subscriber.who, .phone = subscriber.phone};
	struct certs_revoke in = compromise(&b, 0);
	struct enrol_ticket ticket;
	struct enrol_issued issued;
	struct fault f = {0};
	struct cert_view view;
	struct call c;
	uint8_t nonce[32];

	assert_int_equal(revoke(&operator.who, row_of(&b).not_before + 5, &in, &view), OK);
	world_approve(&w, &operator, world_submit(&w, &next));
	world_codes(&w, &next);
	world_ticket(&w, &next, &ticket, nonce);
	c = world_call(&w, &next.who);
	assert_int_equal(
	    enrol_issue(&c, ticket.enrolment, world_csr(&w, b.key), &issued, &f), E_KEY_USED);
	softkey_free(&b.key);
}

TEST_CASE(a_new_one_takes_the_place_of_the_old)
{
	struct somebody one = fresh(), two = fresh();
	struct certificate_row old = row_of(&one), new = row_of(&two);
	struct log_list l;

	assert_true(str_is(old.state, "superseded"));
	assert_true(old.superseded >= old.confirmed && old.superseded > 0);
	assert_int_equal(old.revoked_at, 0);
	assert_true(str_is(new.state, "active"));
	assert_string_equal(state_at(&one, old.confirmed, old.confirmed + DAY),
	    old.superseded > old.confirmed ? "active" : "superseded");
	assert_string_equal(state_at(&one, old.superseded, old.superseded + DAY), "superseded");
	assert_int_equal(store_log_of(w.store[0], w.a,
			     str_of(arena_fmt(w.a, "%.*s/%.*s", (int)one.ca.n, one.ca.p,
				 (int)one.serial.n, one.serial.p)),
			     0, &l, NULL),
	    OK);
	assert_true(l.n >= 2 && str_is(l.rows[l.n - 1].event, "certificate.superseded"));
	softkey_free(&one.key);
	softkey_free(&two.key);
}

TEST_CASE(an_end_is_logged_told_and_closes_a_hold)
{
	struct somebody b = fresh();
	struct certificate_row row = row_of(&b);
	struct call c = world_jobs(&w);
	struct hold_list holds;
	struct fault f = {0};
	struct str told;
	int64_t n;

	assert_int_equal(act_at(row.not_before + DAY, certs_suspend, &b), OK);
	c.now = row.not_after;
	MUST_OK(upkeep_expire(&c, &n, &f));
	assert_true(str_is(row_of(&b).state, "suspended"));
	c.now = row.not_after + 1;
	MUST_OK(upkeep_expire(&c, &n, &f));
	assert_true(n >= 1);
	assert_true(str_is(row_of(&b).state, "expired"));
	MUST_OK(store_holds(w.store[0], w.a, row.id, &holds, &f));
	assert_int_equal(holds.n, 1);
	assert_int_equal(holds.rows[0].until, row.not_after + 1);
	w.shift = row.not_after + 60 - service_now(w.front);
	told = world_message(&w, "mail");
	w.shift = 0;
	assert_non_null(strstr(arena_cstr(w.a, told), "ended on"));
	MUST_OK(upkeep_expire(&c, &n, &f));
	assert_int_equal(n, 0);
	assert_string_equal(state_at(&b, row.not_after, row.not_after + DAY), "suspended");
	assert_string_equal(state_at(&b, row.not_after + 1, row.not_after + DAY), "expired");
	softkey_free(&b.key);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_it_was_worth_at_every_time),
	    cmocka_unit_test(a_key_is_bad_since_an_earlier_time_when_two_say_so),
	    cmocka_unit_test(two_people_who_say_different_times_settle_nothing),
	    cmocka_unit_test(a_compromise_that_is_proven_later_becomes_the_reason),
	    cmocka_unit_test(a_key_that_was_certified_once_is_never_certified_again),
	    cmocka_unit_test(a_new_one_takes_the_place_of_the_old),
	    cmocka_unit_test(an_end_is_logged_told_and_closes_a_hold),
	};

	return cmocka_run_group_tests_name("life", tests, begin, end);
}
