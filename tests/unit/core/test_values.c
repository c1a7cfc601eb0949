/* SPDX-License-Identifier: Apache-2.0 */
/* Serials, terms, reasons, ids, words. */
#include "core/environment.h"
#include "core/id.h"
#include "core/keyrule.h"
#include "core/revocation.h"
#include "core/serial.h"
#include "core/validity.h"
#include "core/word.h"

#include <string.h>

#include "base/text.h"
#include "test.h"

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

TEST_CASE(serials_tell_node_and_time)
{
	uint8_t random[SERIAL_RANDOM], bad[SERIAL_SIZE + 1] = {0};
	struct serial s, back, later;

	memset(random, 0xff, sizeof(random));
	s = serial_make(1, 1795507200, random);
	assert_string_equal(serial_text(a, s), "01006b054400ffffffffffffffffffffffff");
	assert_int_equal(serial_node(s), 1);
	assert_int_equal(serial_time(s), 1795507200);
	memset(random, 0, sizeof(random));
	later = serial_make(1, 1795507201, random);
	assert_true(bytes_cmp(serial_bytes(&s), serial_bytes(&later)) < 0);
	s = serial_make(SERIAL_NODE_MAX, 0xffffffffff, random);
	assert_int_equal(s.b[0], 0x7e);
	assert_true(serial_time(s) == 0xffffffffff);

	assert_int_equal(serial_of(serial_bytes(&s), &back, NULL), OK);
	assert_memory_equal(&back, &s, sizeof(s));
	assert_true(serial_parse(a, str_of(serial_text(a, s)), &back));
	assert_memory_equal(&back, &s, sizeof(s));
	assert_int_equal(serial_of(BYTES_OF(bad), &back, NULL), E_FIELD_VALUE);
	assert_int_equal(serial_of(bytes_of(bad, SERIAL_SIZE), &back, NULL), E_FIELD_VALUE);
	bad[0] = 0x7f;
	assert_int_equal(serial_of(bytes_of(bad, SERIAL_SIZE), &back, NULL), E_FIELD_VALUE);
	bad[0] = 0x7e;
	assert_int_equal(serial_of(bytes_of(bad, SERIAL_SIZE - 1), &back, NULL), E_FIELD_VALUE);
	assert_false(serial_parse(a, STR("01006B052400ffffffffffffffffffffffff"), &back));
	assert_false(serial_parse(a, STR("01006b054400fffffffffffffffffffffff"), &back));
	assert_false(serial_parse(a, STR("01"), &back));
	assert_false(serial_parse(a, STR(""), &back));
}

static int64_t
at(const char *text)
{
	int64_t t;

	assert_true(time_parse(str_of(text), &t));
	return t;
}

TEST_CASE(terms_are_calendar_years_less_a_second)
{
	static const struct {
		const char *now;
		struct term term;
		bool early;
		const char *begin, *end;
	} rows[] = {
	    {"2026-11-24T08:00:00Z", {1, 0}, false, "2026-11-24T08:00:00Z", "2027-11-24T07:59:59Z"},
	    {"2024-02-29T10:00:00Z", {1, 0}, false, "2024-02-29T10:00:00Z", "2025-02-28T09:59:59Z"},
	    {"2024-02-29T10:00:00Z", {4, 0}, false, "2024-02-29T10:00:00Z", "2028-02-29T09:59:59Z"},
	    {"2027-02-28T00:00:00Z", {1, 0}, false, "2027-02-28T00:00:00Z", "2028-02-27T23:59:59Z"},
	    {"2026-01-01T00:00:00Z", {20, 0}, true, "2025-12-31T23:00:00Z", "2045-12-31T22:59:59Z"},
	    {"2024-03-01T00:30:00Z", {1, 0}, true, "2024-02-29T23:30:00Z", "2025-02-28T23:29:59Z"},
	    {"2026-11-24T08:00:00Z", {0, 90}, true, "2026-11-24T07:00:00Z", "2027-02-22T06:59:59Z"},
	    {"2026-11-24T08:00:00Z", {0, 30}, true, "2026-11-24T07:00:00Z", "2026-12-24T06:59:59Z"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct validity v = validity_of(rows[i].term, rows[i].early, at(rows[i].now));

		if (v.not_before != at(rows[i].begin) || v.not_after != at(rows[i].end))
			fail_msg("row %zu", i);
	}
	assert_true(
	    validity_add_years(at("2100-02-28T12:00:00Z"), -4) == at("2096-02-28T12:00:00Z"));
}

TEST_CASE(a_term_ends_no_later_than_its_ca)
{
	struct validity v = {0, 1000};
	struct fault f = {0};

	assert_int_equal(validity_in_ca(v, 1000, NULL), OK);
	assert_int_equal(validity_in_ca(v, 1001, NULL), OK);
	assert_int_equal(validity_in_ca(v, 999, &f), E_CA_ENDS);
	assert_string_equal(f.rule, "1970-01-01T00:16:39Z");
}

TEST_CASE(the_signer_believes_its_own_clock)
{
	const struct term year = {1, 0};
	const int64_t now = at("2026-11-24T08:00:00Z");
	struct validity v;

	for (int64_t off = -7; off <= 7; off++) {
		bool near = off >= -VALIDITY_SKEW && off <= VALIDITY_SKEW;

		v = validity_of(year, false, now + off);
		assert_int_equal(validity_check(v, year, false, now, NULL), near ? OK : E_GATE);
		v = validity_of(year, true, now + off);
		assert_int_equal(validity_check(v, year, true, now, NULL), near ? OK : E_GATE);
	}
	v = validity_of(year, false, now);
	assert_int_equal(validity_check(v, year, true, now, NULL), E_GATE);
	v.not_after++;
	assert_int_equal(validity_check(v, year, false, now, NULL), E_GATE);
	assert_int_equal(validity_clock(100, 160, NULL), OK);
	assert_int_equal(validity_clock(99, 160, NULL), E_CLOCK);
	assert_int_equal(validity_clock(1000, 160, NULL), OK);
}

TEST_CASE(reasons_by_actor)
{
	/* L7, one line an actor: 0 to 10, x where it may. */
	static const struct {
		enum role role;
		const char *may;
	} rows[] = {
	    {ROLE_APPLICANT, "..........."},
	    {ROLE_HOLDER, "xx.xxx....."},
	    {ROLE_OPERATOR, "xx.xxxx..x."},
	    {ROLE_ADMINISTRATOR, "xxxxxxx..x."},
	    {ROLE_SYSTEM, "..x.xxx...."},
	};
	enum ext_reason r;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		for (int n = 0; n <= 10; n++) {
			enum err want = rows[i].may[n] == 'x' ? OK
			    : n == 7 || n == 8 || n == 10     ? E_FIELD_VALUE
							      : E_ROLE;

			if (revocation_allowed((enum ext_reason)n, rows[i].role, NULL) != want)
				fail_msg("%s, reason %d", role_name(rows[i].role), n);
		}
	}
	for (int n = 0; n <= 10; n++) {
		assert_int_equal(revocation_of(n, &r), n != 7);
		if (n != 7) {
			assert_int_equal(r, n);
			assert_true(revocation_parse(str_of(revocation_name(r)), &r));
			assert_int_equal(r, n);
		}
	}
	assert_false(revocation_of(11, &r));
	assert_false(revocation_of(-1, &r));
	assert_null(revocation_name((enum ext_reason)7));
	assert_false(revocation_parse(STR("hold"), &r));
}

TEST_CASE(backdating_is_for_compromise_and_two_operators)
{
	static const struct {
		enum ext_reason reason;
		int64_t since;
		unsigned operators;
		enum err err;
	} rows[] = {
	    {REASON_KEY_COMPROMISE, 500, 2, OK},
	    {REASON_CA_COMPROMISE, 100, 3, OK},
	    {REASON_KEY_COMPROMISE, 500, 1, E_APPROVAL_MISSING},
	    {REASON_KEY_COMPROMISE, 99, 2, E_FIELD_VALUE},
	    {REASON_KEY_COMPROMISE, 1001, 2, E_FIELD_VALUE},
	    {REASON_KEY_COMPROMISE, 1000, 0, OK},
	    {REASON_SUPERSEDED, 1000, 0, OK},
	    {REASON_SUPERSEDED, 999, 2, E_FIELD_VALUE},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (revocation_since(rows[i].reason, rows[i].since, 100, 1000, rows[i].operators,
			NULL) != rows[i].err)
			fail_msg("row %zu", i);
	}
}

TEST_CASE(ids)
{
	struct id i, k;

	assert_true(id_parse(STR("000102030405060708090a0b0c0d0eff"), &i));
	assert_string_equal(id_text(a, i), "000102030405060708090a0b0c0d0eff");
	assert_false(id_is_none(i));
	assert_false(id_parse(STR("000102030405060708090A0B0C0D0EFF"), &k));
	assert_false(id_parse(STR("000102030405060708090a0b0c0d0ef"), &k));
	assert_false(id_parse(STR("000102030405060708090a0b0c0d0exx"), &k));
	assert_false(id_parse(STR("000102030405060708090a0b0c0d0e/f"), &k));
	assert_true(id_of(id_bytes(&i), &k));
	assert_true(id_eq(i, k));
	assert_false(id_of(bytes_of(i.b, 15), &k));
	memset(&k, 0, sizeof(k));
	assert_true(id_is_none(k));
	assert_false(id_eq(i, k));
}

TEST_CASE(words)
{
	enum environment e;
	enum keyrule k;
	char text[KEYRULES_TEXT];

	assert_true(environment_parse(STR("production"), &e));
	assert_int_equal(e, ENVIRONMENT_PRODUCTION);
	assert_string_equal(environment_name(ENVIRONMENT_TEST), "test");
	assert_false(environment_parse(STR("Test"), &e));
	assert_true(keyrule_parse(STR("ec-p256"), &k));
	assert_string_equal(keyrule_name(k), "ec-p256");
	assert_false(keyrule_parse(STR("rsa"), &k));
	assert_true(keyrule_parse(STR("rsa-3072"), &k));
	assert_string_equal(keyrules_text(1u << KEYRULE_RSA_3072 | 1u << KEYRULE_ED25519, text),
	    "rsa-3072 | ed25519");
	assert_string_equal(keyrules_text(~0u, text),
	    "ec-p256 | ec-p384 | rsa-2048 | rsa-3072 | rsa-4096 | ed25519");
	assert_int_equal(
	    keyrules_first(1u << KEYRULE_RSA_4096 | 1u << KEYRULE_EC_P384), KEYRULE_EC_P384);
	assert_true(word_is_name(STR("a"), 1));
	assert_true(word_is_name(STR("a-1b"), 4));
	assert_false(word_is_name(STR("a-1b"), 3));
	assert_false(word_is_name(STR("a_b"), 9));
	assert_false(word_is_name(STR("-a"), 9));
	assert_false(word_is_name((struct str){0}, 9));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(serials_tell_node_and_time),
	    cmocka_unit_test(terms_are_calendar_years_less_a_second),
	    cmocka_unit_test(a_term_ends_no_later_than_its_ca),
	    cmocka_unit_test(the_signer_believes_its_own_clock),
	    cmocka_unit_test(reasons_by_actor),
	    cmocka_unit_test(backdating_is_for_compromise_and_two_operators),
	    cmocka_unit_test(ids),
	    cmocka_unit_test(words),
	};

	return cmocka_run_group_tests_name("core values", tests, setup, teardown);
}
