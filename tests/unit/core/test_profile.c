/* SPDX-License-Identifier: Apache-2.0 */
/* Profile documents: what is read, and what is refused where. */
#include "core/profile.h"

#include "base/text.h"
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

TEST_CASE(the_person_profile_says_what_v7_wants)
{
	struct profile p = profiles_shipped(a, "person-signature");

	assert_true(str_is(p.name, "person-signature"));
	assert_int_equal(p.version, 1);
	assert_true(str_is(p.title[LANG_ZH], "个人签名证书"));
	assert_int_equal(p.ca, PROFILE_CA_ISSUING);
	assert_int_equal(p.policy, 1);
	assert_int_equal(p.term.years, 1);
	assert_int_equal(p.keys, 1u << KEYRULE_EC_P256);
	assert_int_equal(p.usage, PROFILE_USAGE_SIGN | PROFILE_USAGE_NONREPUDIATION);
	assert_int_equal(p.purposes, PROFILE_PURPOSE_CLIENT | PROFILE_PURPOSE_MAIL);
	assert_int_equal(p.place, PROFILE_PLACE_TOKEN);
	assert_int_equal(p.entrances, PROFILE_ENTRANCE_AGENT);
	assert_int_equal(p.san, PROFILE_SAN_REQUIRED);
	assert_int_equal(p.alt_count, 1);
	assert_int_equal(p.alts[0].kind, PROFILE_NAME_MAIL);
	assert_true(str_is(profile_mail_field(&p), "mail"));
	assert_int_equal(p.approvals, 1);
	assert_int_equal(p.approver, PROFILE_BY_OPERATOR);
	assert_int_equal(p.code_days, 14);
	assert_int_equal(p.code_length, 12);
	assert_int_equal(p.code_tries, 5);
	assert_true(p.suspension);
	assert_true(p.quota_hour <= p.quota_day);
	assert_int_equal(p.part_count, 6);
	assert_int_equal(p.parts[0].attribute, PROFILE_ATTRIBUTE_COUNTRY);
	assert_int_equal(p.parts[0].max, 2);
	assert_false(p.parts[1].required);
	assert_int_equal(p.parts[5].source, PROFILE_CREDENTIAL);
	assert_string_equal(profile_attribute_name(p.parts[5].attribute), "serial-number");
	assert_int_equal(profile_field_find(&p, STR("phone"))->type, FIELDTYPE_PHONE);
	assert_null(profile_field_find(&p, STR("pin")));
}

TEST_CASE(the_operator_profile_says_what_v10_wants)
{
	struct profile p = profiles_shipped(a, "operator");

	assert_int_equal(p.ca, PROFILE_CA_MANAGEMENT);
	assert_int_equal(p.usage, PROFILE_USAGE_SIGN);
	assert_int_equal(p.purposes, PROFILE_PURPOSE_CLIENT);
	assert_int_equal(p.term.years, 1);
	assert_int_equal(p.approver, PROFILE_BY_ROSTER);
	assert_int_equal(p.approvals, 0);
	assert_int_equal(p.san, PROFILE_SAN_NONE);
	assert_int_equal(p.parts[1].source, PROFILE_PERSON);
	assert_int_not_equal(p.policy, profiles_shipped(a, "person-signature").policy);
}

struct change {
	const char *from, *to;
	enum err err;
	const char *key; /* in the fault's field, after the place */
};

static void
refused(const char *name, const struct change *rows, size_t n)
{
	struct bytes document = profiles_document(a, name);

	for (size_t i = 0; i < n; i++) {
		struct bytes changed = profiles_changed(a, document, rows[i].from, rows[i].to);
		struct profile p = {0};
		struct fault f = {0};

		if (profile_parse(a, changed, &p, &f) != rows[i].err ||
		    strstr(f.field, rows[i].key) == NULL || strstr(f.field, "line ") == NULL)
			fail_msg(
			    "%s: %s, %s, %s", rows[i].to, err_row(f.code)->slug, f.field, f.rule);
		assert_null(p.name.p);
	}
}

TEST_CASE(words_and_numbers_are_refused_by_their_place)
{
	static const struct change rows[] = {
	    {"profile: person", "profil: person", E_FIELD_UNKNOWN, "profil"},
	    {"profile: person-signature\n", "", E_FIELD_MISSING, "profile"},
	    {"profile: person-signature", "profile: Person", E_FIELD_FORMAT, "profile"},
	    {"version: 1", "version: 0", E_FIELD_VALUE, "version"},
	    {"version: 1", "version: one", E_FIELD_TYPE, "version"},
	    {"policy: 1", "policy: 0", E_FIELD_VALUE, "policy"},
	    {"years: 1", "years: 11", E_FIELD_VALUE, "years"},
	    {"ca: issuing", "ca: root", E_FIELD_VALUE, "ca"},
	    {"[ec-p256]", "[ec-p256, ec-p256]", E_FIELD_DUPLICATE, "keys"},
	    {"[ec-p256]", "[rsa-1024]", E_FIELD_VALUE, "keys"},
	    {"[ec-p256]", "[]", E_FIELD_MISSING, "keys"},
	    {"[ec-p256]", "[[ec-p256]]", E_FIELD_VALUE, "keys"},
	    {"keys: [ec-p256]", "keys: ec-p256", E_FIELD_TYPE, "keys"},
	    {"key-place: token", "key-place: cloud", E_FIELD_VALUE, "key-place"},
	    {"non-repudiation", "key-agreement", E_FIELD_VALUE, "key-usage"},
	    {"email-protection", "time-stamping", E_FIELD_VALUE, "purposes"},
	    {"entrances: [agent]", "entrances: [scep]", E_FIELD_VALUE, "entrances"},
	    {"suspension: yes", "suspension: maybe", E_FIELD_VALUE, "suspension"},
	    {"consent: person-signature-1", "consent: '../x'", E_FIELD_FORMAT, "consent"},
	    {"days: 14", "days: 91", E_FIELD_VALUE, "days"},
	    {"length: 12", "length: 13", E_FIELD_VALUE, "length"},
	    {"length: 12", "length: 21", E_FIELD_VALUE, "length"},
	    {"tries: 5", "tries: 0", E_FIELD_VALUE, "tries"},
	    {"tries: 5", "tries: 5\n  sms: 1", E_FIELD_UNKNOWN, "sms"},
	    {"count: 1", "count: 9", E_FIELD_VALUE, "count"},
	    {"by: operator", "by: nobody", E_FIELD_VALUE, "by"},
	    {"hour: 200", "hour: 0", E_FIELD_VALUE, "hour"},
	    {"  zh: 个人签名证书\n", "", E_FIELD_MISSING, "zh"},
	    {"  zh: 个人签名证书\n", "  de: Unterschrift\n", E_FIELD_UNKNOWN, "de"},
	    {"Personal signature", "P\xd0\xb0ypal", E_NAME_SCRIPT, "en"},
	    {"mail: required", "mail: sometimes", E_FIELD_VALUE, "mail"},
	    {"attribute: surname", "attribute: mail", E_FIELD_VALUE, "attribute"},
	    {"attribute: surname", "oid: 2.5.4.4", E_FIELD_UNKNOWN, "oid"},
	    {"from: credential", "from: clock", E_FIELD_VALUE, "from"},
	    {"field: country", "field: country\n    max: 3", E_FIELD_VALUE, "max"},
	    {"subject:\n", "subject:\n  - country\n", E_FIELD_TYPE, "subject"},
	    {"form:\n", "form:\n  - name\n", E_FIELD_TYPE, "form"},
	    {"  - name: surname", "  - name: name", E_FIELD_DUPLICATE, "name"},
	    {"type: phone", "type: pin", E_FIELD_VALUE, "type"},
	    {"max: 2\n", "max: 257\n", E_FIELD_VALUE, "max"},
	    {"  - name: phone", "  - name: Phone", E_FIELD_FORMAT, "name"},
	    {"type: phone", "type: phone\n    choices: []", E_PROFILE_RULE, "choices"},
	    {"type: phone", "type: phone\n    pattern: '999'", E_PROFILE_RULE, "pattern"},
	    {"type: phone", "type: number\n    pattern: 'no'", E_FIELD_FORMAT, "pattern"},
	    {"type: phone", "type: number\n    pattern: '99999999999999999'", E_FIELD_FORMAT,
		"pattern"},
	    {"type: phone", "type: one-of", E_FIELD_MISSING, "choices"},
	    {"type: phone", "type: one-of\n    choices: []", E_FIELD_LENGTH, "choices"},
	    {"type: phone", "type: one-of\n    choices: [a]", E_FIELD_TYPE, "choices"},
	    {"type: phone",
		"type: one-of\n    choices:\n"
		"      - {value: a, title: {en: A, zh: A, ru: A}}\n"
		"      - {value: a, title: {en: A, zh: A, ru: A}}",
		E_FIELD_DUPLICATE, "value"},
	    {"type: phone", "type: phone\n    help: {en: Yours}", E_FIELD_MISSING, "zh"},
	    {"  - name: phone", "  - title: {}\n    name: phone", E_YAML, ""},
	};

	refused("person-signature", rows, sizeof(rows) / sizeof(rows[0]));
}

TEST_CASE(rules_of_the_whole_are_told_with_their_number)
{
	static const struct change rows[] = {
	    {"[digital-signature, non", "[non", E_PROFILE_RULE, "key-usage"},
	    {"[client-auth, email-protection]", "[client-auth]", E_PROFILE_RULE, "purposes"},
	    {"mail: required\n  field: mail", "mail: none", E_PROFILE_RULE, "san"},
	    {"mail: required\n  field: mail", "mail: none\n  field: mail", E_PROFILE_RULE, "field"},
	    {"mail: required\n  field: mail", "mail: required\n  field: phone", E_PROFILE_RULE,
		"field"},
	    {"mail: required\n  field: mail", "mail: required\n  field: post", E_PROFILE_RULE,
		"field"},
	    {"type: mail\n    required: yes", "type: mail\n    required: no", E_PROFILE_RULE,
		"field"},
	    {"type: mail\n    required: yes\n    max: 64",
		"type: mail\n    required: yes\n    max: 65", E_PROFILE_RULE, "field"},
	    {"entrances: [agent]", "entrances: [agent, api]", E_PROFILE_RULE, "entrances"},
	    {"hour: 200", "hour: 2000", E_PROFILE_RULE, "quota"},
	    {"by: operator", "by: roster", E_PROFILE_RULE, "approvals"},
	    {"attribute: surname", "attribute: given-name", E_PROFILE_RULE, "attribute"},
	    {"attribute: surname", "attribute: country", E_PROFILE_RULE, "attribute"},
	    {"    field: country", "    field: name", E_PROFILE_RULE, "field"},
	    {"    field: country", "    fixed: XX", E_PROFILE_RULE, "fixed"},
	    {"    field: country", "    fixed: CN\n    max: 1", E_PROFILE_RULE, "fixed"},
	    {"    field: country", "    field: nothing", E_PROFILE_RULE, "field"},
	    {"    field: country", "    fixed: CN\n    field: country", E_PROFILE_RULE, "subject"},
	    {"    field: country", "    required: yes", E_PROFILE_RULE, "subject"},
	    {"    field: surname", "    field: country", E_PROFILE_RULE, "field"},
	    {"    field: surname\n    required: no", "    field: surname", E_PROFILE_RULE, "field"},
	    {"    field: surname", "    field: mail", E_PROFILE_RULE, "field"},
	    {"    field: surname\n    required: no", "    from: person", E_PROFILE_RULE, "from"},
	    {"attribute: common-name\n    field: name",
		"attribute: common-name\n    field: "
		"name\n    required: no",
		E_PROFILE_RULE, "subject"},
	    {"  - attribute: common-name\n    field: name\n", "", E_PROFILE_RULE, "subject"},
	};
	static const struct change operator_rows[] = {
	    {"[digital-signature]", "[digital-signature, non-repudiation]", E_PROFILE_RULE,
		"purposes"},
	    {"[digital-signature]\npurposes: [client-auth]",
		"[digital-signature, non-repudiation]\npurposes: [document-signing]",
		E_PROFILE_RULE, "purposes"},
	    {"[client-auth]", "[client-auth, document-signing]", E_PROFILE_RULE, "purposes"},
	    {"[client-auth]", "[server-auth]", E_PROFILE_RULE, "years"},
	    {"years: 1", "years: 2", E_PROFILE_RULE, "years"},
	    {"by: roster", "by: operator", E_PROFILE_RULE, "approvals"},
	    {"count: 0", "count: 1", E_PROFILE_RULE, "approvals"},
	};

	refused("person-signature", rows, sizeof(rows) / sizeof(rows[0]));
	refused("operator", operator_rows, sizeof(operator_rows) / sizeof(operator_rows[0]));
}

/* S27: an identity number enters a person's certificate only where the document says so. */
TEST_CASE(an_identity_number_enters_a_name_by_leave_only)
{
	struct bytes document = profiles_changed(a, profiles_document(a, "person-signature"),
	    "    from: credential", "    field: snils");
	struct bytes form = profiles_changed(a, document, "form:\n",
	    "form:\n  - name: snils\n    type: ru-snils\n    required: yes\n"
	    "    title: {en: SNILS, zh: SNILS, ru: СНИЛС}\n"
	    "    help: {en: Eleven digits, zh: 十一位数字, ru: Одиннадцать цифр}\n");
	struct bytes leave =
	    profiles_changed(a, form, "    field: snils", "    field: snils\n    identity: yes");
	const struct profile_field *field;
	struct fault f = {0};
	struct profile p;

	assert_int_equal(profile_parse(a, form, &p, &f), E_PROFILE_RULE);
	assert_string_equal(f.rule, "S27: identity: yes");
	assert_int_equal(profile_parse(a, leave, &p, NULL), OK);
	assert_true(p.parts[5].identity);
	field = profile_field_find(&p, STR("snils"));
	assert_int_equal(field->max, 11);
	assert_true(str_is(field->help[LANG_RU], "Одиннадцать цифр"));
}

TEST_CASE(a_fixed_part_needs_no_field)
{
	struct bytes document = profiles_changed(
	    a, profiles_document(a, "person-signature"), "    field: country", "    fixed: CN");
	struct profile p;

	assert_int_equal(profile_parse(a, document, &p, NULL), OK);
	assert_int_equal(p.parts[0].source, PROFILE_FIXED);
	assert_true(str_is(p.parts[0].value, "CN"));
}

TEST_CASE(what_is_no_document_is_refused)
{
	uint8_t *big = arena_alloc(a, PROFILE_MAX + 1);
	struct profile p;

	memset(big, ' ', PROFILE_MAX + 1);
	assert_int_equal(profile_parse(a, bytes_of(big, PROFILE_MAX + 1), &p, NULL), E_BODY_SIZE);
	assert_int_not_equal(profile_parse(a, bytes_of(big, 10), &p, NULL), OK);
	assert_int_equal(profile_parse(a, str_bytes(STR("- profile\n")), &p, NULL), E_FIELD_TYPE);
	assert_int_not_equal(profile_parse(a, (struct bytes){0}, &p, NULL), OK);
}

/* Cut anywhere, a document is another document or none: never read past its end. */
TEST_CASE(a_document_that_was_cut_is_refused)
{
	struct bytes document = profiles_document(a, "operator");
	struct profile p;

	for (size_t n = 0; n + 60 < document.n; n += 7) {
		struct arena *own = arena_new(0);

		assert_int_not_equal(profile_parse(own, bytes_of(document.p, n), &p, NULL), OK);
		arena_free(&own);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_person_profile_says_what_v7_wants),
	    cmocka_unit_test(the_operator_profile_says_what_v10_wants),
	    cmocka_unit_test(words_and_numbers_are_refused_by_their_place),
	    cmocka_unit_test(rules_of_the_whole_are_told_with_their_number),
	    cmocka_unit_test(an_identity_number_enters_a_name_by_leave_only),
	    cmocka_unit_test(a_fixed_part_needs_no_field),
	    cmocka_unit_test(what_is_no_document_is_refused),
	    cmocka_unit_test(a_document_that_was_cut_is_refused),
	};

	return cmocka_run_group_tests_name("core profile", tests, setup, teardown);
}
