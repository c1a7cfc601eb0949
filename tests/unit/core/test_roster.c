/* SPDX-License-Identifier: Apache-2.0 */
#include "core/roster.h"

#include "vectors.h"

static struct arena *a;
static json_t *vectors;

static int
setup(void **state)
{
	(void)state;
	a = arena_new(0);
	vectors = vectors_load("statements.json");
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

static struct id
id_from(uint8_t first)
{
	struct id i;

	for (unsigned k = 0; k < ID_SIZE; k++)
		i.b[k] = (uint8_t)(first + k);
	return i;
}

/* The roster of the vectors, rows the wrong way round, the name not yet in NFC. */
static struct roster
fresh(void)
{
	struct roster r = {.version = 1, .n = 1, .count = 2};

	r.rows = arena_array(a, 3, sizeof(*r.rows));
	r.rows[0] = (struct roster_row){
	    id_from(0x20), ROSTER_OPERATOR, STR("Wang Fang"), id_from(0xb0), {0}, false};
	r.rows[1] = (struct roster_row){id_from(0x10), ROSTER_ADMINISTRATOR,
	    STR("Ада Лавлеи\xcc\x86с"), id_from(0xa0), {0}, false};
	r.rows[2] = (struct roster_row){
	    id_from(0x30), ROSTER_AUDITOR, STR("Zoe"), id_from(0xc0), {0}, false};
	return r;
}

TEST_CASE(one_roster_has_one_encoding)
{
	const json_t *o = json_object_get(vectors, "roster");
	struct bytes want = vectors_hex(a, o, "octets"), got;
	struct roster r = fresh(), back;
	uint8_t *copy = arena_alloc(a, want.n + 1);

	assert_int_equal(roster_check(a, &r, NULL), OK);
	got = roster_encode(a, &r);
	if (!bytes_eq(got, want))
		fail_msg("%s", hex_text(a, got));
	assert_int_equal(roster_parse(a, got, &back, NULL), OK);
	assert_int_equal(back.count, 2);
	assert_int_equal(back.rows[0].role, ROSTER_ADMINISTRATOR);
	assert_true(str_is(back.rows[1].name, "Wang Fang"));
	assert_ptr_equal(roster_find(&back, id_from(0xb0)), &back.rows[1]);
	assert_null(roster_find(&back, id_from(0xb1)));
	memcpy(copy, want.p, want.n);
	for (size_t n = 0; n < want.n; n++)
		assert_int_equal(roster_parse(a, bytes_of(copy, n), &back, NULL), E_FRAME);
	assert_int_equal(roster_parse(a, bytes_of(copy, want.n + 1), &back, NULL), E_FRAME);
}

TEST_CASE(a_scope_is_part_of_the_roster)
{
	struct roster r = fresh(), back;
	struct bytes got;

	r.rows[0].offices = STR("beijing shanghai");
	r.rows[0].supervisor = true;
	assert_int_equal(roster_check(a, &r, NULL), OK);
	got = roster_encode(a, &r);
	assert_memory_equal(got.p, ROSTER_WORD_SCOPES, strlen(ROSTER_WORD_SCOPES));
	assert_int_equal(roster_parse(a, got, &back, NULL), OK);
	assert_true(str_is(back.rows[1].offices, "beijing shanghai"));
	assert_true(back.rows[1].supervisor);
	assert_false(back.rows[0].supervisor);
	for (size_t n = 0; n < got.n; n++)
		assert_int_equal(roster_parse(a, bytes_of(got.p, n), &back, NULL), E_FRAME);
	/* Without any it is written as it ever was. */
	r.rows[1].offices = STR("");
	r.rows[1].supervisor = false;
	got = roster_encode(a, &r);
	assert_memory_equal(got.p, ROSTER_WORD, strlen(ROSTER_WORD));
}

TEST_CASE(rows_out_of_order_or_not_composed_are_another_text)
{
	struct roster r = fresh(), back;
	struct bytes octets = roster_encode(a, &r); /* unchecked on purpose */

	assert_int_equal(roster_parse(a, octets, &back, NULL), E_FRAME);
	assert_int_equal(roster_check(a, &r, NULL), OK);
	r.rows[0].name = STR("Ада Лавлеи\xcc\x86с");
	assert_int_equal(roster_parse(a, roster_encode(a, &r), &back, NULL), E_FRAME);
}

TEST_CASE(what_is_no_roster_is_refused_by_row)
{
	struct roster r;
	struct fault f;

#define REFUSED(change, error, name)                      \
	r = fresh();                                      \
	change;                                           \
	f = (struct fault){0};                            \
	assert_int_equal(roster_check(a, &r, &f), error); \
	assert_string_equal(f.field, name)
	REFUSED(r.version = 0, E_FIELD_VALUE, "version");
	REFUSED(r.n = 0, E_FIELD_VALUE, "n");
	REFUSED(r.n = ROSTER_N_MAX + 1, E_FIELD_VALUE, "n");
	REFUSED(r.n = 2, E_FIELD_VALUE, "rows");
	REFUSED(r.count = 0, E_FIELD_VALUE, "rows");
	REFUSED(r.count = ROSTER_ROWS_MAX + 1, E_FIELD_VALUE, "rows");
	REFUSED(r.rows[1].name = STR("p\xd0\xb0ypal"), E_NAME_SCRIPT, "rows[1].name");
	REFUSED(r.rows[0].name = STR(""), E_FIELD_MISSING, "rows[0].name");
	REFUSED(memset(&r.rows[0].person, 0, ID_SIZE), E_FIELD_MISSING, "rows[0].person");
	REFUSED(memset(&r.rows[1].enrolment, 0, ID_SIZE), E_FIELD_MISSING, "rows[1].enrolment");
	REFUSED(r.rows[1].enrolment = r.rows[0].enrolment, E_FIELD_DUPLICATE, "rows[1].enrolment");
	/* S14: administrator and operator exclude each other. */
	REFUSED(r.rows[0].person = r.rows[1].person, E_FIELD_VALUE, "rows[1].role");
	/* Only operators work in offices, in rising order, each once. */
	REFUSED(r.rows[1].offices = STR("north"), E_FIELD_VALUE, "rows[1].offices");
	REFUSED(r.rows[1].supervisor = true, E_FIELD_VALUE, "rows[1].offices");
	REFUSED(r.rows[0].offices = STR("south north"), E_FIELD_VALUE, "rows[0].offices");
	REFUSED(r.rows[0].offices = STR("north north"), E_FIELD_VALUE, "rows[0].offices");
	REFUSED(r.rows[0].offices = STR("north "), E_FIELD_VALUE, "rows[0].offices");
	REFUSED(r.rows[0].offices = STR("North"), E_FIELD_VALUE, "rows[0].offices");
	REFUSED(r.rows[0].offices = STR("a b c d e f g h i"), E_FIELD_VALUE, "rows[0].offices");
#undef REFUSED
	/* A second enrolment for the same person and role is a renewal: it counts once. */
	r = fresh();
	r.count = 3;
	r.rows[2].person = r.rows[1].person;
	r.rows[2].role = ROSTER_ADMINISTRATOR;
	assert_int_equal(roster_check(a, &r, NULL), OK);
	r.n = 2;
	assert_int_equal(roster_check(a, &r, NULL), E_FIELD_VALUE);
}

TEST_CASE(a_roster_follows_its_predecessor)
{
	struct roster now = fresh(), next = fresh();

	next.version = 2;
	assert_int_equal(roster_follows(&now, &next, NULL), OK);
	next.n = 2;
	assert_int_equal(roster_follows(&now, &next, NULL), E_FIELD_VALUE);
	next.n = 1;
	next.version = 3;
	assert_int_equal(roster_follows(&now, &next, NULL), E_STATE);
	next.version = 1;
	assert_int_equal(roster_follows(&now, &next, NULL), E_STATE);
}

TEST_CASE(role_words)
{
	enum roster_role r;

	assert_true(roster_role_parse(STR("auditor"), &r));
	assert_int_equal(r, ROSTER_AUDITOR);
	assert_string_equal(roster_role_name(ROSTER_OPERATOR), "operator");
	assert_false(roster_role_parse(STR("holder"), &r));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(one_roster_has_one_encoding),
	    cmocka_unit_test(a_scope_is_part_of_the_roster),
	    cmocka_unit_test(rows_out_of_order_or_not_composed_are_another_text),
	    cmocka_unit_test(what_is_no_roster_is_refused_by_row),
	    cmocka_unit_test(a_roster_follows_its_predecessor),
	    cmocka_unit_test(role_words),
	};

	return cmocka_run_group_tests_name("core roster", tests, setup, teardown);
}
