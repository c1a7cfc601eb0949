/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The catalogues themselves: every failure has its words, the three languages hold the same keys,
 * no text was left in another language, and placeholders agree.
 */
#include "base/catalogue.h"

#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/say.h"
#include "test.h"

extern const uint8_t catalogue_en[], catalogue_zh[], catalogue_ru[];

static const uint8_t *const mo[LANG__COUNT] = {catalogue_en, catalogue_zh, catalogue_ru};

static uint32_t
word(const uint8_t *p)
{
	uint32_t v;

	memcpy(&v, p, sizeof(v));
	return v;
}

static uint32_t
key_count(enum lang l)
{
	return word(mo[l] + 8);
}

static const char *
key_at(enum lang l, uint32_t i)
{
	return (const char *)mo[l] + word(mo[l] + word(mo[l] + 12) + i * 8 + 4);
}

/* Which {names} a text has, sorted into one number: order does not matter, names and counts do. */
static uint64_t
placeholders(const char *text)
{
	uint64_t sum = 0;

	for (const char *open = strchr(text, '{'); open; open = strchr(open + 1, '{')) {
		uint64_t h = 1469598103934665603u;

		for (const char *p = open; *p && *p != '}'; p++)
			h = (h ^ (uint8_t)*p) * 1099511628211u;
		sum += h;
	}
	return sum;
}

TEST_CASE(every_failure_says_what_happened_and_the_next_step)
{
	char key[64];

	for (unsigned e = OK + 1; e < E__COUNT; e++) {
		(void)snprintf(key, sizeof(key), "error.%s", err_row((enum err)e)->slug);
		if (catalogue_text(LANG_EN, key) == NULL)
			fail_msg("%s has no text", key);
		(void)snprintf(key, sizeof(key), "error.%s.next", err_row((enum err)e)->slug);
		if (catalogue_text(LANG_EN, key) == NULL)
			fail_msg("%s has no text", key);
	}
}

TEST_CASE(the_three_languages_hold_the_same_keys)
{
	for (unsigned l = LANG_EN + 1; l < LANG__COUNT; l++) {
		for (uint32_t i = 0; i < key_count(LANG_EN) && i < key_count((enum lang)l); i++)
			assert_string_equal(key_at((enum lang)l, i), key_at(LANG_EN, i));
		assert_int_equal(key_count((enum lang)l), key_count(LANG_EN));
	}
}

TEST_CASE(no_text_is_left_in_another_language)
{
	for (uint32_t i = 1; i < key_count(LANG_EN); i++) {
		const char *key = key_at(LANG_EN, i);
		const char *en = catalogue_text(LANG_EN, key), *zh = catalogue_text(LANG_ZH, key);
		const char *ru = catalogue_text(LANG_RU, key);

		if (!*en || !strcmp(en, zh) || !strcmp(en, ru) || !strcmp(zh, ru))
			fail_msg("%s reads the same in two languages", key);
	}
}

TEST_CASE(placeholders_agree)
{
	for (uint32_t i = 1; i < key_count(LANG_EN); i++) {
		const char *key = key_at(LANG_EN, i);
		uint64_t en = placeholders(catalogue_text(LANG_EN, key));

		if (placeholders(catalogue_text(LANG_ZH, key)) != en ||
		    placeholders(catalogue_text(LANG_RU, key)) != en)
			fail_msg("%s has other placeholders in another language", key);
	}
}

TEST_CASE(a_fault_is_said_with_its_field_and_rule)
{
	struct arena *a = arena_new(0);
	struct fault f = {.code = E_FIELD_LENGTH, .field = "cn", .rule = "≤ 64"};
	struct say say = say_fault(a, LANG_EN, &f);

	assert_true(str_is(say.what, "\"cn\" has another length than is allowed: ≤ 64."));
	assert_true(str_is(say.next, "Shorten or complete it and send again."));
	say = say_fault(a, LANG_ZH, &f);
	assert_true(str_is(say.what, "“cn”的长度不符合要求：≤ 64。"));
	arena_free(&a);
}

TEST_CASE(a_value_that_is_not_there_leaves_no_colon)
{
	struct arena *a = arena_new(0);
	struct fault f = {.code = E_RATE};

	assert_true(str_is(say_fault(a, LANG_EN, &f).next, "Wait and try again later."));
	assert_true(str_is(say_fault(a, LANG_ZH, &f).next, "请稍后再试。"));
	assert_true(str_is(say_fault(a, LANG_RU, &f).next, "Подождите и попробуйте позже."));
	arena_free(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_failure_says_what_happened_and_the_next_step),
	    cmocka_unit_test(the_three_languages_hold_the_same_keys),
	    cmocka_unit_test(no_text_is_left_in_another_language),
	    cmocka_unit_test(placeholders_agree),
	    cmocka_unit_test(a_fault_is_said_with_its_field_and_rule),
	    cmocka_unit_test(a_value_that_is_not_there_leaves_no_colon),
	};

	return cmocka_run_group_tests_name("catalogue", tests, NULL, NULL);
}
