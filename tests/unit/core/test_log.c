/* SPDX-License-Identifier: Apache-2.0 */
#include "core/checkpoint.h"
#include "core/logchain.h"

#include "vectors.h"

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

static struct log_record
fresh(void)
{
	return (struct log_record){
	    .seq = 7,
	    .at = 1795507200123,
	    .event = STR("certificate.issued"),
	    .actor = STR("operator"),
	    .object = STR("issuing/01"),
	    .data = str_bytes(STR("{\"profile\":\"operator\"}")),
	};
}

TEST_CASE(a_record_octet_by_octet)
{
	json_t *vectors = vectors_load("statements.json");
	struct bytes want = vectors_hex(a, json_object_get(vectors, "log"), "octets"), got, link;
	struct log_record r = fresh(), back;
	uint8_t zero[LOGCHAIN_HASH] = {0}, *copy = arena_alloc(a, want.n + 1);

	json_decref(vectors);
	assert_int_equal(logchain_encode(a, &r, &got, NULL), OK);
	if (!bytes_eq(got, want))
		fail_msg("%s", hex_text(a, got));
	assert_int_equal(logchain_link(a, BYTES_OF(zero), &r, &link, NULL), OK);
	assert_int_equal(link.n, LOGCHAIN_HASH + want.n);
	assert_memory_equal(link.p, zero, LOGCHAIN_HASH);
	assert_memory_equal(link.p + LOGCHAIN_HASH, want.p, want.n);
	assert_int_equal(logchain_parse(got, &back, NULL), OK);
	assert_true(back.seq == r.seq && back.at == r.at);
	assert_true(str_eq(back.event, r.event));
	assert_true(str_eq(back.actor, r.actor));
	assert_true(str_eq(back.object, r.object));
	assert_true(bytes_eq(back.data, r.data));
	memcpy(copy, want.p, want.n);
	for (size_t n = 0; n < want.n; n++)
		assert_int_equal(logchain_parse(bytes_of(copy, n), &back, NULL), E_FRAME);
	assert_int_equal(logchain_parse(bytes_of(copy, want.n + 1), &back, NULL), E_FRAME);
}

TEST_CASE(what_is_no_record_is_not_chained)
{
	char big[LOGCHAIN_TEXT_MAX + 1];
	uint8_t zero[LOGCHAIN_HASH] = {0};
	struct bytes got = {0};
	struct log_record r;

	memset(big, 'a', sizeof(big));
#define REFUSED(change) \
	r = fresh();    \
	change;         \
	assert_int_equal(logchain_link(a, BYTES_OF(zero), &r, &got, NULL), E_FIELD_VALUE)
	REFUSED(r.seq = 0);
	REFUSED(r.event = STR(""));
	REFUSED(r.actor = STR(""));
	REFUSED(r.actor = STR("a\0b"));
	REFUSED(r.object = STR("\xff"));
	REFUSED(r.object = ((struct str){big, sizeof(big)}));
	REFUSED(r.data = bytes_of(zero, LOGCHAIN_DATA_MAX + 1));
#undef REFUSED
	assert_null(got.p);
	r = fresh();
	r.object = STR("");
	r.data = (struct bytes){0};
	assert_int_equal(logchain_encode(a, &r, &got, NULL), OK);
}

TEST_CASE(records_follow_without_gaps_and_not_back_in_time)
{
	struct log_record r = fresh();

	assert_int_equal(logchain_follows(6, r.at, &r, NULL), OK);
	assert_int_equal(logchain_follows(6, r.at - 1, &r, NULL), OK);
	assert_int_equal(logchain_follows(6, r.at + 1, &r, NULL), E_STATE);
	assert_int_equal(logchain_follows(5, r.at, &r, NULL), E_STATE);
	assert_int_equal(logchain_follows(7, r.at, &r, NULL), E_STATE);
}

static struct checkpoint
place(void)
{
	static const uint8_t hash[CHECKPOINT_HASH] = {1, 2, 3};

	return (struct checkpoint){.env = ENVIRONMENT_TEST,
	    .origin = STR("https://localhost:8443"),
	    .seq = 17,
	    .hash = BYTES_OF(hash),
	    .at = 1795507200123};
}

TEST_CASE(a_checkpoint_is_what_was_written)
{
	struct checkpoint c = place(), got;
	struct bytes b, cut;

	assert_int_equal(checkpoint_encode(a, &c, &b, NULL), OK);
	assert_true(b.n <= CHECKPOINT_MAX);
	assert_int_equal(checkpoint_parse(b, &got, NULL), OK);
	assert_int_equal(got.seq, 17);
	assert_int_equal(got.at, c.at);
	assert_true(bytes_eq(got.hash, c.hash) && str_eq(got.origin, c.origin));
	for (size_t n = 0; n < b.n; n++) {
		cut = bytes_of(b.p, n);
		assert_int_equal(checkpoint_parse(cut, &got, NULL), E_FRAME);
	}
	c.seq = 0;
	assert_int_equal(checkpoint_encode(a, &c, &b, NULL), E_FIELD_VALUE);
	c = place();
	c.hash.n = 31;
	assert_int_equal(checkpoint_encode(a, &c, &b, NULL), E_FIELD_VALUE);
	c = place();
	c.origin = STR("https://localhost:8443/path");
	assert_int_not_equal(checkpoint_encode(a, &c, &b, NULL), OK);
}

TEST_CASE(when_a_checkpoint_is_due)
{
	static const struct {
		int64_t last, head, later;
		bool asked, due;
	} rows[] = {
	    {0, 0, 0, true, false},         /* nothing to sign */
	    {0, 1, 0, false, true},         /* the first, at once */
	    {17, 17, 900000, true, false},  /* nothing new */
	    {17, 18, 900000, true, false},  /* only the record of the last one */
	    {17, 19, 899999, false, false}, /* new, but not for long */
	    {17, 19, 900000, false, true},  /* for long */
	    {17, 19, 0, true, true},        /* asked for */
	    {17, 117, 0, false, false},     /* not enough */
	    {17, 118, 0, false, true},      /* so many */
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct checkpoint c = place();
		const struct checkpoint_rule rule = {
		    .records = 100, .ms = 900000, .asked = rows[i].asked};

		c.seq = rows[i].last;
		assert_int_equal(
		    checkpoint_due(&rule, &c, rows[i].head, c.at + rows[i].later), rows[i].due);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_record_octet_by_octet),
	    cmocka_unit_test(what_is_no_record_is_not_chained),
	    cmocka_unit_test(records_follow_without_gaps_and_not_back_in_time),
	    cmocka_unit_test(a_checkpoint_is_what_was_written),
	    cmocka_unit_test(when_a_checkpoint_is_due),
	};

	return cmocka_run_group_tests_name("core log", tests, setup, teardown);
}
