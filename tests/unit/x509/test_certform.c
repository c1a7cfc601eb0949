/* SPDX-License-Identifier: Apache-2.0 */
/* What cert.h refuses, to read and to write. */
#include "kinds.h"
#include "x509/cert.h"

TEST_CASE(fields_that_do_not_fit_are_refused)
{
	struct cert_shape shape = shape_of(PERSON, made_name(NULL, NULL, "i"), hex("01"));
	struct cert_fields good =
	    fields_of(made_key(KEY_P256), made_name(NULL, NULL, "s"), (struct bytes){0});
	struct cert_fields x;
	struct cert_template t;
	struct bytes tbs = hex("aa");

	assert_int_equal(cert_compile(mem, &shape, &t, &fault), OK);
#define REFUSED(e, field)                                                    \
	do {                                                                 \
		assert_fault(cert_tbs(mem, &t, &x, &tbs, &fault), e, field); \
		assert_hex(tbs, "aa");                                       \
		x = good;                                                    \
	} while (0)
	x = good;
	x.serial = hex_fill("80", 1, 17);
	REFUSED(E_PROFILE_RULE, "serialNumber");
	x.serial = hex_fill("00", 1, 17);
	REFUSED(E_PROFILE_RULE, "serialNumber");
	x.serial = hex_fill("01", 1, 16);
	REFUSED(E_PROFILE_RULE, "serialNumber");
	x.not_after = x.not_before - 1;
	REFUSED(E_PROFILE_RULE, "notAfter");
	x.ski = hex("01");
	REFUSED(E_PROFILE_RULE, "subjectKeyIdentifier");
	x.subject = hex("3000");
	REFUSED(E_PROFILE_RULE, "subjectAltName");
	x.subject = hex("3100");
	REFUSED(E_DER, "name");
	x.spki = hex("3000");
	REFUSED(E_DER, NULL);
	x.san = hex("3000");
	REFUSED(E_DER, "subjectAltName");
	x.san = hex("3006 8204 412e6263"); /* upper case */
	REFUSED(E_FIELD_FORMAT, "dNSName");
	x.not_before = -631152001;
	REFUSED(E_INTERNAL, "tbsCertificate");
	t.san = CERT_SAN_REQUIRED;
	REFUSED(E_PROFILE_RULE, "subjectAltName");
	t.san = CERT_SAN_NEVER;
	x.san = dns_names("a.b");
	REFUSED(E_PROFILE_RULE, "subjectAltName");
	t.ski = false;
	REFUSED(E_PROFILE_RULE, "subjectKeyIdentifier");
#undef REFUSED
	shape.cdp = STR("ldap://x/");
	assert_fault(cert_compile(mem, &shape, &t, &fault), E_INTERNAL, "template");
	shape = shape_of(PERSON, made_name(NULL, NULL, "i"), hex("01"));
	shape.aki = hex_fill("", 1, CERT_MAX);
	assert_fault(cert_compile(mem, &shape, &t, &fault), E_INTERNAL, "template");
}

TEST_CASE(an_empty_subject_makes_the_names_critical)
{
	struct cert_shape shape = shape_of(SERVER, made_name(NULL, NULL, "i"), hex("01"));
	struct cert_fields x = fields_of(made_key(KEY_P256), hex("3000"), dns_names("a.b"));
	struct cert_template t;
	struct cert cert;
	struct bytes tbs;

	assert_int_equal(cert_compile(mem, &shape, &t, &fault), OK);
	assert_int_equal(cert_tbs(mem, &t, &x, &tbs, &fault), OK);
	assert_int_equal(cert_tbs_parse(tbs, &cert, &fault), OK);
	assert_true(ext_find(&cert.exts, OID_SAN)->critical);
	assert_int_equal(cert.whole.n + cert.signature.n, 0);
}

TEST_CASE(the_gate_sees_every_difference)
{
	struct bytes id = hex_fill("", 9, 20), tbs;
	struct cert_shape shape = shape_of(PERSON, made_name(NULL, NULL, "i"), id), other;
	struct cert_fields x =
	    fields_of(made_key(KEY_P256), made_name(NULL, NULL, "s"), (struct bytes){0});
	struct cert_template t, mine;
	struct cert cert;

	assert_int_equal(cert_compile(mem, &shape, &mine, &fault), OK);
	for (int i = 0; i < 8; i++) {
		other = shape;
		other.ca = i == 0;
		if (i == 1)
			other.ku = EXT_KU_DIGITAL_SIGNATURE;
		if (i == 2)
			other.eku_n = 1;
		if (i == 3)
			other.policy = hex("6903");
		if (i == 4)
			other.cdp = STR("http://pki.example/crl/ca-g1/1.crl");
		if (i == 5)
			other.issuer = made_name(NULL, NULL, "j");
		if (i == 6)
			other.alg = SIGALG_ECDSA_SHA256;
		if (i == 7)
			other.nocheck = true;
		assert_int_equal(cert_compile(mem, &other, &t, &fault), OK);
		assert_int_equal(cert_tbs(mem, &t, &x, &tbs, &fault), OK);
		assert_fault(
		    cert_tbs_check(mem, &mine, tbs, &cert, &fault), E_GATE, "tbsCertificate");
		assert_int_equal(cert_tbs_check(mem, &t, tbs, &cert, &fault), OK);
	}
}

/* Each changes the octets of one good certificate and says what is found. */
static const struct {
	const char *name, *from, *to, *field;
} changes[] = {
    {"version 2", "a003 020102", "a003 020101", "version"},
    {"version 4", "a003 020102", "a003 020103", "version"},
    {"version padded", "a003 020102", "a003 030102", "version"},
    {"serial negative", "0212 01006592", "0212 81006592", "serialNumber"},
    {"serial padded", "0212 01006592", "0212 00016592", "serialNumber"},
    {"inner algorithm", "0080 0102030405060708090a0b0c 300a 06082a8648ce3d040303",
	"0080 0102030405060708090a0b0c 300a 06082a8648ce3d040302", "signatureAlgorithm"},
    {"notBefore without Z", "170d 323631313234303830303030 5a", "170d 323631313234303830303030 30",
	"notBefore"},
    {"notBefore after notAfter", "170d 323631313234303830303030 5a",
	"170d 343631313234303830303030 5a", "notAfter"},
    {"critical FALSE", "0603551d0f 0101ff", "0603551d0f 010100", "critical"},
    {"critical 01", "0603551d0f 0101ff", "0603551d0f 010101", "critical"},
    {"extension twice", "0603551d0f", "0603551d25", "extensions"},
};

TEST_CASE(certificates_of_another_form_are_refused)
{
	struct bytes good = issue(PERSON, made_key(KEY_P256), made_name(NULL, NULL, "i"),
	    made_key(KEY_P384), hex_fill("", 9, 20));
	struct cert cert = {.alg = SIGALG_ED25519};

	for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
		print_message("# %s\n", changes[i].name);
		assert_fault(
		    cert_parse(swapped(good, changes[i].from, changes[i].to), &cert, &fault), E_DER,
		    changes[i].field);
		assert_int_equal(cert.alg, SIGALG_ED25519);
	}
	for (size_t n = 0; n < good.n; n++)
		assert_fault(cert_parse(bytes_of(good.p, n), &cert, &fault), E_DER, NULL);
	assert_fault(
	    cert_parse(hex_fill("", 0x30, CERT_MAX + 1), &cert, &fault), E_BODY_SIZE, NULL);
	assert_fault(
	    cert_tbs_parse(hex_fill("", 0x30, CERT_MAX + 1), &cert, &fault), E_BODY_SIZE, NULL);
}

#define HEAD(subject)                                                                \
	"a003020102 020101 300506032b6570 3000 301e 170d323631313234303830303030 5a" \
	"170d323631313234303830303030 5a " subject " 302a 300506032b6570 0321 00 "   \
	"1111111111111111111111111111111111111111111111111111111111111111"

TEST_CASE(tails_of_another_form_are_refused)
{
	static const struct {
		const char *tbs, *field;
	} rows[] = {
	    {HEAD("300c 310a 3008 0603550403 0c0161"), "extensions"},
	    {HEAD("300c 310a 3008 0603550403 0c0161") "810100", "uniqueID"},
	    {HEAD("300c 310a 3008 0603550403 0c0161") "820100", "uniqueID"},
	    {HEAD("300c 310a 3008 0603550403 0c0161") "a302 3000", "extensions"},
	    {HEAD("300c 310a 3008 0603550403 0c0161") "a30b 3009 3007 0603551d0e 0400 0500",
		"tbsCertificate"},
	    {HEAD("300c 310a 3008 0603550403 0c0161") "a30d 3009 3007 0603551d0e 0400 0500",
		"extensions"},
	    {HEAD("3000") "a30b 3009 3007 0603551d11 0400", "subject"},
	    {HEAD("3000") "a30b 3009 3007 0603551d0e 0400", "subject"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct der_out w = der_out_new(mem, 1024);
		struct bytes tbs;
		struct cert cert;

		der_put(&w, DER_SEQ, hex(rows[i].tbs));
		assert_int_equal(der_done(&w, "tbs", &tbs, &fault), OK);
		print_message("# row %zu\n", i);
		assert_fault(cert_tbs_parse(tbs, &cert, &fault), E_DER, rows[i].field);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    MADE_CASE(fields_that_do_not_fit_are_refused),
	    MADE_CASE(an_empty_subject_makes_the_names_critical),
	    MADE_CASE(the_gate_sees_every_difference),
	    MADE_CASE(certificates_of_another_form_are_refused),
	    MADE_CASE(tails_of_another_form_are_refused),
	};

	return cmocka_run_group_tests_name("certform", tests, NULL, NULL);
}
