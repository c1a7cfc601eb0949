/* SPDX-License-Identifier: Apache-2.0 */
#include "kinds.h"

static const enum oid person_eku[] = {OID_EKU_CLIENT, OID_EKU_EMAIL};
static const enum oid ocsp_eku[] = {OID_EKU_OCSP};
static const enum oid server_eku[] = {OID_EKU_SERVER};

struct cert_shape
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

struct cert_fields
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

struct bytes
dns_names(const char *host)
{
	struct san_name name = {SAN_DNS, str_bytes(str_of(host))};
	struct san san = {.v = &name, .n = 1};
	struct bytes der;

	assert_int_equal(ext_san_encode(mem, &san, &der, &fault), OK);
	return der;
}

struct bytes
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
