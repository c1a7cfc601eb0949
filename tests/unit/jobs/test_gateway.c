/* SPDX-License-Identifier: Apache-2.0 */
/* SMS to the gateway of tests/server/gateway.py, which is told what to do wrong. */
#include "jobs/channel.h"
#include "peer.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

static struct jobs_conf conf;
static int64_t number; /* of messages */

static int
begin(void **state)
{
	FILE *f;

	(void)state;
	peer_open();
	peer_certificate("server");
	peer_certificate("other");
	f = fopen(peer_path("secret"), "w");
	assert_non_null(f);
	assert_true(fputs("0123456789abcdef\n", f) >= 0);
	assert_int_equal(fclose(f), 0);
	conf.gateway.url = str_of(arena_fmt(peer_life(), "https://localhost:%d/v1/sms?from=test",
	    peer_start("gateway.py",
		(const char *[]){
		    "--out", peer_path("got"), "--secret", peer_path("secret"), NULL})));
	conf.gateway.secret = STR("0123456789abcdef");
	conf.gateway.ca_file = str_of(peer_path("server.pem"));
	return 0;
}

static int
end(void **state)
{
	(void)state;
	return peer_close();
}

static enum err
send_it(const struct jobs_conf *with, int64_t id, struct fault *f)
{
	static const struct catalogue_value values[] = {{"code", {"123456", 6}}};
	struct arena *a = arena_new(0);
	const struct channel_from from = {.a = a, .brand = STR("Signet"), .now = time(NULL)};
	const struct upkeep_message m = {.id = id,
	    .created = 1795507200,
	    .expires = 1795507500,
	    .channel = STR("sms"),
	    .template = STR("sms.sign-in"),
	    .recipient = STR("+8613800138000"),
	    .text = STR("【Signet】验证码 123456 \"x\""),
	    .values = values,
	    .count = 1,
	    .lang = LANG_ZH};
	void *link = gateway_driver.open(with);
	enum err e = gateway_driver.send(link, &from, &m, f);

	gateway_driver.close(&link);
	assert_null(link);
	arena_free(&a);
	return e;
}

TEST_CASE(an_sms_is_signed_and_taken_once)
{
	int before = peer_files("got", ".json");
	struct fault f = {0};

	peer_mode("");
	number++;
	for (int i = 0; i < 3; i++) {
		if (send_it(&conf, number, &f) != OK)
			fail_msg("%s", f.detail);
	}
	assert_int_equal(peer_files("got", ".json"), before + 1);
}

TEST_CASE(each_answer_is_told_by_what_it_is_about)
{
	static const struct {
		const char *mode;
		enum err err;
	} rows[] = {
	    {"status 200", OK},
	    {"status 204", OK},
	    /* the gateway's, or our settings: nothing queued may be lost for it */
	    {"status 301", E_CONFIG},
	    {"redirect", E_CONFIG},
	    {"status 401", E_CONFIG},
	    {"status 403", E_CONFIG},
	    {"status 404", E_CONFIG},
	    {"status 405", E_CONFIG},
	    {"status 407", E_CONFIG},
	    {"status 408", E_UNAVAILABLE},
	    {"status 425", E_UNAVAILABLE},
	    {"status 429", E_UNAVAILABLE},
	    {"status 500", E_UNAVAILABLE},
	    {"status 503", E_UNAVAILABLE},
	    {"status 599", E_UNAVAILABLE},
	    {"cut", E_UNAVAILABLE},
	    {"half", E_UNAVAILABLE},
	    {"nonsense", E_UNAVAILABLE},
	    {"large", E_UNAVAILABLE},
	    /* this SMS, for good */
	    {"status 400", E_FIELD_VALUE},
	    {"status 410", E_FIELD_VALUE},
	    {"status 422", E_FIELD_VALUE},
	};
	int before = peer_files("got", ".json");

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct fault f = {0};
		enum err e;

		peer_mode(rows[i].mode);
		e = send_it(&conf, ++number, &f);
		if (e != rows[i].err)
			fail_msg("%s: %s %s", rows[i].mode, err_row(e)->slug, f.detail);
		/* What is logged of it says neither number nor code. */
		assert_null(strstr(f.detail, "138001"));
		assert_null(strstr(f.detail, "123456"));
	}
	assert_int_equal(peer_files("got", ".json"), before);
}

/* Taken, and the answer lost: the next try has the same id and octets, and sends nothing twice. */
TEST_CASE(a_lost_answer_doubles_nothing)
{
	int before = peer_files("got", ".json");

	number++;
	peer_mode("taken-then 504");
	assert_int_equal(send_it(&conf, number, NULL), E_UNAVAILABLE);
	peer_mode("");
	assert_int_equal(send_it(&conf, number, NULL), OK);
	assert_int_equal(peer_files("got", ".json"), before + 1);
}

TEST_CASE(settings_that_do_not_fit_lose_nothing)
{
	struct jobs_conf other = conf;

	peer_mode("");
	other.gateway.ca_file = str_of(peer_path("other.pem"));
	assert_int_equal(send_it(&other, ++number, NULL), E_TLS);
	other = conf;
	other.gateway.ca_file = str_of(peer_path("none.pem"));
	assert_int_equal(send_it(&other, ++number, NULL), E_FILE);
	other = conf;
	other.gateway.secret = STR("0123456789abcdeX");
	assert_int_equal(send_it(&other, ++number, NULL), E_CONFIG);
	other.gateway.secret = STR("short");
	assert_int_equal(send_it(&other, ++number, NULL), E_CONFIG);
	other.gateway.secret = STR("");
	assert_int_equal(send_it(&other, ++number, NULL), E_CONFIG);
	other = conf;
	other.gateway.url = STR("https://localhost:1/v1/sms");
	assert_int_equal(send_it(&other, ++number, NULL), E_UNAVAILABLE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(an_sms_is_signed_and_taken_once),
	    cmocka_unit_test(each_answer_is_told_by_what_it_is_about),
	    cmocka_unit_test(a_lost_answer_doubles_nothing),
	    cmocka_unit_test(settings_that_do_not_fit_lose_nothing),
	};

	return cmocka_run_group_tests_name("gateway", tests, begin, end);
}
