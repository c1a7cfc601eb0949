/* SPDX-License-Identifier: Apache-2.0 */
/* Mails to the server of tests/server/smtp.py, which is told what to do wrong. */
#include "net/smtp.h"

#include <string.h>

#include "peer.h"

static const char *address[2];

static int
begin(void **state)
{
	(void)state;
	peer_open();
	peer_certificate("server");
	peer_certificate("other");
	for (int i = 0; i < 2; i++)
		address[i] = arena_fmt(peer_life(), "localhost:%d",
		    peer_start("smtp.py",
			(const char *[]){"--out", peer_path(i ? "got1" : "got0"),
			    i ? "--tls-first" : NULL, NULL}));
	return 0;
}

static int
end(void **state)
{
	(void)state;
	return peer_close();
}

static struct net_smtp_config
good(int server)
{
	return (struct net_smtp_config){.server = address[server],
	    .tls_first = server == 1,
	    .user = "signet",
	    .password = "correct horse",
	    .ca_file = peer_path("server.pem"),
	    .name = "ca.example.org",
	    .connect_ms = 1500,
	    .total_ms = 1500};
}

static const struct net_mail mail = {.from = {"no-reply@ca.example.org", 23},
    .to = {"wang@example.org", 16},
    .octets = {(const uint8_t *)"Subject: x\r\nTo: wang@example.org\r\n\r\n.dot\r\nend\r\n", 48}};

static enum err
send_one(const struct net_smtp_config *config, struct fault *f)
{
	struct arena *a = arena_new(0);
	struct net_smtp *s = net_smtp_new(config);
	enum err e = net_smtp_send(s, a, &mail, f);

	net_smtp_free(&s);
	arena_free(&a);
	return e;
}

/* Mails that any server has taken. */
static int
files(void)
{
	return peer_files("got0", ".eml") + peer_files("got1", ".eml");
}

TEST_CASE(mails_arrive_over_both_kinds_of_tls)
{
	for (int i = 0; i < 2; i++) {
		const struct net_smtp_config config = good(i);
		struct fault f = {0};
		int before = files();

		peer_mode(i ? "mechanisms LOGIN" : "");
		if (send_one(&config, &f) != OK)
			fail_msg("server %d: %s %s", i, err_row(f.code)->slug, f.detail);
		assert_int_equal(files(), before + 1);
	}
}

TEST_CASE(one_connection_takes_several_and_outlives_a_refusal)
{
	const struct net_smtp_config config = good(0);
	struct arena *a = arena_new(0);
	struct net_smtp *s = net_smtp_new(&config);
	struct net_mail other = mail;
	struct fault f = {0};
	int before = files();

	other.to = STR("nobody@example.org");
	peer_mode("to nobody@example.org rcpt 550 5.1.1 unknown");
	assert_int_equal(net_smtp_send(s, a, &mail, &f), OK);
	assert_int_equal(net_smtp_send(s, a, &mail, &f), OK);
	assert_int_equal(net_smtp_send(s, a, &other, &f), E_FIELD_VALUE);
	assert_int_equal(net_smtp_send(s, a, &mail, &f), OK);
	assert_int_equal(files(), before + 3);
	net_smtp_free(&s);
	arena_free(&a);
}

TEST_CASE(each_refusal_is_told_by_what_it_is_about)
{
	static const struct {
		const char *mode;
		enum err err;
	} rows[] = {
	    /* ours or the server's: nothing queued may be lost for it */
	    {"greeting 554 5.3.2 not now", E_UNAVAILABLE},
	    {"greeting cut", E_UNAVAILABLE},
	    {"greeting hang", E_UNAVAILABLE},
	    {"ehlo 550 5.7.1 who are you", E_UNAVAILABLE},
	    {"without starttls", E_TLS},
	    {"starttls 454 4.7.0 no", E_TLS},
	    {"starttls 554 5.7.0 no", E_TLS},
	    {"password other", E_CONFIG},
	    {"auth 454 4.7.0 later", E_CONFIG},
	    {"auth 535 5.7.8 no", E_CONFIG},
	    {"auth cut", E_UNAVAILABLE},
	    {"without auth", E_CONFIG}, /* 530 to MAIL */
	    {"mail 550 5.7.1 not this sender", E_CONFIG},
	    {"mail 452 4.3.1 full", E_UNAVAILABLE},
	    {"mail 421 4.3.2 going down", E_UNAVAILABLE},
	    {"rcpt 530 5.7.0 sign in", E_CONFIG},
	    {"rcpt 421 4.3.2 going down", E_UNAVAILABLE},
	    {"rcpt cut", E_UNAVAILABLE},
	    {"rcpt hang", E_UNAVAILABLE},
	    {"data cut", E_UNAVAILABLE},
	    {"body cut", E_UNAVAILABLE},
	    {"body hang", E_UNAVAILABLE},
	    /* this mail, now */
	    {"rcpt 450 4.2.0 greylisted", E_ANSWER},
	    {"rcpt 554 5.7.1 relay access denied", E_ANSWER},
	    {"data 451 4.3.0 later", E_ANSWER},
	    {"body 452 4.3.1 full", E_ANSWER},
	    {"body 554 5.7.1 looks like spam", E_ANSWER},
	    /* this mail, for good */
	    {"rcpt 550 5.1.1 unknown", E_FIELD_VALUE},
	    {"rcpt 553 no", E_FIELD_VALUE},
	    {"data 554 5.6.0 no", E_FIELD_VALUE},
	    {"body 552 5.3.4 too big", E_FIELD_VALUE},
	};
	const struct net_smtp_config config = good(0);
	int before = files();

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct fault f = {0};
		enum err e;

		peer_mode(rows[i].mode);
		e = send_one(&config, &f);
		if (e != rows[i].err)
			fail_msg("%s: %s %s", rows[i].mode, err_row(e)->slug, f.detail);
		assert_null(strstr(f.detail, "@"));
	}
	assert_int_equal(files(), before);
}

TEST_CASE(nothing_is_said_in_the_clear_or_to_a_stranger)
{
	struct net_smtp_config config = good(0);

	peer_mode("");
	config.ca_file = peer_path("other.pem");
	assert_int_equal(send_one(&config, NULL), E_TLS);
	config = good(1);
	config.ca_file = peer_path("other.pem");
	assert_int_equal(send_one(&config, NULL), E_TLS);
	config.ca_file = peer_path("none.pem");
	assert_int_equal(send_one(&config, NULL), E_FILE);
	/* The name is checked, too: the certificate is for localhost. */
	config = good(0);
	config.server = arena_fmt(peer_life(), "127.0.0.1%s", strchr(address[0], ':'));
	assert_int_equal(send_one(&config, NULL), E_TLS);
	/* TLS first at a port that speaks it later, and the other way round. */
	config = good(0);
	config.tls_first = true;
	assert_int_equal(send_one(&config, NULL), E_TLS);
	config = good(1);
	config.tls_first = false;
	assert_int_equal(send_one(&config, NULL), E_UNAVAILABLE);
	config = good(0);
	config.server = "localhost:1";
	assert_int_equal(send_one(&config, NULL), E_UNAVAILABLE);
}

TEST_CASE(addresses_stay_in_their_brackets)
{
	static const char *const bad[] = {
	    "", "a", "a@b>\r\nRCPT TO:<c@d", "a b@c", "<a@b>", "ü@b.de"};
	const struct net_smtp_config config = good(0);
	struct arena *a = arena_new(0);
	struct net_smtp *s = net_smtp_new(&config);

	peer_mode("");
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct net_mail m = mail;

		m.to = str_of(bad[i]);
		assert_int_equal(net_smtp_send(s, a, &m, NULL), E_FIELD_VALUE);
		m = mail;
		m.from = str_of(bad[i]);
		assert_int_equal(net_smtp_send(s, a, &m, NULL), E_CONFIG);
	}
	net_smtp_free(&s);
	arena_free(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(mails_arrive_over_both_kinds_of_tls),
	    cmocka_unit_test(one_connection_takes_several_and_outlives_a_refusal),
	    cmocka_unit_test(each_refusal_is_told_by_what_it_is_about),
	    cmocka_unit_test(nothing_is_said_in_the_clear_or_to_a_stranger),
	    cmocka_unit_test(addresses_stay_in_their_brackets),
	};

	return cmocka_run_group_tests_name("smtp", tests, begin, end);
}
