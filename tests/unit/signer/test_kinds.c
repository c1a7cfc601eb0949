/* SPDX-License-Identifier: Apache-2.0 */
/* CA keys of every kind: what they sign, OpenSSL verifies; they are found again after a restart. */
#include "house.h"

#include "crypto/selfcheck.h"
#include "crypto/verify.h"
#include "x509/crl.h"
#include "x509/ocsp.h"

static const struct {
	enum keyalg ca, ocsp;
	enum verify_algorithm ocsp_way;
} rows[] = {
    {KEYALG_EC_P256, KEYALG_ED25519, VERIFY_ED25519},
    {KEYALG_EC_P384, KEYALG_EC_P384, VERIFY_ECDSA_SHA384},
    {KEYALG_RSA_3072, KEYALG_RSA_2048, VERIFY_RSA_SHA256},
    {KEYALG_RSA_4096, KEYALG_EC_P256, VERIFY_ECDSA_SHA256},
    {KEYALG_ED25519, KEYALG_RSA_3072, VERIFY_RSA_SHA256},
};

static struct crl_item revoked[2];
static size_t revoked_n;

static void
certificate_and_list(struct house *h, const char *name)
{
	struct bytes chain[] = {h->ca[0], h->root}, tbs, signature, crl;
	struct fault f = {0};
	struct order o;
	struct cert cert;
	struct house_list l;

	house_order(h, name, OPERATOR_1, &o);
	assert_int_equal(house_issue(h, &o, &f), OK);
	assert_int_equal(
	    selfcheck_certificate(o.issued.certificate, chain, 2, house_now(), &f), OK);
	assert_int_equal(cert_parse(o.issued.certificate, &cert, &f), OK);
	assert_int_equal(cert.alg, h->issuer[0].alg);
	revoked[revoked_n++] =
	    (struct crl_item){cert.serial, house_now(), REASON_SUPERSEDED, CRL_NO_TIME};
	l = house_list_now(PROFILE_CA_ISSUING, revoked, revoked_n);
	assert_int_equal(house_crl(h, &l, &tbs, &signature, &f), OK);
	assert_int_equal(crl_finish(h->a, tbs, h->issuer[0].alg, signature, &crl, &f), OK);
	assert_int_equal(selfcheck_crl(crl, h->ca[0], house_now(), &f), OK);
	softkey_free(&o.key);
}

static void
answer(struct house *h, enum verify_algorithm way)
{
	static const uint8_t serial[18] = {1, 2, 3};
	uint8_t responder[SHA1_SIZE], name[SHA1_SIZE], bits[SHA1_SIZE];
	struct ocsp_answer *a = arena_alloc(h->a, sizeof(*a));
	struct ocsp_id id = {.hash = OID_SHA1,
	    .name_hash = BYTES_OF(name),
	    .key_hash = BYTES_OF(bits),
	    .serial = BYTES_OF(serial)};
	const struct bytes *signature;
	struct bytes data;
	struct signer_ocsp q = {PROFILE_CA_ISSUING, &data, 1};
	struct key key;

	assert_int_equal(key_parse(h->keys.spki[SIGNER_KEY_OCSP_ISSUING], &key, NULL), OK);
	sha1(key.bits, responder);
	assert_int_equal(key_parse(h->keys.spki[SIGNER_KEY_ISSUING], &key, NULL), OK);
	sha1(key.bits, bits);
	sha1(h->issuer[0].subject, name);
	*a = (struct ocsp_answer){
	    .responder = BYTES_OF(responder), .produced_at = house_now(), .n = 1};
	a->v[0] = (struct ocsp_single){.status = OCSP_GOOD,
	    .this_update = house_now(),
	    .next_update = house_now() + 86400,
	    .archive_cutoff = OCSP_NO_TIME};
	assert_int_equal(ocsp_id_encode(h->a, &id, &a->v[0].id, NULL), OK);
	assert_int_equal(ocsp_tbs(h->a, a, &data, NULL), OK);
	assert_int_equal(signer_ocsp_sign(h->front, h->a, &q, &signature, NULL), OK);
	assert_int_equal(
	    verify_spki(h->keys.spki[SIGNER_KEY_OCSP_ISSUING], way, data, *signature, NULL), OK);
}

TEST_CASE(each_kind_signs_certificates_lists_and_answers)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct house h;
		enum keyalg alg;

		house_open(&h);
		h.root_kind = rows[i].ca;
		h.kinds.issuing = h.kinds.management = str_of(keyalg_name(rows[i].ca));
		h.kinds.ocsp = str_of(keyalg_name(rows[i].ocsp));
		house_set_up(&h);
		assert_int_equal(keyalg_of_spki(h.keys.spki[SIGNER_KEY_ISSUING], &alg, NULL), OK);
		assert_int_equal(alg, rows[i].ca);
		assert_int_equal(keyalg_of_spki(h.keys.spki[SIGNER_KEY_AUDIT], &alg, NULL), OK);
		assert_int_equal(alg, KEYALG_EC_P256);
		house_people(&h);
		certificate_and_list(&h, "Before Restart");
		answer(&h, rows[i].ocsp_way);
		house_stop(&h);
		house_start(&h);
		certificate_and_list(&h, "After Restart");
		answer(&h, rows[i].ocsp_way);
		house_close(&h);
		revoked_n = 0;
	}
}

static enum err
ask(struct house *h, const char *issuing, const char *ocsp, struct fault *f)
{
	struct signer_keys_wanted want = {.env = ENVIRONMENT_TEST,
	    .origin = STR(HOUSE_ORIGIN),
	    .issuing = str_of(issuing),
	    .ocsp = str_of(ocsp)};

	*f = (struct fault){0};
	return signer_setup_keys(h->front, h->a, &want, &h->keys, f);
}

TEST_CASE(what_cannot_be_a_ca_is_refused_by_name)
{
	struct house h;
	struct fault f;

	house_open(&h);
	assert_int_equal(ask(&h, "rsa-2048", "", &f), E_FIELD_VALUE);
	assert_string_equal(f.field, "issuing");
	assert_string_equal(f.rule, KEYALG_CA_WORDS);
	assert_int_equal(ask(&h, "rsa-1024", "", &f), E_FIELD_VALUE);
	assert_int_equal(ask(&h, "", "dsa", &f), E_FIELD_VALUE);
	assert_string_equal(f.field, "ocsp");
	assert_string_equal(f.rule, KEYALG_WORDS);
	/* Begun: the same again, named or not; nothing else. */
	assert_int_equal(ask(&h, "ed25519", "ec-p384", &f), OK);
	assert_int_equal(ask(&h, "", "", &f), OK);
	assert_int_equal(ask(&h, "ed25519", "", &f), OK);
	assert_int_equal(ask(&h, "ec-p256", "", &f), E_STATE);
	assert_string_equal(f.field, "issuing");
	assert_string_equal(f.rule, "ed25519");
	house_close(&h);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(each_kind_signs_certificates_lists_and_answers),
	    cmocka_unit_test(what_cannot_be_a_ca_is_refused_by_name),
	};

	return cmocka_run_group_tests_name("signer_kinds", tests, NULL, NULL);
}
