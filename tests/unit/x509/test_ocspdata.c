/* SPDX-License-Identifier: Apache-2.0 */
/* ocsp.h: ResponseData and the response around it. */
#include "x509/ocsp.h"

#include <openssl/err.h>
#include <openssl/ocsp.h>

#include "made.h"

#define NOW 1795507200 /* 2026-11-24T08:00:00Z */

#define MD5ID(serial) "301d 300c 06082a864886f70d0205 0500 0404 01010101 0404 02020202 " serial
#define ID            MD5ID("020101")
#define NONCE         "06092b0601050507300102"

static const enum oid eku[] = {OID_EKU_OCSP};

static struct ocsp_answer
answer_of(struct bytes responder)
{
	struct ocsp_answer a = {
	    .responder = responder, .produced_at = NOW + 1, .n = 4, .nonce = hex("aabb")};

	for (size_t i = 0; i < a.n; i++)
		a.v[i] = (struct ocsp_single){.id = made_ocsp_id(OID_SHA1,
						  i == 0       ? "80"
						      : i == 1 ? "02"
						      : i == 2 ? "03"
							       : "04"),
		    .status = i == 0 ? OCSP_GOOD
			: i == 3     ? OCSP_UNKNOWN
				     : OCSP_REVOKED,
		    .revoked_at = NOW - 5,
		    .reason = i == 1 ? REASON_HOLD : REASON_NONE,
		    .this_update = NOW,
		    .next_update = NOW + 86400,
		    .archive_cutoff = i == 2 ? NOW - 1000 : OCSP_NO_TIME};
	return a;
}

static struct bytes
sha1_of_key(EVP_PKEY *pkey)
{
	struct key key;

	assert_int_equal(key_parse(made_spki(pkey), &key, &fault), OK);
	return made_digest("SHA1", key.bits);
}

/* The CA's certificate by itself and a responder's under it. */
static struct bytes
responder_cert(struct bytes *ca)
{
	struct bytes name = made_name(NULL, NULL, "TEST G1");
	struct cert_shape root = {.alg = SIGALG_ECDSA_SHA384,
	    .issuer = name,
	    .ski = true,
	    .ca = true,
	    .path_len = EXT_NO_PATH_LEN,
	    .ku = EXT_KU_KEY_CERT_SIGN};
	struct cert_shape shape = {.alg = SIGALG_ECDSA_SHA384,
	    .issuer = name,
	    .ski = true,
	    .aki = made_key_id(made_spki(made_key(KEY_P384))),
	    .ku = EXT_KU_DIGITAL_SIGNATURE,
	    .eku = eku,
	    .eku_n = 1,
	    .nocheck = true};

	*ca = made_cert(&root, name, made_key(KEY_P384), made_key(KEY_P384), NOW - 3600);
	return made_cert(&shape, made_name(NULL, NULL, "TEST OCSP"), made_key(KEY_P256),
	    made_key(KEY_P384), NOW - 3600);
}

TEST_CASE(openssl_verifies_our_answer)
{
	struct bytes ca_der, cert = responder_cert(&ca_der), der;
	struct ocsp_answer a = answer_of(sha1_of_key(made_key(KEY_P256)));
	struct sealed s = {.alg = SIGALG_ECDSA_SHA256};
	struct key ca_key;
	const unsigned char *p;
	OCSP_RESPONSE *resp;
	OCSP_BASICRESP *basic;
	X509_STORE *store = X509_STORE_new();
	X509 *ca;

	/* OpenSSL wants the CertIDs to name the issuer of the responder. */
	assert_int_equal(key_parse(made_spki(made_key(KEY_P384)), &ca_key, &fault), OK);
	for (size_t i = 0; i < a.n; i++) {
		a.v[i].id.name_hash = made_digest("SHA1", made_name(NULL, NULL, "TEST G1"));
		a.v[i].id.key_hash = made_digest("SHA1", ca_key.bits);
		assert_int_equal(ocsp_id_encode(mem, &a.v[i].id, &a.v[i].id, &fault), OK);
	}
	assert_int_equal(ocsp_tbs(mem, &a, &s.body, &fault), OK);
	s.signature = made_signature(made_key(KEY_P256), s.alg, s.body);
	assert_int_equal(ocsp_finish(mem, &s, cert, &der, &fault), OK);
	p = der.p;
	resp = d2i_OCSP_RESPONSE(NULL, &p, (long)der.n);
	assert_non_null(resp);
	assert_true(p == der.p + der.n);
	assert_int_equal(OCSP_response_status(resp), 0);
	basic = OCSP_response_get1_basic(resp);
	assert_non_null(basic);
	p = ca_der.p;
	ca = d2i_X509(NULL, &p, (long)ca_der.n);
	assert_non_null(ca);
	X509_STORE_add_cert(store, ca);
	X509_VERIFY_PARAM_set_time(X509_STORE_get0_param(store), NOW + 1);
	if (OCSP_basic_verify(basic, NULL, store, 0) != 1) {
		ERR_print_errors_fp(stdout);
		fail();
	}
	assert_int_equal(OCSP_resp_count(basic), 4);
	for (int i = 0; i < 4; i++) {
		static const int status[] = {V_OCSP_CERTSTATUS_GOOD, V_OCSP_CERTSTATUS_REVOKED,
		    V_OCSP_CERTSTATUS_REVOKED, V_OCSP_CERTSTATUS_UNKNOWN};
		int reason = -2;
		OCSP_SINGLERESP *one = OCSP_resp_get0(basic, i);
		unsigned char *id = NULL;
		int n = i2d_OCSP_CERTID(OCSP_SINGLERESP_get0_id(one), &id);

		assert_int_equal(
		    OCSP_single_get0_status(one, &reason, NULL, NULL, NULL), status[i]);
		if (status[i] == V_OCSP_CERTSTATUS_REVOKED)
			assert_int_equal(reason, i == 1 ? 6 : -1);
		assert_bytes(bytes_of(id, (size_t)n), a.v[i].id.whole);
		OPENSSL_free(id);
	}
	OCSP_BASICRESP_free(basic);
	OCSP_RESPONSE_free(resp);
	X509_free(ca);
	X509_STORE_free(store);
}

TEST_CASE(the_answer_is_read_back)
{
	struct ocsp_answer a = answer_of(hex_fill("", 5, 20)), back;
	struct sealed s = {.alg = SIGALG_ED25519, .signature = hex("aa")};
	struct ocsp_response r;
	struct bytes der, again;

	assert_int_equal(ocsp_tbs(mem, &a, &s.body, &fault), OK);
	assert_int_equal(ocsp_finish(mem, &s, hex("3000"), &der, &fault), OK);
	assert_int_equal(ocsp_response_parse(der, &r, &fault), OK);
	assert_int_equal(r.result, OCSP_SUCCESSFUL);
	assert_bytes(r.sealed.body, s.body);
	assert_bytes(r.sealed.signature, s.signature);
	assert_hex(r.cert, "3000");
	assert_int_equal(ocsp_tbs_parse(r.sealed.body, &back, &fault), OK);
	assert_int_equal(back.n, 4);
	assert_int_equal(back.produced_at, NOW + 1);
	assert_hex(back.nonce, "aabb");
	assert_int_equal(back.v[1].status, OCSP_REVOKED);
	assert_int_equal(back.v[1].reason, REASON_HOLD);
	assert_int_equal(back.v[1].revoked_at, NOW - 5);
	assert_int_equal(back.v[2].archive_cutoff, NOW - 1000);
	assert_int_equal(back.v[3].status, OCSP_UNKNOWN);
	assert_int_equal(ocsp_tbs(mem, &back, &again, &fault), OK);
	assert_bytes(again, s.body);
	assert_int_equal(ocsp_finish(mem, &s, (struct bytes){0}, &der, &fault), OK);
	assert_int_equal(ocsp_response_parse(der, &r, &fault), OK);
	assert_int_equal(r.cert.n, 0);
	for (size_t n = 0; n < der.n; n++)
		assert_fault(ocsp_response_parse(bytes_of(der.p, n), &r, &fault), E_DER, NULL);
}

TEST_CASE(answers_against_the_rules_are_not_written)
{
	struct bytes id = hex_fill("", 5, 20), tbs;
	struct ocsp_answer a;

#define REFUSED(field)                                                \
	assert_fault(ocsp_tbs(mem, &a, &tbs, &fault), E_GATE, field); \
	a = answer_of(id)
	a = answer_of(id);
	a.responder = hex("01");
	REFUSED("responderID");
	a.n = 0;
	REFUSED("responses");
	a.n = OCSP_IDS + 1;
	REFUSED("responses");
	a.nonce = hex_fill("", 1, 129);
	REFUSED("nonce");
	a.v[0].this_update = NOW + 2;
	REFUSED("thisUpdate");
	a.v[3].next_update = NOW;
	REFUSED("nextUpdate");
	a.v[1].revoked_at = NOW + 1;
	REFUSED("revocationTime");
	a.v[1].reason = REASON_REMOVE;
	REFUSED("revocationReason");
#undef REFUSED
}

#define AT   "180f 3230323631313234303830303030 5a"
#define NEXT "a011 180f 3230323631313235303830303030 5a"
#define DATA "a216 0414 0505050505050505050505050505050505050505" AT

static const struct {
	const char *name, *single, *behind, *field;
	enum err e;
} answers[] = {
    {"good", ID "8000" AT NEXT, "", NULL, OK},
    {"unknown", ID "8200" AT NEXT, "", NULL, OK},
    {"good with contents", ID "800100" AT NEXT, "", "certStatus", E_DER},
    {"status 3", ID "8300" AT NEXT, "", "certStatus", E_DER},
    {"no nextUpdate", ID "8000" AT, "", "nextUpdate", E_DER},
    {"nextUpdate equal", ID "8000" AT "a011" AT, "", "nextUpdate", E_GATE},
    {"reason 0", ID "a116" AT "a003 0a0100" AT NEXT, "", "revocationReason", E_GATE},
    {"reason 7", ID "a116" AT "a003 0a0107" AT NEXT, "", "revocationReason", E_GATE},
    {"reason 11", ID "a116" AT "a003 0a010b" AT NEXT, "", "revocationReason", E_DER},
    {"reason and more", ID "a118" AT "a005 0a0101 0500" AT NEXT, "", "revocationReason", E_DER},
    {"revoked and more", ID "a118" AT "a003 0a0101 0500" AT NEXT, "", "revoked", E_DER},
    {"other single extension", ID "8000" AT NEXT "a10a 3008 3006 06022a03 0400", "",
	"singleExtensions", E_DER},
    {"cutoff not a time", ID "8000" AT NEXT "a113 3011 300f 06092b0601050507300106 0402 0500", "",
	"archiveCutoff", E_DER},
    {"octets behind", ID "8000" AT NEXT "a122 3020 301e 06092b0601050507300106 0411" AT "0500", "",
	"singleResponse", E_DER},
    {"other response extension", ID "8000" AT NEXT, "a10a 3008 3006 06022a03 0400",
	"responseExtensions", E_DER},
    {"nonce empty", ID "8000" AT NEXT, "a113 3011 300f" NONCE "0402 0400", "nonce", E_DER},
    {"data and more", ID "8000" AT NEXT, "a114 3012 3010" NONCE "0403 0401aa 0500",
	"tbsResponseData", E_DER},
};

TEST_CASE(answers_of_another_form_are_refused)
{
	struct ocsp_answer a;

	for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
		struct der_out w = der_out_new(mem, 4096);
		struct bytes tbs;
		enum err e;

		der_open(&w, DER_SEQ);
		der_raw(&w, hex(DATA));
		der_open(&w, DER_SEQ);
		der_put(&w, DER_SEQ, hex(answers[i].single));
		der_close(&w);
		der_raw(&w, hex(answers[i].behind));
		der_close(&w);
		assert_int_equal(der_done(&w, "tbs", &tbs, &fault), OK);
		print_message("# %s\n", answers[i].name);
		e = ocsp_tbs_parse(tbs, &a, &fault);
		if (answers[i].e == OK)
			assert_int_equal(e, OK);
		else
			assert_fault(e, answers[i].e, answers[i].field);
	}
	assert_fault(ocsp_tbs_parse(hex("302b" DATA "3000"), &a, &fault), E_GATE, "responses");
	{
		struct der_out w = der_out_new(mem, 8192);
		struct bytes tbs;

		der_open(&w, DER_SEQ);
		der_raw(&w, hex(DATA));
		der_open(&w, DER_SEQ);
		for (int i = 0; i <= OCSP_IDS; i++)
			der_put(&w, DER_SEQ, hex(ID "8000" AT NEXT));
		der_close(&w);
		der_close(&w);
		assert_int_equal(der_done(&w, "tbs", &tbs, &fault), OK);
		assert_fault(ocsp_tbs_parse(tbs, &a, &fault), E_GATE, "responses");
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    MADE_CASE(openssl_verifies_our_answer),
	    MADE_CASE(the_answer_is_read_back),
	    MADE_CASE(answers_against_the_rules_are_not_written),
	    MADE_CASE(answers_of_another_form_are_refused),
	};

	return cmocka_run_group_tests_name("ocspdata", tests, NULL, NULL);
}
