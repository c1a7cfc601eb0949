/* SPDX-License-Identifier: Apache-2.0 */
#include "x509/oid.h"

#include <string.h>

#include "made.h"

TEST_CASE(the_octets_of_each_row_are_its_text)
{
	for (unsigned o = OID_UNKNOWN + 1; o < OID__COUNT; o++) {
		struct bytes der;

		assert_true(oid_parse(mem, str_of(oid_dotted((enum oid)o)), &der));
		assert_bytes(oid_der((enum oid)o), der);
		assert_string_equal(oid_text(mem, der), oid_dotted((enum oid)o));
		assert_int_equal(oid_of(der), o);
		assert_int_equal(oid_of_name(str_of(oid_name((enum oid)o))), o);
		assert_true(oid_valid(der));
		assert_true(oid_is(der, (enum oid)o));
	}
}

TEST_CASE(the_unknown_is_no_row)
{
	assert_int_equal(oid_of(hex("2a0304")), OID_UNKNOWN);
	assert_int_equal(oid_of((struct bytes){0}), OID_UNKNOWN);
	assert_int_equal(oid_of_name(STR("cn")), OID_UNKNOWN);
	assert_false(oid_is((struct bytes){0}, OID_UNKNOWN));
	assert_string_equal(oid_name(OID_UNKNOWN), "unknown");
}

TEST_CASE(text_and_octets_meet)
{
	static const struct {
		const char *text, *der;
	} rows[] = {
	    {"0.0", "00"},
	    {"1.39", "4f"},
	    {"2.0", "50"},
	    {"2.999.3", "883703"},
	    /* The UUID of RFC 4122 as an arc, and the largest one. */
	    {"2.25.329800735698586629295641978511506172918",
		"69 83f09da7ebcfdee0c7a1a7b2c0948cc8f9d776"},
	    {"2.25.340282366920938463463374607431768211455",
		"69 83ffffffffffffffffffffffffffffffffff7f"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct bytes der;

		assert_true(oid_parse(mem, str_of(rows[i].text), &der));
		assert_string_equal(oid_text(mem, der), rows[i].text);
		assert_hex(der, rows[i].der);
	}
}

TEST_CASE(other_text_is_refused)
{
	static const char *const texts[] = {"", "1", "1.", ".1", "1..2", "3.1", "1.40", "01.2",
	    "1.02", "1.2.", "1.2 ", "1.2.x", "-1.2", "2.340282366920938463463374607431768211455",
	    "1.2.340282366920938463463374607431768211456"};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct bytes der;

		if (oid_parse(mem, str_of(texts[i]), &der))
			fail_msg("%s", texts[i]);
	}
}

TEST_CASE(other_octets_are_refused)
{
	static const char *const ders[] = {"", "80", "2a80", "2a8001", "2a81",
	    "2a 84 808080808080808080808080808080808080 00"}; /* 2^128 */

	for (size_t i = 0; i < sizeof(ders) / sizeof(ders[0]); i++) {
		assert_false(oid_valid(hex(ders[i])));
		assert_string_equal(oid_text(mem, hex(ders[i])), "");
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    MADE_CASE(the_octets_of_each_row_are_its_text),
	    MADE_CASE(the_unknown_is_no_row),
	    MADE_CASE(text_and_octets_meet),
	    MADE_CASE(other_text_is_refused),
	    MADE_CASE(other_octets_are_refused),
	};

	return cmocka_run_group_tests_name("oid", tests, NULL, NULL);
}
