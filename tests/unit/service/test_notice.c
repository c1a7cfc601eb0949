/* SPDX-License-Identifier: Apache-2.0 */
/* What people are told on the way of an application and a certificate, and in which words. */
#include "walk.h"

#include <stdio.h>
#include <string.h>

#define DAY 86400

static struct world w;
static struct somebody admin, operator, subscriber;
static char said[1024]; /* templates since the last look, in their order */

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

static void
listen_on(const char *channel, struct somebody *b)
{
	struct call c = world_jobs(&w);
	struct upkeep_message m;
	size_t n;

	while (upkeep_message_next(&c, str_of(channel), &m, NULL) == OK) {
		assert_int_equal(upkeep_message_done(&c, m.id, UPKEEP_SENT, STR(""), NULL), OK);
		/* Nothing is left unfilled, and nothing about a mail is empty. */
		if (memchr(m.text.p, '{', m.text.n) || m.text.n == 0 ||
		    (str_is(m.channel, "mail") && m.subject.n == 0))
			fail_msg(
			    "%.*s: %.*s", (int)m.template.n, m.template.p, (int)m.text.n, m.text.p);
		if (b && str_is(m.template, "mail.reference"))
			b->reference = world_digits(&w, m.text, 10);
		if (b && str_is(m.template, "sms.code"))
			b->code = world_code(&w, m.text);
		n = strlen(said);
		(void)snprintf(said + n, sizeof(said) - n, "%s%.*s", n ? " " : "",
		    (int)m.template.n, m.template.p);
	}
}

/* All that was said since, mails first. */
static void
heard(const char *templates, struct somebody *b)
{
	said[0] = '\0';
	listen_on("mail", b);
	listen_on("sms", b);
	assert_string_equal(said, templates);
}

/* Mails about this certificate; others of the same day go by. */
static int
told_of(struct str serial)
{
	struct call c = world_jobs(&w);
	struct upkeep_message m;
	int n = 0;

	while (upkeep_message_next(&c, STR("mail"), &m, NULL) == OK) {
		assert_int_equal(upkeep_message_done(&c, m.id, UPKEEP_SENT, STR(""), NULL), OK);
		n += str_is(m.template, "mail.expiring") &&
		    memmem(m.text.p, m.text.n, serial.p, serial.n) != NULL;
	}
	return n;
}

/* Put it on a token, and be the subscriber again. */
static void
enrol(void)
{
	const struct principal who = subscriber.who;

	softkey_free(&subscriber.key);
	world_enrol(&w, &subscriber);
	subscriber.who = who;
}

static const struct certs_name *
name(void)
{
	static struct certs_name n;

	n = (struct certs_name){subscriber.ca, subscriber.serial};
	return &n;
}

TEST_CASE(each_step_has_its_message)
{
	struct call c = world_call(&w, &operator.who);
	struct cert_view view;
	struct apply_view application;
	const struct apply_return back = {.reason = STR("Another name, please")};
	struct certs_revoke revoke;
	struct fault f = {0};
	struct str no;

	no = world_submit(&w, &subscriber);
	heard("mail.received", NULL);
	MUST_OK(apply_return(&c, no, &back, &application, &f));
	heard("mail.returned", NULL);
	no = world_submit(&w, &subscriber);
	heard("mail.received", NULL);
	MUST_OK(apply_reject(&c, no, STR("No such person"), &application, &f));
	heard("mail.rejected", NULL);
	no = world_submit(&w, &subscriber);
	c = world_call(&w, &subscriber.who);
	MUST_OK(apply_withdraw(&c, no, &application, &f));
	heard("mail.received mail.withdrawn", NULL);
	no = world_submit(&w, &subscriber);
	world_approve(&w, &operator, no);
	heard("mail.reference sms.code", &subscriber);
	enrol();
	heard("mail.issued mail.installed", NULL);
	c = world_call(&w, &subscriber.who);
	MUST_OK(certs_suspend(&c, name(), &view, &f));
	heard("mail.suspended sms.suspended", NULL);
	c = world_call(&w, &operator.who);
	MUST_OK(certs_resume(&c, name(), &view, &f));
	heard("mail.resumed sms.resumed", NULL);
	revoke = (struct certs_revoke){
	    .ca = subscriber.ca, .serial = subscriber.serial, .reason = STR("superseded")};
	MUST_OK(certs_revoke(&c, &revoke, &view, &f));
	heard("mail.revoked sms.revoked", NULL);
}

TEST_CASE(holders_are_told_in_time_and_once)
{
	static const struct {
		int64_t left; /* days to the end */
		int said;
	} rows[] = {{70, 0}, {60, 1}, {59, 0}, {31, 0}, {29, 1}, {6, 1}, {5, 0}, {1, 1}, {0, 0}};
	struct call c = world_call(&w, &subscriber.who);
	struct str no = world_submit(&w, &subscriber);
	struct cert_view view;
	struct fault f = {0};
	int64_t n;

	world_approve(&w, &operator, no);
	world_codes(&w, &subscriber);
	enrol();
	MUST_OK(certs_get(&c, subscriber.ca, subscriber.serial, &view, &f));
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		w.shift = 0;
		c = world_jobs(&w);
		w.shift = view.not_after - rows[i].left * DAY - c.now;
		c = world_jobs(&w);
		MUST_OK(upkeep_expiring(&c, &n, &f));
		assert_int_equal(told_of(subscriber.serial), rows[i].said);
	}
}

/* Keys of every text that a template may have, in every language. */
TEST_CASE(every_template_has_its_texts)
{
	static const char *const mails[] = {
#define N(symbol, mail, sms) mail,
#include "service/notice.def"
#undef N
	};
	static const char *const short_ones[] = {
#define N(symbol, mail, sms) sms,
#include "service/notice.def"
#undef N
	};

	for (enum lang l = 0; l < LANG__COUNT; l++) {
		for (size_t i = 0; i < sizeof(mails) / sizeof(mails[0]); i++) {
			assert_non_null(catalogue_text(l, arena_fmt(w.a, "%s.subject", mails[i])));
			assert_non_null(catalogue_text(l, arena_fmt(w.a, "%s.text", mails[i])));
			if (short_ones[i][0])
				assert_non_null(catalogue_text(l, short_ones[i]));
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(each_step_has_its_message),
	    cmocka_unit_test(holders_are_told_in_time_and_once),
	    cmocka_unit_test(every_template_has_its_texts),
	};

	return cmocka_run_group_tests_name("notice", tests, set_up, tear_down);
}
