/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include <openssl/ocsp.h>
#include <openssl/x509v3.h>
#include <string.h>

#include "base/arena.h"
#include "crypto/selfcheck.h"

#define NOW 1800000000

static struct arena *a;
static EVP_PKEY *ca_key;
static X509 *ca;

static struct bytes
der_of(const void *x, const ASN1_ITEM *item)
{
	uint8_t *p = NULL;
	int n = ASN1_item_i2d(x, &p, item);
	struct bytes b;

	assert_true(n > 0);
	b = arena_bytes(a, bytes_of(p, (size_t)n));
	OPENSSL_free(p);
	return b;
}

static void
extend(X509 *x, X509 *issuer, int nid, const char *value)
{
	X509V3_CTX ctx;
	X509_EXTENSION *ext;

	X509V3_set_ctx(&ctx, issuer, x, NULL, NULL, 0);
	assert_non_null(ext = X509V3_EXT_nconf_nid(NULL, &ctx, nid, value));
	assert_int_equal(X509_add_ext(x, ext, -1), 1);
	X509_EXTENSION_free(ext);
}

static X509 *
make(const char *name, EVP_PKEY *key, bool is_ca)
{
	X509 *x = X509_new();
	X509_NAME *n = X509_get_subject_name(x);

	assert_int_equal(X509_set_version(x, 2), 1);
	assert_int_equal(ASN1_INTEGER_set(X509_get_serialNumber(x), 7), 1);
	assert_int_equal(
	    X509_NAME_add_entry_by_txt(n, "CN", MBSTRING_UTF8, (const uint8_t *)name, -1, -1, 0),
	    1);
	assert_int_equal(X509_set_issuer_name(x, is_ca ? n : X509_get_subject_name(ca)), 1);
	ASN1_TIME_set(X509_getm_notBefore(x), NOW - 100);
	ASN1_TIME_set(X509_getm_notAfter(x), NOW + 100);
	assert_int_equal(X509_set_pubkey(x, key), 1);
	extend(x, is_ca ? x : ca, NID_subject_key_identifier, "hash");
	if (is_ca) {
		extend(x, x, NID_basic_constraints, "critical,CA:TRUE");
		extend(x, x, NID_key_usage, "critical,keyCertSign,cRLSign");
	} else {
		extend(x, ca, NID_authority_key_identifier, "keyid");
		extend(x, ca, NID_key_usage, "critical,digitalSignature");
		extend(x, ca, NID_ext_key_usage, "OCSPSigning");
	}
	assert_true(X509_sign(x, ca_key, EVP_sha256()) > 0);
	return x;
}

TEST_CASE(certificate_must_verify_under_its_chain)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509 *leaf = make("leaf", key, false);
	struct bytes der = der_of(leaf, ASN1_ITEM_rptr(X509));
	struct bytes root = der_of(ca, ASN1_ITEM_rptr(X509)), bad = arena_bytes(a, der);
	struct fault f = {0};
	uint8_t *p;

	assert_int_equal(selfcheck_readable(der, &f), OK);
	assert_int_equal(selfcheck_readable(bytes_of(der.p, der.n - 1), NULL), E_INTERNAL);
	assert_int_equal(selfcheck_certificate(der, &root, 1, NOW, &f), OK);
	assert_int_equal(selfcheck_certificate(der, &root, 1, NOW + 101, &f), E_INTERNAL);
	assert_non_null(strstr(f.detail, "expired"));
	assert_int_equal(
	    selfcheck_certificate(bytes_of(der.p, der.n - 1), &root, 1, NOW, NULL), E_INTERNAL);
	/* The last octet belongs to the signature. */
	p = arena_alloc(a, bad.n);
	memcpy(p, bad.p, bad.n);
	p[bad.n - 1] ^= 1;
	assert_int_equal(
	    selfcheck_certificate(bytes_of(p, bad.n), &root, 1, NOW, NULL), E_INTERNAL);
	assert_int_equal(selfcheck_certificate(root, &der, 1, NOW, NULL), E_INTERNAL);
	X509_free(leaf);
	EVP_PKEY_free(key);
}

TEST_CASE(crl_must_be_signed_and_current)
{
	X509_CRL *list = X509_CRL_new();
	ASN1_TIME *t = ASN1_TIME_set(NULL, NOW - 10);
	struct bytes root = der_of(ca, ASN1_ITEM_rptr(X509)), der;

	assert_int_equal(X509_CRL_set_version(list, 1), 1);
	assert_int_equal(X509_CRL_set_issuer_name(list, X509_get_subject_name(ca)), 1);
	assert_int_equal(X509_CRL_set1_lastUpdate(list, t), 1);
	assert_non_null(ASN1_TIME_set(t, NOW + 10));
	assert_int_equal(X509_CRL_set1_nextUpdate(list, t), 1);
	assert_true(X509_CRL_sign(list, ca_key, EVP_sha256()) > 0);
	der = der_of(list, ASN1_ITEM_rptr(X509_CRL));
	assert_int_equal(selfcheck_crl(der, root, NOW, NULL), OK);
	assert_int_equal(selfcheck_crl(der, root, NOW - 11, NULL), E_INTERNAL);
	assert_int_equal(selfcheck_crl(der, root, NOW + 11, NULL), E_INTERNAL);
	assert_int_equal(selfcheck_crl(root, root, NOW, NULL), E_INTERNAL);
	ASN1_TIME_free(t);
	X509_CRL_free(list);
}

TEST_CASE(ocsp_answer_must_come_from_a_responder_of_the_issuer)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509 *responder = make("responder", key, false);
	OCSP_BASICRESP *basic = OCSP_BASICRESP_new();
	OCSP_CERTID *id = OCSP_cert_to_id(NULL, responder, ca);
	ASN1_TIME *from = ASN1_TIME_set(NULL, NOW - 10), *to = ASN1_TIME_set(NULL, NOW + 10);
	struct bytes root = der_of(ca, ASN1_ITEM_rptr(X509)), der;
	OCSP_RESPONSE *r;

	assert_non_null(
	    OCSP_basic_add1_status(basic, id, V_OCSP_CERTSTATUS_GOOD, 0, NULL, from, to));
	assert_int_equal(OCSP_basic_sign(basic, responder, key, EVP_sha256(), NULL, 0), 1);
	assert_non_null(r = OCSP_response_create(OCSP_RESPONSE_STATUS_SUCCESSFUL, basic));
	der = der_of(r, ASN1_ITEM_rptr(OCSP_RESPONSE));
	assert_int_equal(selfcheck_ocsp(der, root, NOW, NULL), OK);
	assert_int_equal(selfcheck_ocsp(der, root, NOW + 11, NULL), E_INTERNAL);
	assert_int_equal(
	    selfcheck_ocsp(der, der_of(responder, ASN1_ITEM_rptr(X509)), NOW, NULL), E_INTERNAL);
	ASN1_TIME_free(from);
	ASN1_TIME_free(to);
	OCSP_CERTID_free(id);
	OCSP_RESPONSE_free(r);
	OCSP_BASICRESP_free(basic);
	X509_free(responder);
	EVP_PKEY_free(key);
}

static int
begin(void **state)
{
	(void)state;
	a = arena_new(0);
	ca_key = EVP_EC_gen("P-256");
	ca = make("ca", ca_key, true);
	return 0;
}

static int
end(void **state)
{
	(void)state;
	X509_free(ca);
	EVP_PKEY_free(ca_key);
	arena_free(&a);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(certificate_must_verify_under_its_chain),
	    cmocka_unit_test(crl_must_be_signed_and_current),
	    cmocka_unit_test(ocsp_answer_must_come_from_a_responder_of_the_issuer),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
