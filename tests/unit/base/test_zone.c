/* SPDX-License-Identifier: Apache-2.0 */
/* Times with the zone of the people who read them. */
#include "base/zone.h"

#include "test.h"

#define SUMMER 1782892800 /* 2026-07-01T08:00:00Z */
#define WINTER 1795507259 /* 2026-11-24T08:00:59Z */

TEST_CASE(times_are_of_the_zone_and_name_it)
{
	static const struct {
		const char *zone;
		int64_t at;
		const char *text;
	} rows[] = {
	    {"UTC", WINTER, "2026-11-24 08:00 UTC"},
	    {"Asia/Shanghai", WINTER, "2026-11-24 16:00 UTC+08:00"},
	    {"Europe/Berlin", SUMMER, "2026-07-01 10:00 UTC+02:00"},
	    {"Europe/Berlin", WINTER, "2026-11-24 09:00 UTC+01:00"},
	    {"America/St_Johns", WINTER, "2026-11-24 04:30 UTC-03:30"},
	    {"Asia/Kolkata", 0, "1970-01-01 05:30 UTC+05:30"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char text[ZONE_TEXT_SIZE];

		assert_int_equal(zone_set(str_of(rows[i].zone), NULL), OK);
		zone_text(rows[i].at, text);
		assert_string_equal(text, rows[i].text);
	}
}

TEST_CASE(a_zone_that_is_none_is_refused)
{
	static const char *const names[] = {"", "Mars/Olympus", "../../../etc/passwd",
	    "/etc/passwd", ":UTC", "UTC0;x", "Asia/", "CST-8"};
	char text[ZONE_TEXT_SIZE];

	assert_int_equal(zone_set(STR("UTC"), NULL), OK);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct fault f = {0};

		assert_int_equal(zone_set(str_of(names[i]), &f), E_CONFIG);
		assert_string_equal(f.field, "timezone");
	}
	zone_text(WINTER, text);
	assert_string_equal(text, "2026-11-24 08:00 UTC");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(times_are_of_the_zone_and_name_it),
	    cmocka_unit_test(a_zone_that_is_none_is_refused),
	};

	return cmocka_run_group_tests_name("zone", tests, NULL, NULL);
}
