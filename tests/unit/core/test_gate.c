/* SPDX-License-Identifier: Apache-2.0 */
/* The gate: templates, what a request may ask for, and the TBSCertificate (V1 to V25). */
#include "core/profile.h"

#include "base/text.h"
#include "profiles.h"

static struct arena *a;
static struct profile person, operator_;
static struct cert_template person_template, operator_template;
static struct bytes subject, san;

static int
setup(void **state)
{
	struct profile_issuer issuing, management;
	struct profile_names names;
	struct profile_value v[5];
	struct profile_form form = {.values = v, .count = 5, .credential = STR("C-17")};

	(void)state;
	a = arena_new((size_t)64 << 20);
	person = profiles_shipped(a, "person-signature");
	operator_ = profiles_shipped(a, "operator");
	issuing = profiles_issuer(a, "issuing-g1");
	management = profiles_issuer(a, "management-g1");
	assert_int_equal(profile_template(a, &person, &issuing, &person_template, NULL), OK);
	assert_int_equal(
	    profile_template(a, &operator_, &management, &operator_template, NULL), OK);
	v[0] = (struct profile_value){STR("name"), STR("李雷")};
	v[1] = (struct profile_value){STR("country"), STR("CN")};
	v[2] = (struct profile_value){STR("mail"), STR("li@example.test")};
	v[3] = (struct profile_value){STR("phone"), STR("+8613800138000")};
	v[4] = (struct profile_value){STR("organisation"), STR("Example")};
	assert_int_equal(profile_subject(a, &person, &form, &names, NULL), OK);
	subject = names.subject;
	san = names.san;
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	arena_free(&a);
	return 0;
}

static struct bytes
ext_value(const struct cert *c, enum oid o, bool critical)
{
	const struct ext *x = ext_find(&c->exts, o);

	if (x == NULL)
		fail_msg("no %s", oid_name(o));
	assert_int_equal(x->critical, critical);
	return x->value;
}

TEST_CASE(a_person_certificate_value_by_value)
{
	struct profile_request r = profiles_request(a, subject, san);
	struct profile_issuer ca = profiles_issuer(a, "issuing-g1");
	struct bytes tbs, v;
	struct ext_eku eku;
	struct ext_aia aia;
	struct cert c;
	uint16_t ku;
	struct str url;

	assert_int_equal(
	    profile_apply(a, &person, &person_template, &r, PROFILES_NOW, &tbs, NULL), OK);
	assert_int_equal(cert_tbs_parse(tbs, &c, NULL), OK);
	assert_true(bytes_eq(c.serial, serial_bytes(&r.serial)));             /* V1 */
	assert_int_equal(c.alg, SIGALG_ECDSA_SHA256);                         /* V2 */
	assert_int_equal(c.not_before, PROFILES_NOW);                         /* L4 */
	assert_int_equal(c.not_after, PROFILES_NOW + 365 * VALIDITY_DAY - 1); /* V3 */
	assert_true(bytes_eq(c.issuer, ca.subject));                          /* V4 */
	assert_true(bytes_eq(c.subject, subject));
	assert_true(bytes_eq(c.spki, r.spki));
	assert_int_equal(ext_get_aki(ext_value(&c, OID_AKI, false), &v, NULL), OK);
	assert_true(bytes_eq(v, ca.ski));
	assert_int_equal(ext_get_ski(ext_value(&c, OID_SKI, false), &v, NULL), OK);
	assert_true(bytes_eq(v, r.ski)); /* V5 */
	assert_int_equal(ext_get_ku(ext_value(&c, OID_KEY_USAGE, true), &ku, NULL), OK);
	assert_int_equal(ku, EXT_KU_DIGITAL_SIGNATURE | EXT_KU_NON_REPUDIATION); /* V6, V7 */
	assert_int_equal(ext_get_eku(ext_value(&c, OID_EKU, false), &eku, NULL), OK);
	assert_int_equal(eku.n, 2);
	assert_true(ext_eku_has(&eku, OID_EKU_CLIENT) && ext_eku_has(&eku, OID_EKU_EMAIL));
	assert_null(ext_find(&c.exts, OID_BASIC)); /* V15 */
	assert_int_equal(ext_get_cdp(ext_value(&c, OID_CDP, false), &url, NULL), OK);
	assert_true(str_is(url, "http://localhost:8445/crl/issuing-g1/0.crl")); /* V16, L1, L2 */
	assert_int_equal(ext_get_aia(ext_value(&c, OID_AIA, false), &aia, NULL), OK);
	assert_true(str_is(aia.ocsp, "http://localhost:8445/ocsp")); /* V17 */
	assert_true(str_is(aia.issuers, "http://localhost:8445/ca/issuing-g1.cer"));
	assert_int_equal(ext_get_policy(ext_value(&c, OID_POLICIES, false), &v, NULL), OK);
	assert_string_equal(oid_text(a, v), "2.25.1.1");           /* V18, L3 */
	assert_true(bytes_eq(ext_value(&c, OID_SAN, false), san)); /* V20, V21 */
	assert_int_equal(c.exts.n, 8);
	/* The signer finds the same octets from its own template (S1). */
	assert_int_equal(cert_tbs_check(a, &person_template, tbs, &c, NULL), OK);
	assert_int_not_equal(cert_tbs_check(a, &operator_template, tbs, &c, NULL), OK);
}

TEST_CASE(an_operator_certificate)
{
	struct profile_request r = profiles_request(a, profiles_name(a, "Ada"), (struct bytes){0});
	struct bytes tbs, v;
	struct ext_eku eku;
	struct cert c;
	uint16_t ku;

	assert_int_equal(
	    profile_apply(a, &operator_, &operator_template, &r, PROFILES_NOW, &tbs, NULL), OK);
	assert_int_equal(cert_tbs_parse(tbs, &c, NULL), OK);
	assert_int_equal(ext_get_ku(ext_value(&c, OID_KEY_USAGE, true), &ku, NULL), OK);
	assert_int_equal(ku, EXT_KU_DIGITAL_SIGNATURE); /* V10 */
	assert_int_equal(ext_get_eku(ext_value(&c, OID_EKU, false), &eku, NULL), OK);
	assert_int_equal(eku.n, 1);
	assert_true(ext_eku_has(&eku, OID_EKU_CLIENT));
	assert_int_equal(ext_get_policy(ext_value(&c, OID_POLICIES, false), &v, NULL), OK);
	assert_string_equal(oid_text(a, v), "2.25.1.2");
	assert_null(ext_find(&c.exts, OID_SAN));
	/* A profile without SAN takes none. */
	r.san = san;
	assert_int_equal(
	    profile_apply(a, &operator_, &operator_template, &r, PROFILES_NOW, &tbs, NULL),
	    E_PROFILE_RULE);
}

TEST_CASE(a_ca_that_ends_too_early_is_named)
{
	struct profile_request r = profiles_request(a, subject, san);
	struct bytes tbs = {0};
	struct fault f = {0};

	r.ca_not_after = PROFILES_NOW + 365 * VALIDITY_DAY - 1;
	assert_int_equal(
	    profile_apply(a, &person, &person_template, &r, PROFILES_NOW, &tbs, NULL), OK);
	tbs = (struct bytes){0};
	r.ca_not_after--;
	assert_int_equal(
	    profile_apply(a, &person, &person_template, &r, PROFILES_NOW, &tbs, &f), E_CA_ENDS);
	assert_string_equal(f.field, "validity");
	assert_null(tbs.p);
}

TEST_CASE(keys_of_another_kind_are_refused)
{
	struct profile_request r = profiles_request(a, subject, san);
	struct bytes tbs;
	struct fault f = {0};

	r.spki = profiles_spki(a, KEY_P384);
	assert_int_equal(
	    profile_apply(a, &person, &person_template, &r, PROFILES_NOW, &tbs, &f), E_KEY_TYPE);
	assert_string_equal(f.field, "key");
	r.spki = profiles_spki(a, KEY_ED25519);
	assert_int_equal(
	    profile_apply(a, &person, &person_template, &r, PROFILES_NOW, &tbs, NULL), E_KEY_TYPE);
	r.spki = subject;
	assert_int_not_equal(
	    profile_apply(a, &person, &person_template, &r, PROFILES_NOW, &tbs, NULL), OK);
	r.spki = profiles_rsa(a, 1024);
	f = (struct fault){0};
	assert_int_equal(
	    profile_apply(a, &person, &person_template, &r, PROFILES_NOW, &tbs, &f), E_KEY_TYPE);
	assert_string_equal(f.rule, "ec-p256"); /* what it takes, not what it was given */
	/* A kind we know but this profile does not allow. */
	r.spki = profiles_spki(a, KEY_P256);
	person.keys = 0;
	assert_int_equal(
	    profile_apply(a, &person, &person_template, &r, PROFILES_NOW, &tbs, NULL), E_KEY_TYPE);
	person.keys = 1u << KEYRULE_EC_P256;
}

TEST_CASE(each_kind_of_key_by_its_rule)
{
	const struct bytes keys[KEYRULE__COUNT] = {
	    [KEYRULE_EC_P256] = profiles_spki(a, KEY_P256),
	    [KEYRULE_EC_P384] = profiles_spki(a, KEY_P384),
	    [KEYRULE_RSA_2048] = profiles_rsa(a, 2048),
	    [KEYRULE_RSA_3072] = profiles_rsa(a, 3072),
	    [KEYRULE_RSA_4096] = profiles_rsa(a, 4096),
	    [KEYRULE_ED25519] = profiles_spki(a, KEY_ED25519),
	};
	struct profile p = person;

	for (unsigned allowed = 0; allowed < KEYRULE__COUNT; allowed++) {
		p.keys = 1u << allowed;
		for (unsigned k = 0; k < KEYRULE__COUNT; k++) {
			struct profile_request r = profiles_request(a, subject, san);
			struct fault f = {0};
			struct bytes tbs;
			struct cert c;

			r.spki = keys[k];
			if (k != allowed) {
				assert_int_equal(profile_apply(a, &p, &person_template, &r,
						     PROFILES_NOW, &tbs, &f),
				    E_KEY_TYPE);
				assert_string_equal(f.rule, keyrule_name((enum keyrule)allowed));
				continue;
			}
			assert_int_equal(
			    profile_apply(a, &p, &person_template, &r, PROFILES_NOW, &tbs, NULL),
			    OK);
			assert_int_equal(cert_tbs_parse(tbs, &c, NULL), OK);
			assert_true(bytes_eq(c.spki, keys[k]));
		}
	}
}

TEST_CASE(an_issuer_is_checked_before_it_stands_in_certificates)
{
	struct profile_issuer ca = profiles_issuer(a, "issuing-g1");
	struct cert_template t;
	struct fault f = {0};

	ca.base = STR("https://pki.example");
	assert_int_equal(profile_template(a, &person, &ca, &t, &f), E_CONFIG);
	assert_string_equal(f.field, "public_http_url");
	ca = profiles_issuer(a, "issuing-g1");
	ca.policy_arc = STR("2.25.x");
	f = (struct fault){0};
	assert_int_equal(profile_template(a, &person, &ca, &t, &f), E_CONFIG);
	assert_string_equal(f.field, "policy_arc");
	ca.policy_arc = STR("");
	assert_int_equal(profile_template(a, &person, &ca, &t, NULL), E_CONFIG);
}

/* A request for NAME with these extensions, as it arrives. */
static const struct csr *
csr_of(struct bytes name, struct bytes spki, struct bytes extensions)
{
	static const uint8_t signature[] = {0x30, 6, 2, 1, 1, 2, 1, 1};
	struct csr *csr = arena_alloc(a, sizeof(*csr));
	struct bytes tbs, der;
	struct fault f = {0};

	assert_int_equal(csr_tbs(a, name, spki, extensions, &tbs, NULL), OK);
	assert_int_equal(
	    csr_finish(a, tbs, SIGALG_ECDSA_SHA256, BYTES_OF(signature), &der, NULL), OK);
	if (csr_parse(der, csr, &f) != OK)
		fail_msg("%s: %s", f.field, f.detail);
	return csr;
}

static struct bytes
name_of(enum oid type, struct str value, enum oid also, struct str second)
{
	struct name *n = arena_alloc(a, sizeof(*n));
	struct bytes der;

	if (value.n)
		assert_true(name_add(n, type, value));
	if (second.n)
		assert_true(name_add(n, also, second));
	assert_int_equal(name_encode(a, n, &der, NULL), OK);
	return der;
}

static enum err
ask_name(struct bytes name, struct fault *f)
{
	struct profile_request r = profiles_request(a, subject, san);
	struct bytes tbs;

	r.csr = csr_of(name, r.spki, (struct bytes){0});
	return profile_apply(a, &person, &person_template, &r, PROFILES_NOW, &tbs, f);
}

TEST_CASE(a_request_may_name_nothing_the_same_or_less)
{
	struct fault f = {0};
	const struct str none = {0};

	assert_int_equal(ask_name(subject, NULL), OK);
	assert_int_equal(ask_name(name_of(OID_CN, none, OID_CN, none), NULL), OK);
	assert_int_equal(ask_name(name_of(OID_CN, STR("李雷"), OID_CN, none), NULL), OK);
	assert_int_equal(ask_name(name_of(OID_CN, STR("李雷"), OID_COUNTRY, STR("CN")), NULL), OK);
	assert_int_equal(ask_name(name_of(OID_CN, STR("韩梅梅"), OID_CN, none), &f), E_CSR_MORE);
	assert_string_equal(f.field, "subject");
	assert_string_equal(f.rule, "CN");
	f = (struct fault){0};
	assert_int_equal(
	    ask_name(name_of(OID_CN, STR("李雷"), OID_ORG_UNIT, STR("Board")), &f), E_CSR_MORE);
	assert_string_equal(f.rule, "OU");
}

/* One extension, written by EXT_PUT, in a request. */
#define ASK(want, name, put)                                                                      \
	do {                                                                                      \
		struct der_out w = der_out_new(a, 4096);                                          \
		struct profile_request r = profiles_request(a, subject, san);                     \
		struct bytes whole, tbs;                                                          \
		struct fault f = {0};                                                             \
                                                                                                  \
		put;                                                                              \
		assert_int_equal(der_done(&w, "request", &whole, NULL), OK);                      \
		r.csr =                                                                           \
		    csr_of(name_of(OID_CN, STR("李雷"), OID_CN, (struct str){0}), r.spki, whole); \
		if (profile_apply(a, &person, &person_template, &r, PROFILES_NOW, &tbs, &f) !=    \
		    (want))                                                                       \
			fail_msg(#put ": %s %s", err_row(f.code)->slug, f.rule);                  \
		assert_string_equal(f.field, name);                                               \
	} while (0)

static struct bytes
mails(const char *one, const char *other)
{
	struct san_name v[2] = {
	    {SAN_MAIL, str_bytes(str_of(one))}, {SAN_MAIL, str_bytes(str_of(other))}};
	struct san s = {v, other ? 2 : 1};
	struct bytes der;

	assert_int_equal(ext_san_encode(a, &s, &der, NULL), OK);
	return der;
}

TEST_CASE(a_request_may_ask_for_extensions_that_it_gets)
{
	static const enum oid client[] = {OID_EKU_CLIENT};
	static const enum oid server[] = {OID_EKU_CLIENT, OID_EKU_SERVER};
	static const uint8_t other[20] = {9}, leaf[] = {0x30, 0};
	struct profile_request same = profiles_request(a, subject, san);
	const struct ext no_ca = {oid_der(OID_BASIC), false, BYTES_OF(leaf)};
	const struct ext bad_ku = {oid_der(OID_KEY_USAGE), true, BYTES_OF(leaf)};
	const struct ext bad_eku = {oid_der(OID_EKU), true, BYTES_OF(leaf)};
	const struct ext bad_san = {oid_der(OID_SAN), true, BYTES_OF(leaf)};
	const struct ext unknown = {oid_der(OID_USER_ID), true, BYTES_OF(leaf)};
	struct bytes strange = {0};

	assert_true(oid_parse(a, STR("1.2.3.4"), &strange));
	ASK(OK, "", ext_put_ku(&w, EXT_KU_DIGITAL_SIGNATURE));
	ASK(OK, "", ext_put_ku(&w, EXT_KU_DIGITAL_SIGNATURE | EXT_KU_NON_REPUDIATION));
	ASK(E_CSR_MORE, "keyUsage",
	    ext_put_ku(&w, EXT_KU_DIGITAL_SIGNATURE | EXT_KU_KEY_CERT_SIGN));
	ASK(E_CSR_MORE, "keyUsage", ext_put(&w, &bad_ku));
	ASK(OK, "", ext_put_eku(&w, client, 1));
	ASK(E_CSR_MORE, "extKeyUsage", ext_put_eku(&w, server, 2));
	ASK(E_CSR_MORE, "extKeyUsage", ext_put(&w, &bad_eku));
	ASK(OK, "", ext_put_san(&w, san, false));
	ASK(E_CSR_MORE, "subjectAltName",
	    ext_put_san(&w, mails("li@example.test", "x@example.test"), false));
	ASK(E_CSR_MORE, "subjectAltName", ext_put(&w, &bad_san));
	ASK(OK, "", ext_put_ski(&w, same.ski));
	ASK(E_CSR_MORE, "subjectKeyIdentifier", ext_put_ski(&w, BYTES_OF(other)));
	ASK(OK, "", ext_put(&w, &no_ca));
	ASK(E_CSR_MORE, "basicConstraints", ext_put_basic(&w, 0));
	ASK(OK, "", ext_put_cdp(&w, STR("http://localhost:8445/crl/issuing-g1/0.crl")));
	ASK(E_CSR_MORE, "cRLDistributionPoints",
	    ext_put_cdp(&w, STR("http://localhost:8445/crl/issuing-g1/1.crl")));
	ASK(E_CSR_MORE, "ocspNoCheck", ext_put_nocheck(&w));
	ASK(E_CSR_MORE, "UID", ext_put(&w, &unknown));
	ASK(E_CSR_MORE, "1.2.3.4", ext_put(&w, &(struct ext){strange, false, BYTES_OF(leaf)}));
}

TEST_CASE(a_request_is_for_the_key_it_is_signed_with)
{
	struct profile_request r = profiles_request(a, subject, san);
	uint8_t point[65];
	struct bytes tbs, other;

	memset(point, 4, sizeof(point));
	assert_int_equal(key_spki(a, KEY_P256, BYTES_OF(point), &other, NULL), OK);
	r.csr = csr_of(subject, other, (struct bytes){0});
	assert_int_equal(
	    profile_apply(a, &person, &person_template, &r, PROFILES_NOW, &tbs, NULL), E_KEY_OTHER);
}

/* emailAddress in a request's subject (V20): an attribute that is never issued. */
TEST_CASE(mail_in_the_subject_is_more)
{
	static const uint8_t mail[] = {0x30, 0x1d, 0x31, 0x1b, 0x30, 0x19, 6, 9, 0x2a, 0x86, 0x48,
	    0x86, 0xf7, 0x0d, 1, 9, 1, 0x16, 0x0c, 'l', 'i', '@', 'x', '.', 'e', 'x', 'a', 'm', 'p',
	    'l', 'e'};
	static const uint8_t unknown[] = {
	    0x30, 0x0c, 0x31, 0x0a, 0x30, 8, 6, 3, 0x2a, 3, 4, 0x0c, 1, 'x'};
	struct fault f = {0};

	assert_int_equal(ask_name(BYTES_OF(mail), &f), E_CSR_MORE);
	assert_string_equal(f.rule, "emailAddress");
	f = (struct fault){0};
	assert_int_equal(ask_name(BYTES_OF(unknown), &f), E_CSR_MORE);
	assert_string_equal(f.field, "subject");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_person_certificate_value_by_value),
	    cmocka_unit_test(an_operator_certificate),
	    cmocka_unit_test(a_ca_that_ends_too_early_is_named),
	    cmocka_unit_test(keys_of_another_kind_are_refused),
	    cmocka_unit_test(each_kind_of_key_by_its_rule),
	    cmocka_unit_test(an_issuer_is_checked_before_it_stands_in_certificates),
	    cmocka_unit_test(a_request_may_name_nothing_the_same_or_less),
	    cmocka_unit_test(a_request_may_ask_for_extensions_that_it_gets),
	    cmocka_unit_test(a_request_is_for_the_key_it_is_signed_with),
	    cmocka_unit_test(mail_in_the_subject_is_more),
	};

	return cmocka_run_group_tests_name("core gate", tests, setup, teardown);
}
