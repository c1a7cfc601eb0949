/* SPDX-License-Identifier: Apache-2.0 */
/* The certificates of our own house (V9, V11 to V14). */
#include "core/builtin.h"

#include "base/text.h"
#include "profiles.h"

static struct arena *a;

static int
setup(void **state)
{
	(void)state;
	a = arena_new(0);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	arena_free(&a);
	return 0;
}

static struct builtin_house
house(void)
{
	return (struct builtin_house){
	    .env = ENVIRONMENT_TEST,
	    .country = STR("CN"),
	    .organisation = STR("Example TEST"),
	    .generation = 1,
	};
}

/* What each kind has, in one line: the extensions by name, in the order of the certificate. */
static const struct {
	enum builtin kind;
	const char *common;
	int path_len; /* -2: no basicConstraints */
	uint16_t ku;
	enum oid eku;
	const char *policy, *generation;
	int64_t seconds; /* of the term, to be added to an hour before now */
	bool aki, cdp, ocsp, issuers, nocheck;
} rows[] = {
    {BUILTIN_ROOT, "Example TEST Root CA G1", -1, EXT_KU_KEY_CERT_SIGN | EXT_KU_CRL_SIGN,
	OID_UNKNOWN, NULL, "root-g1", 7305 * VALIDITY_DAY, false, false, false, false, false},
    {BUILTIN_ISSUING, "Example TEST Issuing CA G1", 0, EXT_KU_KEY_CERT_SIGN | EXT_KU_CRL_SIGN,
	OID_UNKNOWN, "2.5.29.32.0", "issuing-g1", 3653 * VALIDITY_DAY, true, true, false, true,
	false},
    {BUILTIN_MANAGEMENT, "Example TEST Management CA G1", 0, EXT_KU_KEY_CERT_SIGN | EXT_KU_CRL_SIGN,
	OID_UNKNOWN, "2.5.29.32.0", "management-g1", 3653 * VALIDITY_DAY, true, true, false, true,
	false},
    {BUILTIN_OCSP_ISSUING, "Example TEST OCSP Issuing G1", -2, EXT_KU_DIGITAL_SIGNATURE,
	OID_EKU_OCSP, NULL, NULL, 30 * VALIDITY_DAY, true, false, false, false, true},
    {BUILTIN_OCSP_MANAGEMENT, "Example TEST OCSP Management G1", -2, EXT_KU_DIGITAL_SIGNATURE,
	OID_EKU_OCSP, NULL, NULL, 30 * VALIDITY_DAY, true, false, false, false, true},
    {BUILTIN_TLS_PORTAL, "localhost", -2, EXT_KU_DIGITAL_SIGNATURE, OID_EKU_SERVER, "2.25.1.0",
	NULL, 90 * VALIDITY_DAY, true, true, true, true, false},
};
#define ROWS (sizeof(rows) / sizeof(rows[0]))

static void
check_extensions(const struct cert *c, size_t i)
{
	const struct ext *x = ext_find(&c->exts, OID_BASIC);
	struct ext_basic basic;
	struct ext_eku eku;
	struct ext_aia aia = {0};
	struct bytes oid;
	uint16_t ku;

	assert_int_equal(x != NULL, rows[i].path_len > -2);
	if (x != NULL) {
		assert_true(x->critical);
		assert_int_equal(ext_get_basic(x->value, &basic, NULL), OK);
		assert_true(basic.ca);
		assert_int_equal(basic.path_len, rows[i].path_len);
	}
	assert_int_equal(ext_get_ku(ext_find(&c->exts, OID_KEY_USAGE)->value, &ku, NULL), OK);
	assert_int_equal(ku, rows[i].ku);
	x = ext_find(&c->exts, OID_EKU);
	assert_int_equal(x != NULL, rows[i].eku != OID_UNKNOWN);
	if (x != NULL) {
		assert_int_equal(ext_get_eku(x->value, &eku, NULL), OK);
		assert_int_equal(eku.n, 1);
		assert_true(ext_eku_has(&eku, rows[i].eku));
	}
	x = ext_find(&c->exts, OID_POLICIES);
	assert_int_equal(x != NULL, rows[i].policy != NULL);
	if (x != NULL) {
		assert_int_equal(ext_get_policy(x->value, &oid, NULL), OK);
		assert_string_equal(oid_text(a, oid), rows[i].policy);
	}
	x = ext_find(&c->exts, OID_AIA);
	if (x != NULL)
		assert_int_equal(ext_get_aia(x->value, &aia, NULL), OK);
	assert_int_equal(aia.ocsp.n > 0, rows[i].ocsp);
	assert_int_equal(aia.issuers.n > 0, rows[i].issuers);
	assert_int_equal(ext_find(&c->exts, OID_AKI) != NULL, rows[i].aki);
	assert_int_equal(ext_find(&c->exts, OID_CDP) != NULL, rows[i].cdp);
	assert_int_equal(ext_find(&c->exts, OID_OCSP_NOCHECK) != NULL, rows[i].nocheck);
	assert_non_null(ext_find(&c->exts, OID_SKI));
	assert_int_equal(ext_find(&c->exts, OID_SAN) != NULL, rows[i].kind == BUILTIN_TLS_PORTAL);
}

TEST_CASE(our_own_certificates_value_by_value)
{
	struct builtin_house h = house();

	for (size_t i = 0; i < ROWS; i++) {
		struct profile_issuer ca = profiles_issuer(a, "root-g1");
		struct profile_request r = profiles_request(a, ca.subject, (struct bytes){0});
		struct cert_template t;
		struct bytes tbs;
		struct name name;
		struct cert c;

		assert_int_equal(rows[i].kind, i);
		if (rows[i].kind == BUILTIN_TLS_PORTAL)
			assert_int_equal(
			    builtin_portal(a, STR("localhost"), &r.subject, &r.san, NULL), OK);
		else
			assert_int_equal(
			    builtin_subject(a, rows[i].kind, &h, &r.subject, NULL), OK);
		if (rows[i].kind == BUILTIN_ROOT) {
			ca.subject = r.subject;
			r.ca_not_after = 0; /* it has nobody above it */
		}
		r.ca_not_after *= 2;
		assert_int_equal(builtin_template(a, rows[i].kind, &ca, &t, NULL), OK);
		assert_int_equal(
		    builtin_apply(a, rows[i].kind, &t, &r, PROFILES_NOW, &tbs, NULL), OK);
		assert_int_equal(cert_tbs_parse(tbs, &c, NULL), OK);
		assert_true(bytes_eq(c.issuer, ca.subject));
		assert_int_equal(c.not_before, PROFILES_NOW - 3600); /* L4 */
		assert_int_equal(c.not_after, PROFILES_NOW - 3600 + rows[i].seconds - 1);
		assert_int_equal(name_parse(c.subject, &name, NULL), OK);
		assert_true(str_is(name_get(&name, OID_CN), rows[i].common));
		check_extensions(&c, i);
		if (rows[i].generation)
			assert_string_equal(
			    builtin_generation(a, rows[i].kind, 1), rows[i].generation);
	}
}

TEST_CASE(who_signs_whom)
{
	static const enum builtin issuers[] = {BUILTIN_ROOT, BUILTIN_ROOT, BUILTIN_ROOT,
	    BUILTIN_ISSUING, BUILTIN_MANAGEMENT, BUILTIN_MANAGEMENT};
	enum builtin b;

	for (unsigned i = 0; i < BUILTIN__COUNT; i++) {
		assert_int_equal(builtin_issuer((enum builtin)i), issuers[i]);
		assert_int_equal(builtin_is_ca((enum builtin)i), i <= BUILTIN_MANAGEMENT);
		assert_true(builtin_parse(str_of(builtin_name((enum builtin)i)), &b));
		assert_int_equal(b, i);
	}
	assert_false(builtin_parse(STR("sub-ca"), &b));
	assert_int_equal(builtin_term(BUILTIN_TLS_PORTAL).days, 90);
	assert_int_equal(builtin_term(BUILTIN_ROOT).years, 20);
}

TEST_CASE(a_house_says_its_environment)
{
	static const struct {
		const char *organisation, *country;
		enum environment env;
		enum err err;
		const char *field;
	} cases[] = {
	    {"Example TEST", "CN", ENVIRONMENT_TEST, OK, ""},
	    {"TEST Example", "RU", ENVIRONMENT_TEST, OK, ""},
	    {"Example", "CN", ENVIRONMENT_PRODUCTION, OK, ""},
	    {"Contest Ltd", "CN", ENVIRONMENT_PRODUCTION, OK, ""},
	    {"Example", "CN", ENVIRONMENT_TEST, E_FIELD_VALUE, "organisation"},
	    {"Example Test", "CN", ENVIRONMENT_TEST, E_FIELD_VALUE, "organisation"},
	    {"ExampleTEST", "CN", ENVIRONMENT_TEST, E_FIELD_VALUE, "organisation"},
	    {"Example TEST", "CN", ENVIRONMENT_PRODUCTION, E_FIELD_VALUE, "organisation"},
	    {"Example test Ltd", "CN", ENVIRONMENT_PRODUCTION, E_FIELD_VALUE, "organisation"},
	    {"Example TEST", "XX", ENVIRONMENT_TEST, E_FIELD_VALUE, "country"},
	    {"", "CN", ENVIRONMENT_PRODUCTION, E_FIELD_MISSING, "organisation"},
	    {"Ex\xd0\xb0mple", "CN", ENVIRONMENT_PRODUCTION, E_NAME_SCRIPT, "organisation"},
	    /* The common name is longer than the organisation and is not cut either. */
	    {"A firm with a name of fifty-two characters, so long", "CN", ENVIRONMENT_PRODUCTION,
		E_NAME_LONG, "organisation"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct builtin_house h = {
		    .env = cases[i].env,
		    .country = str_of(cases[i].country),
		    .organisation = str_of(cases[i].organisation),
		    .generation = 2,
		};
		struct fault f = {0};
		struct bytes der;

		if (builtin_subject(a, BUILTIN_ISSUING, &h, &der, &f) != cases[i].err)
			fail_msg("row %zu: %s", i, err_row(f.code)->slug);
		assert_string_equal(f.field, cases[i].field);
	}
}

TEST_CASE(a_portal_is_a_name_or_an_address)
{
	struct bytes subject, san;
	struct name name;
	struct san names;
	char host[90];
	struct fault f = {0};

	assert_int_equal(builtin_portal(a, STR("127.0.0.1"), &subject, &san, NULL), OK);
	assert_int_equal(ext_get_san(a, san, &names, NULL), OK);
	assert_int_equal(names.v[0].kind, SAN_IP);
	assert_int_equal(names.v[0].value.n, 4);
	assert_int_equal(builtin_portal(a, STR("::1"), &subject, &san, NULL), OK);
	assert_int_equal(ext_get_san(a, san, &names, NULL), OK);
	assert_int_equal(names.v[0].value.n, 16);
	assert_int_equal(name_parse(subject, &name, NULL), OK);
	assert_true(str_is(name_get(&name, OID_CN), "::1"));
	assert_int_equal(builtin_portal(a, STR("pki.example"), &subject, &san, NULL), OK);
	assert_int_equal(ext_get_san(a, san, &names, NULL), OK);
	assert_int_equal(names.v[0].kind, SAN_DNS);
	/* Longer than a CN may be: the SAN alone, critical then. */
	memset(host, 'a', sizeof(host));
	memcpy(host + 40, ".pki", 4);
	assert_int_equal(
	    builtin_portal(a, (struct str){host, sizeof(host)}, &subject, &san, NULL), OK);
	assert_true(name_is_empty(subject));
	assert_int_equal(builtin_portal(a, STR("PKI.example"), &subject, &san, &f), E_FIELD_FORMAT);
	assert_string_equal(f.field, "host");
}

TEST_CASE(the_house_keeps_the_rules_it_makes)
{
	struct profile_issuer ca = profiles_issuer(a, "management-g1");
	struct profile_request r = profiles_request(a, (struct bytes){0}, (struct bytes){0});
	struct cert_template t;
	struct bytes tbs;

	assert_int_equal(builtin_portal(a, STR("localhost"), &r.subject, &r.san, NULL), OK);
	assert_int_equal(builtin_template(a, BUILTIN_TLS_PORTAL, &ca, &t, NULL), OK);
	r.ca_not_after = PROFILES_NOW;
	assert_int_equal(
	    builtin_apply(a, BUILTIN_TLS_PORTAL, &t, &r, PROFILES_NOW, &tbs, NULL), E_CA_ENDS);
	r.ca_not_after = ca.not_after;
	r.spki = profiles_spki(a, KEY_P384);
	assert_int_equal(
	    builtin_apply(a, BUILTIN_TLS_PORTAL, &t, &r, PROFILES_NOW, &tbs, NULL), OK);
	r.spki = profiles_rsa(a, 1024);
	assert_int_equal(
	    builtin_apply(a, BUILTIN_TLS_PORTAL, &t, &r, PROFILES_NOW, &tbs, NULL), E_KEY_TYPE);
	r.spki = profiles_spki(a, KEY_P256);
	r.san = (struct bytes){0};
	assert_int_equal(
	    builtin_apply(a, BUILTIN_TLS_PORTAL, &t, &r, PROFILES_NOW, &tbs, NULL), E_PROFILE_RULE);
	ca.policy_arc = STR("");
	assert_int_equal(builtin_template(a, BUILTIN_TLS_PORTAL, &ca, &t, NULL), E_CONFIG);
	ca.base = STR("");
	assert_int_equal(builtin_template(a, BUILTIN_ISSUING, &ca, &t, NULL), E_CONFIG);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(our_own_certificates_value_by_value),
	    cmocka_unit_test(who_signs_whom),
	    cmocka_unit_test(a_house_says_its_environment),
	    cmocka_unit_test(a_portal_is_a_name_or_an_address),
	    cmocka_unit_test(the_house_keeps_the_rules_it_makes),
	};

	return cmocka_run_group_tests_name("core builtin", tests, setup, teardown);
}
