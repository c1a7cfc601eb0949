/* SPDX-License-Identifier: Apache-2.0 */
/* subjectAltName: the names of ext.h. */
#include "made.h"
#include "x509/ext.h"

static const struct {
	enum san_kind kind;
	const char *value;
	enum err e;
} names[] = {
    {SAN_DNS, "example.com", OK},
    {SAN_DNS, "*.example.com", OK},
    {SAN_DNS, "xn--e1afmkfd.example", OK},
    {SAN_DNS, "localhost", OK},
    {SAN_DNS, "*.com", E_FIELD_FORMAT},
    {SAN_DNS, "*", E_FIELD_FORMAT},
    {SAN_DNS, "a.*.com", E_FIELD_FORMAT},
    {SAN_DNS, "f*.example.com", E_FIELD_FORMAT},
    {SAN_DNS, "Example.com", E_FIELD_FORMAT},
    {SAN_DNS, "example.com.", E_FIELD_FORMAT},
    {SAN_DNS, "a..b", E_FIELD_FORMAT},
    {SAN_DNS, "-a.b", E_FIELD_FORMAT},
    {SAN_DNS, "a-.b", E_FIELD_FORMAT},
    {SAN_DNS, "a_b.c", E_FIELD_FORMAT},
    {SAN_DNS, "a b.c", E_FIELD_CHARS},
    {SAN_DNS, "", E_FIELD_CHARS},
    {SAN_DNS, "пример.рф", E_FIELD_CHARS},
    {SAN_DNS, "a234567890123456789012345678901234567890123456789012345678901234.b", E_FIELD_FORMAT},
    {SAN_MAIL, "Anna.Li+x@example.com", OK},
    {SAN_MAIL, "a@b@c", E_FIELD_FORMAT},
    {SAN_MAIL, "a@", E_FIELD_FORMAT},
    {SAN_MAIL, "@b", E_FIELD_FORMAT},
    {SAN_MAIL, "a", E_FIELD_FORMAT},
    {SAN_MAIL, ".a@b.c", E_FIELD_FORMAT},
    {SAN_MAIL, "a.@b.c", E_FIELD_FORMAT},
    {SAN_MAIL, "a..b@c.d", E_FIELD_FORMAT},
    {SAN_MAIL, "a@B.c", E_FIELD_FORMAT},
    {SAN_MAIL, "\"a\"@b.c", E_FIELD_FORMAT},
    {SAN_MAIL, "анна@b.c", E_FIELD_CHARS},
    {SAN_URI, "https://a/b?c", OK},
    {SAN_URI, "urn:x", OK},
    {SAN_URI, "//a/b", E_FIELD_FORMAT},
    {SAN_URI, "HTTP://a", E_FIELD_FORMAT},
    {SAN_URI, "http:", E_FIELD_FORMAT},
    {SAN_IP, "1234", OK},
    {SAN_IP, "1234567890123456", OK},
    {SAN_IP, "12345", E_FIELD_FORMAT},
};

TEST_CASE(names_have_one_form)
{
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct san_name name = {names[i].kind, str_bytes(str_of(names[i].value))};
		struct san san = {.v = &name, .n = 1}, back;
		struct bytes der;
		enum err e = ext_san_encode(mem, &san, &der, &fault);

		print_message("# %s\n", names[i].value);
		if (names[i].e != OK) {
			assert_fault(e, names[i].e, san_kind_name(names[i].kind));
			continue;
		}
		assert_int_equal(e, OK);
		assert_int_equal(ext_get_san(mem, der, &back, &fault), OK);
		assert_int_equal(back.v[0].kind, names[i].kind);
		assert_bytes(back.v[0].value, name.value);
	}
}

TEST_CASE(names_are_counted_and_not_repeated)
{
	struct san_name two[2] = {
	    {SAN_DNS, str_bytes(STR("a.b"))}, {SAN_DNS, str_bytes(STR("a.b"))}};
	struct san_name many[EXT_SAN_MAX + 1];
	struct san san = {.v = two, .n = 2};
	struct der_out w = der_out_new(mem, 4096);
	struct bytes der;

	assert_fault(ext_san_check(&san, &fault), E_FIELD_DUPLICATE, "dNSName");
	two[1].kind = SAN_URI;
	two[1].value = str_bytes(STR("a:b"));
	assert_int_equal(ext_san_check(&san, &fault), OK);
	san.n = 0;
	assert_fault(ext_san_check(&san, &fault), E_FIELD_LENGTH, "subjectAltName");
	two[0].value = hex_fill("", 'a', 255);
	san.n = 1;
	assert_fault(ext_san_check(&san, &fault), E_FIELD_LENGTH, "dNSName");
	der_open(&w, DER_SEQ);
	for (size_t i = 0; i <= EXT_SAN_MAX; i++) {
		many[i] = two[1];
		der_put(&w, DER_CONTEXT(2), hex("61"));
	}
	der_close(&w);
	san = (struct san){.v = many, .n = EXT_SAN_MAX + 1};
	assert_fault(ext_san_check(&san, &fault), E_FIELD_LENGTH, "subjectAltName");
	assert_int_equal(der_done(&w, "san", &der, &fault), OK);
	assert_fault(ext_get_san(mem, der, &san, &fault), E_DER, "subjectAltName");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    MADE_CASE(names_have_one_form),
	    MADE_CASE(names_are_counted_and_not_repeated),
	};

	return cmocka_run_group_tests_name("san", tests, NULL, NULL);
}
