/* SPDX-License-Identifier: Apache-2.0 */
/* Phones, mail addresses, hosts, origins, public addresses, countries. */
#include "core/address.h"
#include "core/country.h"
#include "core/host.h"
#include "core/mail.h"
#include "core/origin.h"
#include "core/phone.h"

#include <string.h>

#include "test.h"

static struct arena *a;

static int
setup(void **state)
{
	(void)state;
	a = arena_new(0);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	arena_free(&a);
	return 0;
}

#define A64 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define A63 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define H251                    \
	A63 "." A63 "." A63 "." \
	    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

TEST_CASE(phones_are_e164)
{
	static const struct {
		const char *typed, *normal; /* NULL: refused */
		enum err err;
	} rows[] = {
	    {"+8613800138000", "+8613800138000", OK},
	    {" +86 (138) 0013-80.00 ", "+8613800138000", OK},
	    {"+79161234567", "+79161234567", OK},
	    {"+12345678", "+12345678", OK},
	    {"+123456789012345", "+123456789012345", OK},
	    {"", NULL, E_FIELD_MISSING},
	    {"+1234567", NULL, E_FIELD_FORMAT},
	    {"+1234567890123456", NULL, E_FIELD_FORMAT},
	    {"13800138000", NULL, E_FIELD_FORMAT},
	    {"008613800138000", NULL, E_FIELD_FORMAT},
	    {"+0123456789", NULL, E_FIELD_FORMAT},
	    {"++8613800138000", NULL, E_FIELD_FORMAT},
	    {"+86138O0138000", NULL, E_FIELD_FORMAT},
	    {"+8613800138000;x", NULL, E_FIELD_FORMAT},
	    {"+", NULL, E_FIELD_FORMAT},
	    {A64 A64, NULL, E_FIELD_FORMAT},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct fault f = {0};
		struct str ret = {0};

		if (phone_check(a, str_of(rows[i].typed), "phone", &ret, &f) != rows[i].err)
			fail_msg("row %zu: %s", i, rows[i].typed);
		assert_true(rows[i].normal ? str_is(ret, rows[i].normal) : ret.p == NULL);
		assert_string_equal(f.field, rows[i].normal ? "" : "phone");
	}
	assert_string_equal(phone_mask(a, STR("+8613800138000")), "+86*******8000");
	assert_string_equal(phone_mask(a, STR("+12345678")), "+12****78");
	assert_string_equal(phone_mask(a, STR("+1")), "***");
}

TEST_CASE(mail_is_ascii_with_a_lower_case_host)
{
	static const struct {
		const char *typed, *normal;
		enum err err;
	} rows[] = {
	    {"li.lei@example.test", "li.lei@example.test", OK},
	    {"Li.Lei+x@Example.TEST", "Li.Lei+x@example.test", OK},
	    {"a@xn--e1afmkfd.xn--p1ai", "a@xn--e1afmkfd.xn--p1ai", OK},
	    {"", NULL, E_FIELD_MISSING},
	    {"example.test", NULL, E_FIELD_FORMAT},
	    {"@example.test", NULL, E_FIELD_FORMAT},
	    {"a@", NULL, E_FIELD_FORMAT},
	    {"a@b", NULL, E_FIELD_FORMAT},
	    {"a@b@c.test", NULL, E_FIELD_FORMAT},
	    {".a@b.test", NULL, E_FIELD_FORMAT},
	    {"a.@b.test", NULL, E_FIELD_FORMAT},
	    {"a..b@b.test", NULL, E_FIELD_FORMAT},
	    {"a b@b.test", NULL, E_FIELD_FORMAT},
	    {"\"a\"@b.test", NULL, E_FIELD_FORMAT},
	    {"a@-b.test", NULL, E_FIELD_FORMAT},
	    {"a@b-.test", NULL, E_FIELD_FORMAT},
	    {"a@b..test", NULL, E_FIELD_FORMAT},
	    {"a@b.test.", NULL, E_FIELD_FORMAT},
	    {"a@b.1", NULL, E_FIELD_FORMAT},
	    {"a@127.0.0.1", NULL, E_FIELD_FORMAT},
	    {"a@b_c.test", NULL, E_FIELD_FORMAT},
	    {"a@ab--cd.test", NULL, E_FIELD_FORMAT},
	    {"a@b.test\n", NULL, E_FIELD_FORMAT},
	    {"имя@example.test", NULL, E_FIELD_CHARS},
	    {"a@пример.рф", NULL, E_FIELD_CHARS},
	    {A64 "@b.test", A64 "@b.test", OK},
	    {A64 "a@b.test", NULL, E_FIELD_FORMAT},
	    {"a@" A64 ".test", NULL, E_FIELD_FORMAT},
	    {"a@" H251, "a@" H251, OK},
	    {"aaa@" H251, NULL, E_FIELD_LENGTH},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct fault f = {0};
		struct str ret = {0};

		if (mail_check(a, str_of(rows[i].typed), "mail", &ret, &f) != rows[i].err)
			fail_msg("row %zu: %s", i, rows[i].typed);
		assert_true(rows[i].normal ? str_is(ret, rows[i].normal) : ret.p == NULL);
		if (rows[i].err != OK)
			assert_string_equal(f.field, "mail");
	}
	assert_string_equal(mail_mask(a, STR("li@example.test")), "l***@example.test");
	assert_string_equal(mail_mask(a, STR("@example.test")), "***");
	assert_string_equal(mail_mask(a, STR("li")), "***");
}

TEST_CASE(a_host_that_is_not_ascii_names_the_mend)
{
	struct fault f = {0};
	struct str ret;

	assert_int_equal(mail_check(a, STR("a@пример.рф"), "mail", &ret, &f), E_FIELD_CHARS);
	assert_non_null(strstr(f.rule, "xn--"));
}

TEST_CASE(hosts)
{
	struct str ret;
	char big[300];

	memset(big, 'a', sizeof(big));
	assert_int_equal(mail_host_check(a, STR("LOCALHOST"), true, "h", &ret, NULL), OK);
	assert_true(str_is(ret, "localhost"));
	assert_int_equal(
	    mail_host_check(a, STR("localhost"), false, "h", &ret, NULL), E_FIELD_FORMAT);
	assert_int_equal(
	    mail_host_check(a, (struct str){0}, true, "h", &ret, NULL), E_FIELD_MISSING);
	assert_int_equal(mail_host_check(a, (struct str){big, sizeof(big)}, true, "h", &ret, NULL),
	    E_FIELD_LENGTH);
	assert_false(host_is_name((struct str){0}, true));
	assert_false(host_is_name((struct str){big, sizeof(big)}, true));
	assert_false(host_is_name(STR("Upper.test"), true));
}

TEST_CASE(addresses_are_canonical)
{
	const struct {
		struct str text;
		size_t n;
	} rows[] = {
	    {STR("127.0.0.1"), 4},
	    {STR("::1"), 16},
	    {STR("2001:db8::1"), 16},
	    {STR("127.0.0.01"), 0},
	    {STR("127.1"), 0},
	    {STR("2001:DB8::1"), 0},
	    {STR("0:0:0:0:0:0:0:1"), 0},
	    {STR("[::1]"), 0},
	    {STR(""), 0},
	    {STR("127.0.0.1\0x"), 0},
	    {STR("1111:2222:3333:4444:5555:6666:7777:8888:9999:0000:1111:2222"), 0},
	};
	uint8_t octets[16];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (host_address(rows[i].text, octets) != rows[i].n)
			fail_msg("row %zu", i);
	}
	assert_int_equal(host_address(STR("127.0.0.1"), octets), 4);
	assert_memory_equal(octets, "\x7f\0\0\x01", 4);
}

TEST_CASE(origins_have_one_form)
{
	static const struct {
		const char *origin;
		bool test, production;
	} rows[] = {
	    {"https://pki.example", true, true},
	    {"https://pki.example:8443", true, true},
	    {"https://localhost:8443", true, true},
	    {"https://127.0.0.1:8443", true, true},
	    {"https://[::1]:8443", true, true},
	    {"https://[::1]", true, true},
	    {"http://localhost:8080", true, false},
	    {"http://127.0.0.1", true, false},
	    {"http://[::1]:1", true, false},
	    {"http://pki.example", false, false},
	    {"null", false, false},
	    {"", false, false},
	    {"https://", false, false},
	    {"https://:8443", false, false},
	    {"https://PKI.example", false, false},
	    {"HTTPS://pki.example", false, false},
	    {"https://pki.example/", false, false},
	    {"https://pki.example:", false, false},
	    {"https://pki.example:443", false, false},
	    {"http://localhost:80", false, false},
	    {"https://pki.example:0", false, false},
	    {"https://pki.example:080", false, false},
	    {"https://pki.example:65536", false, false},
	    {"https://user@pki.example", false, false},
	    {"https://pki.example:8443:1", false, false},
	    {"https://[::1", false, false},
	    {"https://[::1]x", false, false},
	    {"https://[127.0.0.1]", false, false},
	    {"https://::1", false, false},
	    {"https://[0::1]", false, false},
	    {"ftp://pki.example", false, false},
	    {"https://пример.рф", false, false},
	    {"https://" A64 A64 A64 A64, false, false},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct str o = str_of(rows[i].origin);

		if ((origin_check(o, ENVIRONMENT_TEST, NULL) == OK) != rows[i].test ||
		    (origin_check(o, ENVIRONMENT_PRODUCTION, NULL) == OK) != rows[i].production)
			fail_msg("row %zu: %s", i, rows[i].origin);
	}
	assert_true(origin_is_loopback(STR("https://localhost:1")));
	assert_true(origin_is_loopback(STR("https://[::1]:1")));
	assert_false(origin_is_loopback(STR("https://localhost.example")));
	assert_false(origin_is_loopback(STR("localhost")));
	assert_true(str_is(origin_host(STR("https://[::1]:8443")), "::1"));
	assert_true(str_is(origin_host(STR("https://pki.example")), "pki.example"));
	assert_int_equal(origin_host(STR("null")).n, 0);
}

TEST_CASE(public_addresses)
{
	struct fault f = {0};
	struct str base = STR("http://localhost:8445"), g = STR("issuing-g1");

	assert_int_equal(address_base_check(base, NULL), OK);
	assert_int_equal(address_base_check(STR("http://pki.example"), NULL), OK);
	assert_int_equal(address_base_check(STR("https://pki.example"), &f), E_CONFIG);
	assert_string_equal(f.field, "public_http_url");
	assert_int_equal(address_base_check(STR("http://pki.example/"), NULL), E_CONFIG);
	assert_int_equal(address_base_check(STR("http://pki.example/x"), NULL), E_CONFIG);
	assert_int_equal(address_base_check(STR(""), NULL), E_CONFIG);
	assert_true(str_is(address_crl(a, base, g), "http://localhost:8445/crl/issuing-g1/0.crl"));
	assert_true(str_is(address_ca(a, base, g), "http://localhost:8445/ca/issuing-g1.cer"));
	assert_true(str_is(address_ocsp(a, base), "http://localhost:8445/ocsp"));
}

TEST_CASE(countries)
{
	assert_true(country_known(STR("CN")));
	assert_true(country_known(STR("RU")));
	assert_true(country_known(STR("AD")));
	assert_true(country_known(STR("ZW")));
	assert_false(country_known(STR("DA"))); /* the end of one code and the begin of the next */
	assert_false(country_known(STR("cn")));
	assert_false(country_known(STR("XX")));
	assert_false(country_known(STR("C")));
	assert_false(country_known(STR("CNR")));
	assert_false(country_known(STR("")));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(phones_are_e164),
	    cmocka_unit_test(mail_is_ascii_with_a_lower_case_host),
	    cmocka_unit_test(a_host_that_is_not_ascii_names_the_mend),
	    cmocka_unit_test(hosts),
	    cmocka_unit_test(addresses_are_canonical),
	    cmocka_unit_test(origins_have_one_form),
	    cmocka_unit_test(public_addresses),
	    cmocka_unit_test(countries),
	};

	return cmocka_run_group_tests_name("core contact", tests, setup, teardown);
}
