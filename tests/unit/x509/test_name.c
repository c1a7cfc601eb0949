/* SPDX-License-Identifier: Apache-2.0 */
#include "x509/name.h"

#include <openssl/x509.h>
#include <string.h>

#include "made.h"

#define HAN8   "中钢集团电子商务"
#define LONG64 HAN8 HAN8 HAN8 HAN8 HAN8 HAN8 HAN8 HAN8

static struct name
all_attrs(void)
{
	/* Not in order on purpose. */
	static const struct name name = {.n = 10,
	    .v = {{OID_SERIAL_NUMBER, LIT("A-2026-1183")}, {OID_CN, LIT("Ли, Анна+\"x\"")},
		{OID_GIVEN_NAME, LIT("Анна")}, {OID_SURNAME, LIT("Ли")},
		{OID_ORG_UNIT, LIT("first")}, {OID_ORGANIZATION, LIT(LONG64)},
		{OID_LOCALITY, LIT("北京")}, {OID_STATE, LIT("BJ")}, {OID_COUNTRY, LIT("CN")},
		{OID_ORG_UNIT, LIT("second")}}};

	return name;
}

TEST_CASE(attributes_come_in_the_order_of_the_table)
{
	static const enum oid order[] = {OID_COUNTRY, OID_STATE, OID_LOCALITY, OID_ORGANIZATION,
	    OID_ORG_UNIT, OID_ORG_UNIT, OID_SURNAME, OID_GIVEN_NAME, OID_CN, OID_SERIAL_NUMBER};
	struct name name = all_attrs(), back;
	struct bytes der;

	assert_int_equal(name_encode(mem, &name, &der, &fault), OK);
	assert_int_equal(name_parse(der, &back, &fault), OK);
	assert_int_equal(back.n, 10);
	for (size_t i = 0; i < back.n; i++)
		assert_int_equal(back.v[i].type, order[i]);
	assert_str(back.v[4].value, "first");
	assert_str(back.v[5].value, "second");
	assert_str(name_get(&back, OID_ORGANIZATION), LONG64);
	assert_int_equal(name_get(&back, OID_EMAIL).n, 0);
}

TEST_CASE(octets_are_as_written_down)
{
	/* C=CN Printable, O=Ж UTF8, CN=a UTF8, serialNumber=1 Printable */
	struct name name = {.n = 4,
	    .v = {{OID_SERIAL_NUMBER, LIT("1")}, {OID_CN, LIT("a")}, {OID_ORGANIZATION, LIT("Ж")},
		{OID_COUNTRY, LIT("CN")}}};
	struct bytes der;

	assert_int_equal(name_encode(mem, &name, &der, &fault), OK);
	assert_hex(der,
	    "30 32"
	    "31 0b 30 09 06 03 550406 13 02 434e"
	    "31 0b 30 09 06 03 55040a 0c 02 d096"
	    "31 0a 30 08 06 03 550403 0c 01 61"
	    "31 0a 30 08 06 03 550405 13 01 31");
}

TEST_CASE(openssl_reads_the_same_name)
{
	struct name name = all_attrs();
	struct bytes der;
	const unsigned char *p;
	X509_NAME *n;
	char *line;
	BIO *out = BIO_new(BIO_s_mem());
	long size;

	assert_int_equal(name_encode(mem, &name, &der, &fault), OK);
	p = der.p;
	n = d2i_X509_NAME(NULL, &p, (long)der.n);
	assert_non_null(n);
	assert_true(p == der.p + der.n);
	X509_NAME_print_ex(out, n, 0, (XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB));
	size = BIO_get_mem_data(out, &line);
	{
		struct name back;

		assert_int_equal(name_parse(der, &back, &fault), OK);
		assert_str((struct str){.p = line, .n = (size_t)size}, name_text(mem, &back));
	}
	X509_NAME_free(n);
	BIO_free(out);
}

static const struct refusal {
	const char *name;
	struct name_attr v[2];
	size_t n;
	enum err e;
	const char *field;
} refusals[] = {
    {"mail", {{OID_EMAIL, LIT("a@b.c")}}, 1, E_FIELD_UNKNOWN, "emailAddress"},
    {"two CN", {{OID_CN, LIT("a")}, {OID_CN, LIT("b")}}, 2, E_FIELD_DUPLICATE, "CN"},
    {"empty", {{OID_CN, LIT("")}}, 1, E_FIELD_LENGTH, "CN"},
    {"not UTF-8", {{OID_CN, LIT("a\xff")}}, 1, E_FIELD_CHARS, "CN"},
    {"NUL inside", {{OID_CN, LIT("a\0b")}}, 1, E_FIELD_CHARS, "CN"},
    {"control", {{OID_CN, LIT("a\nb")}}, 1, E_FIELD_CHARS, "CN"},
    {"C1 control", {{OID_CN, LIT("a\xc2\x85")}}, 1, E_FIELD_CHARS, "CN"},
    {"DEL", {{OID_CN, LIT("a\x7f")}}, 1, E_FIELD_CHARS, "CN"},
    {"blank before", {{OID_ORGANIZATION, LIT(" a")}}, 1, E_FIELD_CHARS, "O"},
    {"blank behind", {{OID_ORGANIZATION, LIT("a ")}}, 1, E_FIELD_CHARS, "O"},
    {"65 characters", {{OID_CN, LIT(LONG64 "x")}}, 1, E_NAME_LONG, "CN"},
    {"country lower", {{OID_COUNTRY, LIT("cn")}}, 1, E_FIELD_FORMAT, "C"},
    {"country of three", {{OID_COUNTRY, LIT("CHN")}}, 1, E_FIELD_FORMAT, "C"},
    {"serial with star", {{OID_SERIAL_NUMBER, LIT("1*2")}}, 1, E_FIELD_CHARS, "serialNumber"},
    {"serial in Han", {{OID_SERIAL_NUMBER, LIT("号")}}, 1, E_FIELD_CHARS, "serialNumber"},
};

TEST_CASE(names_of_another_form_are_refused)
{
	for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++) {
		struct name name = {.n = refusals[i].n};
		struct bytes der;

		memcpy(name.v, refusals[i].v, sizeof(refusals[i].v));
		print_message("# %s\n", refusals[i].name);
		assert_fault(
		    name_encode(mem, &name, &der, &fault), refusals[i].e, refusals[i].field);
	}
}

static const struct parse_row {
	const char *name, *der, *field; /* field NULL: read */
} parse_rows[] = {
    {"empty name", "30 00", NULL},
    {"printable", "30 0c 31 0a 30 08 06 03 550403 13 01 61", NULL},
    {"IA5 mail", "30 1a 31 18 30 16 06 09 2a864886f70d010901 16 09 6140622e6578616d70", NULL},
    {"numeric", "30 0c 31 0a 30 08 06 03 550405 12 01 31", NULL},
    {"teletex", "30 0c 31 0a 30 08 06 03 550403 14 01 61", "CN"},
    {"bmp", "30 0d 31 0b 30 09 06 03 550403 1e 02 0061", "CN"},
    {"universal", "30 0f 31 0d 30 0b 06 03 550403 1c 04 00000061", "CN"},
    {"octets", "30 0c 31 0a 30 08 06 03 550403 04 01 61", "CN"},
    {"inner NUL", "30 0e 31 0c 30 0a 06 03 550403 0c 03 610062", "CN"},
    {"inner NUL in IA5", "30 0e 31 0c 30 0a 06 03 550403 16 03 610062", "CN"},
    {"bad UTF-8", "30 0d 31 0b 30 09 06 03 550403 0c 02 c080", "CN"},
    {"underscore in printable", "30 0c 31 0a 30 08 06 03 550403 13 01 5f", "CN"},
    {"empty value", "30 0b 31 09 30 07 06 03 550403 0c 00", "CN"},
    {"octets behind the value", "30 0e 31 0c 30 0a 06 03 550403 0c 01 61 0500", "CN"},
    {"unknown type", "30 0b 31 09 30 07 06 02 2a03 0c 01 61", "name"},
    {"two in a set", "30 16 31 14 30 08 06 03 550403 0c 01 61 30 08 06 03 55040b 0c 01 61", "name"},
    {"empty set", "30 02 31 00", "name"},
    {"set for sequence", "31 00", "name"},
    {"trailing", "30 00 00", "name"},
};

TEST_CASE(names_are_read_as_requests_bring_them)
{
	for (size_t i = 0; i < sizeof(parse_rows) / sizeof(parse_rows[0]); i++) {
		struct name name = {.n = 99};
		enum err e = name_parse(hex(parse_rows[i].der), &name, &fault);

		print_message("# %s\n", parse_rows[i].name);
		if (parse_rows[i].field == NULL) {
			assert_int_equal(e, OK);
			assert_true(name.n <= 1);
		} else {
			assert_fault(e, E_DER, parse_rows[i].field);
			assert_int_equal(name.n, 99);
		}
	}
}

TEST_CASE(attributes_and_octets_have_an_end)
{
	struct buf b = buf_new(mem, 8192);
	struct der_out w = der_out_new(mem, 8192);
	struct name name = {0};
	struct bytes der;

	for (int i = 0; i < 17; i++)
		buf_put(&b, hex("31 0a 30 08 06 03 55040b 0c 01 61"));
	der_put(&w, DER_SEQ, buf_bytes(&b));
	assert_int_equal(der_done(&w, "name", &der, &fault), OK);
	assert_fault(name_parse(der, &name, &fault), E_DER, "name");
	for (int i = 0; i < NAME_ATTRS; i++)
		assert_true(name_add(&name, OID_ORG_UNIT, STR("a")));
	assert_false(name_add(&name, OID_ORG_UNIT, STR("a")));
	assert_fault(name_parse(hex_fill("30 82 020f 31 82 020b 30 82 0207 06 03 550403 0c 82 01fe",
				    'a', 511),
			 &name, &fault),
	    E_DER, NULL);
}

TEST_CASE(text_escapes_what_rfc_4514_wants)
{
	struct name name = {.n = 3,
	    .v = {{OID_COUNTRY, LIT("CN")}, {OID_ORGANIZATION, LIT("#a;<b> \\ ")},
		{OID_CN, LIT(" \x01,+\"z")}}};

	assert_string_equal(
	    name_text(mem, &name), "CN=\\ \\01\\,\\+\\\"z,O=\\#a\\;\\<b\\> \\\\\\ ,C=CN");
	assert_string_equal(name_text(mem, &(struct name){0}), "");
	assert_true(name_is_empty(hex("3000")));
	assert_false(name_is_empty(hex("3100")));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    MADE_CASE(attributes_come_in_the_order_of_the_table),
	    MADE_CASE(octets_are_as_written_down),
	    MADE_CASE(openssl_reads_the_same_name),
	    MADE_CASE(names_of_another_form_are_refused),
	    MADE_CASE(names_are_read_as_requests_bring_them),
	    MADE_CASE(attributes_and_octets_have_an_end),
	    MADE_CASE(text_escapes_what_rfc_4514_wants),
	};

	return cmocka_run_group_tests_name("name", tests, NULL, NULL);
}
