/* SPDX-License-Identifier: Apache-2.0 */
/* Forms: from what a person filled in to the names that a certificate carries. */
#include "core/profile.h"

#include "base/text.h"
#include "profiles.h"

static struct arena *a;
static struct profile person, operator_;

static int
setup(void **state)
{
	(void)state;
	a = arena_new(0);
	person = profiles_shipped(a, "person-signature");
	operator_ = profiles_shipped(a, "operator");
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	arena_free(&a);
	return 0;
}

#define VALUES_MAX 10

/* A good form of the person profile: change one of its values by name. */
struct filled {
	struct profile_value v[VALUES_MAX];
	struct profile_form form;
};

static void
fill(struct filled *f)
{
	*f = (struct filled){.v = {
				 {STR("country"), STR("cn")},
				 {STR("name"), STR("李雷")},
				 {STR("organisation"), STR("Zoe\xcc\x88 Ltd")},
				 {STR("mail"), STR("Li.Lei@EXAMPLE.test")},
				 {STR("phone"), STR("+86 138-0013-8000")},
			     }};
	f->form = (struct profile_form){.values = f->v, .count = 5, .credential = STR("C-000017")};
}

static void
set(struct filled *f, struct str name, struct str value)
{
	for (size_t i = 0; i < f->form.count; i++) {
		if (str_eq(f->v[i].name, name)) {
			f->v[i].value = value;
			return;
		}
	}
	f->v[f->form.count++] = (struct profile_value){name, value};
}

TEST_CASE(a_form_becomes_names_in_their_order)
{
	struct filled in;
	struct profile_names out;
	struct name name;
	struct san san;

	fill(&in);
	assert_int_equal(profile_subject(a, &person, &in.form, &out, NULL), OK);
	assert_int_equal(out.count, 5);
	/* Values in the profile's order and normal form. */
	assert_true(str_is(out.values[0].name, "name"));
	assert_true(str_is(out.values[1].value, "Zoë Ltd"));
	assert_true(str_is(out.values[2].value, "CN"));
	assert_true(str_is(out.values[3].value, "Li.Lei@example.test"));
	assert_true(str_is(out.values[4].value, "+8613800138000"));
	assert_int_equal(name_parse(out.subject, &name, NULL), OK);
	assert_int_equal(name.n, 4);
	assert_int_equal(name.v[0].type, OID_COUNTRY);
	assert_int_equal(name.v[1].type, OID_ORGANIZATION);
	assert_int_equal(name.v[2].type, OID_CN);
	assert_true(str_is(name.v[2].value, "李雷"));
	assert_int_equal(name.v[3].type, OID_SERIAL_NUMBER);
	assert_true(str_is(name.v[3].value, "C-000017"));
	assert_int_equal(ext_get_san(a, out.san, &san, NULL), OK);
	assert_int_equal(san.n, 1);
	assert_int_equal(san.v[0].kind, SAN_MAIL);
	assert_true(str_is(bytes_str(san.v[0].value), "Li.Lei@example.test"));
}

TEST_CASE(the_same_form_gives_the_same_octets)
{
	struct filled one, other;
	struct profile_names x, y;

	fill(&one);
	fill(&other);
	/* Another order, another way to type it: the same names. */
	other.v[0] = one.v[4];
	other.v[4] = one.v[0];
	set(&other, STR("country"), STR("CN"));
	set(&other, STR("organisation"), STR("Zoë Ltd"));
	set(&other, STR("mail"), STR("Li.Lei@example.test"));
	assert_int_equal(profile_subject(a, &person, &one.form, &x, NULL), OK);
	assert_int_equal(profile_subject(a, &person, &other.form, &y, NULL), OK);
	assert_true(bytes_eq(x.subject, y.subject));
	assert_true(bytes_eq(x.san, y.san));
}

TEST_CASE(faults_name_the_field)
{
	const struct {
		struct str name, value;
		enum err err;
		const char *field;
		bool draft; /* refused in a draft too */
	} rows[] = {
	    {STR("name"), STR(""), E_FIELD_MISSING, "name", false},
	    {STR("mail"), STR(""), E_FIELD_MISSING, "mail", false},
	    {STR("name"), STR("p\xd0\xb0ypal"), E_NAME_SCRIPT, "name", true},
	    {STR("name"), STR("Li\n"), E_NAME_CHARS, "name", true},
	    {STR("surname"),
		STR("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"),
		E_NAME_LONG, "surname", true},
	    {STR("country"), STR("XX"), E_FIELD_VALUE, "country", true},
	    {STR("country"), STR("CHN"), E_FIELD_VALUE, "country", true},
	    {STR("country"), STR("C"), E_FIELD_VALUE, "country", true},
	    {STR("mail"), STR("li"), E_FIELD_FORMAT, "mail", true},
	    {STR("mail"), STR("a@пример.рф"), E_FIELD_CHARS, "mail", true},
	    {STR("mail"), STR("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa@bbbb.test"),
		E_NAME_LONG, "mail", true},
	    {STR("phone"), STR("13800138000"), E_FIELD_FORMAT, "phone", true},
	    {STR("pin"), STR("1234"), E_FIELD_UNKNOWN, "pin", true},
	    {STR("P\nN"), STR("1234"), E_FIELD_UNKNOWN, "form", true},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct profile_names out = {0};
		struct fault f = {0};
		struct filled in;

		fill(&in);
		set(&in, rows[i].name, rows[i].value);
		if (profile_subject(a, &person, &in.form, &out, &f) != rows[i].err)
			fail_msg("row %zu: %s", i, err_row(f.code)->slug);
		assert_string_equal(f.field, rows[i].field);
		assert_null(out.values);
		assert_int_equal(profile_draft(a, &person, &in.form, &out, NULL),
		    rows[i].draft ? rows[i].err : OK);
	}
}

TEST_CASE(a_field_comes_once)
{
	struct profile_names out;
	struct fault f = {0};
	struct filled in;

	fill(&in);
	in.v[in.form.count++] = in.v[1];
	assert_int_equal(profile_subject(a, &person, &in.form, &out, &f), E_FIELD_DUPLICATE);
	assert_string_equal(f.field, "name");
}

TEST_CASE(a_draft_may_be_unfinished)
{
	struct profile_form empty = {0};
	struct profile_names out;
	struct filled in;

	assert_int_equal(profile_draft(a, &person, &empty, &out, NULL), OK);
	assert_int_equal(out.count, 0);
	fill(&in);
	in.form.count = 1;
	assert_int_equal(profile_draft(a, &person, &in.form, &out, NULL), OK);
	assert_int_equal(out.count, 1);
	assert_true(str_is(out.values[0].value, "CN"));
	assert_int_equal(out.subject.n, 0);
}

TEST_CASE(numbers_of_ours_come_from_the_service)
{
	struct profile_value name = {STR("name"), STR("Ada")};
	struct profile_form form = {.values = &name, .count = 1};
	struct profile_names out;
	struct fault f = {0};
	struct filled in;

	fill(&in);
	in.form.credential = (struct str){0};
	assert_int_equal(profile_subject(a, &person, &in.form, &out, &f), E_FIELD_MISSING);
	assert_string_equal(f.field, "serial-number");
	f = (struct fault){0};
	in.form.credential = STR("№17"); /* not a PrintableString (V19) */
	assert_int_equal(profile_subject(a, &person, &in.form, &out, &f), E_FIELD_CHARS);
	in.form.credential =
	    STR("00000000000000000000000000000000000000000000000000000000000000000");
	assert_int_equal(profile_subject(a, &person, &in.form, &out, NULL), E_NAME_LONG);

	assert_int_equal(profile_subject(a, &operator_, &form, &out, NULL), E_FIELD_MISSING);
	form.person = STR("p-0001");
	assert_int_equal(profile_subject(a, &operator_, &form, &out, NULL), OK);
	assert_int_equal(out.san.n, 0);
}

TEST_CASE(an_optional_mail_may_stay_out)
{
	struct bytes document = profiles_document(a, "person-signature");
	struct profile_names out;
	struct profile p;
	struct filled in;

	document = profiles_changed(a, document, "mail: required", "mail: optional");
	document = profiles_changed(
	    a, document, "type: mail\n    required: yes", "type: mail\n    required: no");
	document = profiles_changed(a, document, "    field: country", "    fixed: RU");
	assert_int_equal(profile_parse(a, document, &p, NULL), OK);
	fill(&in);
	assert_int_equal(profile_subject(a, &p, &in.form, &out, NULL), OK);
	assert_true(out.san.n > 0);
	set(&in, STR("mail"), STR(""));
	assert_int_equal(profile_subject(a, &p, &in.form, &out, NULL), OK);
	assert_int_equal(out.san.n, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_form_becomes_names_in_their_order),
	    cmocka_unit_test(the_same_form_gives_the_same_octets),
	    cmocka_unit_test(faults_name_the_field),
	    cmocka_unit_test(a_field_comes_once),
	    cmocka_unit_test(a_draft_may_be_unfinished),
	    cmocka_unit_test(numbers_of_ours_come_from_the_service),
	    cmocka_unit_test(an_optional_mail_may_stay_out),
	};

	return cmocka_run_group_tests_name("core form", tests, setup, teardown);
}
