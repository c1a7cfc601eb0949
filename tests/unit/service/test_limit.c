/* SPDX-License-Identifier: Apache-2.0 */
/* What codes by SMS may cost (S13, budgets and locks), and what a changed address does (S18). */
#include "walk.h"

#include <stdio.h>
#include <string.h>

#include "service/trail.h"

#define CLIENT "0123456789abcdefghijklmnopqrstuv"

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

static enum err
ask(const char *phone, const char *peer, struct fault *f)
{
	struct call c = world_call(&w, NULL);
	const struct sms_send in = {.phone = str_of(phone), .client_secret = STR(CLIENT)};

	c.peer = str_of(peer);
	return signin_sms_send(&c, &in, f);
}

static enum err
type(const char *phone, const char *code, struct fault *f)
{
	struct call c = world_call(&w, NULL);
	const struct sms_sign_in in = {
	    .phone = str_of(phone), .code = str_of(code), .client_secret = STR(CLIENT)};
	struct session s;

	return signin_sms(&c, &in, &s, f);
}

/* Records of EVENT in the log. */
static size_t
logged(const char *event)
{
	struct call c = world_call(&w, &admin.who);
	const struct trail_want want = {.event = str_of(event)};
	struct trail_page page;
	struct fault f = {0};

	MUST_OK(trail_list(&c, &want, STR(""), 200, &page, &f));
	return page.count;
}

TEST_CASE(a_number_gets_so_many_codes)
{
	static const struct {
		int64_t wait;
		enum err err;
		const char *rule;
	} rows[] = {{0, OK, ""}, {30, E_RATE, "60 s"}, {31, OK, ""}, {61, OK, ""}, {61, OK, ""},
	    {61, OK, ""}, {61, E_RATE, "1 h"}, {3600, OK, ""}, {61, OK, ""}, {61, OK, ""},
	    {61, OK, ""}, {61, OK, ""}, {3700, E_RATE, "24 h"}, {86400, OK, ""}};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct fault f = {0};
		enum err e;

		w.shift += rows[i].wait;
		e = ask("+8613700000001", "127.0.0.1", &f);
		if (e != rows[i].err || strcmp(f.rule, rows[i].rule) != 0)
			fail_msg("row %zu: %s %s", i, err_row(e)->slug, f.rule);
	}
}

/* COUNT numbers of one range from one place; how many of them got a code, and the last refusal's rule. */
static int
flood(int range, const char *peer, int count, struct fault *f)
{
	int n = 0;

	for (int i = 0; i < count; i++) {
		char phone[20];

		(void)snprintf(phone, sizeof(phone), "+861360%03d%04d", range, i);
		*f = (struct fault){0};
		n += ask(phone, peer, f) == OK;
	}
	return n;
}

TEST_CASE(an_address_gets_so_many_codes)
{
	struct fault f = {0};

	assert_int_equal(flood(1, "192.0.2.7", 25, &f), 20);
	assert_string_equal(f.rule, "1 h");
	assert_string_equal(f.field, "");
	/* Another address is another matter; of IPv6 the network counts. */
	assert_int_equal(flood(2, "192.0.2.8", 2, &f), 2);
	assert_int_equal(flood(3, "2001:db8::1", 12, &f), 12);
	assert_int_equal(flood(4, "2001:db8::2:1", 12, &f), 8);
	assert_int_equal(flood(5, "2001:db8:0:1::1", 2, &f), 2);
	w.shift += 3601;
	assert_int_equal(flood(6, "192.0.2.7", 2, &f), 2);
}

TEST_CASE(a_range_of_numbers_gets_so_many_codes)
{
	struct fault f = {0};

	w.shift += 3601;
	assert_int_equal(flood(10, "127.0.0.1", 205, &f), 200);
	assert_string_equal(f.rule, "1 h");
	assert_int_equal(flood(11, "127.0.0.1", 2, &f), 2);
}

/* Five tries a code, ten a number; new codes change nothing about the second, a right one all. */
TEST_CASE(wrong_codes_lock_a_number_longer_each_time)
{
	static const char phone[] = "+8613500000001";
	struct fault f = {0};
	struct str text;
	const char *code;

	w.shift += 3601;
	for (int i = 0; i < 2; i++) {
		MUST_OK(ask(phone, "127.0.0.1", &f));
		for (int k = 0; k < 5; k++)
			assert_int_equal(type(phone, "xxxxxx", NULL), E_SMS_WRONG);
		if (i == 0)
			assert_int_equal(type(phone, "xxxxxx", NULL), E_SMS_LOCKED);
		w.shift += i == 0 ? 61 : 0;
	}
	f = (struct fault){0};
	assert_int_equal(type(phone, "xxxxxx", &f), E_RATE);
	assert_string_equal(f.rule, "30 s");
	w.shift += 61;
	f = (struct fault){0};
	MUST_OK(ask(phone, "127.0.0.1", &f));
	assert_int_equal(type(phone, "xxxxxx", NULL), E_SMS_WRONG);
	assert_int_equal(type(phone, "xxxxxx", &f), E_RATE);
	assert_string_equal(f.rule, "60 s");
	assert_int_equal(logged("sms-code.locked"), 2);
	/* The right code is of no use meanwhile, and forgives everything afterwards. */
	text = world_message(&w, "sms");
	code = arena_cstr(w.a, world_digits(&w, text, SMS_DIGITS));
	assert_int_equal(type(phone, code, NULL), E_RATE);
	w.shift += 61;
	f = (struct fault){0};
	MUST_OK(type(phone, code, &f));
	w.shift += 61;
	f = (struct fault){0};
	MUST_OK(ask(phone, "127.0.0.1", &f));
	for (int k = 0; k < 5; k++)
		assert_int_equal(type(phone, "xxxxxx", NULL), E_SMS_WRONG);
}

static struct str
submitted_with(struct str no, const char *mail)
{
	struct call c = world_call(&w, &subscriber.who);
	const struct apply_consent consent = {
	    .text_id = STR("person-signature-1"), .lang = STR("en"), .given = true};
	struct apply_draft draft = {.profile = STR("person-signature"),
	    .fields = {{STR("name"), STR("Zhang Wei")}, {STR("country"), STR("CN")},
		{STR("mail"), str_of(mail)}, {STR("phone"), subscriber.phone}},
	    .field_count = 4};
	struct apply_view view;
	struct fault f = {0};

	if (no.n)
		MUST_OK(apply_edit(&c, no, &draft, &view, &f));
	else
		MUST_OK(apply_draft(&c, &draft, &view, &f));
	MUST_OK(apply_submit(&c, view.no, &consent, &view, &f));
	return view.no;
}

static int64_t
next_due(const char *channel)
{
	struct call c = world_jobs(&w);
	int64_t due;
	struct fault f = {0};

	MUST_OK(upkeep_message_due(&c, str_of(channel), &due, &f));
	return due;
}

static struct upkeep_message
take(const char *channel)
{
	struct call c = world_jobs(&w);
	struct upkeep_message m;
	struct fault f = {0};

	MUST_OK(upkeep_message_next(&c, str_of(channel), &m, &f));
	MUST_OK(upkeep_message_done(&c, m.id, UPKEEP_SENT, STR(""), &f));
	return m;
}

/* Until nothing is due on either channel. */
static void
empty(void)
{
	struct call c = world_jobs(&w);
	struct upkeep_message m;
	const char *const channels[] = {"mail", "sms"};

	for (int i = 0; i < 2; i++) {
		while (upkeep_message_next(&c, str_of(channels[i]), &m, NULL) == OK)
			assert_int_equal(
			    upkeep_message_done(&c, m.id, UPKEEP_SENT, STR(""), NULL), OK);
	}
}

TEST_CASE(another_address_warns_the_old_one_and_delays_the_codes)
{
	struct call c = world_call(&w, NULL);
	struct str no = submitted_with(STR(""), "old@example.com");
	struct upkeep_message m;

	empty();
	/* The same address again is no change. */
	(void)submitted_with(no, "old@example.com");
	assert_int_equal(logged("contact.changed"), 0);
	empty();
	(void)submitted_with(no, "new@example.com");
	assert_int_equal(logged("contact.changed"), 1);
	m = take("mail");
	while (!str_is(m.template, "mail.contact"))
		m = take("mail");
	assert_true(str_is(m.recipient, "old@example.com"));
	assert_non_null(memmem(m.text.p, m.text.n, "n***@example.com", 16));
	assert_null(memmem(m.text.p, m.text.n, "new@", 4));
	empty();
	world_approve(&w, &operator, no);
	assert_in_range(next_due("sms") - c.now, 86390, 86410);
	empty();
	w.shift += 86500;
	m = take("mail");
	assert_true(str_is(m.template, "mail.reference") && str_is(m.recipient, "new@example.com"));
	assert_true(str_is(take("sms").template, "sms.code"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_number_gets_so_many_codes),
	    cmocka_unit_test(an_address_gets_so_many_codes),
	    cmocka_unit_test(a_range_of_numbers_gets_so_many_codes),
	    cmocka_unit_test(wrong_codes_lock_a_number_longer_each_time),
	    cmocka_unit_test(another_address_warns_the_old_one_and_delays_the_codes),
	};

	return cmocka_run_group_tests_name("limit", tests, set_up, tear_down);
}
