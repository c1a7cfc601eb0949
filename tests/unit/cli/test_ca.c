/* SPDX-License-Identifier: Apache-2.0 */
/* What the root signs: V12 to V14, V22, read back by our own reader (ca_make had OpenSSL verify it). */
#include "cli/ca.h"

#include <string.h>

#include "base/text.h"
#include "test.h"
#include "x509/cert.h"
#include "x509/crl.h"

#define NOW INT64_C(1795507200) /* 2026-11-24T08:00:00Z */

struct made {
	struct arena *a;
	struct softkey *root, *issuing, *management;
	struct ca_plan plan;
	struct ca_made made;
};

static void
make_with(struct made *m, enum keyalg root)
{
	struct fault f = {0};

	*m = (struct made){.a = arena_new(0)};
	assert_int_equal(softkey_make(root, &m->root, &f), OK);
	assert_int_equal(softkey_generate(&m->issuing, &f), OK);
	assert_int_equal(softkey_generate(&m->management, &f), OK);
	m->plan = (struct ca_plan){
	    .house = {ENVIRONMENT_TEST, STR("CN"), STR("Signet TEST"), 1},
	    .base = STR("http://pki.example"),
	    .policy_arc = STR("2.25.1"),
	    .issuing_spki = softkey_spki(m->issuing),
	    .management_spki = softkey_spki(m->management),
	    .now = NOW,
	};
	if (ca_make(m->a, m->root, &m->plan, &m->made, &f) != OK)
		fail_msg("%s %s %s: %s", err_row(f.code)->slug, f.field, f.rule, f.detail);
}

static void
make(struct made *m)
{
	make_with(m, KEYALG_EC_P256);
}

static void
unmake(struct made *m)
{
	softkey_free(&m->root);
	softkey_free(&m->issuing);
	softkey_free(&m->management);
	arena_free(&m->a);
}

static bool
has(const struct cert *c, enum oid o)
{
	return ext_find(&c->exts, o) != NULL;
}

TEST_CASE(the_root_is_bare)
{
	struct made m;
	struct cert c;
	struct ext_basic basic;
	struct fault f = {0};
	uint16_t ku;

	make(&m);
	assert_int_equal(cert_parse(m.made.root, &c, &f), OK);
	assert_true(bytes_eq(c.issuer, c.subject));
	assert_int_equal(ext_get_basic(ext_find(&c.exts, OID_BASIC)->value, &basic, &f), OK);
	assert_true(basic.ca);
	assert_int_equal(basic.path_len, EXT_NO_PATH_LEN);
	assert_int_equal(ext_get_ku(ext_find(&c.exts, OID_KEY_USAGE)->value, &ku, &f), OK);
	assert_int_equal(ku, EXT_KU_KEY_CERT_SIGN | EXT_KU_CRL_SIGN);
	assert_false(has(&c, OID_EKU));
	assert_false(has(&c, OID_CDP));
	assert_false(has(&c, OID_AIA));
	assert_false(has(&c, OID_POLICIES));
	unmake(&m);
}

TEST_CASE(the_ca_below_it_may_have_none_below)
{
	struct made m;
	struct cert root, c;
	struct ext_basic basic;
	struct fault f = {0};

	make(&m);
	assert_int_equal(cert_parse(m.made.root, &root, &f), OK);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(cert_parse(i ? m.made.management : m.made.issuing, &c, &f), OK);
		assert_true(bytes_eq(c.issuer, root.subject));
		assert_true(c.not_after <= root.not_after);
		assert_true(bytes_eq(c.spki, i ? m.plan.management_spki : m.plan.issuing_spki));
		assert_int_equal(
		    ext_get_basic(ext_find(&c.exts, OID_BASIC)->value, &basic, &f), OK);
		assert_int_equal(basic.path_len, 0);
		assert_true(has(&c, OID_CDP));
		assert_true(has(&c, OID_AIA));
		assert_true(has(&c, OID_POLICIES));
	}
	unmake(&m);
}

TEST_CASE(the_roots_list_is_empty_and_lasts_thirteen_months)
{
	struct made m;
	struct crl crl;
	struct crl_item row;
	struct fault f = {0};
	struct civil end;
	bool more = true;

	make(&m);
	assert_int_equal(crl_open(m.made.crl, &crl, &f), OK);
	assert_int_equal(crl_next(&crl, &row, &more, &f), OK);
	assert_false(more);
	assert_int_equal(crl.head.this_update, NOW);
	assert_int_equal(crl.head.number, NOW * 1000);
	end = civil_of(crl.head.next_update);
	assert_int_equal(end.year, 2027);
	assert_int_equal(end.month, 12);
	assert_int_equal(end.day, 24);
	unmake(&m);
}

/* ca_make had OpenSSL verify all of it. */
TEST_CASE(a_root_of_each_kind_signs_with_its_algorithm)
{
	static const enum keyalg kinds[] = {
	    KEYALG_EC_P384, KEYALG_RSA_3072, KEYALG_RSA_4096, KEYALG_ED25519};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		struct fault f = {0};
		struct made m;
		struct cert c;
		struct crl crl;

		make_with(&m, kinds[i]);
		assert_int_equal(cert_parse(m.made.root, &c, &f), OK);
		assert_int_equal(c.alg, keyalg_sigalg(kinds[i]));
		assert_int_equal(cert_parse(m.made.issuing, &c, &f), OK);
		assert_int_equal(c.alg, keyalg_sigalg(kinds[i]));
		assert_int_equal(crl_open(m.made.crl, &crl, &f), OK);
		assert_int_equal(crl.head.alg, keyalg_sigalg(kinds[i]));
		unmake(&m);
	}
}

TEST_CASE(a_root_of_2048_bits_is_refused)
{
	struct made m;
	struct softkey *small;
	struct ca_made made;
	struct fault f = {0};

	make(&m);
	assert_int_equal(softkey_make(KEYALG_RSA_2048, &small, &f), OK);
	assert_int_equal(ca_make(m.a, small, &m.plan, &made, &f), E_KEY_TYPE);
	assert_string_equal(f.rule, "≥ rsa-3072");
	softkey_free(&small);
	unmake(&m);
}

TEST_CASE(a_test_house_says_so)
{
	struct made m;
	struct ca_made made;
	struct fault f = {0};

	make(&m);
	m.plan.house.organisation = STR("Example");
	assert_int_equal(ca_make(m.a, m.root, &m.plan, &made, &f), E_FIELD_VALUE);
	unmake(&m);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_root_is_bare),
	    cmocka_unit_test(the_ca_below_it_may_have_none_below),
	    cmocka_unit_test(the_roots_list_is_empty_and_lasts_thirteen_months),
	    cmocka_unit_test(a_root_of_each_kind_signs_with_its_algorithm),
	    cmocka_unit_test(a_root_of_2048_bits_is_refused),
	    cmocka_unit_test(a_test_house_says_so),
	};

	return cmocka_run_group_tests_name("cli_ca", tests, NULL, NULL);
}
