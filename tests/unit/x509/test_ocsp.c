/* SPDX-License-Identifier: Apache-2.0 */
#include "x509/ocsp.h"

#include <openssl/ocsp.h>

#include "made.h"

TEST_CASE(requests_of_openssl_are_read)
{
	OCSP_REQUEST *req = OCSP_REQUEST_new();
	X509_NAME *issuer = X509_NAME_new();
	ASN1_BIT_STRING *key = ASN1_BIT_STRING_new();
	ASN1_INTEGER *serial = ASN1_INTEGER_new();
	struct ocsp_request r;
	unsigned char nonce[32] = {1, 2, 3}, *p = NULL;
	int n;

	ASN1_INTEGER_set_uint64(serial, 0x8001);
	OCSP_request_add0_id(req, OCSP_cert_id_new(EVP_sha1(), issuer, key, serial));
	OCSP_request_add0_id(req, OCSP_cert_id_new(EVP_sha256(), issuer, key, serial));
	OCSP_request_add0_id(req, OCSP_cert_id_new(EVP_md5(), issuer, key, serial));
	OCSP_request_add1_nonce(req, nonce, sizeof(nonce));
	n = i2d_OCSP_REQUEST(req, &p);
	assert_int_equal(ocsp_request_parse(bytes_of(p, (size_t)n), &r, &fault), OK);
	assert_int_equal(r.n, 3);
	assert_int_equal(r.v[0].hash, OID_SHA1);
	assert_int_equal(r.v[0].key_hash.n, 20);
	assert_int_equal(r.v[1].hash, OID_SHA256);
	assert_bytes(r.v[1].name_hash, made_digest("SHA256", hex("3000")));
	assert_int_equal(r.v[2].hash, OID_UNKNOWN);
	assert_hex(r.v[2].serial, "8001");
	assert_bytes(r.nonce, BYTES_OF(nonce));
	OPENSSL_free(p);
	ASN1_INTEGER_free(serial);
	ASN1_BIT_STRING_free(key);
	X509_NAME_free(issuer);
	OCSP_REQUEST_free(req);
}

TEST_CASE(openssl_reads_ours)
{
	struct ocsp_request r = {.n = 2, .nonce = hex("00ff")}, back;
	const unsigned char *p;
	OCSP_REQUEST *req;
	struct bytes der;

	r.v[0] = made_ocsp_id(OID_SHA1, "80");
	r.v[1] = made_ocsp_id(OID_SHA256, "0102");
	assert_int_equal(ocsp_request_encode(mem, &r, &der, &fault), OK);
	p = der.p;
	req = d2i_OCSP_REQUEST(NULL, &p, (long)der.n);
	assert_non_null(req);
	assert_int_equal(OCSP_request_onereq_count(req), 2);
	OCSP_REQUEST_free(req);
	assert_int_equal(ocsp_request_parse(der, &back, &fault), OK);
	assert_bytes(back.v[1].whole, r.v[1].whole);
	assert_hex(back.nonce, "00ff");
	r.nonce.n = 0;
	assert_int_equal(ocsp_request_encode(mem, &r, &der, &fault), OK);
	assert_int_equal(ocsp_request_parse(der, &back, &fault), OK);
	assert_int_equal(back.nonce.n, 0);
}

#define MD5ID(serial) "301d 300c 06082a864886f70d0205 0500 0404 01010101 0404 02020202 " serial
#define ID            MD5ID("020101")
#define REQ           "301f" ID
#define LIST          "3021" REQ
#define NONCE         "06092b0601050507300102"

static const struct {
	const char *name, *der,
	    *field; /* field NULL: read; lengths of the outer three are counted */
} requests[] = {
    {"well", LIST, NULL},
    {"version written out", "a003 020100" LIST, "requestList"},
    {"requestor", "a102 0500" LIST, NULL},
    {"no list", "a102 0500", "requestList"},
    {"empty list", "3000", "request"},
    {"nonce", LIST "a213 3011 300f" NONCE "0402 0400", "nonce"},
    {"nonce of 1", LIST "a214 3012 3010" NONCE "0403 0401aa", NULL},
    {"nonce without octet string", LIST "a213 3011 300f" NONCE "0402 aabb", "nonce"},
    {"nonce with more", LIST "a216 3014 3012" NONCE "0405 0401aa 0500", "nonce"},
    {"other extension", LIST "a20a 3008 3006 06022a03 0400", NULL},
    {"other critical extension", LIST "a20d 300b 3009 06022a03 0101ff 0400", "requestExtensions"},
    {"no extensions", LIST "a202 3000", "requestExtensions"},
    {"extensions and more", LIST "a20c 3008 3006 06022a03 0400 0500", "requestExtensions"},
    {"octets behind", LIST "0500", "tbsRequest"},
    {"single extension", "302d 302b" ID "a00a 3008 3006 06022a03 0400", NULL},
    {"single critical", "3030 302e" ID "a00d 300b 3009 06022a03 0101ff 0400", "requestExtensions"},
    {"single and more", "3023 3021" ID "0500", "request"},
    {"serial zero", "3021 301f" MD5ID("020100"), "serialNumber"},
    {"serial negative", "3021 301f" MD5ID("020180"), "serialNumber"},
    {"digests differ",
	"3020 301e 301c 300c 06082a864886f70d0205 0500 0403 010101 0404 02020202 020101",
	"reqCert"},
    {"digests empty", "3019 3017 3015 300c 06082a864886f70d0205 0500 0400 0400 020101", "reqCert"},
    {"sha1 of 4", "301c 301a 3018 3007 06052b0e03021a 0404 01010101 0404 02020202 020101",
	"reqCert"},
    {"parameters",
	"3022 3020 301e 300d 06082a864886f70d0205 050100 0404 01010101 0404 02020202 020101",
	"hashAlgorithm"},
};

static struct bytes
enveloped(struct bytes inner, struct bytes behind)
{
	struct der_out w = der_out_new(mem, 1 << 15);
	struct bytes der;

	der_open(&w, DER_SEQ);
	der_put(&w, DER_SEQ, inner);
	der_raw(&w, behind);
	der_close(&w);
	assert_int_equal(der_done(&w, "it", &der, &fault), OK);
	return der;
}

TEST_CASE(requests_of_another_form_are_refused)
{
	for (size_t i = 0; i < sizeof(requests) / sizeof(requests[0]); i++) {
		struct ocsp_request r = {.n = 99};
		enum err e = ocsp_request_parse(
		    enveloped(hex(requests[i].der), (struct bytes){0}), &r, &fault);

		print_message("# %s\n", requests[i].name);
		if (requests[i].field == NULL) {
			assert_int_equal(e, OK);
			assert_int_equal(r.n, 1);
		} else {
			assert_fault(e, E_DER, requests[i].field);
			assert_int_equal(r.n, 99);
		}
	}
}

TEST_CASE(requests_have_their_limits)
{
	struct ocsp_request r;
	struct buf b = buf_new(mem, 1 << 15);
	struct bytes der;

	/* A signature is skipped, what is behind it is not. */
	assert_int_equal(
	    ocsp_request_parse(enveloped(hex(LIST), hex("a002 3000")), &r, &fault), OK);
	assert_fault(ocsp_request_parse(enveloped(hex(LIST), hex("a002 3000 0500")), &r, &fault),
	    E_DER, "OCSPRequest");
	for (int i = 0; i < OCSP_IDS + 1; i++)
		buf_put(&b, hex(REQ));
	{
		struct der_out w = der_out_new(mem, 1 << 15);

		der_put(&w, DER_SEQ, buf_bytes(&b));
		assert_int_equal(der_done(&w, "it", &der, &fault), OK);
	}
	assert_fault(ocsp_request_parse(enveloped(der, (struct bytes){0}), &r, &fault), E_DER,
	    "requestList");
	assert_fault(ocsp_request_parse(hex_fill("", 0x30, OCSP_REQUEST_MAX + 1), &r, &fault),
	    E_BODY_SIZE, NULL);
	for (int n = 128; n <= 129; n++) {
		struct der_out w = der_out_new(mem, 1 << 15);
		enum err e;

		der_raw(&w, hex(LIST));
		ocsp_nonce_put(&w, DER_CONTEXT_CONS(2), hex_fill("", 1, (size_t)n));
		assert_int_equal(der_done(&w, "it", &der, &fault), OK);
		e = ocsp_request_parse(enveloped(der, (struct bytes){0}), &r, &fault);
		if (n == 128)
			assert_int_equal(r.nonce.n, 128);
		else
			assert_fault(e, E_DER, "nonce");
	}
}

TEST_CASE(failures_are_five_octets)
{
	static const enum ocsp_result results[] = {
	    OCSP_MALFORMED, OCSP_INTERNAL, OCSP_TRY_LATER, OCSP_SIG_REQUIRED, OCSP_UNAUTHORIZED};

	for (size_t i = 0; i < 5; i++) {
		struct bytes der = ocsp_error(results[i]);
		const unsigned char *p = der.p;
		OCSP_RESPONSE *resp = d2i_OCSP_RESPONSE(NULL, &p, (long)der.n);
		struct ocsp_response r;

		assert_non_null(resp);
		assert_int_equal(OCSP_response_status(resp), results[i]);
		OCSP_RESPONSE_free(resp);
		assert_int_equal(ocsp_response_parse(der, &r, &fault), OK);
		assert_int_equal(r.result, results[i]);
	}
	{
		struct ocsp_response r;

		assert_fault(ocsp_response_parse(
				 hex("300f 0a0100 a008 3006 06022a03 0400 0500"), &r, &fault),
		    E_DER, NULL);
		assert_fault(
		    ocsp_response_parse(hex("300d 0a0100 a008 3006 06022a03 0400"), &r, &fault),
		    E_DER, "responseType");
		assert_fault(
		    ocsp_response_parse(hex("3003 0a0107"), &r, &fault), E_DER, "responseStatus");
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    MADE_CASE(requests_of_openssl_are_read),
	    MADE_CASE(openssl_reads_ours),
	    MADE_CASE(requests_of_another_form_are_refused),
	    MADE_CASE(requests_have_their_limits),
	    MADE_CASE(failures_are_five_octets),
	};

	return cmocka_run_group_tests_name("ocsp", tests, NULL, NULL);
}
