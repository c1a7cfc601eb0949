/* SPDX-License-Identifier: Apache-2.0 */
#include "x509/cert.h"

#include <openssl/x509v3.h>
#include <string.h>

#include "base/text.h"
#include "made.h"
#include "x509/name.h"

#define NOW 1795507200 /* 2026-11-24T08:00:00Z */

static const enum oid person_eku[] = {OID_EKU_CLIENT, OID_EKU_EMAIL};
static const enum oid ocsp_eku[] = {OID_EKU_OCSP};
static const enum oid server_eku[] = {OID_EKU_SERVER};

/* The kinds of certificates of one hierarchy: all by the same function. */
enum kind { ROOT, ISSUING, PERSON, OCSP, SERVER, KINDS };

static struct cert_shape
shape_of(enum kind kind, struct bytes issuer, struct bytes aki)
{
	struct cert_shape s = {.alg = SIGALG_ECDSA_SHA384,
	    .issuer = issuer,
	    .aki = aki,
	    .ski = true,
	    .path_len = EXT_NO_PATH_LEN,
	    .ku = EXT_KU_DIGITAL_SIGNATURE};

	switch (kind) {
	case ROOT:
	case ISSUING:
		s.ca = true;
		s.ku = EXT_KU_KEY_CERT_SIGN | EXT_KU_CRL_SIGN;
		break;
	case PERSON:
		s.ku |= EXT_KU_NON_REPUDIATION;
		s.eku = person_eku;
		s.eku_n = 2;
		s.san = CERT_SAN_OPTIONAL;
		break;
	case OCSP:
		s.eku = ocsp_eku;
		s.eku_n = 1;
		s.nocheck = true;
		break;
	case SERVER:
	case KINDS:
		s.eku = server_eku;
		s.eku_n = 1;
		s.san = CERT_SAN_REQUIRED;
		break;
	}
	if (kind == ISSUING)
		s.path_len = 0;
	if (kind != ROOT && kind != OCSP) {
		s.policy = kind == ISSUING ? oid_der(OID_ANY_POLICY) : hex("6902");
		s.cdp = STR("http://pki.example/crl/ca-g1/0.crl");
		s.issuers = STR("http://pki.example/ca/ca-g1.cer");
		if (kind != ISSUING)
			s.ocsp = STR("http://pki.example/ocsp");
	}
	return s;
}

static struct cert_fields
fields_of(EVP_PKEY *key, struct bytes subject, struct bytes san)
{
	struct bytes spki = made_spki(key);

	return (struct cert_fields){.serial = hex("01 0065920080 0102030405060708090a0b0c"),
	    .not_before = NOW,
	    .not_after = NOW + 366 * 86400 - 1,
	    .subject = subject,
	    .spki = spki,
	    .ski = made_key_id(spki),
	    .san = san};
}

static struct bytes
dns_names(const char *host)
{
	struct san_name name = {SAN_DNS, str_bytes(str_of(host))};
	struct san san = {.v = &name, .n = 1};
	struct bytes der;

	assert_int_equal(ext_san_encode(mem, &san, &der, &fault), OK);
	return der;
}

static X509 *
load(struct bytes der)
{
	const unsigned char *p = der.p;
	X509 *x = d2i_X509(NULL, &p, (long)der.n);

	assert_non_null(x);
	assert_true(p == der.p + der.n);
	return x;
}

/* Sign a certificate of KIND for KEY with CA_KEY. */
static struct bytes
issue(enum kind kind, EVP_PKEY *key, struct bytes issuer, EVP_PKEY *ca_key, struct bytes aki)
{
	struct cert_shape shape = shape_of(kind, issuer, aki);
	struct cert_template t;
	struct cert_fields x = fields_of(key,
	    kind == ROOT          ? issuer
		: kind == ISSUING ? made_name("CN", "TEST", "TEST Issuing G1")
				  : made_name("CN", "TEST", "Анна 李"),
	    kind == SERVER ? dns_names("a.example.com") : (struct bytes){0});
	struct bytes tbs, der;
	struct cert cert;

	assert_int_equal(cert_compile(mem, &shape, &t, &fault), OK);
	assert_int_equal(cert_tbs(mem, &t, &x, &tbs, &fault), OK);
	/* What the signer does with it. */
	assert_int_equal(cert_tbs_check(mem, &t, tbs, &cert, &fault), OK);
	assert_bytes(cert.serial, x.serial);
	assert_int_equal(
	    cert_finish(mem, tbs, t.alg, made_signature(ca_key, t.alg, tbs), &der, &fault), OK);
	return der;
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

/* ---- refusals ---- */

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
	    MADE_CASE(openssl_verifies_the_chains_that_we_write),
	    MADE_CASE(openssl_sees_the_same_fields),
	    MADE_CASE(certificates_of_openssl_are_read),
	    MADE_CASE(golden_octets),
	    MADE_CASE(fields_that_do_not_fit_are_refused),
	    MADE_CASE(an_empty_subject_makes_the_names_critical),
	    MADE_CASE(the_gate_sees_every_difference),
	    MADE_CASE(certificates_of_another_form_are_refused),
	    MADE_CASE(tails_of_another_form_are_refused),
	};

	return cmocka_run_group_tests_name("cert", tests, NULL, NULL);
}
