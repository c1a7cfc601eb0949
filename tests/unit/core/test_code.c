/* SPDX-License-Identifier: Apache-2.0 */
#include "core/code.h"

#include "core/number.h"
#include "vectors.h"

static struct arena *a;
static json_t *vectors;

static int
setup(void **state)
{
	(void)state;
	a = arena_new(0);
	vectors = vectors_load("codes.json");
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

static enum environment
env_of(const json_t *o)
{
	enum environment env;

	assert_true(environment_parse(vectors_str(o, "environment"), &env));
	return env;
}

/* The error that a vector wants: a slug, or null for OK. */
static enum err
err_want(const json_t *o)
{
	struct str slug = vectors_str(o, "error");

	return slug.n ? err_of_slug(slug) : OK;
}

/* A small generator of test data (xorshift64), the same in each run. */
static uint64_t seed = 88172645463325252u;

static void
noise(uint8_t *p, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		seed ^= seed << 13;
		seed ^= seed >> 7;
		seed ^= seed << 17;
		p[i] = (uint8_t)(seed >> 32);
	}
}

TEST_CASE(references_of_the_vectors)
{
	size_t i;
	json_t *row;

	json_array_foreach(json_object_get(vectors, "references"), i, row)
	{
		struct str ref = vectors_str(row, "digits");

		assert_int_equal(code_ref_check(ref, NULL), OK);
		assert_int_equal(code_ref_environment(ref), env_of(row));
	}
	assert_int_equal(i, 6);
	json_array_foreach(json_object_get(vectors, "bad_references"), i, row)
	{
		struct fault f = {0};

		if (code_ref_check(vectors_str(row, "normal"), &f) != err_want(row))
			fail_msg("bad reference %zu", i);
		assert_string_equal(f.field, "reference");
	}
	assert_true(i > 5);
}

TEST_CASE(codes_of_the_vectors)
{
	size_t i;
	json_t *row;

	assert_true(str_is(vectors_str(vectors, "alphabet"), CODE_ALPHABET));
	json_array_foreach(json_object_get(vectors, "codes"), i, row)
	    assert_int_equal(code_auth_check(str_of(json_string_value(row)), NULL), OK);
	assert_int_equal(i, 7);
	json_array_foreach(json_object_get(vectors, "bad_codes"), i, row)
	{
		struct fault f = {0};

		if (code_auth_check(vectors_str(row, "normal"), &f) != err_want(row))
			fail_msg("bad code %zu", i);
		assert_string_equal(f.field, "code");
	}
	assert_true(i > 10);
}

TEST_CASE(what_is_typed_is_compared_in_its_normal_form)
{
	size_t i;
	json_t *row;

	json_array_foreach(json_object_get(vectors, "typed"), i, row)
	{
		struct str normal = code_normal(a, vectors_str(row, "typed"));

		if (!str_eq(normal, vectors_str(row, "normal")))
			fail_msg("typed %zu: %.*s", i, (int)normal.n, normal.p);
		if (json_is_string(json_object_get(row, "shown")))
			assert_true(str_is(vectors_str(row, "shown"), code_shown(a, normal)));
	}
	assert_true(i > 5);
	/* Octets that are no text, and the ends of a text inside a character, are kept. */
	assert_int_equal(code_normal(a, STR("\xef\xbc")).n, 2);
	assert_int_equal(code_normal(a, STR("\xef\xbc\xff\xc2")).n, 4);
	assert_int_equal(code_normal(a, STR("\0A")).n, 2);
	assert_int_equal(code_normal(a, (struct str){0}).n, 0);
}

TEST_CASE(pairs_tell_the_most_useful_fault_first)
{
	size_t i;
	json_t *row;

	json_array_foreach(json_object_get(vectors, "pairs"), i, row)
	{
		struct str ref = vectors_str(row, "reference"), code = vectors_str(row, "code");
		struct str normal[2] = {{0}, {0}};
		struct fault f = {0};
		enum err e = code_pair_check(a, ref, code, env_of(row), normal, &f);

		if (e != err_want(row))
			fail_msg("pair %zu: %s", i, err_row(e)->slug);
		if (e == OK) {
			assert_true(str_eq(normal[0], code_normal(a, ref)));
			assert_true(str_eq(normal[1], code_normal(a, code)));
		} else {
			assert_null(normal[0].p);
		}
	}
	assert_true(i > 20);
}

TEST_CASE(every_wrong_digit_and_every_swap_is_noticed)
{
	char ref[CODE_REF_DIGITS + 1], bad[CODE_REF_DIGITS + 1];
	uint8_t random[CODE_REF_RANDOM];

	for (unsigned n = 0; n < 2000; n++) {
		noise(random, sizeof(random));
		code_ref_make(n & 1 ? ENVIRONMENT_TEST : ENVIRONMENT_PRODUCTION, random, ref);
		assert_int_equal(code_ref_check(str_of(ref), NULL), OK);
		assert_int_equal(code_ref_environment(str_of(ref)), n & 1 ? 0 : 1);
		assert_true(n & 1 ? ref[0] == '9' : ref[0] >= '1' && ref[0] <= '8');
		for (unsigned i = 0; i < CODE_REF_DIGITS; i++) {
			for (char d = '0'; d <= '9'; d++) {
				memcpy(bad, ref, sizeof(bad));
				bad[i] = d;
				if (d != ref[i])
					assert_int_not_equal(code_ref_check(str_of(bad), NULL), OK);
			}
			memcpy(bad, ref, sizeof(bad));
			if (i + 1 < CODE_REF_DIGITS && ref[i] != ref[i + 1]) {
				bad[i] = ref[i + 1];
				bad[i + 1] = ref[i];
				assert_int_not_equal(code_ref_check(str_of(bad), NULL), OK);
			}
		}
	}
}

/* Each wrong character at each place, each swap of any two. */
static void
disturb(const char *code, size_t n)
{
	char bad[CODE_AUTH_LONG + 1];

	for (size_t i = 0; i < n; i++) {
		for (size_t k = 0; k < 32; k++) {
			memcpy(bad, code, n + 1);
			bad[i] = CODE_ALPHABET[k];
			if (bad[i] != code[i])
				assert_int_equal(code_auth_check(str_of(bad), NULL), E_CODE_CHECK);
		}
		for (size_t k = i + 1; k < n; k++) {
			memcpy(bad, code, n + 1);
			bad[i] = code[k];
			bad[k] = code[i];
			if (code[i] != code[k])
				assert_int_equal(code_auth_check(str_of(bad), NULL), E_CODE_CHECK);
		}
	}
}

TEST_CASE(every_wrong_character_and_every_swap_is_noticed)
{
	char code[CODE_AUTH_LONG + 1];
	uint8_t random[CODE_AUTH_RANDOM];

	for (unsigned n = 0; n < 200; n++) {
		size_t length = n & 1 ? CODE_AUTH_SHORT : CODE_AUTH_LONG;

		noise(random, sizeof(random));
		code_auth_make(length, random, code);
		assert_int_equal(strlen(code), length);
		assert_int_equal(code_auth_check(str_of(code), NULL), OK);
		disturb(code, length);
	}
	/* The check is linear, so these two, with all differences, stand for all codes. */
	disturb("AAAAAAAAAAAA", CODE_AUTH_SHORT);
	disturb("AAAAAAAAAAAAAAAAAAAA", CODE_AUTH_LONG);
}

TEST_CASE(the_same_octets_make_the_same_codes)
{
	static const uint8_t zero[CODE_AUTH_RANDOM] = {0};
	static const uint8_t ones[CODE_AUTH_RANDOM] = {255, 255, 255, 255, 255, 255, 255, 255, 255,
	    255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255};
	char ref[CODE_REF_DIGITS + 1], code[CODE_AUTH_LONG + 1];

	code_ref_make(ENVIRONMENT_TEST, zero, ref);
	assert_memory_equal(ref, "900000000", 9);
	code_ref_make(ENVIRONMENT_PRODUCTION, zero, ref);
	assert_memory_equal(ref, "100000000", 9);
	code_ref_make(ENVIRONMENT_PRODUCTION, ones, ref);
	assert_int_equal(code_ref_check(str_of(ref), NULL), OK);
	code_auth_make(CODE_AUTH_SHORT, ones, code);
	assert_memory_equal(code, "99999999999", 11);
}

TEST_CASE(application_numbers_have_one_form)
{
	struct application_number n;
	size_t i;
	json_t *row;

	json_array_foreach(json_object_get(vectors, "applications"), i, row)
	{
		struct str text = vectors_str(row, "text");

		assert_true(application_number_parse(text, &n));
		assert_int_equal(n.env, env_of(row));
		assert_int_equal(n.year, json_integer_value(json_object_get(row, "year")));
		assert_int_equal(n.serial, json_integer_value(json_object_get(row, "serial")));
		assert_true(str_is(text, application_number_text(a, n)));
	}
	assert_int_equal(i, 4);
	json_array_foreach(json_object_get(vectors, "bad_applications"), i, row)
	{
		if (application_number_parse(str_of(json_string_value(row)), &n))
			fail_msg("bad application %zu", i);
	}
	assert_true(i > 10);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(references_of_the_vectors),
	    cmocka_unit_test(codes_of_the_vectors),
	    cmocka_unit_test(what_is_typed_is_compared_in_its_normal_form),
	    cmocka_unit_test(pairs_tell_the_most_useful_fault_first),
	    cmocka_unit_test(every_wrong_digit_and_every_swap_is_noticed),
	    cmocka_unit_test(every_wrong_character_and_every_swap_is_noticed),
	    cmocka_unit_test(the_same_octets_make_the_same_codes),
	    cmocka_unit_test(application_numbers_have_one_form),
	};

	return cmocka_run_group_tests_name("core code", tests, setup, teardown);
}
