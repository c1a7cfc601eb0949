/* SPDX-License-Identifier: Apache-2.0 */
#include "x509/cert.h"

#include <openssl/x509v3.h>

#include "kinds.h"
#include "x509/name.h"

static X509 *
load(struct bytes der)
{
	const unsigned char *p = der.p;
	X509 *x = d2i_X509(NULL, &p, (long)der.n);

	assert_non_null(x);
	assert_true(p == der.p + der.n);
	return x;
}

TEST_CASE(openssl_verifies_the_chains_that_we_write)
{
	struct bytes root_name = made_name("CN", "TEST", "TEST Root G1");
	struct bytes root_id = made_key_id(made_spki(made_key(KEY_P384)));
	struct bytes root =
	    issue(ROOT, made_key(KEY_P384), root_name, made_key(KEY_P384), (struct bytes){0});
	struct bytes ca =
	    issue(ISSUING, made_key(KEY_P384), root_name, made_key(KEY_P384), root_id);
	static const struct {
		enum kind kind;
		enum key_kind key;
		int purpose;
	} leaves[] = {{PERSON, KEY_P256, X509_PURPOSE_SMIME_SIGN},
	    {PERSON, KEY_RSA, X509_PURPOSE_SSL_CLIENT}, {OCSP, KEY_P256, X509_PURPOSE_OCSP_HELPER},
	    {SERVER, KEY_ED25519, X509_PURPOSE_SSL_SERVER}};
	X509_STORE *store = X509_STORE_new();
	X509 *root_x = load(root), *ca_x = load(ca);
	STACK_OF(X509) *chain = sk_X509_new_null();

	X509_STORE_add_cert(store, root_x);
	X509_STORE_set_flags(store, X509_V_FLAG_X509_STRICT);
	sk_X509_push(chain, ca_x);
	for (size_t i = 0; i < sizeof(leaves) / sizeof(leaves[0]); i++) {
		struct bytes der = issue(leaves[i].kind, made_key(leaves[i].key),
		    made_name("CN", "TEST", "TEST Issuing G1"), made_key(KEY_P384), root_id);
		X509 *x = load(der);
		X509_STORE_CTX *c = X509_STORE_CTX_new();
		X509_VERIFY_PARAM *p;

		assert_int_equal(X509_STORE_CTX_init(c, store, x, chain), 1);
		p = X509_STORE_CTX_get0_param(c);
		X509_VERIFY_PARAM_set_time(p, NOW + 1);
		X509_VERIFY_PARAM_set_purpose(p, leaves[i].purpose);
		if (X509_verify_cert(c) != 1)
			fail_msg("leaf %zu: %s", i,
			    X509_verify_cert_error_string(X509_STORE_CTX_get_error(c)));
		X509_STORE_CTX_free(c);
		X509_free(x);
	}
	sk_X509_free(chain);
	X509_free(ca_x);
	X509_free(root_x);
	X509_STORE_free(store);
}

TEST_CASE(openssl_sees_the_same_fields)
{
	struct bytes issuer = made_name("CN", "TEST", "TEST Issuing G1");
	struct bytes der =
	    issue(SERVER, made_key(KEY_P256), issuer, made_key(KEY_P384), hex_fill("", 9, 20));
	X509 *x = load(der);
	struct cert cert;
	struct tm tm;
	BIGNUM *serial = ASN1_INTEGER_to_BN(X509_get0_serialNumber(x), NULL);
	uint8_t *octets = arena_alloc(mem, 18);
	const unsigned char *raw;
	size_t n;

	assert_int_equal(cert_parse(der, &cert, &fault), OK);
	assert_int_equal(BN_bn2binpad(serial, octets, 18), 18);
	assert_bytes(cert.serial, bytes_of(octets, 18));
	BN_free(serial);
	assert_int_equal(ASN1_TIME_to_tm(X509_get0_notBefore(x), &tm), 1);
	assert_int_equal(timegm(&tm), cert.not_before);
	assert_int_equal(ASN1_TIME_to_tm(X509_get0_notAfter(x), &tm), 1);
	assert_int_equal(timegm(&tm), cert.not_after);
	assert_int_equal(X509_NAME_get0_der(X509_get_issuer_name(x), &raw, &n), 1);
	assert_bytes(bytes_of(raw, n), cert.issuer);
	assert_bytes(cert.issuer, issuer);
	assert_int_equal(X509_NAME_get0_der(X509_get_subject_name(x), &raw, &n), 1);
	assert_bytes(bytes_of(raw, n), cert.subject);
	assert_bytes(cert.spki, made_spki(made_key(KEY_P256)));
	assert_int_equal(X509_get_ext_count(x), cert.exts.n);
	assert_int_equal(X509_get_signature_nid(x), NID_ecdsa_with_SHA384);
	assert_int_equal(X509_verify(x, made_key(KEY_P384)), 1);
	assert_int_equal(X509_check_host(x, "a.example.com", 0, 0, NULL), 1);
	X509_free(x);
}

TEST_CASE(certificates_of_openssl_are_read)
{
	X509 *x = X509_new();
	X509_NAME *name = X509_get_subject_name(x);
	X509V3_CTX ctx;
	X509_EXTENSION *ext;
	unsigned char *p = NULL;
	struct cert cert;
	struct cert_fields fields;
	int n;

	X509_set_version(x, X509_VERSION_3);
	ASN1_INTEGER_set_uint64(X509_get_serialNumber(x), 0x80);
	X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const unsigned char *)"x", -1, -1, 0);
	X509_set_issuer_name(x, name);
	ASN1_TIME_set(X509_getm_notBefore(x), 2524607999);
	ASN1_TIME_set(X509_getm_notAfter(x), 2524608000);
	X509_set_pubkey(x, made_key(KEY_RSA));
	X509V3_set_ctx(&ctx, x, x, NULL, NULL, 0);
	ext = X509V3_EXT_conf_nid(NULL, &ctx, NID_subject_key_identifier, "hash");
	X509_add_ext(x, ext, -1);
	X509_EXTENSION_free(ext);
	assert_true(X509_sign(x, made_key(KEY_RSA), EVP_sha512()) > 0);
	n = i2d_X509(x, &p);
	assert_int_equal(cert_parse(bytes_of(p, (size_t)n), &cert, &fault), OK);
	assert_hex(cert.serial, "80");
	assert_int_equal(cert.alg, SIGALG_RSA_SHA512);
	assert_int_equal(cert.not_before, 2524607999);
	assert_int_equal(cert.not_after, 2524608000);
	assert_true(made_verifies(made_key(KEY_RSA), cert.alg, cert.tbs, cert.signature));
	assert_int_equal(cert_fields_of(&cert, &fields, &fault), OK);
	assert_int_equal(fields.ski.n, 20);
	assert_int_equal(fields.san.n, 0);
	OPENSSL_free(p);
	X509_free(x);
}

static const enum oid person_eku[] = {OID_EKU_CLIENT, OID_EKU_EMAIL};

/* Changing one of these is a reviewed act. */
static const char golden[] =
    "30 8201ce"                                    /* TBSCertificate */
    "  a003 020102"                                /* version: v3 */
    "  0212 010065920080010203040506 0708090a0b0c" /* serialNumber: 18 octets */
    "  300a 06082a8648ce3d040302"                  /* signature: ecdsa-with-SHA256, no parameters */
    "  300f 310d 300b 0603550403 0c04 54455354"    /* issuer: CN=TEST, UTF8String */
    "  301e"                                       /* validity */
    "    170d 3236313132343038303030305a"          /* notBefore: UTCTime 261124080000Z */
    "    170d 3237313132353037353935395a"          /* notAfter: + 366 days - 1 s */
    "  3020"                                       /* subject */
    "    310b 3009 0603550406 1302 434e"           /* C=CN, PrintableString */
    "    3111 300f 0603550403 0c08 d09bd0b820e69d8e"                /* CN=Ли 李, UTF8String */
    "  3059 3013 06072a8648ce3d0201 06082a8648ce3d030107 0342 0004" /* SPKI: P-256 */
    "    1111111111111111111111111111111111111111111111111111111111111111"
    "    2222222222222222222222222222222222222222222222222222222222222222"
    "  a381f8 3081f5"                                                             /* extensions */
    "    301f 0603551d23 0418 3016 8014 3333333333333333333333333333333333333333" /* AKI */
    "    301d 0603551d0e 0416 0414 4444444444444444444444444444444444444444"      /* SKI */
    "    3017 0603551d11 0410 300e 810c 616e6e61406578616d2e6e65" /* SAN: rfc822Name */
    "    300e 0603551d0f 0101ff 0404 030206c0"                    /* keyUsage: critical, DS + NR */
    "    301d 0603551d25 0416 3014 06082b06010505070302 06082b06010505070304" /* EKU */
    "    300f 0603551d20 0408 3006 3004 06026902" /* certificatePolicies: one, no qualifiers */
    "    3024 0603551d1f 041d 301b 3019 a017 a015 8613 687474703a2f2f6578616d2f302e63726c2f31"
    "    3034 06082b06010505070101 0428 3026" /* AIA: ocsp only */
    "      3024 06082b06010505073001 8618 687474703a2f2f706b692e6578616d706c652f6f6373702f";

TEST_CASE(golden_octets)
{
	struct cert_shape shape = {.alg = SIGALG_ECDSA_SHA256,
	    .aki = hex_fill("", 0x33, 20),
	    .ski = true,
	    .ku = EXT_KU_DIGITAL_SIGNATURE | EXT_KU_NON_REPUDIATION,
	    .eku = person_eku,
	    .eku_n = 2,
	    .policy = hex("6902"),
	    .cdp = STR("http://exam/0.crl/1"),
	    .ocsp = STR("http://pki.example/ocsp/"),
	    .san = CERT_SAN_OPTIONAL};
	struct san_name mail = {SAN_MAIL, str_bytes(STR("anna@exam.ne"))};
	struct san san = {.v = &mail, .n = 1};
	struct name name = {0}, issuer = {0};
	struct cert_fields x = {.serial = hex("010065920080 0102030405060708090a0b0c"),
	    .not_before = NOW,
	    .not_after = NOW + 366 * 86400 - 1,
	    .spki = hex_fill("3059 3013 06072a8648ce3d0201 06082a8648ce3d030107 0342 0004"
			     "11111111111111111111111111111111 11111111111111111111111111111111",
		0x22, 32),
	    .ski = hex_fill("", 0x44, 20)};
	struct cert_template t;
	struct bytes tbs;

	assert_true(name_add(&issuer, OID_CN, STR("TEST")));
	assert_int_equal(name_encode(mem, &issuer, &shape.issuer, &fault), OK);
	assert_true(name_add(&name, OID_CN, STR("Ли 李")));
	assert_true(name_add(&name, OID_COUNTRY, STR("CN")));
	assert_int_equal(name_encode(mem, &name, &x.subject, &fault), OK);
	assert_int_equal(ext_san_encode(mem, &san, &x.san, &fault), OK);
	assert_int_equal(cert_compile(mem, &shape, &t, &fault), OK);
	assert_int_equal(cert_tbs(mem, &t, &x, &tbs, &fault), OK);
	assert_hex(tbs, golden);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    MADE_CASE(openssl_verifies_the_chains_that_we_write),
	    MADE_CASE(openssl_sees_the_same_fields),
	    MADE_CASE(certificates_of_openssl_are_read),
	    MADE_CASE(golden_octets),
	};

	return cmocka_run_group_tests_name("cert", tests, NULL, NULL);
}
