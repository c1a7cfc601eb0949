/* SPDX-License-Identifier: Apache-2.0 */
#include "x509/der.h"

#include <string.h>

#include "base/text.h"
#include "made.h"

enum how { ANY, SEQ, INT, SMALL, ENUM, BOOL, FLAG, NUL, OID, BITS, NAMED, TIME, GENTIME, CHECK };

/* One input, read one way: WHY is part of the refusal's detail, NULL when it is read as WANT. */
struct row {
	const char *name;
	enum how how;
	const char *der;
	const char *why;
	const char *want;
};

static const struct row rows[] = {
    {"short length", ANY, "04 02 0102", NULL, "0102"},
    {"empty contents", ANY, "05 00", NULL, ""},
    {"no input", ANY, "", "missing", NULL},
    {"tag alone", ANY, "04", "cut off", NULL},
    {"length octets cut", ANY, "04 82 01", "cut off", NULL},
    {"contents cut", ANY, "04 03 0102", "cut off", NULL},
    {"indefinite length", ANY, "30 80 0500 0000", "indefinite length", NULL},
    {"long form below 128", ANY, "04 81 01 00", "length is not minimal", NULL},
    {"leading zero in length", ANY, "04 82 0001 00", "length is not minimal", NULL},
    {"five length octets", ANY, "04 85 0100000000 00", "length too large", NULL},
    {"length 0x84ffffffff", ANY, "04 84 ffffffff 00", "cut off", NULL},
    {"high tag number", ANY, "1f 20 00", "tag number above 30", NULL},
    {"end of contents", ANY, "00 00", "tag 0", NULL},
    {"another tag", SEQ, "31 00", "tag 31 where 30 belongs", NULL},
    {"octets behind", SEQ, "30 00 00", "octets left over", NULL},
    {"one", INT, "02 01 01", NULL, "01"},
    {"sign octet", INT, "02 02 0080", NULL, "80"},
    {"four contents octets", INT, "02 04 7fffffff", NULL, "7fffffff"},
    {"sign octet counts", INT, "02 05 00ffffffff", "integer too long", NULL},
    {"five octets", INT, "02 05 0102030405", "integer too long", NULL},
    {"zero", INT, "02 01 00", "zero", NULL},
    {"negative 80", INT, "02 01 80", "negative", NULL},
    {"no contents", INT, "02 00", "empty integer", NULL},
    {"leading zero", INT, "02 02 0001", "integer is not minimal", NULL},
    {"leading zeros before sign", INT, "02 03 000080", "integer is not minimal", NULL},
    {"zero is small", SMALL, "02 01 00", NULL, "0"},
    {"thousand", SMALL, "02 02 03e8", NULL, "1000"},
    {"above the most", SMALL, "02 02 03e9", "number too large", NULL},
    {"nine octets", SMALL, "02 09 010000000000000000", "number too large", NULL},
    {"enumerated", ENUM, "0a 01 05", NULL, "5"},
    {"integer for enumerated", ENUM, "02 01 05", "tag 02 where 0a belongs", NULL},
    {"true", BOOL, "01 01 ff", NULL, "1"},
    {"false", BOOL, "01 01 00", NULL, "0"},
    {"true as 01", BOOL, "01 01 01", "boolean is not 00 or FF", NULL},
    {"boolean of two", BOOL, "01 02 ffff", "boolean is not 00 or FF", NULL},
    {"flag absent", FLAG, "", NULL, "0"},
    {"flag set", FLAG, "01 01 ff", NULL, "1"},
    {"explicit FALSE", FLAG, "01 01 00", "FALSE is the default", NULL},
    {"null", NUL, "05 00", NULL, ""},
    {"null with contents", NUL, "05 01 00", "NULL with contents", NULL},
    {"identifier", OID, "06 03 550403", NULL, "550403"},
    {"identifier empty", OID, "06 00", "bad object identifier", NULL},
    {"identifier padded", OID, "06 03 558003", "bad object identifier", NULL},
    {"identifier cut", OID, "06 02 5584", "bad object identifier", NULL},
    {"bits", BITS, "03 03 00 a5c3", NULL, "a5c3"},
    {"bits empty", BITS, "03 01 00", NULL, ""},
    {"bits without count", BITS, "03 00", "not whole octets", NULL},
    {"bits with unused", BITS, "03 02 01 02", "not whole octets", NULL},
    {"digitalSignature", NAMED, "03 02 07 80", NULL, "1"},
    {"keyCertSign, cRLSign", NAMED, "03 02 01 06", NULL, "96"},
    {"decipherOnly", NAMED, "03 03 07 0080", NULL, "256"},
    {"trailing zero bits", NAMED, "03 02 06 80", "not minimal", NULL},
    {"unused bit set", NAMED, "03 02 07 c0", "not minimal", NULL},
    {"eight unused", NAMED, "03 02 08 80", "not minimal", NULL},
    {"trailing zero octet", NAMED, "03 03 00 8000", "not minimal", NULL},
    {"no named bits", NAMED, "03 01 00", "no or too many named bits", NULL},
    {"many named bits", NAMED, "03 04 00 808001", "no or too many named bits", NULL},
    {"2049 ends", TIME, "17 0d 343931323331323335393539 5a", NULL, "2049-12-31T23:59:59Z"},
    {"1950 begins", TIME, "17 0d 353030313031303030303030 5a", NULL, "1950-01-01T00:00:00Z"},
    {"2050 begins", TIME, "18 0f 3230353030313031303030303030 5a", NULL, "2050-01-01T00:00:00Z"},
    {"2049 as GeneralizedTime", TIME, "18 0f 3230343931323331323335393539 5a", "before 2050", NULL},
    {"without seconds", TIME, "17 0b 34393132333132333539 5a", "YYMMDDHHMMSSZ", NULL},
    {"offset", TIME, "17 11 343931323331323335393539 2b30303030", "YYMMDDHHMMSSZ", NULL},
    {"second 60", TIME, "17 0d 343931323331323335393630 5a", "YYMMDDHHMMSSZ", NULL},
    {"month 13", TIME, "17 0d 343931333331323335393539 5a", "YYMMDDHHMMSSZ", NULL},
    {"30 February", TIME, "17 0d 323430323330303030303030 5a", "YYMMDDHHMMSSZ", NULL},
    {"29 February", TIME, "17 0d 323430323239303030303030 5a", NULL, "2024-02-29T00:00:00Z"},
    {"hour 24", TIME, "17 0d 323430323239323430303030 5a", "YYMMDDHHMMSSZ", NULL},
    {"not a digit", TIME, "17 0d 32343032323920303030302f 5a", "YYMMDDHHMMSSZ", NULL},
    {"no Z", TIME, "17 0d 323430323239303030303030 7a", "YYMMDDHHMMSSZ", NULL},
    {"another type", TIME, "04 00", "tag 04 where 17 belongs", NULL},
    {"gentime", GENTIME, "18 0f 3230323630313032303330343035 5a", NULL, "2026-01-02T03:04:05Z"},
    {"gentime fraction", GENTIME, "18 11 3230323630313032303330343035 2e35 5a", "YYYYMMDD", NULL},
    {"gentime year 0", GENTIME, "18 0f 3030303030313032303330343035 5a", "YYYYMMDD", NULL},
    {"tree cut at its end", CHECK, "30 09 30 04 0500 0500 31 00 80 00", "offset 10: cut off", NULL},
    {"tree well", CHECK, "30 0a 30 04 0500 0500 31 00 80 00", NULL, ""},
    {"tree inner cut", CHECK, "30 04 30 04 0500", "offset 2: cut off", NULL},
    {"tree inner length", CHECK, "30 05 30 81 02 0500", "offset 2: length is not minimal", NULL},
    {"tree many", CHECK, "0500 0500", NULL, ""},
};

static enum err
read_row(const struct row *r, struct bytes in, const char **got)
{
	struct der d = der_new(in), inner;
	struct der_tlv t = {0};
	struct bytes b = {0};
	char text[TIME_TEXT_SIZE];
	int64_t time = 0;
	uint64_t n = 0;
	uint16_t bits = 0;
	bool flag = false;

	switch (r->how) {
	case ANY:
		TRY(der_any(&d, "it", &t, &fault));
		assert_int_equal(t.tag, in.p[0]);
		assert_bytes(t.whole, in);
		b = t.value;
		break;
	case SEQ:
		TRY(der_only(in, DER_SEQ, "it", &inner, &fault));
		assert_true(der_empty(&inner));
		break;
	case INT:
		TRY(der_get_int(&d, 4, "it", &b, &fault));
		break;
	case SMALL:
	case ENUM:
		TRY(der_get_small(
		    &d, r->how == SMALL ? DER_INT : DER_ENUM, 1000, "it", &n, &fault));
		break;
	case BOOL:
		TRY(der_get_bool(&d, "it", &flag, &fault));
		break;
	case FLAG:
		TRY(der_get_flag(&d, "it", &flag, &fault));
		break;
	case NUL:
		TRY(der_get_null(&d, "it", &fault));
		break;
	case OID:
		TRY(der_get_oid(&d, "it", &b, &fault));
		break;
	case BITS:
		TRY(der_get_bits(&d, "it", &b, &fault));
		break;
	case NAMED:
		TRY(der_get_named(&d, "it", &bits, &fault));
		n = bits;
		break;
	case TIME:
		TRY(der_get_time(&d, "it", &time, &fault));
		break;
	case GENTIME:
		TRY(der_get_gentime(&d, "it", &time, &fault));
		break;
	case CHECK:
		TRY(der_check(in, "it", &fault));
		d.n = 0;
		break;
	}
	if (r->how == TIME || r->how == GENTIME) {
		time_text(time, text);
		*got = arena_fmt(mem, "%s", text);
	} else if (r->how == SMALL || r->how == ENUM || r->how == NAMED) {
		*got = arena_fmt(mem, "%llu", (unsigned long long)n);
	} else if (r->how == BOOL || r->how == FLAG) {
		*got = flag ? "1" : "0";
	} else {
		*got = hex_text(mem, b);
	}
	return r->how == SEQ ? OK : der_end(&d, "it", &fault);
}

TEST_CASE(each_row_is_read_or_refused)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *got = "";
		enum err e = read_row(&rows[i], hex(rows[i].der), &got);

		if (rows[i].why == NULL) {
			if (e != OK || strcmp(got, rows[i].want) != 0)
				fail_msg("%s: got %s (%s)", rows[i].name, got, fault.detail);
			continue;
		}
		if (e != E_DER || strstr(fault.detail, rows[i].why) == NULL)
			fail_msg("%s: %s, not %s", rows[i].name, fault.detail, rows[i].why);
		assert_string_equal(fault.field, "it");
		fault = (struct fault){0};
	}
}

TEST_CASE(a_refusal_leaves_the_result_alone)
{
	struct der d = der_new(hex("02 02 0001"));
	struct bytes b = hex("aa");

	assert_int_equal(der_get_int(&d, 4, "it", &b, &fault), E_DER);
	assert_hex(b, "aa");
}

TEST_CASE(nesting_has_an_end)
{
	struct bytes in = hex("0500");

	for (int i = 0; i < 15; i++) {
		struct der_out w = der_out_new(mem, 1024);

		assert_int_equal(der_check(in, "it", &fault), OK);
		der_put(&w, DER_SEQ, in);
		assert_int_equal(der_done(&w, "it", &in, &fault), OK);
	}
	assert_int_equal(der_check(in, "it", &fault), OK);
	{
		struct der_out w = der_out_new(mem, 1024);

		der_put(&w, DER_SEQ, in);
		assert_int_equal(der_done(&w, "it", &in, &fault), OK);
	}
	assert_fault(der_check(in, "it", &fault), E_DER, "it");
}

TEST_CASE(offsets_count_from_the_whole_input)
{
	struct der outer, inner;
	struct bytes b;

	assert_int_equal(der_only(hex("30 06 0500 30 02 0401"), DER_SEQ, "it", &outer, &fault), OK);
	assert_int_equal(der_get_null(&outer, "it", &fault), OK);
	assert_int_equal(der_enter(&outer, DER_SEQ, "it", &inner, &fault), OK);
	assert_int_equal(der_get(&inner, DER_OCTETS, "it", &b, &fault), E_DER);
	assert_string_equal(fault.detail, "offset 6: cut off");
}

TEST_CASE(values_have_one_encoding)
{
	struct der_out w = der_out_new(mem, 1024);
	struct bytes got;

	der_open(&w, DER_SEQ);
	der_int(&w, hex("00 00 80"));
	der_int(&w, hex("00"));
	der_int(&w, hex("7f"));
	der_small(&w, DER_INT, 0);
	der_small(&w, DER_ENUM, 255);
	der_small(&w, DER_INT, UINT64_MAX);
	der_bool(&w, true);
	der_bool(&w, false);
	der_null(&w);
	der_bits(&w, hex("a5"));
	der_named(&w, 0);
	der_named(&w, 1);
	der_named(&w, 0x60);
	der_named(&w, 0x100);
	der_time(&w, 2524607999);
	der_time(&w, 2524608000);
	der_gentime(&w, 0);
	der_close(&w);
	assert_int_equal(der_done(&w, "it", &got, &fault), OK);
	assert_hex(got,
	    "30 69 02 02 0080 02 01 00 02 01 7f 02 01 00 0a 02 00ff 02 09 00ffffffffffffffff"
	    "01 01 ff 01 01 00 05 00 03 02 00 a5 03 01 00 03 02 07 80 03 02 01 06 03 03 07 0080"
	    "17 0d 343931323331323335393539 5a 18 0f 3230353030313031303030303030 5a"
	    "18 0f 3139373030313031303030303030 5a");
}

TEST_CASE(long_contents_move_for_their_length)
{
	static const size_t sizes[] = {0, 1, 127, 128, 255, 256, 65535, 65536, 70000};

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		struct bytes body = hex_fill("", 0x5a, sizes[i]), got, back;
		struct der_out w = der_out_new(mem, 1 << 20);
		struct der d, inner;

		der_open(&w, DER_SEQ);
		der_open(&w, DER_OCTETS);
		der_raw(&w, body);
		der_close(&w);
		der_close(&w);
		assert_int_equal(der_done(&w, "it", &got, &fault), OK);
		assert_int_equal(der_only(got, DER_SEQ, "it", &d, &fault), OK);
		inner = d;
		assert_int_equal(der_get(&inner, DER_OCTETS, "it", &back, &fault), OK);
		assert_true(bytes_eq(back, body));
		assert_int_equal(d.n, der_header_size(sizes[i]) + sizes[i]);
		arena_reset(mem);
	}
}

TEST_CASE(a_full_buffer_shows_once_at_the_end)
{
	struct der_out w = der_out_new(mem, 8);
	struct bytes got = hex("aa");

	der_open(&w, DER_SEQ);
	der_raw(&w, hex("0102030405060708090a"));
	der_null(&w);
	der_close(&w);
	assert_fault(der_done(&w, "it", &got, &fault), E_INTERNAL, "it");
	assert_hex(got, "aa");
	/* The contents fit, their longer length does not. */
	w = der_out_new(mem, 130);
	der_open(&w, DER_SEQ);
	der_raw(&w, hex_fill("", 0, 128));
	der_close(&w);
	assert_fault(der_done(&w, "it", &got, &fault), E_INTERNAL, "it");
}

TEST_CASE(what_has_no_encoding_is_refused)
{
	struct bytes got;
	struct der_out w = der_out_new(mem, 64);

	der_open(&w, DER_SEQ);
	assert_fault(der_done(&w, "open", &got, &fault), E_INTERNAL, "open");
	w = der_out_new(mem, 64);
	der_oid(&w, (struct bytes){0});
	assert_fault(der_done(&w, "oid", &got, &fault), E_INTERNAL, "oid");
	w = der_out_new(mem, 64);
	der_time(&w, -631152001); /* 1949 */
	assert_fault(der_done(&w, "time", &got, &fault), E_INTERNAL, "time");
	w = der_out_new(mem, 64);
	der_gentime(&w, 253402300800); /* 10000 */
	assert_fault(der_done(&w, "time", &got, &fault), E_INTERNAL, "time");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    MADE_CASE(each_row_is_read_or_refused),
	    MADE_CASE(a_refusal_leaves_the_result_alone),
	    MADE_CASE(nesting_has_an_end),
	    MADE_CASE(offsets_count_from_the_whole_input),
	    MADE_CASE(values_have_one_encoding),
	    MADE_CASE(long_contents_move_for_their_length),
	    MADE_CASE(a_full_buffer_shows_once_at_the_end),
	    MADE_CASE(what_has_no_encoding_is_refused),
	};

	return cmocka_run_group_tests_name("der", tests, NULL, NULL);
}
