/* SPDX-License-Identifier: Apache-2.0 */
/* What becomes of a message: sent, again later, refused, too late; and what the log says of it. */
#include "service/realm.h"
#include "walk.h"

#include <string.h>

#include "service/outbox.h"

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

/* A code for signing in, on its way to PHONE. */
static void
ask_code(const char *phone)
{
	struct call c = world_call(&w, NULL);
	const struct sms_send in = {
	    .phone = str_of(phone), .client_secret = STR("0123456789abcdefghijklmnopqrstuv")};
	struct fault f = {0};

	MUST_OK(signin_sms_send(&c, &in, &f));
}

static struct upkeep_message
next(const char *channel)
{
	struct call c = world_jobs(&w);
	struct upkeep_message m;
	struct fault f = {0};

	MUST_OK(upkeep_message_next(&c, str_of(channel), &m, &f));
	return m;
}

static enum err
none(const char *channel)
{
	struct call c = world_jobs(&w);
	struct upkeep_message m;

	return upkeep_message_next(&c, str_of(channel), &m, NULL);
}

static void
done(const struct upkeep_message *m, enum upkeep_outcome outcome, const char *why)
{
	struct call c = world_jobs(&w);
	struct fault f = {0};

	MUST_OK(upkeep_message_done(&c, m->id, outcome, str_of(why), &f));
}

static struct outbox_row
row_of(const struct upkeep_message *m)
{
	struct outbox_row row;
	struct fault f = {0};

	MUST_OK(store_outbox(w.store[0], w.a, m->id, &row, &f));
	return row;
}

TEST_CASE(a_sent_message_is_wiped_and_never_comes_again)
{
	struct upkeep_message m;

	ask_code("+8613800138101");
	assert_int_equal(none("mail"), E_NOT_FOUND);
	m = next("sms");
	assert_true(str_is(m.template, "sms.sign-in") && str_is(m.recipient, "+8613800138101"));
	assert_int_equal(m.expires, m.created + SMS_LIFE);
	/* Somebody has it: nobody else gets it. */
	assert_int_equal(none("sms"), E_NOT_FOUND);
	done(&m, UPKEEP_SENT, "");
	assert_true(str_is(row_of(&m).state, "sent"));
	assert_int_equal(row_of(&m).recipient.n + row_of(&m).params.n, 0);
	w.shift += 400;
	assert_int_equal(none("sms"), E_NOT_FOUND);
}

TEST_CASE(a_message_that_is_not_taken_waits_longer_each_time)
{
	struct upkeep_message m, again;
	int64_t least[] = {15, 30, 60, 120};

	ask_code("+8613800138102");
	m = next("sms");
	for (size_t i = 0; i < 3; i++) {
		struct call c = world_jobs(&w);
		struct fault f = {0};
		int64_t due;

		done(&m, UPKEEP_LATER, "unavailable");
		assert_true(str_is(row_of(&m).state, "pending"));
		assert_true(str_is(row_of(&m).last_fault, "unavailable"));
		MUST_OK(upkeep_message_due(&c, STR("sms"), &due, &f));
		assert_in_range(due - c.now, least[i] - 1, least[i] + least[i] / 4);
		assert_int_equal(none("sms"), E_NOT_FOUND);
		w.shift += least[i] + least[i] / 4 + 1;
		again = next("sms");
		assert_int_equal(again.id, m.id);
		/* The same at each try: the receiver can tell that it is one message. */
		assert_int_equal(again.created, m.created);
		assert_true(str_eq(again.text, m.text));
	}
	/* A fifth try would come after the code has ended. */
	w.shift += 120;
	done(&m, UPKEEP_LATER, "unavailable");
	assert_true(str_is(row_of(&m).state, "failed"));
	assert_int_equal(row_of(&m).recipient.n + row_of(&m).params.n, 0);
}

TEST_CASE(without_the_signer_a_message_waits_for_its_next_try_only)
{
	struct signer_client *away, *here = w.jobs->signer;
	struct upkeep_message m;
	struct fault f = {0};

	ask_code("+8613800138106");
	MUST_OK(signer_client_new(-1, &away, &f));
	w.jobs->signer = away;
	assert_int_equal(none("sms"), E_UNAVAILABLE);
	assert_int_equal(none("sms"), E_NOT_FOUND);
	w.jobs->signer = here;
	signer_client_free(&away);
	/* It was held for a minute. */
	w.shift += 20;
	m = next("sms");
	assert_true(str_is(m.recipient, "+8613800138106"));
	done(&m, UPKEEP_SENT, "");
}

/* The part NAME of the service's health. */
static struct upkeep_health
health_of(const char *name)
{
	struct call c = world_jobs(&w);
	struct upkeep_health *rows;
	struct fault f = {0};
	size_t n;

	MUST_OK(upkeep_health(&c, &rows, &n, &f));
	for (size_t i = 0; i < n; i++) {
		if (str_is(rows[i].name, name))
			return rows[i];
	}
	fail_msg("no part is called %s", name);
	return (struct upkeep_health){0};
}

TEST_CASE(health_tells_how_many_wait_and_since_when)
{
	struct upkeep_message m;

	assert_int_equal(health_of("outbox mail").waiting, 0);
	assert_int_equal(health_of("outbox sms").waiting, 0);
	ask_code("+8613800138107");
	assert_int_equal(health_of("outbox sms").waiting, 1);
	assert_int_equal(health_of("outbox sms").warning.n, 0);
	m = next("sms");
	assert_int_equal(health_of("outbox sms").since, m.created);
	done(&m, UPKEEP_LATER, "unavailable");
	w.shift += 700;
	assert_true(health_of("outbox sms").warning.n > 0);
	assert_int_equal(health_of("outbox sms").mend.n, 0);
	/* Its time is over: it is given up and waits no longer. */
	assert_int_equal(none("sms"), E_NOT_FOUND);
	assert_int_equal(health_of("outbox sms").waiting, 0);
}

TEST_CASE(a_refused_message_is_given_up_at_once)
{
	struct upkeep_message m;

	ask_code("+8613800138103");
	m = next("sms");
	done(&m, UPKEEP_REFUSED, "field-value");
	assert_true(str_is(row_of(&m).state, "failed"));
	assert_true(str_is(row_of(&m).last_fault, "field-value"));
	assert_int_equal(row_of(&m).params.n, 0);
}

TEST_CASE(a_message_past_its_time_is_not_sent)
{
	struct call c;
	struct upkeep_message m, fresh;
	struct outbox_row row;

	ask_code("+8613800138104");
	m = next("sms");
	done(&m, UPKEEP_LATER, "unavailable");
	w.shift += SMS_LIFE + 1;
	ask_code("+8613800138105");
	/* The old one is given up on the way to the fresh one. */
	fresh = next("sms");
	assert_true(str_is(fresh.recipient, "+8613800138105"));
	done(&fresh, UPKEEP_SENT, "");
	row = row_of(&m);
	assert_true(str_is(row.state, "failed") && str_is(row.last_fault, "expired"));
	c = world_call(&w, NULL);
	assert_int_equal(upkeep_message_next(&c, STR("sms"), &m, NULL), E_AUTH_REQUIRED);
}

/* The newest message as WHO sees it. */
static struct outbox_view
seen_by(const struct somebody *who, const char *state)
{
	struct call c = world_call(&w, &who->who);
	struct outbox_page page;
	struct outbox_view one;
	struct fault f = {0};

	MUST_OK(outbox_list(&c, str_of(state), STR(""), 1, &page, &f));
	assert_int_equal(page.count, 1);
	MUST_OK(outbox_get(&c, page.items[0].id, &one, &f));
	assert_true(str_eq(one.id, page.items[0].id) && str_eq(one.state, page.items[0].state));
	return one;
}

TEST_CASE(the_staff_sees_where_a_message_stands_and_not_what_it_says)
{
	struct outbox_view v;
	struct upkeep_message m;

	ask_code("+8613800138106");
	v = seen_by(&operator, "");
	assert_true(str_is(v.state, "pending") && str_is(v.channel, "sms"));
	assert_true(str_is(v.template, "sms.sign-in") && v.tries == 0 && v.fault.n == 0);
	/* The number is masked, and nothing holds the code. */
	assert_int_equal(v.to.p[v.to.n - 1], '6');
	assert_null(memmem(v.to.p, v.to.n, "138001381", 9));
	assert_non_null(memchr(v.to.p, '*', v.to.n));
	m = next("sms");
	done(&m, UPKEEP_LATER, "tls");
	v = seen_by(&admin, "pending");
	assert_true(v.tries == 1 && str_is(v.fault, "tls") && v.due > v.created);
	done(&m, UPKEEP_REFUSED, "field-value");
	v = seen_by(&operator, "failed");
	assert_true(str_is(v.fault, "field-value") && v.due == 0);
}

TEST_CASE(the_staff_hastens_a_message_and_takes_one_back)
{
	struct call c = world_call(&w, &operator.who);
	struct outbox_view v, again;
	struct upkeep_message m;
	struct fault f = {0};

	ask_code("+8613800138107");
	m = next("sms");
	v = seen_by(&operator, "pending");
	assert_true(str_is(m.recipient, "+8613800138107"));
	/* It is being handed over at this moment. */
	assert_int_equal(outbox_retry(&c, v.id, &again, NULL), E_STATE);
	assert_int_equal(outbox_void(&c, v.id, &again, NULL), E_STATE);
	done(&m, UPKEEP_LATER, "unavailable");
	assert_int_equal(none("sms"), E_NOT_FOUND);
	w.shift += 2;
	c = world_call(&w, &operator.who);
	MUST_OK(outbox_retry(&c, v.id, &again, &f));
	assert_int_equal(again.due, c.now);
	assert_int_equal(next("sms").id, m.id);
	done(&m, UPKEEP_LATER, "unavailable");
	w.shift += 2;
	c = world_call(&w, &admin.who);
	c.idempotency = STR("void-1");
	c.body_hash = str_bytes(STR("{}"));
	MUST_OK(outbox_void(&c, v.id, &again, &f));
	assert_true(str_is(again.state, "dropped"));
	assert_int_equal(row_of(&m).recipient.n + row_of(&m).params.n, 0);
	/* The same key again gives the same answer; another act finds it gone. */
	MUST_OK(outbox_void(&c, v.id, &again, &f));
	c.idempotency = STR("void-2");
	assert_int_equal(outbox_void(&c, v.id, &again, NULL), E_STATE);
	assert_int_equal(outbox_retry(&c, v.id, &again, NULL), E_STATE);
	w.shift += 100;
	assert_int_equal(none("sms"), E_NOT_FOUND);
}

TEST_CASE(messages_are_for_the_staff_alone)
{
	static const char *const wrong[] = {"", "1", ".", "1.", "x.1", "999999.6b054400", "1.0",
	    "-1.6b054400", "99999999999999999999.1", "1.6b0544001111111111111111111111111111111"};
	struct call c = world_call(&w, &subscriber.who);
	struct principal auditor = admin.who;
	struct outbox_page page;
	struct outbox_view v;

	assert_int_equal(outbox_list(&c, STR(""), STR(""), 0, &page, NULL), E_ROLE);
	assert_int_equal(outbox_get(&c, STR("1.1"), &v, NULL), E_ROLE);
	assert_int_equal(outbox_void(&c, STR("1.1"), &v, NULL), E_ROLE);
	c = world_call(&w, NULL);
	assert_int_equal(outbox_list(&c, STR(""), STR(""), 0, &page, NULL), E_AUTH_REQUIRED);
	assert_int_equal(outbox_retry(&c, STR("1.1"), &v, NULL), E_AUTH_REQUIRED);
	/* Auditors look and change nothing. */
	auditor.role = PERSON_AUDITOR;
	c = world_call(&w, &auditor);
	assert_int_equal(outbox_list(&c, STR(""), STR(""), 0, &page, NULL), OK);
	assert_int_equal(outbox_retry(&c, page.items[0].id, &v, NULL), E_ROLE);
	assert_int_equal(outbox_void(&c, page.items[0].id, &v, NULL), E_ROLE);
	c = world_call(&w, &operator.who);
	assert_int_equal(outbox_list(&c, STR("lost"), STR(""), 0, &page, NULL), E_FIELD_VALUE);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_int_equal(outbox_get(&c, str_of(wrong[i]), &v, NULL), E_NOT_FOUND);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_sent_message_is_wiped_and_never_comes_again),
	    cmocka_unit_test(a_message_that_is_not_taken_waits_longer_each_time),
	    cmocka_unit_test(without_the_signer_a_message_waits_for_its_next_try_only),
	    cmocka_unit_test(health_tells_how_many_wait_and_since_when),
	    cmocka_unit_test(a_refused_message_is_given_up_at_once),
	    cmocka_unit_test(a_message_past_its_time_is_not_sent),
	    cmocka_unit_test(the_staff_sees_where_a_message_stands_and_not_what_it_says),
	    cmocka_unit_test(the_staff_hastens_a_message_and_takes_one_back),
	    cmocka_unit_test(messages_are_for_the_staff_alone),
	};

	return cmocka_run_group_tests_name("message", tests, set_up, tear_down);
}
