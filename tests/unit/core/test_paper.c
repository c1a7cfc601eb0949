/* SPDX-License-Identifier: Apache-2.0 */
/* Papers: what a file is by its own octets, and what a profile may ask for. */
#include "core/paper.h"

#include "profiles.h"

static struct arena *a;

static int
setup(void **state)
{
	(void)state;
	a = arena_new((size_t)32 << 20);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	arena_free(&a);
	return 0;
}

#define PNG_HEAD "\x89PNG\r\n\x1a\n\0\0\0\rIHDR"
#define PNG_TAIL "\0\0\0\0IEND\xae\x42\x60\x82"
#define FILE_OF(lit)                                  \
	{                                             \
		(const uint8_t *)lit, sizeof(lit) - 1 \
	}

TEST_CASE(a_file_is_what_its_octets_say)
{
	static const struct {
		struct bytes file;
		enum papertype type; /* PAPERTYPE__COUNT: none of them */
	} rows[] = {
	    {FILE_OF("%PDF-1.4\n1 0 obj\n%%EOF\n"), PAPERTYPE_PDF},
	    {FILE_OF("%PDF-2.0\n%%EOF"), PAPERTYPE_PDF},
	    {FILE_OF("\xff\xd8\xff\xe0JFIF\xff\xd9"), PAPERTYPE_JPEG},
	    {FILE_OF("\xff\xd8\xff\xe1"
		     "Exif\xff\xd9trailer"),
		PAPERTYPE_JPEG},
	    {FILE_OF(PNG_HEAD "picture" PNG_TAIL), PAPERTYPE_PNG},
	    {FILE_OF("%PDF-1.4\n1 0 obj\n"), PAPERTYPE__COUNT},
	    {FILE_OF(" %PDF-1.4\n%%EOF"), PAPERTYPE__COUNT},
	    {FILE_OF("<html>%PDF-1.4 %%EOF"), PAPERTYPE__COUNT},
	    {FILE_OF("\xff\xd8\xff\xe0JFIF"), PAPERTYPE__COUNT},
	    {FILE_OF(PNG_HEAD "picture"), PAPERTYPE__COUNT},
	    {FILE_OF(PNG_HEAD "picture" PNG_TAIL "<script>"), PAPERTYPE__COUNT},
	    {FILE_OF("\x89PNG\r\n\x1a\n" PNG_TAIL), PAPERTYPE__COUNT},
	    {FILE_OF("GIF89a;"), PAPERTYPE__COUNT},
	    {FILE_OF("MZ\x90\0%%EOF"), PAPERTYPE__COUNT},
	    {FILE_OF(""), PAPERTYPE__COUNT},
	    {{NULL, 0}, PAPERTYPE__COUNT},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		enum papertype t = PAPERTYPE__COUNT;

		assert_int_equal(
		    papertype_sniff(rows[i].file, &t), rows[i].type < PAPERTYPE__COUNT);
		if (t != rows[i].type)
			fail_msg("row %zu", i);
	}
	for (unsigned t = 0; t < PAPERTYPE__COUNT; t++) {
		enum papertype back;

		assert_true(papertype_parse(str_of(papertype_row((enum papertype)t)->word), &back));
		assert_int_equal(back, t);
	}
}

#define ONE                                                                                    \
	"    - {name: pass, title: {en: P, zh: P, ru: P}, required: yes, types: [pdf, jpeg], " \
	"megabytes: 2}\n"

static enum err
read(const char *papers, struct profile *ret, struct fault *f)
{
	return profile_parse(a,
	    profiles_changed(a, profiles_document(a, "person-signature"), "form:\n",
		arena_fmt(a, "%sform:\n", papers)),
	    ret, f);
}

TEST_CASE(a_profile_says_which_papers_it_wants)
{
	struct profile p;

	assert_int_equal(read("papers:\n  days: 90\n  list:\n" ONE, &p, NULL), OK);
	assert_int_equal(p.paper_count, 1);
	assert_int_equal(p.paper_days, 90);
	assert_int_equal(p.papers[0].max, 2 << 20);
	assert_int_equal(p.papers[0].types, 1u << PAPERTYPE_PDF | 1u << PAPERTYPE_JPEG);
	assert_ptr_equal(profile_paper_find(&p, STR("pass")), &p.papers[0]);
	assert_null(profile_paper_find(&p, STR("photo")));
	assert_int_equal(read("", &p, NULL), OK);
	assert_int_equal(p.paper_count, 0);
}

TEST_CASE(what_it_may_not_say_is_told_by_its_place)
{
	static const struct {
		const char *papers;
		enum err err;
		const char *key;
	} rows[] = {
	    {"papers: []\n", E_FIELD_TYPE, "papers"},
	    {"papers: {days: 0, list: []}\n", E_FIELD_VALUE, "days"},
	    {"papers: {list: []}\n", E_FIELD_MISSING, "days"},
	    {"papers: {days: 1, list: []}\n", E_FIELD_LENGTH, "list"},
	    {"papers: {days: 1, list: [x]}\n", E_FIELD_TYPE, "papers"},
	    {"papers: {days: 1, list: [], more: 1}\n", E_FIELD_UNKNOWN, "more"},
	    {"papers:\n  days: 1\n  list:\n" ONE ONE, E_FIELD_DUPLICATE, "name"},
	    {"papers:\n  days: 1\n  list:\n    - {name: pass, title: {en: P, zh: P, ru: P}, "
	     "required: yes, types: [exe], megabytes: 2}\n",
		E_FIELD_VALUE, "types"},
	    {"papers:\n  days: 1\n  list:\n    - {name: pass, title: {en: P, zh: P, ru: P}, "
	     "required: yes, types: [], megabytes: 2}\n",
		E_FIELD_MISSING, "types"},
	    {"papers:\n  days: 1\n  list:\n    - {name: pass, title: {en: P, zh: P, ru: P}, "
	     "required: yes, types: [pdf], megabytes: 5}\n",
		E_FIELD_VALUE, "megabytes"},
	    {"papers:\n  days: 1\n  list:\n    - {name: ../x, title: {en: P, zh: P, ru: P}, "
	     "required: yes, types: [pdf], megabytes: 1}\n",
		E_FIELD_FORMAT, "name"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct profile p = {0};
		struct fault f = {0};

		if (read(rows[i].papers, &p, &f) != rows[i].err ||
		    strstr(f.field, rows[i].key) == NULL || strstr(f.field, "line ") == NULL)
			fail_msg("row %zu: %s, %s, %s", i, err_row(f.code)->slug, f.field, f.rule);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_file_is_what_its_octets_say),
	    cmocka_unit_test(a_profile_says_which_papers_it_wants),
	    cmocka_unit_test(what_it_may_not_say_is_told_by_its_place),
	};

	return cmocka_run_group_tests_name("core paper", tests, setup, teardown);
}
