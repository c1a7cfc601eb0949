/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "test.h"
#include "token/p11wire.h"

static struct bytes
a_list(struct arena *a, uint32_t said, uint32_t n)
{
	static const uint8_t point[65] = {4};
	struct bytes spki = {0};
	struct buf b = buf_new(a, P11_BODY_MAX);
	struct token_container c = {.id = bytes_of("id", 2),
	    .label = bytes_of("label", 5),
	    .certificate = bytes_of("der", 3),
	    .has_private = true};

	assert_int_equal(key_spki(a, KEY_P256, BYTES_OF(point), &spki, NULL), OK);
	c.spki = spki;
	buf_u8(&b, 0);
	buf_u32(&b, said);
	for (uint32_t i = 0; i < n; i++)
		p11_put_container(&b, &c);
	return buf_bytes(&b);
}

static enum err
read_list(struct arena *a, struct bytes body, struct token_containers *ret)
{
	struct p11_failure x;
	bool failed;
	struct rd r;

	TRY(p11_get_answer(body, &r, &failed, &x, NULL));
	assert_false(failed);
	return p11_get_containers(r, a, ret, NULL);
}

TEST_CASE(containers_come_as_they_went)
{
	struct arena *a = arena_new(0);
	struct token_containers c;

	assert_int_equal(read_list(a, a_list(a, 2, 2), &c), OK);
	assert_int_equal(c.n, 2);
	assert_true(c.list[1].has_private && !c.list[1].has_public);
	assert_true(bytes_eq(c.list[1].certificate, bytes_of("der", 3)));
	arena_free(&a);
}

TEST_CASE(a_list_that_lies_about_itself_is_refused)
{
	struct arena *a = arena_new(0);
	struct token_containers c;
	struct bytes good = a_list(a, 2, 2);

	assert_int_equal(read_list(a, a_list(a, 1, 2), &c), E_FRAME);
	assert_int_equal(read_list(a, a_list(a, 3, 2), &c), E_FRAME);
	assert_int_equal(read_list(a, a_list(a, 0xffffffff, 2), &c), E_FRAME);
	for (size_t n = 1; n < good.n; n++)
		assert_int_equal(read_list(a, bytes_of(good.p, n), &c), E_FRAME);
	arena_free(&a);
}

TEST_CASE(slots_and_failures_come_as_they_went)
{
	struct arena *a = arena_new(0);
	struct buf b = buf_new(a, P11_BODY_MAX);
	struct p11_failure x = {.step = P11_AT_SIGN,
			       .ckr = 0x32,
			       .flags = 5,
			       .detail = STR("C_Sign")},
			   y;
	struct token_info t = {.slot = 7, .label = STR("токен"), .serial = STR("1"), .flags = 3};
	struct token_slots got;
	bool failed;
	struct rd r;

	buf_u8(&b, 0);
	buf_u32(&b, 1);
	p11_put_slot(&b, &t);
	buf_u32(&b, 1);
	buf_field(&b, bytes_of("reader", 6));
	assert_int_equal(p11_get_answer(buf_bytes(&b), &r, &failed, &y, NULL), OK);
	assert_int_equal(p11_get_slots(r, 4, a, &got, NULL), OK);
	assert_int_equal(got.n, 1);
	assert_int_equal(got.tokens[0].module, 4);
	assert_int_equal(got.tokens[0].slot, 7);
	assert_true(str_eq(got.tokens[0].label, t.label));
	assert_int_equal(got.strange_n, 1);
	assert_true(str_is(got.strange[0], "reader"));
	for (size_t n = 1; n < b.n; n++) {
		assert_int_equal(p11_get_answer(bytes_of(b.p, n), &r, &failed, &y, NULL), OK);
		assert_int_equal(p11_get_slots(r, 4, a, &got, NULL), E_FRAME);
	}
	b.n = 0;
	p11_put_failure(&b, &x);
	assert_int_equal(p11_get_answer(buf_bytes(&b), &r, &failed, &y, NULL), OK);
	assert_true(failed && !y.present && y.ckr == 0x32 && y.step == P11_AT_SIGN);
	/* Two steps at once, a status of its own, nothing at all. */
	b.p[1] = 3;
	assert_int_equal(p11_get_answer(buf_bytes(&b), &r, &failed, &y, NULL), E_FRAME);
	b.p[0] = 2;
	assert_int_equal(p11_get_answer(buf_bytes(&b), &r, &failed, &y, NULL), E_FRAME);
	assert_int_equal(p11_get_answer((struct bytes){0}, &r, &failed, &y, NULL), E_FRAME);
	arena_free(&a);
}

int
main(void)
{
	static const struct CMUnitTest cases[] = {
	    cmocka_unit_test(containers_come_as_they_went),
	    cmocka_unit_test(a_list_that_lies_about_itself_is_refused),
	    cmocka_unit_test(slots_and_failures_come_as_they_went),
	};

	return cmocka_run_group_tests(cases, NULL, NULL);
}
