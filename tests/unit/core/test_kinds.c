/* SPDX-License-Identifier: Apache-2.0 */
/* The shipped profiles of organisations and machines, value by value (V6 to V21), and what none may say. */
#include "core/profile.h"

#include "core/profilesan.h"
#include "profiles.h"

static struct arena *a;

static int
setup(void **state)
{
	(void)state;
	a = arena_new((size_t)64 << 20);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	arena_free(&a);
	return 0;
}

struct value {
	const char *name, *value;
};

static const struct value organisation[] = {{"country", "CN"}, {"organisation", "Example Ltd"},
    {"agent", "Li Lei"}, {"mail", "seal@example.test"}, {"phone", "+8613800138000"}};
static const struct value client[] = {{"name", "billing"}, {"country", "CN"},
    {"organisation", "Example Ltd"}, {"host", "billing.example.test"}, {"mail", "ops@example.test"},
    {"phone", "+8613800138000"}};
static const struct value server[] = {{"host", "WWW.example.test"}, {"host-2", "example.test"},
    {"address", "2001:DB8::1"}, {"country", "CN"}, {"organisation", "Example Ltd"},
    {"mail", "ops@example.test"}, {"phone", "+8613800138000"}};

static enum err
names_of(const struct profile *p, const struct value *v, size_t n, struct profile_names *ret,
    struct fault *f)
{
	struct profile_value *values = arena_array(a, n, sizeof(*values));
	struct profile_form form = {
	    .values = values, .count = n, .credential = STR("000000000017")};

	for (size_t i = 0; i < n; i++)
		values[i] = (struct profile_value){str_of(v[i].name), str_of(v[i].value)};
	return profile_subject(a, p, &form, ret, f);
}

#define NAMES(p, v, ret, f) names_of(p, v, sizeof(v) / sizeof((v)[0]), ret, f)

/* What each kind of certificate must say. */
static const struct row {
	const char *profile;
	const struct value *values;
	size_t count;
	const char *generation;
	uint16_t ku;
	enum oid eku[3];
	size_t eku_n;
	const char *policy, *subject;
	int64_t early, seconds;
	size_t names;
} rows[] = {
    {"organisation-signature", organisation, 5, "issuing-g1",
	EXT_KU_DIGITAL_SIGNATURE | EXT_KU_NON_REPUDIATION,
	{OID_EKU_CLIENT, OID_EKU_EMAIL, OID_EKU_DOCUMENT}, 3, "2.25.1.3",
	"serialNumber=000000000017,CN=Example Ltd,O=Example Ltd,C=CN", 0, 365 * VALIDITY_DAY, 1},
    {"tls-client", client, 6, "issuing-g1", EXT_KU_DIGITAL_SIGNATURE, {OID_EKU_CLIENT}, 1,
	"2.25.1.4", "CN=billing,O=Example Ltd,C=CN", VALIDITY_EARLY, 365 * VALIDITY_DAY, 1},
    {"tls-server", server, 7, "issuing-g1", EXT_KU_DIGITAL_SIGNATURE, {OID_EKU_SERVER}, 1,
	"2.25.1.5", "O=Example Ltd,C=CN", VALIDITY_EARLY, 199 * VALIDITY_DAY, 3},
    {"tls-internal", server, 7, "management-g1", EXT_KU_DIGITAL_SIGNATURE, {OID_EKU_SERVER}, 1,
	"2.25.1.6", "O=Example Ltd,C=CN", VALIDITY_EARLY, 90 * VALIDITY_DAY, 3},
};

static struct bytes
ext_value(const struct cert *c, enum oid o, bool critical)
{
	const struct ext *x = ext_find(&c->exts, o);

	if (x == NULL)
		fail_msg("no %s", oid_name(o));
	assert_int_equal(x->critical, critical);
	return x->value;
}

TEST_CASE(each_kind_value_by_value)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct row *row = &rows[i];
		struct profile p = profiles_shipped(a, row->profile);
		struct profile_issuer ca = profiles_issuer(a, row->generation);
		struct profile_request r;
		struct profile_names n;
		struct cert_template t;
		struct ext_eku eku;
		struct fault f = {0};
		struct bytes tbs, v;
		struct name name;
		struct san san;
		struct cert c;
		uint16_t ku;

		print_message("# %s\n", row->profile);
		if (names_of(&p, row->values, row->count, &n, &f) != OK)
			fail_msg("%s %s: %s", err_row(f.code)->slug, f.field, f.detail);
		assert_int_equal(profile_template(a, &p, &ca, &t, NULL), OK);
		r = profiles_request(a, n.subject, n.san);
		assert_int_equal(profile_apply(a, &p, &t, &r, PROFILES_NOW, &tbs, NULL), OK);
		assert_int_equal(cert_tbs_parse(tbs, &c, NULL), OK);
		assert_int_equal(c.not_before, PROFILES_NOW - row->early); /* L4 */
		assert_int_equal(c.not_after - c.not_before, row->seconds - 1);
		assert_int_equal(name_parse(c.subject, &name, NULL), OK);
		assert_string_equal(name_text(a, &name), row->subject);
		assert_int_equal(ext_get_ku(ext_value(&c, OID_KEY_USAGE, true), &ku, NULL), OK);
		assert_int_equal(ku, row->ku);
		assert_int_equal(ext_get_eku(ext_value(&c, OID_EKU, false), &eku, NULL), OK);
		assert_int_equal(eku.n, row->eku_n);
		for (size_t k = 0; k < row->eku_n; k++)
			assert_true(ext_eku_has(&eku, row->eku[k]));
		assert_int_equal(ext_get_policy(ext_value(&c, OID_POLICIES, false), &v, NULL), OK);
		assert_string_equal(oid_text(a, v), row->policy);
		assert_int_equal(ext_get_san(a, ext_value(&c, OID_SAN, false), &san, NULL), OK);
		assert_int_equal(san.n, row->names);
		assert_null(ext_find(&c.exts, OID_BASIC));
		assert_int_equal(cert_tbs_check(a, &t, tbs, &c, NULL), OK);
		assert_int_equal(profilesan_check(a, &p, n.san, NULL), OK);
	}
}

TEST_CASE(names_of_a_server_are_in_one_form)
{
	struct profile p = profiles_shipped(a, "tls-server");
	static const uint8_t address[] = {0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
	struct value changed[sizeof(server) / sizeof(server[0])];
	struct profile_names n;
	struct fault f = {0};
	struct san san;

	assert_int_equal(NAMES(&p, server, &n, NULL), OK);
	assert_int_equal(ext_get_san(a, n.san, &san, NULL), OK);
	assert_true(str_is(bytes_str(san.v[0].value), "www.example.test"));
	assert_true(str_is(bytes_str(san.v[1].value), "example.test"));
	assert_int_equal(san.v[2].kind, SAN_IP);
	assert_true(bytes_eq(san.v[2].value, BYTES_OF(address)));
	memcpy(changed, server, sizeof(server));
	changed[1].value = "www.example.test";
	assert_int_equal(NAMES(&p, changed, &n, &f), E_FIELD_DUPLICATE);
	assert_string_equal(f.field, "host-2");
	changed[1].value = "*.example.test";
	assert_int_equal(NAMES(&p, changed, &n, NULL), E_FIELD_FORMAT);
	changed[1].value = "under_score.example.test";
	assert_int_equal(NAMES(&p, changed, &n, NULL), E_FIELD_FORMAT);
	changed[1].value = "example.test";
	changed[2].value = "192.0.2.01";
	f = (struct fault){0};
	assert_int_equal(NAMES(&p, changed, &n, &f), E_FIELD_FORMAT);
	assert_string_equal(f.field, "address");
}

/* The document with a field that takes wildcards, and domains that bound them. */
static struct profile
bounded(void)
{
	struct bytes d = profiles_changed(a, profiles_document(a, "tls-server"),
	    "  - name: host\n    type: host\n", "  - name: host\n    type: host-or-wildcard\n");
	struct profile p;
	struct fault f = {0};

	d = profiles_changed(a, d, "    field: host\n    required: yes\n",
	    "    field: host\n    required: yes\n    within: [example.test, intern]\n");
	if (profile_parse(a, d, &p, &f) != OK)
		fail_msg("%s %s %s", err_row(f.code)->slug, f.field, f.rule);
	return p;
}

static struct bytes
one_name(enum san_kind kind, const char *value)
{
	struct san_name *name = arena_alloc(a, sizeof(*name));
	struct san san = {.v = name, .n = 1};
	struct bytes der;

	*name = (struct san_name){kind, str_bytes(str_of(value))};
	assert_int_equal(ext_san_encode(a, &san, &der, NULL), OK);
	return der;
}

TEST_CASE(names_stay_within_their_domains)
{
	static const struct {
		const char *host;
		bool good;
	} hosts[] = {
	    {"example.test", true},
	    {"a.b.example.test", true},
	    {"*.example.test", true},
	    {"a.intern", true},
	    {"badexample.test", false},
	    {"example.test.evil.org", false},
	    {"example.org", false},
	    {"*.test.example", false},
	};
	struct profile p = bounded(), plain = profiles_shipped(a, "tls-server");
	struct value v[sizeof(server) / sizeof(server[0])];
	struct profile_names n;
	struct fault f = {0};

	memcpy(v, server, sizeof(v));
	for (size_t i = 0; i < sizeof(hosts) / sizeof(hosts[0]); i++) {
		bool wild = hosts[i].host[0] == '*';

		print_message("# %s\n", hosts[i].host);
		v[0].value = hosts[i].host;
		v[1] = (struct value){"host-2", "other.example"};
		assert_int_equal(NAMES(&p, v, &n, &f), hosts[i].good ? OK : E_FIELD_VALUE);
		/* The signer says the same of the octets alone; other fields have no domains here. */
		if (hosts[i].good)
			assert_int_equal(profilesan_check(a, &p, n.san, NULL), OK);
		assert_int_equal(
		    profilesan_check(a, &plain, one_name(SAN_DNS, hosts[i].host), NULL),
		    wild ? E_GATE : OK);
	}
	assert_string_equal(f.field, "host");
	assert_string_equal(f.rule, "example.test");
}

TEST_CASE(the_signer_looks_at_names_itself)
{
	struct profile p = profiles_shipped(a, "tls-client"), s = profiles_shipped(a, "tls-server"),
		       o = profiles_shipped(a, "operator");
	struct bytes dns = one_name(SAN_DNS, "www.example.test");
	const uint8_t *upper;
	struct fault f = {0};

	assert_int_equal(profilesan_check(a, &p, (struct bytes){0}, NULL), OK);
	assert_int_equal(profilesan_check(a, &s, (struct bytes){0}, &f), E_GATE);
	assert_string_equal(f.rule, "required");
	assert_int_equal(profilesan_check(a, &o, dns, NULL), E_GATE);
	assert_int_equal(profilesan_check(a, &p, dns, NULL), OK);
	assert_int_equal(
	    profilesan_check(a, &p, one_name(SAN_MAIL, "a@example.test"), NULL), E_GATE);
	upper = arena_bytes(a, dns).p;
	((uint8_t *)(uintptr_t)upper)[dns.n - 1] = 'T';
	assert_int_equal(profilesan_check(a, &p, bytes_of(upper, dns.n), NULL), E_GATE);
	/* More names than the profile has fields for. */
	{
		struct san_name two[] = {
		    {SAN_DNS, str_bytes(STR("a.example"))}, {SAN_DNS, str_bytes(STR("b.example"))}};
		struct san san = {.v = two, .n = 2};
		struct bytes der;

		assert_int_equal(ext_san_encode(a, &san, &der, NULL), OK);
		assert_int_equal(profilesan_check(a, &p, der, NULL), E_GATE);
		assert_int_equal(profilesan_check(a, &s, der, NULL), OK);
	}
	assert_int_equal(profilesan_check(a, &s, bytes_of(dns.p, dns.n - 1), NULL), E_DER);
}

struct change {
	const char *profile, *from, *to, *rule;
};

TEST_CASE(what_no_document_may_say)
{
	static const struct change changes[] = {
	    {"tls-server", "[server-auth]", "[server-auth, client-auth]", "V9: server-auth"},
	    {"tls-server", "[digital-signature]", "[digital-signature, key-encipherment]",
		"V9: key-encipherment, keys: rsa"},
	    {"tls-server", "[digital-signature]", "[digital-signature, non-repudiation]",
		"V9: ≠ non-repudiation"},
	    {"tls-server", "days: 199", "days: 200", "V9: days ≤ 199"},
	    {"tls-server", "days: 199", "years: 1", "V9: days ≤ 199"},
	    {"tls-server", "days: 199", "days: 199\nyears: 1", "years | days"},
	    {"tls-server", "suspension: no", "suspension: yes", "S29: no"},
	    {"tls-server", "attribute: organisation", "attribute: unit",
		"V9: ≠ unit, ≠ common-name"},
	    {"tls-server", "attribute: organisation", "attribute: common-name",
		"V9: ≠ unit, ≠ common-name"},
	    {"tls-server", "    field: host\n    required: yes",
		"    field: host\n    required: no", "V9: dns | ip, required: yes"},
	    {"tls-server", "name: ip\n    field: address", "name: mail\n    field: mail",
		"V9: dns | ip"},
	    {"tls-server", "name: ip\n    field: address", "name: ip\n    field: host-2",
		"type: ip-address"},
	    {"tls-server", "name: ip\n    field: address", "name: dns\n    field: address",
		"type: host | host-or-wildcard"},
	    {"tls-server", "name: ip\n    field: address",
		"name: ip\n    field: address\n    within: [a.b]", "name: dns"},
	    {"tls-client", "[digital-signature]", "[digital-signature, key-encipherment]",
		"V8: ≠ key-encipherment"},
	    {"tls-client", "[digital-signature]", "[digital-signature, non-repudiation]",
		"V7: email-protection | document-signing"},
	    {"tls-client", "count: 1", "count: 0", "S2: count: 0, fixed | from"},
	    {"tls-client", "type: mail\n", "type: text\n", "S16: type: mail"},
	    {"tls-client", "key-place: any", "key-place: token",
		"S20: key-place: token, entrances: [agent]"},
	    {"organisation-signature", "ca: issuing", "ca: management",
		"S12: ca: management, by: roster, or TLS"},
	    {"organisation-signature", "  - name: mail\n    field: mail\n    required: yes\n", "",
		NULL},
	};

	for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
		const struct change *c = &changes[i];
		struct bytes d =
		    profiles_changed(a, profiles_document(a, c->profile), c->from, c->to);
		struct fault f = {0};
		struct profile p;

		print_message("# %s %zu\n", c->profile, i);
		assert_int_not_equal(profile_parse(a, d, &p, &f), OK);
		if (c->rule)
			assert_string_equal(f.rule, c->rule);
		assert_non_null(strstr(f.field, "line "));
	}
}

TEST_CASE(rsa_servers_may_take_session_keys)
{
	struct bytes d = profiles_changed(a, profiles_document(a, "tls-server"),
	    "[digital-signature]", "[digital-signature, key-encipherment]");
	struct profile_issuer ca = profiles_issuer(a, "issuing-g1");
	struct cert_template t;
	struct profile p;

	d = profiles_changed(
	    a, d, "[ec-p256, ec-p384, rsa-2048, rsa-3072, rsa-4096]", "[rsa-3072]");
	assert_int_equal(profile_parse(a, d, &p, NULL), OK);
	assert_int_equal(profile_template(a, &p, &ca, &t, NULL), OK);
	/* 03 02 05 A0 (V6). */
	assert_true(memmem(t.before.p, t.before.n, "\x03\x02\x05\xA0", 4) != NULL ||
	    memmem(t.after.p, t.after.n, "\x03\x02\x05\xA0", 4) != NULL);
}

/* Without approvals the document itself bounds every name (S2). */
TEST_CASE(machines_without_approval_have_bounded_names)
{
	struct bytes d =
	    profiles_changed(a, profiles_document(a, "tls-client"), "count: 1", "count: 0");
	struct fault f = {0};
	struct profile p;

	d = profiles_changed(a, d, "    field: country\n", "    fixed: CN\n");
	d = profiles_changed(a, d, "    field: organisation\n", "    fixed: Example Ltd\n");
	d = profiles_changed(a, d, "    field: name\n", "    fixed: node\n");
	assert_int_equal(profile_parse(a, d, &p, &f), E_PROFILE_RULE);
	assert_string_equal(f.rule, "S2: count: 0, dns, within");
	d = profiles_changed(a, d, "    field: host\n    required: no\n",
	    "    field: host\n    required: no\n    within: [nodes.example.test]\n");
	assert_int_equal(profile_parse(a, d, &p, NULL), OK);
	assert_int_equal(p.approvals, 0);
	assert_true(profile_is_tls(&p));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(each_kind_value_by_value),
	    cmocka_unit_test(names_of_a_server_are_in_one_form),
	    cmocka_unit_test(names_stay_within_their_domains),
	    cmocka_unit_test(the_signer_looks_at_names_itself),
	    cmocka_unit_test(what_no_document_may_say),
	    cmocka_unit_test(rsa_servers_may_take_session_keys),
	    cmocka_unit_test(machines_without_approval_have_bounded_names),
	};

	return cmocka_run_group_tests_name("core kinds", tests, setup, teardown);
}
