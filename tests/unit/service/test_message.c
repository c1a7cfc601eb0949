/* SPDX-License-Identifier: Apache-2.0 */
/* What becomes of a message: sent, again later, refused, too late; and what the log says of it. */
#include "walk.h"

static struct world w;

static int
set_up(void **state)
{
	(void)state;
	world_open(&w);
	world_set_up(&w);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
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
	struct upkeep_message m;
	struct outbox_row row;

	ask_code("+8613800138104");
	m = next("sms");
	done(&m, UPKEEP_LATER, "unavailable");
	w.shift += SMS_LIFE + 1;
	ask_code("+8613800138105");
	/* The old one is given up on the way to the fresh one. */
	assert_true(str_is(next("sms").recipient, "+8613800138105"));
	row = row_of(&m);
	assert_true(str_is(row.state, "failed") && str_is(row.last_fault, "expired"));
	c = world_call(&w, NULL);
	assert_int_equal(upkeep_message_next(&c, STR("sms"), &m, NULL), E_AUTH_REQUIRED);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_sent_message_is_wiped_and_never_comes_again),
	    cmocka_unit_test(a_message_that_is_not_taken_waits_longer_each_time),
	    cmocka_unit_test(a_refused_message_is_given_up_at_once),
	    cmocka_unit_test(a_message_past_its_time_is_not_sent),
	};

	return cmocka_run_group_tests_name("message", tests, set_up, tear_down);
}
