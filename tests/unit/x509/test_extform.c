/* SPDX-License-Identifier: Apache-2.0 */
/* What ext.h refuses, to read and to write. */
#include <string.h>

#include "made.h"
#include "x509/ext.h"

static enum err
read_as(const char *what, struct bytes v)
{
	struct bytes b;
	struct ext_eku eku;
	struct ext_basic basic;
	struct ext_aia aia;
	struct san san;
	struct str uri;
	enum ext_reason reason;
	uint16_t ku;
	int64_t n;

	if (strcmp(what, "authorityKeyIdentifier") == 0)
		return ext_get_aki(v, &b, &fault);
	if (strcmp(what, "subjectKeyIdentifier") == 0)
		return ext_get_ski(v, &b, &fault);
	if (strcmp(what, "keyUsage") == 0)
		return ext_get_ku(v, &ku, &fault);
	if (strcmp(what, "extKeyUsage") == 0)
		return ext_get_eku(v, &eku, &fault);
	if (strcmp(what, "basicConstraints") == 0)
		return ext_get_basic(v, &basic, &fault);
	if (strcmp(what, "cRLDistributionPoints") == 0)
		return ext_get_cdp(v, &uri, &fault);
	if (strcmp(what, "authorityInfoAccess") == 0)
		return ext_get_aia(v, &aia, &fault);
	if (strcmp(what, "certificatePolicies") == 0)
		return ext_get_policy(v, &b, &fault);
	if (strcmp(what, "ocspNoCheck") == 0)
		return ext_get_nocheck(v, &fault);
	if (strcmp(what, "cRLNumber") == 0)
		return ext_get_crl_number(v, &n, &fault);
	if (strcmp(what, "reasonCode") == 0)
		return ext_get_reason(v, &reason, &fault);
	if (strcmp(what, "invalidityDate") == 0)
		return ext_get_invalidity(v, &n, &fault);
	return ext_get_san(mem, v, &san, &fault);
}

static const struct {
	const char *what, *der;
} bad[] = {
    {"authorityKeyIdentifier", "3000"},
    {"authorityKeyIdentifier", "3002 8000"},
    {"authorityKeyIdentifier", "3006 800101 820101"},
    {"authorityKeyIdentifier", "3003 820101"},
    {"subjectKeyIdentifier", "0400"},
    {"subjectKeyIdentifier", "0401 01 00"},
    {"keyUsage", "0302 0700"},
    {"keyUsage", "0303 06 0040"},
    {"keyUsage", "0302 0780 00"},
    {"extKeyUsage", "3000"},
    {"extKeyUsage", "3008 06022a03 06022a03"},
    {"basicConstraints", "3003 010100"},
    {"basicConstraints", "3003 020100"},
    {"basicConstraints", "3007 0101ff 02020100"},
    {"basicConstraints", "3009 0101ff 020100 020100"},
    {"cRLDistributionPoints", "3000"},
    {"cRLDistributionPoints", "3002 3000"},
    {"cRLDistributionPoints", "3012 3010 a00e a00c 860a 6874747073 3a2f2f61 2f"},
    {"cRLDistributionPoints", "3015 3013 a00e a00c 860a 687474703a2f2f612f63 810101"},
    {"cRLDistributionPoints", "3014 3010 a00e a00c 860a 687474703a2f2f612f63 3000"},
    {"cRLDistributionPoints", "3014 3012 a010 a00e 860a 687474703a2f2f612f63 8600"},
    {"authorityInfoAccess", "3000"},
    {"authorityInfoAccess", "3010 300e 06022a03 8608 687474703a2f2f61"},
    {"certificatePolicies", "3000"},
    {"certificatePolicies", "3008 3006 06022a03 3000"},
    {"certificatePolicies", "300c 3004 06022a03 3004 06022a04"},
    {"ocspNoCheck", "0500 00"},
    {"cRLNumber", "0201 ff"},
    {"cRLNumber", "0209 008000000000000000"},
    {"reasonCode", "0a01 00"},
    {"reasonCode", "0a01 07"},
    {"reasonCode", "0a01 08"},
    {"reasonCode", "0a01 0b"},
    {"reasonCode", "0201 01"},
    {"invalidityDate", "170d 343931323331323335393539 5a"},
    {"subjectAltName", "3000"},
    {"subjectAltName", "3004 a402 3000"},
    {"subjectAltName", "3004 8802 2a03"},
    {"dNSName", "3002 8200"},
    {"dNSName", "3005 8203 610062"},
    {"dNSName", "3005 8203 612062"},
    {"rfc822Name", "3004 8102 d0b6"},
    {"iPAddress", "3007 8705 0102030405"},
};

TEST_CASE(other_values_are_refused_by_name)
{
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		print_message("# %s %s\n", bad[i].what, bad[i].der);
		assert_fault(read_as(bad[i].what, hex(bad[i].der)), E_DER, bad[i].what);
	}
}

TEST_CASE(access_methods_keep_their_order)
{
	struct der_out w = der_out_new(mem, 256);
	struct bytes ocsp = hex("3014 06082b06010505073001 8608 687474703a2f2f61");
	struct bytes issuers = hex("3014 06082b06010505073002 8608 687474703a2f2f61"), v;
	struct ext_aia aia;

	der_open(&w, DER_SEQ);
	der_raw(&w, issuers);
	der_raw(&w, ocsp);
	der_close(&w);
	assert_int_equal(der_done(&w, "aia", &v, &fault), OK);
	assert_fault(ext_get_aia(v, &aia, &fault), E_DER, "authorityInfoAccess");
	w = der_out_new(mem, 256);
	der_open(&w, DER_SEQ);
	der_raw(&w, ocsp);
	der_raw(&w, ocsp);
	der_close(&w);
	assert_int_equal(der_done(&w, "aia", &v, &fault), OK);
	assert_fault(ext_get_aia(v, &aia, &fault), E_DER, "authorityInfoAccess");
}

TEST_CASE(what_has_no_proper_encoding_makes_the_writer_bad)
{
	static const enum oid eku[] = {OID_EKU_CLIENT};

	for (int i = 0; i < 11; i++) {
		struct der_out w = der_out_new(mem, 4096);
		struct bytes der;

		switch (i) {
		case 0:
			ext_put_aki(&w, (struct bytes){0});
			break;
		case 1:
			ext_put_ski(&w, (struct bytes){0});
			break;
		case 2:
			ext_put_ku(&w, 0);
			break;
		case 3:
			ext_put_ku(&w, 1 << 9);
			break;
		case 4:
			ext_put_eku(&w, eku, 0);
			break;
		case 5:
			ext_put_cdp(&w, STR("https://a/"));
			break;
		case 6:
			ext_put_aia(&w, STR(""), STR(""));
			break;
		case 7:
			ext_put_aia(&w, STR("ldap://a/"), STR(""));
			break;
		case 8:
			ext_put_policy(&w, hex("80"));
			break;
		case 9:
			ext_put_crl_number(&w, -1);
			break;
		default:
			ext_put_reason(&w, REASON_REMOVE);
			break;
		}
		assert_fault(der_done(&w, "ext", &der, &fault), E_INTERNAL, "ext");
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    MADE_CASE(other_values_are_refused_by_name),
	    MADE_CASE(access_methods_keep_their_order),
	    MADE_CASE(what_has_no_proper_encoding_makes_the_writer_bad),
	};

	return cmocka_run_group_tests_name("extform", tests, NULL, NULL);
}
