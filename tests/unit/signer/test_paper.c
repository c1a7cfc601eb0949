/* SPDX-License-Identifier: Apache-2.0 */
/* Keys of papers: opened for the front one by one, few a minute, each noted first. */
#include "house.h"

#include "signer/meter.h"

static struct house h;
static const uint8_t key[32] = {1, 2, 3};

static int
begin(void **state)
{
	(void)state;
	house_open(&h);
	house_set_up(&h);
	return 0;
}

static int
end(void **state)
{
	(void)state;
	house_close(&h);
	return 0;
}

static struct bytes
sealed(struct str label, struct str associated)
{
	const struct signer_secret q = {
	    .label = label, .associated = str_bytes(associated), .octets = BYTES_OF(key)};
	struct bytes out;

	assert_int_equal(signer_seal(h.front, h.a, &q, &out, NULL), OK);
	return out;
}

static size_t
noted(void)
{
	struct signer_records r = {0};
	uint64_t after = 0;
	size_t n = 0;

	do {
		assert_int_equal(signer_journal_read(h.jobs, h.a, after, 100, &r, NULL), OK);
		for (size_t i = 0; i < r.count; i++) {
			n += r.record[i].kind == SIGNER_RECORD_PAPER;
			after = r.record[i].sequence;
		}
	} while (r.count > 0);
	return n;
}

TEST_CASE(the_front_gets_the_key_of_one_paper_and_it_is_noted)
{
	struct bytes box = sealed(STR(SIGNER_LABEL_PAPER), STR("T-2026-1/passport")), out;

	assert_int_equal(noted(), 0);
	assert_int_equal(
	    signer_paper_open(h.front, h.a, str_bytes(STR("T-2026-1/passport")), box, &out, NULL),
	    OK);
	assert_true(bytes_eq(out, BYTES_OF(key)));
	assert_int_equal(noted(), 1);
}

TEST_CASE(nobody_else_and_nothing_else)
{
	struct bytes place = str_bytes(STR("T-2026-1/passport")), out;
	struct bytes box = sealed(STR(SIGNER_LABEL_PAPER), STR("T-2026-1/passport"));
	struct bytes codes = sealed(STR("outbox-params"), STR("T-2026-1/passport"));
	const struct signer_secret q = {
	    .label = STR(SIGNER_LABEL_PAPER), .associated = place, .octets = box};
	size_t before = noted();

	assert_int_equal(signer_paper_open(h.jobs, h.a, place, box, &out, NULL), E_ROLE);
	assert_int_equal(signer_open(h.front, h.a, &q, &out, NULL), E_ROLE);
	/* Codes that wait for the jobs process do not open this way, nor does another paper's key. */
	assert_int_equal(signer_paper_open(h.front, h.a, place, codes, &out, NULL), E_SEAL);
	assert_int_equal(
	    signer_paper_open(h.front, h.a, str_bytes(STR("T-2026-2/passport")), box, &out, NULL),
	    E_SEAL);
	assert_int_equal(noted(), before);
}

TEST_CASE(sixty_at_once_and_no_more)
{
	struct bytes box = sealed(STR(SIGNER_LABEL_PAPER), STR("x")), out;
	struct fault f = {0};
	enum err e = OK;
	int n = 0;

	while (e == OK && n < 200) {
		e = signer_paper_open(h.front, h.a, str_bytes(STR("x")), box, &out, &f);
		n++;
	}
	/* The allowance fills by one a second while we ask. */
	assert_true(n > 1 && n < 120);
	assert_int_equal(e, E_RATE);
	assert_string_equal(f.rule, "60 / min");
}

TEST_CASE(a_meter_fills_with_time_and_never_over)
{
	struct meter m = {0};
	int64_t now = 1000000;
	int n = 0;

	while (meter_take(&m, now, 60, 60000))
		n++;
	assert_int_equal(n, 60);
	assert_false(meter_take(&m, now + 500, 60, 60000));
	assert_true(meter_take(&m, now + 1500, 60, 60000));
	/* A clock that goes back gives nothing. */
	assert_false(meter_take(&m, now - 3600000, 60, 60000));
	for (n = 0, now += 86400000; meter_take(&m, now, 60, 60000);)
		n++;
	assert_int_equal(n, 60);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define CASE(name) cmocka_unit_test(name)
	    CASE(the_front_gets_the_key_of_one_paper_and_it_is_noted),
	    CASE(nobody_else_and_nothing_else),
	    CASE(sixty_at_once_and_no_more),
	    CASE(a_meter_fills_with_time_and_never_over),
	};

	return cmocka_run_group_tests_name("signer paper", tests, begin, end);
}
