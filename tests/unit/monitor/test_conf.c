/* SPDX-License-Identifier: Apache-2.0 */
/* conf: what signetd.conf may say, and what each mistake is told. */
#include "monitor/conf.h"

#include <stdio.h>
#include <string.h>

#include "test.h"

#define BASE                                   \
	"environment: test\n"                  \
	"public_url: https://localhost:8443\n" \
	"public_http_url: http://localhost:8445\n"
#define PRODUCTION                                  \
	"environment: production\n"                 \
	"public_url: https://ca.example.org\n"      \
	"public_http_url: http://pki.example.org\n" \
	"policy_arc: 1.3.6.1.4.1.99999.1\n"         \
	"soft_keys: yes\n"

static struct arena *a;

static enum err
parse(const char *text, struct conf *ret, struct fault *f)
{
	return conf_parse(a, str_bytes(str_of(text)), ret, f);
}

TEST_CASE(three_keys_suffice)
{
	struct conf c;

	assert_int_equal(parse(BASE, &c, NULL), OK);
	assert_int_equal(c.environment, CONF_TEST);
	assert_true(str_is(c.public_url, "https://localhost:8443"));
	assert_true(str_is(c.data, SIGNET_DATA));
	assert_true(str_is(c.listen_admin, SIGNET_DATA "/admin.sock"));
	assert_true(str_is(c.spool, SIGNET_DATA "/spool"));
	assert_true(str_is(c.unlock_file, SIGNET_DATA "/unlock"));
	assert_true(str_is(c.mail_password_file, SIGNET_DATA "/mail-password"));
	assert_true(str_is(c.policy_arc, CONF_TEST_ARC));
	assert_true(str_is(c.user, "signet"));
	assert_int_equal(c.node, 1);
	assert_int_equal(c.mail_driver, CONF_MAIL_NONE);
	assert_int_equal(c.listen_portal.count, 2);
	assert_string_equal(c.listen_portal.address[1].host, "::1");
	assert_int_equal(c.listen_portal.address[1].port, 8443);
	assert_true(conf_soft_keys(&c));
	assert_false(c.soft_keys);
	assert_true(str_is(conf_authority(c.public_url), "localhost:8443"));
}

TEST_CASE(each_key_can_be_set)
{
	struct conf c;

	assert_int_equal(
	    parse(PRODUCTION
		"data: /srv/signet\nnode: 126\nlisten_portal: [10.0.0.1:443]\n"
		"listen_machine: ['10.0.0.1:444']\nlisten_plain:\n- 10.0.0.1:80\n- \"[::]:80\"\n"
		"listen_admin: /run/signet/admin\nunlock_file: /etc/unlock\n"
		"timezone: Asia/Shanghai\nloops: 1\nworkers: 256\nqueue: 1\nconnections: 16\n"
		"user: _ca\nsigner_user: ca-signer\nbrand: Печать 印\nhotline: '8 800 1'\n"
		"spool: /s\nmail_driver: smtp\nmail_server: smtp.example.org:2525\nmail_tls: "
		"first\n"
		"mail_user: signet\nmail_from: no-reply@example.org\nmail_ca_file: /etc/ca.pem\n"
		"mail_password_file: /etc/mail\nsms_driver: gateway\n"
		"sms_url: https://sms.example.org:444/v1/send?x=1\nsms_secret_file: /etc/sms\n",
		&c, NULL),
	    OK);
	assert_int_equal(c.environment, CONF_PRODUCTION);
	assert_int_equal(c.node, 126);
	assert_int_equal(c.listen_plain.count, 2);
	assert_true(str_is(c.listen_admin, "/run/signet/admin"));
	assert_true(str_is(c.unlock_file, "/etc/unlock"));
	assert_int_equal(c.workers, 256);
	assert_int_equal(c.connections, 16);
	assert_true(str_is(c.signer_user, "ca-signer"));
	assert_int_equal(c.mail_driver, CONF_SMTP);
	assert_int_equal(c.mail_tls, CONF_TLS_FIRST);
	assert_true(str_is(c.mail_server, "smtp.example.org:2525"));
	assert_true(str_is(c.mail_password_file, "/etc/mail"));
	assert_int_equal(c.sms_driver, CONF_GATEWAY);
	assert_true(str_is(c.sms_url, "https://sms.example.org:444/v1/send?x=1"));
	assert_true(str_is(c.sms_secret_file, "/etc/sms"));
	assert_true(str_is(c.mail_from, "no-reply@example.org"));
	assert_true(str_is(c.brand, "Печать 印"));
	assert_true(conf_soft_keys(&c));
}

/* The text after BASE is line 4 on; the field says where, the rule what would be right. */
static const struct {
	const char *text;
	enum err e;
	const char *field, *rule;
} faults[] = {
    {"environment: test\npublic_url: https://a\n", E_FIELD_MISSING,
	"line 1, column 1: public_http_url", "http://host[:port]"},
    {"public_url: https://a\npublic_http_url: http://a\n", E_FIELD_MISSING,
	"line 1, column 1: environment", "test|production"},
    {"environment: staging\n", E_FIELD_VALUE, "line 1, column 14: environment",
	"test | production"},
    {"- a\n", E_FIELD_TYPE, "line 1, column 1", "mapping"},
    {"", E_YAML, "line 1, column 1", NULL},
    {BASE "colour: red\n", E_FIELD_UNKNOWN, "line 4, column 9: colour", NULL},
    {BASE "node: 1\nnode: 1\n", E_YAML, "line 5, column 1", "duplicate key"},
    {BASE "node: &x 1\n", E_YAML, "line 4, column 7", "no anchors"},
    {BASE "node: 0\n", E_FIELD_VALUE, "line 4, column 7: node", "1–126"},
    {BASE "node: 127\n", E_FIELD_VALUE, "line 4, column 7: node", "1–126"},
    {BASE "node: one\n", E_FIELD_TYPE, "line 4, column 7: node", "1–126"},
    {BASE "node: '1'\n", E_FIELD_TYPE, "line 4, column 7: node", "1–126"},
    {BASE "node: 1.5\n", E_FIELD_TYPE, "line 4, column 7: node", NULL},
    {BASE "node: [1]\n", E_FIELD_TYPE, "line 4, column 7: node", NULL},
    {BASE "soft_keys: true\n", E_FIELD_VALUE, "line 4, column 12: soft_keys", "no | yes"},
    {BASE "mail_driver: post\n", E_FIELD_VALUE, "line 4, column 14: mail_driver",
	"none | spool | smtp"},
    {BASE "mail_driver: smtp\n", E_CONFIG, "line 1, column 1: mail_server",
	"given when mail_driver is smtp"},
    {BASE "hsm_module: m.so\nhsm_token: t\n", E_CONFIG, "line 4, column 13: hsm_module", "/PATH"},
    {BASE "hsm_module: /m.so\n", E_CONFIG, "line 1, column 1: hsm_token",
	"given, or hsm_serial, when hsm_module is"},
    {BASE "hsm_environment: A=1 B\n", E_CONFIG, "line 4, column 18: hsm_environment",
	"NAME=VALUE NAME=VALUE …"},
    {BASE "hsm_environment: =1\n", E_CONFIG, "line 4, column 18: hsm_environment", NULL},
    {BASE "hsm_serial: 12345678901234567\n", E_FIELD_LENGTH, "line 4, column 13: hsm_serial", NULL},
    {BASE "sms_driver: gateway\n", E_CONFIG, "line 1, column 1: sms_url",
	"given when sms_driver is gateway"},
    {BASE "sms_url: http://a/\n", E_FIELD_FORMAT, "line 4, column 10: sms_url",
	"https://host[:port]/path"},
    {BASE "sms_url: https://u@a/\n", E_FIELD_FORMAT, "line 4, column 10: sms_url", NULL},
    {BASE "sms_url: 'https://a/#b'\n", E_FIELD_FORMAT, "line 4, column 10: sms_url", NULL},
    {BASE "sms_url: 'https://a/b c'\n", E_FIELD_FORMAT, "line 4, column 10: sms_url", NULL},
    {BASE "mail_server: a b\n", E_FIELD_FORMAT, "line 4, column 14: mail_server", NULL},
    {BASE "mail_server: smtp://a\n", E_FIELD_FORMAT, "line 4, column 14: mail_server", NULL},
    {BASE "mail_server: a:0\n", E_FIELD_FORMAT, "line 4, column 14: mail_server", NULL},
    {BASE "mail_tls: none\n", E_FIELD_VALUE, "line 4, column 11: mail_tls", "starttls | first"},
    {BASE "mail_from: a\n", E_FIELD_FORMAT, "line 4, column 12: mail_from", NULL},
    {BASE "mail_from: .a@b\n", E_FIELD_FORMAT, "line 4, column 12: mail_from", NULL},
    {BASE "mail_from: a@b:1\n", E_FIELD_FORMAT, "line 4, column 12: mail_from", NULL},
    {BASE "mail_from: 'a@b>'\n", E_FIELD_FORMAT, "line 4, column 12: mail_from", NULL},
    {BASE "data: ''\n", E_FIELD_LENGTH, "line 4, column 7: data", NULL},
    {BASE "data: \"a\\nb\"\n", E_FIELD_CHARS, "line 4, column 7: data", NULL},
    {BASE "brand: ' x'\n", E_FIELD_CHARS, "line 4, column 8: brand", NULL},
    {BASE "brand: \"\\u0085\"\n", E_FIELD_CHARS, "line 4, column 8: brand", NULL},
    {BASE "brand: 123456789012345678901234567890123\n", E_FIELD_LENGTH, "line 4, column 8: brand",
	"1–32"},
    {BASE "user: Root\n", E_FIELD_CHARS, "line 4, column 7: user", NULL},
    {BASE "user: -x\n", E_FIELD_CHARS, "line 4, column 7: user", NULL},
    {BASE "policy_arc: 3.1\n", E_FIELD_FORMAT, "line 4, column 13: policy_arc", NULL},
    {BASE "policy_arc: 1.40\n", E_FIELD_FORMAT, "line 4, column 13: policy_arc", NULL},
    {BASE "policy_arc: 1.2.03\n", E_FIELD_FORMAT, "line 4, column 13: policy_arc", NULL},
    {BASE "policy_arc: 1.2.\n", E_FIELD_FORMAT, "line 4, column 13: policy_arc", NULL},
    {BASE "policy_arc: '2'\n", E_FIELD_FORMAT, "line 4, column 13: policy_arc", NULL},
    {BASE "listen_portal: 127.0.0.1:1\n", E_FIELD_TYPE, "line 4, column 16: listen_portal", NULL},
    {BASE "listen_portal: []\n", E_FIELD_LENGTH, "line 4, column 16: listen_portal", NULL},
    {BASE "listen_portal: [localhost:1]\n", E_FIELD_FORMAT, "line 4, column 17: listen_portal",
	NULL},
    {BASE "listen_portal: [127.0.0.1]\n", E_FIELD_FORMAT, "line 4, column 17: listen_portal", NULL},
    {BASE "listen_portal: ['127.0.0.1:']\n", E_FIELD_FORMAT, "line 4, column 17: listen_portal",
	NULL},
    {BASE "listen_portal: [127.0.0.1:0]\n", E_FIELD_FORMAT, "line 4, column 17: listen_portal",
	NULL},
    {BASE "listen_portal: [127.0.0.1:65536]\n", E_FIELD_FORMAT, "line 4, column 17: listen_portal",
	NULL},
    {BASE "listen_portal: ['::1:80']\n", E_FIELD_FORMAT, "line 4, column 17: listen_portal", NULL},
    {BASE "listen_portal:\n- 127.0.0.1:1\n- 127.0.0.1:1\n", E_FIELD_DUPLICATE,
	"line 6, column 3: listen_portal", NULL},
    {BASE "listen_plain: [127.0.0.1:8443]\n", E_CONFIG, "line 4, column 15: listen_plain", NULL},
    {BASE "listen_machine: [127.0.0.1:8445]\n", E_CONFIG, "line 4, column 17: listen_machine",
	NULL},
    {"environment: test\npublic_url: http://a\npublic_http_url: http://a\n", E_FIELD_FORMAT,
	"line 2, column 13: public_url", NULL},
    {"environment: test\npublic_url: https://a/\npublic_http_url: http://a\n", E_FIELD_FORMAT,
	"line 2, column 13: public_url", NULL},
    {"environment: test\npublic_url: https://A\npublic_http_url: http://a\n", E_FIELD_FORMAT,
	"line 2, column 13: public_url", NULL},
    {"environment: test\npublic_url: https://\npublic_http_url: http://a\n", E_FIELD_FORMAT,
	"line 2, column 13: public_url", NULL},
    {"environment: test\npublic_url: https://u@a\npublic_http_url: http://a\n", E_FIELD_FORMAT,
	"line 2, column 13: public_url", NULL},
    {"environment: test\npublic_url: https://a:0443\npublic_http_url: http://a\n", E_FIELD_FORMAT,
	"line 2, column 13: public_url", NULL},
    {"environment: test\npublic_url: 'https://a:'\npublic_http_url: http://a\n", E_FIELD_FORMAT,
	"line 2, column 13: public_url", NULL},
    {"environment: test\npublic_url: https://a..b\npublic_http_url: http://a\n", E_FIELD_FORMAT,
	"line 2, column 13: public_url", NULL},
    {"environment: test\npublic_url: https://[::1\npublic_http_url: http://a\n", E_FIELD_FORMAT,
	"line 2, column 13: public_url", NULL},
    {"environment: test\npublic_url: https://a\npublic_http_url: https://a\n", E_FIELD_FORMAT,
	"line 3, column 18: public_http_url", NULL},
    {PRODUCTION "mail_driver: spool\n", E_CONFIG, "line 6, column 14: mail_driver",
	"production: not spool"},
    {PRODUCTION "sms_driver: spool\n", E_CONFIG, "line 6, column 13: sms_driver",
	"production: not spool"},
    {"environment: production\npublic_url: https://a.b\npublic_http_url: http://a.b\n"
     "policy_arc: 1.2.3\nsoft_keys: no\n",
	E_CONFIG, "line 5, column 12: soft_keys",
	"production: keys in files need yes, or hsm_module"},
    {"environment: production\npublic_url: https://a.b\npublic_http_url: http://a.b\n"
     "policy_arc: 1.2.3\n",
	E_CONFIG, "line 1, column 1: soft_keys", NULL},
    {"environment: production\npublic_url: https://a.b\npublic_http_url: http://a.b\n"
     "soft_keys: yes\n",
	E_CONFIG, "line 1, column 1: policy_arc", "production: an arc of its own"},
    {"environment: production\npublic_url: https://a.b\npublic_http_url: http://a.b\n"
     "soft_keys: yes\npolicy_arc: " CONF_TEST_ARC ".1\n",
	E_CONFIG, "line 5, column 13: policy_arc", NULL},
    {"environment: production\npublic_url: https://localhost\npublic_http_url: http://a.b\n"
     "soft_keys: yes\npolicy_arc: 1.2.3\n",
	E_CONFIG, "line 2, column 13: public_url", "production: not this machine"},
    {"environment: production\npublic_url: https://a.b\npublic_http_url: http://127.0.0.1:80\n"
     "soft_keys: yes\npolicy_arc: 1.2.3\n",
	E_CONFIG, "line 3, column 18: public_http_url", NULL},
};

TEST_CASE(each_mistake_is_told_by_place_and_rule)
{
	for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
		struct conf c = {.node = -7};
		struct fault f = {0};
		enum err e = parse(faults[i].text, &c, &f);

		if (e != faults[i].e || strcmp(f.field, faults[i].field) != 0 ||
		    (faults[i].rule != NULL && strcmp(f.rule, faults[i].rule) != 0))
			fail_msg("%s: %d, %s, %s", faults[i].text, e, f.field, f.rule);
		/* Results are written on success only. */
		assert_int_equal(c.node, -7);
	}
}

TEST_CASE(a_socket_path_fits_the_kernel)
{
	char text[512];
	struct conf c;
	struct fault f = {0};

	(void)snprintf(text, sizeof(text), BASE "data: /%0100d\n", 0);
	assert_int_equal(parse(text, &c, &f), E_CONFIG);
	assert_string_equal(f.field, "line 4, column 7: data");
	(void)snprintf(text, sizeof(text), BASE "data: /%095d\n", 0);
	assert_int_equal(parse(text, &c, NULL), OK);
}

TEST_CASE(the_effective_file_reads_back_the_same)
{
	static const char *const files[] = {BASE,
	    PRODUCTION "brand: 'a\"b\\c'\ndata: /x y\nlisten_plain: [\"[::1]:80\", 1.2.3.4:81]\n"};

	for (size_t i = 0; i < 2; i++) {
		struct conf c, d;
		struct str once, twice;

		assert_int_equal(parse(files[i], &c, NULL), OK);
		once = conf_print(a, &c);
		assert_int_equal(conf_parse(a, str_bytes(once), &d, NULL), OK);
		twice = conf_print(a, &d);
		assert_true(str_eq(once, twice));
		assert_true(str_eq(c.brand, d.brand));
		assert_true(str_eq(c.data, d.data));
	}
}

TEST_CASE(help_names_every_key)
{
	const char *help = arena_cstr(a, conf_help(a));

#define X(key, type, preset, least, most, words, text)                                  \
	assert_non_null(strstr(help, "\n" #key ": ") ? help : strstr(help, #key ": ")); \
	assert_non_null(strstr(help, text));
#include "monitor/conf.def"
#undef X
	assert_non_null(strstr(help, "node: 1–126 (default 1)\n"));
	assert_non_null(strstr(help, "environment: test|production (must be given)\n"));
}

static int
begin(void **state)
{
	(void)state;
	a = arena_new(0);
	return 0;
}

static int
end(void **state)
{
	(void)state;
	arena_free(&a);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(three_keys_suffice),
	    cmocka_unit_test(each_key_can_be_set),
	    cmocka_unit_test(each_mistake_is_told_by_place_and_rule),
	    cmocka_unit_test(a_socket_path_fits_the_kernel),
	    cmocka_unit_test(the_effective_file_reads_back_the_same),
	    cmocka_unit_test(help_names_every_key),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
