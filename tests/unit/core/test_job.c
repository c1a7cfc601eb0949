/* SPDX-License-Identifier: Apache-2.0 */
#include "core/job.h"

#include "vectors.h"

static struct arena *a;
static json_t *vectors;
static uint8_t nonce[JOB_NONCE];
static struct job_line lines[2];

static int
setup(void **state)
{
	(void)state;
	a = arena_new((size_t)64 << 20);
	vectors = vectors_load("statements.json");
	for (unsigned i = 0; i < JOB_NONCE; i++)
		nonce[i] = (uint8_t)(32 + i);
	lines[0] = (struct job_line){STR("common-name"), STR("李雷")};
	lines[1] = (struct job_line){STR("mail"), STR("li.lei@example.test")};
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	json_decref(vectors);
	arena_free(&a);
	return 0;
}

static struct job
fresh(void)
{
	struct job j = {
	    .agent_nonce = BYTES_OF(nonce),
	    .origin = STR("https://localhost:8443"),
	    .env = ENVIRONMENT_TEST,
	    .profile = STR("person-signature"),
	    .key = KEYRULE_EC_P256,
	    .not_after = 1795507200,
	    .lines = lines,
	    .line_count = 2,
	};

	for (unsigned i = 0; i < ID_SIZE; i++)
		j.enrolment.b[i] = (uint8_t)(0xa0 + i);
	return j;
}

TEST_CASE(a_job_octet_by_octet)
{
	struct bytes want = vectors_hex(a, json_object_get(vectors, "job"), "octets"), got;
	struct job j = fresh(), back;
	uint8_t *copy = arena_alloc(a, want.n + 1);

	assert_int_equal(job_encode(a, &j, &got, NULL), OK);
	if (!bytes_eq(got, want))
		fail_msg("%s", hex_text(a, got));
	assert_int_equal(job_parse(a, got, &back, NULL), OK);
	assert_true(bytes_eq(back.agent_nonce, j.agent_nonce));
	assert_true(str_eq(back.origin, j.origin));
	assert_int_equal(back.env, j.env);
	assert_true(id_eq(back.enrolment, j.enrolment));
	assert_true(str_eq(back.profile, j.profile));
	assert_int_equal(back.key, j.key);
	assert_int_equal(back.not_after, j.not_after);
	assert_int_equal(back.line_count, 2);
	assert_true(str_is(back.lines[0].name, "common-name"));
	assert_true(str_is(back.lines[0].text, "李雷"));
	memcpy(copy, want.p, want.n);
	for (size_t n = 0; n < want.n; n++)
		assert_int_equal(job_parse(a, bytes_of(copy, n), &back, NULL), E_FRAME);
	assert_int_equal(job_parse(a, bytes_of(copy, want.n + 1), &back, NULL), E_FRAME);
}

TEST_CASE(what_the_agent_would_not_show_is_not_signed)
{
	struct job_line line = {STR("common-name"), STR("Li")};
	struct bytes got = {0};
	struct job j;
	struct fault f;

#define REFUSED(change, error, name)                          \
	j = fresh();                                          \
	change;                                               \
	f = (struct fault){0};                                \
	assert_int_equal(job_encode(a, &j, &got, &f), error); \
	assert_string_equal(f.field, name)
#define LINE(title, words) \
	(line = (struct job_line){title, words}, j.lines = &line, j.line_count = 1)
	REFUSED(j.origin = STR("null"), E_ORIGIN, "origin");
	REFUSED(j.agent_nonce.n = 31, E_FIELD_VALUE, "nonce");
	REFUSED(memset(&j.enrolment, 0, ID_SIZE), E_FIELD_VALUE, "enrolment");
	REFUSED(j.profile = STR("Person"), E_FIELD_VALUE, "profile");
	REFUSED(j.not_after = 0, E_FIELD_VALUE, "not-after");
	REFUSED(j.line_count = 0, E_FIELD_VALUE, "lines");
	REFUSED(j.line_count = JOB_LINES_MAX + 1, E_FIELD_VALUE, "lines");
	REFUSED(LINE(STR("Name"), STR("Li")), E_FIELD_VALUE, "lines[0]");
	REFUSED(LINE(STR("name"), STR("Li\xe2\x80\xaeieL")), E_NAME_CHARS, "lines[0]");
	REFUSED(LINE(STR("name"), STR("p\xd0\xb0ypal")), E_NAME_SCRIPT, "lines[0]");
	REFUSED(LINE(STR("name"), STR("Zoe\xcc\x88")), E_FIELD_VALUE, "lines[0]");
	REFUSED(LINE(STR("mail"), STR("li@EXAMPLE.test")), E_FIELD_VALUE, "lines[0]");
	REFUSED(LINE(STR("name"),
		    STR("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
			"aaaaaaaaaaaaaaaaa")),
	    E_NAME_LONG, "lines[0]");
	REFUSED(LINE(STR("mail"),
		    STR("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
			"aaaaaaaaaa@bbbb.test")),
	    E_NAME_LONG, "lines[0]");
#undef LINE
#undef REFUSED
	assert_null(got.p);
}

/* Whatever a flipped bit leaves readable is the encoding of what was read. */
TEST_CASE(no_two_octet_strings_are_one_job)
{
	struct bytes octets, again;
	struct job j = fresh(), back;
	uint8_t *copy;

	assert_int_equal(job_encode(a, &j, &octets, NULL), OK);
	copy = arena_alloc(a, octets.n);
	for (size_t i = 0; i < octets.n; i++) {
		for (unsigned bit = 0; bit < 8; bit++) {
			memcpy(copy, octets.p, octets.n);
			copy[i] ^= (uint8_t)(1u << bit);
			if (job_parse(a, bytes_of(copy, octets.n), &back, NULL) != OK)
				continue;
			assert_int_equal(job_encode(a, &back, &again, NULL), OK);
			assert_true(bytes_eq(again, bytes_of(copy, octets.n)));
		}
	}
}

TEST_CASE(a_job_is_for_one_hello_one_page_and_two_minutes)
{
	struct job j = fresh();
	uint8_t other[JOB_NONCE] = {0};
	const int64_t t = j.not_after;
	const struct {
		struct bytes nonce;
		struct str origin;
		enum environment env;
		int64_t now;
		enum err err;
	} rows[] = {
	    {BYTES_OF(nonce), j.origin, ENVIRONMENT_TEST, t - 120, OK},
	    {BYTES_OF(nonce), j.origin, ENVIRONMENT_TEST, t, OK},
	    {BYTES_OF(nonce), j.origin, ENVIRONMENT_TEST, t + 60, OK},
	    {BYTES_OF(nonce), j.origin, ENVIRONMENT_TEST, t + 61, E_AGENT_JOB},
	    {BYTES_OF(nonce), j.origin, ENVIRONMENT_TEST, t - 180, OK},
	    {BYTES_OF(nonce), j.origin, ENVIRONMENT_TEST, t - 181, E_AGENT_JOB},
	    {BYTES_OF(other), j.origin, ENVIRONMENT_TEST, t, E_AGENT_JOB},
	    {bytes_of(nonce, 31), j.origin, ENVIRONMENT_TEST, t, E_AGENT_JOB},
	    {BYTES_OF(nonce), STR("https://localhost:8444"), ENVIRONMENT_TEST, t, E_ORIGIN},
	    {BYTES_OF(nonce), j.origin, ENVIRONMENT_PRODUCTION, t, E_AGENT_JOB},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		enum err e =
		    job_check(&j, rows[i].nonce, rows[i].origin, rows[i].env, rows[i].now, NULL);

		if (e != rows[i].err)
			fail_msg("row %zu: %s", i, err_row(e)->slug);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_job_octet_by_octet),
	    cmocka_unit_test(what_the_agent_would_not_show_is_not_signed),
	    cmocka_unit_test(no_two_octet_strings_are_one_job),
	    cmocka_unit_test(a_job_is_for_one_hello_one_page_and_two_minutes),
	};

	return cmocka_run_group_tests_name("core job", tests, setup, teardown);
}
