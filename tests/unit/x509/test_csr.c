/* SPDX-License-Identifier: Apache-2.0 */
#include "x509/csr.h"

#include <openssl/x509v3.h>
#include <string.h>

#include "base/text.h"
#include "made.h"
#include "x509/name.h"

static struct bytes
request_octets(X509_REQ *req)
{
	unsigned char *p = NULL;
	int n = i2d_X509_REQ(req, &p);
	struct bytes b;

	assert_true(n > 0);
	b = arena_bytes(mem, bytes_of(p, (size_t)n));
	OPENSSL_free(p);
	X509_REQ_free(req);
	return b;
}

/* A request by OpenSSL with names, uses and a challenge. */
static struct bytes
by_openssl(enum key_kind kind)
{
	X509_REQ *req = X509_REQ_new();
	X509_NAME *name = X509_REQ_get_subject_name(req);
	STACK_OF(X509_EXTENSION) *exts = sk_X509_EXTENSION_new_null();

	X509_NAME_add_entry_by_txt(
	    name, "C", MBSTRING_UTF8, (const unsigned char *)"CN", -1, -1, 0);
	X509_NAME_add_entry_by_txt(
	    name, "CN", MBSTRING_UTF8, (const unsigned char *)"Ли Анна", -1, -1, 0);
	sk_X509_EXTENSION_push(exts,
	    X509V3_EXT_conf_nid(
		NULL, NULL, NID_key_usage, "critical,digitalSignature,nonRepudiation"));
	sk_X509_EXTENSION_push(exts,
	    X509V3_EXT_conf_nid(NULL, NULL, NID_subject_alt_name,
		"email:anna@example.com,DNS:a.example.com,IP:10.0.0.1"));
	X509_REQ_add_extensions(req, exts);
	X509_REQ_add1_attr_by_NID(
	    req, NID_pkcs9_challengePassword, MBSTRING_UTF8, (const unsigned char *)"s3cret", -1);
	X509_REQ_add1_attr_by_NID(
	    req, NID_pkcs9_unstructuredName, MBSTRING_ASC, (const unsigned char *)"skipped", -1);
	assert_int_equal(X509_REQ_set_pubkey(req, made_key(kind)), 1);
	assert_true(
	    X509_REQ_sign(req, made_key(kind), kind == KEY_ED25519 ? NULL : EVP_sha256()) > 0);
	sk_X509_EXTENSION_pop_free(exts, X509_EXTENSION_free);
	return request_octets(req);
}

TEST_CASE(requests_of_openssl_are_read)
{
	for (unsigned k = 0; k < KEY_SM2; k++) {
		struct csr csr;
		struct name name;
		struct san san;
		uint16_t ku;

		assert_int_equal(csr_parse(by_openssl((enum key_kind)k), &csr, &fault), OK);
		assert_int_equal(csr.key.kind, k);
		assert_bytes(csr.key.spki, made_spki(made_key((enum key_kind)k)));
		assert_str(csr.challenge, "s3cret");
		assert_int_equal(name_parse(csr.subject, &name, &fault), OK);
		assert_string_equal(name_text(mem, &name), "CN=Ли Анна,C=CN");
		assert_int_equal(csr.exts.n, 2);
		assert_int_equal(
		    ext_get_ku(ext_find(&csr.exts, OID_KEY_USAGE)->value, &ku, &fault), OK);
		assert_int_equal(ku, 3);
		assert_int_equal(
		    ext_get_san(mem, ext_find(&csr.exts, OID_SAN)->value, &san, &fault), OK);
		assert_int_equal(san.n, 3);
		assert_str(bytes_str(san.v[0].value), "anna@example.com");
		assert_true(
		    made_verifies(made_key((enum key_kind)k), csr.alg, csr.tbs, csr.signature));
	}
}

static struct bytes
ours(enum key_kind kind, bool with_exts)
{
	EVP_PKEY *key = made_key(kind);
	enum sigalg alg = sigalg_of_key(kind);
	struct der_out w = der_out_new(mem, 1024);
	struct bytes exts, tbs, der;

	if (with_exts)
		ext_put_ku(&w, EXT_KU_DIGITAL_SIGNATURE);
	assert_int_equal(der_done(&w, "exts", &exts, &fault), OK);
	assert_int_equal(
	    csr_tbs(mem, made_name("CN", "Щ", "中"), made_spki(key), exts, &tbs, &fault), OK);
	assert_int_equal(
	    csr_finish(mem, tbs, alg, made_signature(key, alg, tbs), &der, &fault), OK);
	return der;
}

TEST_CASE(openssl_reads_and_verifies_ours)
{
	for (unsigned k = 0; k < 2u * KEY_SM2; k++) {
		enum key_kind kind = (enum key_kind)(k / 2);
		struct bytes der = ours(kind, k % 2);
		const unsigned char *p = der.p;
		X509_REQ *req = d2i_X509_REQ(NULL, &p, (long)der.n);
		STACK_OF(X509_EXTENSION) * exts;
		struct csr csr;

		assert_non_null(req);
		assert_true(p == der.p + der.n);
		assert_int_equal(X509_REQ_verify(req, made_key(kind)), 1);
		exts = X509_REQ_get_extensions(req);
		assert_int_equal(exts == NULL ? 0 : sk_X509_EXTENSION_num(exts), k % 2);
		sk_X509_EXTENSION_pop_free(exts, X509_EXTENSION_free);
		X509_REQ_free(req);
		assert_int_equal(csr_parse(der, &csr, &fault), OK);
		assert_bytes(csr.whole, der);
		assert_int_equal(csr.exts.n, k % 2);
		assert_int_equal(csr.challenge.n, 0);
	}
}

/* A request for a P-256 key with these version and attributes, signed. */
static struct bytes
with_parts(const char *version, const char *attrs, const char *behind)
{
	EVP_PKEY *key = made_key(KEY_P256);
	struct der_out w = der_out_new(mem, 4096);
	struct bytes tbs, der;

	der_open(&w, DER_SEQ);
	der_raw(&w, hex(version));
	der_raw(&w, made_name(NULL, NULL, "a"));
	der_raw(&w, made_spki(key));
	der_raw(&w, hex(attrs));
	der_raw(&w, hex(behind));
	der_close(&w);
	assert_int_equal(der_done(&w, "tbs", &tbs, &fault), OK);
	assert_int_equal(csr_finish(mem, tbs, SIGALG_ECDSA_SHA256,
			     made_signature(key, SIGALG_ECDSA_SHA256, tbs), &der, &fault),
	    OK);
	return der;
}

#define EXTREQ    "06092a864886f70d01090e"
#define MSREQ     "060a2b06010401823702010e"
#define CHALLENGE "06092a864886f70d010907"
#define ONE_EXT   "3009 3007 0603551d0e 0400"

static const struct row {
	const char *name, *version, *attrs, *behind;
	enum err e;
	const char *field;
} rows[] = {
    {"no attributes", "020100", "a000", "", OK, NULL},
    {"unknown attribute", "020100", "a00a 3008 06022a03 3102 0500", "", OK, NULL},
    {"microsoft", "020100", "a01b 3019 " MSREQ " 310b " ONE_EXT, "", OK, NULL},
    {"attributes absent", "020100", "", "", OK, NULL},
    {"version 1", "020101", "a000", "", E_CSR_FORMAT, "version"},
    {"version padded", "02020000", "a000", "", E_CSR_FORMAT, "version"},
    {"octets behind", "020100", "a000", "0500", E_CSR_FORMAT, "certificationRequestInfo"},
    {"attributes primitive", "020100", "8000", "", E_CSR_FORMAT, "attributes"},
    {"attribute without value", "020100", "a008 3006 06022a03 3100", "", E_CSR_FORMAT, "unknown"},
    {"value without set", "020100", "a008 3006 06022a03 0500", "", OK, NULL},
    {"no value and no set", "020100", "a006 3004 06022a03", "", E_CSR_FORMAT, "unknown"},
    {"challenge without set", "020100", "a010 300e " CHALLENGE " 0c0161", "", OK, NULL},
    {"two challenges without set", "020100", "a013 3011 " CHALLENGE " 0c0161 0c0162", "",
	E_CSR_FORMAT, "challengePassword"},
    {"third member", "020100", "a00c 300a 06022a03 3102 0500 0500", "", E_CSR_FORMAT, "attribute"},
    {"attribute twice", "020100", "a014 3008 06022a03 3102 0500 3008 06022a03 3102 0500", "",
	E_CSR_FORMAT, "unknown"},
    {"set out of order", "020100", "a014 3008 06022a04 3102 0500 3008 06022a03 3102 0500", "", OK,
	NULL},
    {"both extension requests", "020100",
	"a035 3018 " EXTREQ " 310b " ONE_EXT " 3019 " MSREQ " 310b " ONE_EXT, "", E_CSR_FORMAT,
	"extensionRequest"},
    {"two values of extensions", "020100", "a025 3023 " EXTREQ " 3116 " ONE_EXT ONE_EXT, "",
	E_CSR_FORMAT, "extensionRequest"},
    {"extension twice", "020100",
	"a023 3021 " EXTREQ " 3114 3012 3007 0603551d0e 0400 3007 0603551d0e 0400", "",
	E_CSR_FORMAT, "extensionRequest"},
    {"no extensions", "020100", "a011 300f " EXTREQ " 3102 3000", "", E_CSR_FORMAT,
	"extensionRequest"},
    {"explicit FALSE", "020100", "a01d 301b " EXTREQ " 310e 300c 300a 0603551d0e 010100 0400", "",
	E_CSR_FORMAT, "critical"},
    {"challenge in BMP", "020100", "a013 3011 " CHALLENGE " 3104 1e020061", "", E_CSR_FORMAT,
	"challengePassword"},
    {"two challenges", "020100", "a015 3013 " CHALLENGE " 3106 0c0161 0c0162", "", E_CSR_FORMAT,
	"challengePassword"},
    {"inner indefinite", "020100", "a00c 300a 06022a03 3104 30800000", "", E_DER,
	"certificationRequest"},
};

TEST_CASE(requests_of_another_form_are_refused)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct csr csr = {.challenge = STR("mine")};
		enum err e = csr_parse(
		    with_parts(rows[i].version, rows[i].attrs, rows[i].behind), &csr, &fault);

		print_message("# %s\n", rows[i].name);
		if (rows[i].e == OK) {
			assert_int_equal(e, OK);
		} else {
			assert_fault(e, rows[i].e, rows[i].field);
			assert_str(csr.challenge, "mine");
		}
	}
}

TEST_CASE(each_cut_and_each_trailing_octet_is_refused)
{
	struct bytes der = by_openssl(KEY_P256);
	struct buf more = buf_new(mem, 1 << 16);
	struct csr csr;

	for (size_t n = 1; n < der.n; n++)
		assert_fault(csr_parse(bytes_of(der.p, n), &csr, &fault), E_DER, NULL);
	assert_fault(csr_parse((struct bytes){0}, &csr, &fault), E_CSR_FORMAT, NULL);
	buf_put(&more, der);
	buf_u8(&more, 0);
	assert_fault(csr_parse(buf_bytes(&more), &csr, &fault), E_DER, NULL);
	assert_fault(csr_parse(hex_fill("", 0x30, CSR_MAX + 1), &csr, &fault), E_BODY_SIZE, NULL);
	assert_int_equal(csr_parse(bytes_of(der.p, 10), &csr, NULL), E_DER);
}

TEST_CASE(the_algorithm_fits_the_key)
{
	EVP_PKEY *key = made_key(KEY_P256);
	struct bytes tbs, der;
	struct csr csr;

	assert_int_equal(csr_tbs(mem, made_name(NULL, NULL, "a"), made_spki(key), (struct bytes){0},
			     &tbs, &fault),
	    OK);
	assert_int_equal(csr_finish(mem, tbs, SIGALG_RSA_SHA256, hex("aa"), &der, &fault), OK);
	assert_fault(csr_parse(der, &csr, &fault), E_CSR_FORMAT, "signatureAlgorithm");
	assert_int_equal(csr_parse(der, &csr, NULL), E_CSR_FORMAT);
	der = swapped(der, "06092a864886f70d01010b", "06092a864886f70d010105");
	assert_fault(csr_parse(der, &csr, &fault), E_ALG_UNSUPPORTED, "signatureAlgorithm");
}

TEST_CASE(attributes_have_an_end)
{
	struct der_out w = der_out_new(mem, 4096);
	struct bytes attrs;
	struct csr csr;

	der_open(&w, DER_CONTEXT_CONS(0));
	for (int i = 1; i <= 17; i++) {
		der_open(&w, DER_SEQ);
		der_oid(&w, bytes_of(arena_fmt(mem, "%c", i), 1));
		der_raw(&w, hex("3102 0500"));
		der_close(&w);
	}
	der_close(&w);
	assert_int_equal(der_done(&w, "attrs", &attrs, &fault), OK);
	assert_fault(csr_parse(with_parts("020100", hex_text(mem, attrs), ""), &csr, &fault),
	    E_CSR_FORMAT, "attributes");
}

/* As CFCA's software writes it: attributes without SET, NULL behind SM2-with-SM3, a point for a returned key. */
#define CFCA                                                                               \
	"MIIBtDCCAVgCAQAwPjELMAkGA1UEBhMCQ04xFTATBgNVBAoMDENGQ0EgVEVTVCBDQTEYMBYGA1UEAwwP" \
	"Y2VydFJlcXVpc2l0aW9uMFkwEwYHKoZIzj0CAQYIKoEcz1UBgi0DQgAEsD7nwqQKQWe1ghN+Zy4FbByQ" \
	"Pxg3Y/aHMqiz4rDz0liG8Fq5250T5mKYh1leWulAZps2wPaLFIUMqZ7+eT1qyqCBtzATBgkqhkiG9w0B" \
	"CQcTBjExMTExMTCBnwYJKoZIhvcNAQk/BIGRMIGOAgEBBIGIALQAAAABAACiwcr2l/0TmUagstfNwWb8" \
	"O4cJdD1Wac1Yy9gkf8rttAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAGXhheoBu6FadqKQ" \
	"NDP7+GOw7xXD4FNQA3NYnu55mBIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAADAMBggqgRzP" \
	"VQGDdQUAA0gAMEUCIEpASo/MKXIIETdxurjmuracNklJbHt+n6Olus12HFHlAiEAwAX1CfamNX0DhMys" \
	"jkwan9ASmZsdinEQEs59kJJGSuQ="

TEST_CASE(requests_of_cfca_are_read)
{
	struct bytes der, bare;
	struct name name;
	struct csr csr;

	assert_true(base64_parse(mem, STR(CFCA), &der));
	if (csr_parse(der, &csr, &fault) != OK)
		fail_msg("%s %s: %s", err_row(fault.code)->slug, fault.field, fault.detail);
	assert_int_equal(csr.key.kind, KEY_SM2);
	assert_int_equal(csr.alg, SIGALG_SM2_SM3);
	assert_str(csr.challenge, "111111");
	assert_hex(
	    csr.temporary_x, "a2c1caf697fd139946a0b2d7cdc166fc3b8709743d5669cd58cbd8247fcaedb4");
	assert_hex(
	    csr.temporary_y, "0065e185ea01bba15a76a2903433fbf863b0ef15c3e053500373589eee799812");
	assert_int_equal(name_parse(csr.subject, &name, &fault), OK);
	assert_string_equal(name_text(mem, &name), "CN=certRequisition,O=CFCA TEST CA,C=CN");
	/* A point with something behind x is none. */
	bare = swapped(der, "caedb4 0000", "caedb4 0100");
	assert_fault(csr_parse(bare, &csr, &fault), E_CSR_FORMAT, "temporaryPublicKey");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    MADE_CASE(requests_of_openssl_are_read),
	    MADE_CASE(openssl_reads_and_verifies_ours),
	    MADE_CASE(requests_of_another_form_are_refused),
	    MADE_CASE(each_cut_and_each_trailing_octet_is_refused),
	    MADE_CASE(the_algorithm_fits_the_key),
	    MADE_CASE(attributes_have_an_end),
	    MADE_CASE(requests_of_cfca_are_read),
	};

	return cmocka_run_group_tests_name("csr", tests, NULL, NULL);
}
