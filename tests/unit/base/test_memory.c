/* SPDX-License-Identifier: Apache-2.0 */
/* bytes, arena, buf and rd: what everything else stands on. */
#include <string.h>

#include "base/buf.h"
#include "base/rd.h"
#include "test.h"

TEST_CASE(views_compare_by_length_and_octets)
{
	assert_true(str_eq(STR("ab"), STR("ab")));
	assert_false(str_eq(STR("ab"), STR("abc")));
	assert_false(str_eq(STR("ab"), STR("a")));
	assert_true(str_eq(STR(""), (struct str){0}));
	assert_true(str_starts(STR("abc"), STR("ab")));
	assert_false(str_starts(STR("a"), STR("ab")));
	assert_true(bytes_cmp(str_bytes(STR("a")), str_bytes(STR("b"))) < 0);
	assert_true(bytes_cmp(str_bytes(STR("ab")), str_bytes(STR("a"))) > 0);
	assert_int_equal(bytes_cmp(str_bytes(STR("a")), str_bytes(STR("a"))), 0);
	assert_true(secret_eq(str_bytes(STR("same")), str_bytes(STR("same"))));
	assert_false(secret_eq(str_bytes(STR("same")), str_bytes(STR("samf"))));
	assert_false(secret_eq(str_bytes(STR("same")), str_bytes(STR("sam"))));
}

TEST_CASE(arena_gives_zeroed_aligned_memory)
{
	struct arena *a = arena_new((size_t)1 << 20);

	for (size_t n = 1; n < 2000; n += 37) {
		uint8_t *p = arena_alloc(a, n);

		assert_int_equal((uintptr_t)p % _Alignof(max_align_t), 0);
		for (size_t i = 0; i < n; i++)
			assert_int_equal(p[i], 0);
		memset(p, 0xa5, n);
	}
	arena_reset(a);
	assert_true(arena_left(a) > ((size_t)1 << 20) - 20000);
	for (int i = 0; i < 100; i++)
		assert_int_equal(*(uint8_t *)arena_alloc(a, 1), 0);
	arena_free(&a);
	assert_null(a);
	arena_free(&a);
}

TEST_CASE(arena_text_refuses_an_inner_nul)
{
	struct arena *a = arena_new(0);

	assert_null(arena_cstr(a, STR("bank.example\0.evil.example")));
	assert_string_equal(arena_cstr(a, STR("bank.example")), "bank.example");
	assert_string_equal(arena_fmt(a, "%d-%s", 7, "x"), "7-x");
	arena_free(&a);
}

TEST_CASE(buf_is_capped_and_says_so_once)
{
	struct arena *a = arena_new(0);
	struct buf b = buf_new(a, 8);

	buf_u32(&b, 0x01020304);
	buf_u16(&b, 0x0506);
	assert_false(b.bad);
	buf_u32(&b, 7);
	assert_true(b.bad);
	buf_u8(&b, 1);
	assert_int_equal(b.n, 6);
	assert_memory_equal(b.p, "\1\2\3\4\5\6", 6);
	arena_free(&a);
}

TEST_CASE(rd_reads_what_buf_wrote)
{
	struct arena *a = arena_new(0);
	struct buf b = buf_new(a, 4096);
	struct rd r;

	buf_u8(&b, 1);
	buf_u16(&b, 2);
	buf_u32(&b, 3);
	buf_u64(&b, 4);
	buf_i64(&b, -5);
	buf_field(&b, str_bytes(STR("text")));
	buf_fmt(&b, "%s", "tail");
	r = rd_new(buf_bytes(&b));
	assert_int_equal(rd_u8(&r), 1);
	assert_int_equal(rd_u16(&r), 2);
	assert_int_equal(rd_u32(&r), 3);
	assert_int_equal(rd_u64(&r), 4);
	assert_int_equal(rd_i64(&r), -5);
	assert_true(str_is(rd_text(&r, 4), "text"));
	assert_false(rd_done(&r));
	assert_true(bytes_eq(rd_take(&r, 4), str_bytes(STR("tail"))));
	assert_true(rd_done(&r));
	arena_free(&a);
}

TEST_CASE(rd_stays_bad_after_the_first_overrun)
{
	static const uint8_t in[] = {0, 0, 0, 9, 'a', 'b'};
	static const uint8_t nul[] = {0, 0, 0, 2, 'a', 0};
	static const uint8_t not_utf8[] = {0, 0, 0, 1, 0xff};
	struct rd r = rd_new(BYTES_OF(in));

	assert_int_equal(rd_field(&r, 100).n, 0);
	assert_true(r.bad);
	assert_int_equal(rd_u8(&r), 0);
	assert_false(rd_done(&r));
	r = rd_new(bytes_of(in, 5));
	(void)rd_field(&r, 8); /* the length itself is more than the caller allows */
	assert_true(r.bad);
	r = rd_new(BYTES_OF(nul));
	(void)rd_text(&r, 8);
	assert_true(r.bad);
	r = rd_new(BYTES_OF(not_utf8));
	(void)rd_text(&r, 8);
	assert_true(r.bad);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(views_compare_by_length_and_octets),
	    cmocka_unit_test(arena_gives_zeroed_aligned_memory),
	    cmocka_unit_test(arena_text_refuses_an_inner_nul),
	    cmocka_unit_test(buf_is_capped_and_says_so_once),
	    cmocka_unit_test(rd_reads_what_buf_wrote),
	    cmocka_unit_test(rd_stays_bad_after_the_first_overrun),
	};

	return cmocka_run_group_tests_name("memory", tests, NULL, NULL);
}
