/* SPDX-License-Identifier: Apache-2.0 */
#include "x509/ext.h"

#include <openssl/x509v3.h>
#include <string.h>

#include "made.h"

/* ---- what we write, to the octet ---- */

static void
put_each(struct der_out *w, int which)
{
	static const enum oid eku[] = {OID_EKU_CLIENT, OID_EKU_EMAIL};
	static const struct san_name names[] = {{SAN_DNS, {(const uint8_t *)"a.b", 3}}};
	struct san san = {.v = names, .n = 1};
	struct bytes general;

	assert_int_equal(ext_san_encode(mem, &san, &general, &fault), OK);
	switch (which) {
	case 0:
		ext_put_aki(w, hex("0102"));
		break;
	case 1:
		ext_put_ski(w, hex("0102"));
		break;
	case 2:
		ext_put_ku(w, EXT_KU_DIGITAL_SIGNATURE | EXT_KU_NON_REPUDIATION);
		break;
	case 3:
		ext_put_eku(w, eku, 2);
		break;
	case 4:
		ext_put_basic(w, 0);
		break;
	case 5:
		ext_put_basic(w, EXT_NO_PATH_LEN);
		break;
	case 6:
		ext_put_cdp(w, STR("http://a/c"));
		break;
	case 7:
		ext_put_aia(w, STR("http://exam/o"), STR("http://exam/i"));
		break;
	case 8:
		ext_put_policy(w, oid_der(OID_ANY_POLICY));
		break;
	case 9:
		ext_put_nocheck(w);
		break;
	case 10:
		ext_put_crl_number(w, 255);
		break;
	case 11:
		ext_put_reason(w, REASON_KEY_COMPROMISE);
		break;
	case 12:
		ext_put_invalidity(w, 0);
		break;
	case 13:
		ext_put_san(w, general, true);
		break;
	default:
		ext_put_san(w, general, false);
		break;
	}
}

static const struct written {
	const char *der, *line; /* LINE: how OpenSSL prints the value */
	bool critical;
} written[] = {
    {"300d 0603551d23 0406 3004 80020102", "01:02", false},
    {"300b 0603551d0e 0404 04020102", "01:02", false},
    {"300e 0603551d0f 0101ff 0404 030206c0", "Digital Signature, Non Repudiation", true},
    {"301d 0603551d25 0416 3014 06082b06010505070302 06082b06010505070304",
	"TLS Web Client Authentication, E-mail Protection", false},
    {"3012 0603551d13 0101ff 0408 3006 0101ff 020100", "CA:TRUE, pathlen:0", true},
    {"300f 0603551d13 0101ff 0405 3003 0101ff", "CA:TRUE", true},
    {"301b 0603551d1f 0414 3012 3010 a00e a00c 860a 687474703a2f2f612f63",
	"Full Name:\n  URI:http://a/c", false},
    {"3044 06082b06010505070101 0438 3036"
     "3019 06082b06010505073001 860d 687474703a2f2f6578616d2f6f"
     "3019 06082b06010505073002 860d 687474703a2f2f6578616d2f69",
	"OCSP - URI:http://exam/o\nCA Issuers - URI:http://exam/i", false},
    {"3011 0603551d20 040a 3008 3006 0604551d2000", "Policy: X509v3 Any Policy", false},
    {"300f 06092b0601050507300105 0402 0500", "", false},
    {"300b 0603551d14 0404 020200ff", "255", false},
    {"300a 0603551d15 0403 0a0101", "Key Compromise", false},
    {"3018 0603551d18 0411 180f 3139373030313031303030303030 5a", "Jan  1 00:00:00 1970 GMT",
	false},
    {"3011 0603551d11 0101ff 0407 3005 8203 612e62", "DNS:a.b", true},
    {"300e 0603551d11 0407 3005 8203 612e62", "DNS:a.b", false},
};
#define WRITTEN (sizeof(written) / sizeof(written[0]))

static struct bytes
write_one(int which)
{
	struct der_out w = der_out_new(mem, 4096);
	struct bytes der;

	put_each(&w, which);
	assert_int_equal(der_done(&w, "ext", &der, &fault), OK);
	return der;
}

TEST_CASE(each_is_written_to_the_octet)
{
	for (size_t i = 0; i < WRITTEN; i++)
		assert_hex(write_one((int)i), written[i].der);
}

TEST_CASE(openssl_prints_each)
{
	for (size_t i = 0; i < WRITTEN; i++) {
		struct bytes der = write_one((int)i);
		const unsigned char *p = der.p;
		X509_EXTENSION *x = d2i_X509_EXTENSION(NULL, &p, (long)der.n);
		BIO *out = BIO_new(BIO_s_mem());
		char *line;
		size_t n;

		assert_non_null(x);
		assert_true(p == der.p + der.n);
		assert_int_equal(X509_EXTENSION_get_critical(x), written[i].critical);
		/* invalidityDate has a reader in OpenSSL, but no printer. */
		if (OBJ_obj2nid(X509_EXTENSION_get_object(x)) == NID_invalidity_date) {
			ASN1_GENERALIZEDTIME *t = X509V3_EXT_d2i(x);

			assert_int_equal(ASN1_GENERALIZEDTIME_print(out, t), 1);
			ASN1_GENERALIZEDTIME_free(t);
		} else if (X509V3_EXT_print(out, x, X509V3_EXT_ERROR_UNKNOWN, 0) != 1) {
			fail_msg("row %zu is not printed", i);
		}
		n = (size_t)BIO_get_mem_data(out, &line);
		while (n && line[n - 1] == '\n')
			n--;
		if (strstr(arena_cstr(mem, (struct str){.p = line, .n = n}), written[i].line) ==
		    NULL)
			fail_msg("row %zu: %.*s", i, (int)n, line);
		X509_EXTENSION_free(x);
		BIO_free(out);
	}
}

TEST_CASE(each_is_read_back)
{
	struct ext x[WRITTEN];
	struct bytes b;
	struct ext_eku eku;
	struct ext_basic basic;
	struct ext_aia aia;
	struct san san;
	struct str uri;
	enum ext_reason reason;
	uint16_t ku;
	int64_t n;

	for (size_t i = 0; i < WRITTEN; i++) {
		struct der d = der_new(write_one((int)i));

		assert_int_equal(ext_get(&d, &x[i], &fault), OK);
		assert_int_equal(x[i].critical, written[i].critical);
	}
	assert_int_equal(ext_get_aki(x[0].value, &b, &fault), OK);
	assert_hex(b, "0102");
	assert_int_equal(ext_get_ski(x[1].value, &b, &fault), OK);
	assert_hex(b, "0102");
	assert_int_equal(ext_get_ku(x[2].value, &ku, &fault), OK);
	assert_int_equal(ku, EXT_KU_DIGITAL_SIGNATURE | EXT_KU_NON_REPUDIATION);
	assert_int_equal(ext_get_eku(x[3].value, &eku, &fault), OK);
	assert_int_equal(eku.n, 2);
	assert_true(ext_eku_has(&eku, OID_EKU_EMAIL));
	assert_false(ext_eku_has(&eku, OID_EKU_SERVER));
	assert_int_equal(ext_get_basic(x[4].value, &basic, &fault), OK);
	assert_true(basic.ca && basic.path_len == 0);
	assert_int_equal(ext_get_basic(x[5].value, &basic, &fault), OK);
	assert_true(basic.ca && basic.path_len == EXT_NO_PATH_LEN);
	assert_int_equal(ext_get_cdp(x[6].value, &uri, &fault), OK);
	assert_str(uri, "http://a/c");
	assert_int_equal(ext_get_aia(x[7].value, &aia, &fault), OK);
	assert_str(aia.ocsp, "http://exam/o");
	assert_str(aia.issuers, "http://exam/i");
	assert_int_equal(ext_get_policy(x[8].value, &b, &fault), OK);
	assert_true(oid_is(b, OID_ANY_POLICY));
	assert_int_equal(ext_get_nocheck(x[9].value, &fault), OK);
	assert_int_equal(ext_get_crl_number(x[10].value, &n, &fault), OK);
	assert_int_equal(n, 255);
	assert_int_equal(ext_get_reason(x[11].value, &reason, &fault), OK);
	assert_int_equal(reason, REASON_KEY_COMPROMISE);
	assert_int_equal(ext_get_invalidity(x[12].value, &n, &fault), OK);
	assert_int_equal(n, 0);
	assert_int_equal(ext_get_san(mem, x[13].value, &san, &fault), OK);
	assert_int_equal(san.n, 1);
	assert_int_equal(san.v[0].kind, SAN_DNS);
}

/* ---- lists ---- */

TEST_CASE(lists_are_found_in_and_bounded)
{
	struct der_out all = der_out_new(mem, 4096), w = der_out_new(mem, 4096);
	struct ext_list list = {0};
	struct bytes exts, der;
	struct der d;

	ext_put_ku(&all, 1);
	ext_put_nocheck(&all);
	assert_int_equal(der_done(&all, "list", &exts, &fault), OK);
	ext_put_list(&w, exts);
	ext_put_list(&w, (struct bytes){0});
	assert_int_equal(der_done(&w, "list", &der, &fault), OK);
	d = der_new(der);
	assert_int_equal(ext_list_get(&d, "list", &list, &fault), OK);
	assert_true(der_empty(&d));
	assert_int_equal(list.n, 2);
	assert_ptr_equal(ext_find(&list, OID_OCSP_NOCHECK), &list.v[1]);
	assert_null(ext_find(&list, OID_SAN));
	d = der_new(hex("3000"));
	assert_fault(ext_list_get(&d, "list", &list, &fault), E_DER, "list");
	assert_int_equal(list.n, 2);
	d = der_new(hex("300c 3006 06012a 040100 3002 0500"));
	assert_fault(ext_list_get(&d, "list", &list, &fault), E_DER, NULL);
	d = der_new(hex("3010 3006 06012a 040100 3006 06012a 040101"));
	assert_fault(ext_list_get(&d, "list", &list, &fault), E_DER, "list");
	w = der_out_new(mem, 4096);
	der_open(&w, DER_SEQ);
	for (unsigned i = 0; i <= EXT_MAX; i++) {
		struct ext x = {
		    .oid = bytes_of(arena_fmt(mem, "%c", (int)i + 1), 1), .value = hex("00")};

		ext_put(&w, &x);
	}
	der_close(&w);
	assert_int_equal(der_done(&w, "list", &der, &fault), OK);
	d = der_new(der);
	assert_fault(ext_list_get(&d, "list", &list, &fault), E_DER, "list");
}

TEST_CASE(purposes_have_an_end)
{
	struct der_out w = der_out_new(mem, 4096);
	struct ext_eku eku;
	struct bytes der;

	der_open(&w, DER_SEQ);
	for (int i = 0; i <= EXT_EKU_MAX; i++)
		der_oid(&w, bytes_of(arena_fmt(mem, "%c", i + 1), 1));
	der_close(&w);
	assert_int_equal(der_done(&w, "eku", &der, &fault), OK);
	assert_fault(ext_get_eku(der, &eku, &fault), E_DER, "extKeyUsage");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    MADE_CASE(each_is_written_to_the_octet),
	    MADE_CASE(openssl_prints_each),
	    MADE_CASE(each_is_read_back),
	    MADE_CASE(lists_are_found_in_and_bounded),
	    MADE_CASE(purposes_have_an_end),
	};

	return cmocka_run_group_tests_name("ext", tests, NULL, NULL);
}
