/* SPDX-License-Identifier: Apache-2.0 */
/* The last list that the signer remembers, and the index that tells what has expired. */
#include "test.h"

#include <string.h>

#include "base/buf.h"
#include "signer/index.h"
#include "signer/list.h"

#define NOW ((int64_t)1800000000)

static struct arena *a;
static const uint8_t name[] = {
    0x30, 0x0d, 0x31, 0x0b, 0x30, 0x09, 0x06, 0x03, 0x55, 0x04, 0x06, 0x13, 0x02, 'C', 'N'};
static const uint8_t aki[20] = {7};

static int
begin(void **state)
{
	(void)state;
	a = arena_new((size_t)64 << 20);
	return 0;
}

static int
end(void **state)
{
	(void)state;
	arena_free(&a);
	return 0;
}

static struct serial
serial_n(unsigned n)
{
	uint8_t random[SERIAL_RANDOM] = {0};

	random[0] = (uint8_t)(n >> 8);
	random[1] = (uint8_t)n;
	return serial_make(1, NOW - 1000, random);
}

/* A list of the certificates in NUMBERS, in that order; a negative one is a hold. */
static struct bytes
list_of(int64_t number, int64_t at, const int *numbers, size_t n)
{
	struct crl_head head = {.alg = SIGALG_ECDSA_SHA256,
	    .issuer = BYTES_OF(name),
	    .aki = BYTES_OF(aki),
	    .this_update = at,
	    .next_update = at + 3600,
	    .number = number};
	struct buf b = buf_new(a, (size_t)1 << 20);
	struct serial serial;
	size_t size = 0;

	for (int pass = 0; pass < 2; pass++) {
		if (pass == 1)
			assert_int_equal(crl_head(&b, &head, size, NULL), OK);
		for (size_t i = 0; i < n; i++) {
			struct crl_item item = {.date = at - 10,
			    .reason = numbers[i] < 0 ? REASON_HOLD : REASON_NONE,
			    .invalidity = CRL_NO_TIME};

			serial = serial_n((unsigned)(numbers[i] < 0 ? -numbers[i] : numbers[i]));
			item.serial = serial_bytes(&serial);
			if (pass == 0)
				size += crl_entry_size(&item);
			else
				assert_int_equal(crl_entry(&b, &item, at, NULL), OK);
		}
	}
	assert_int_equal(crl_tail(&b, &head, NULL), OK);
	return buf_bytes(&b);
}

static struct list
read_list(struct bytes tbs)
{
	struct list l;
	struct fault f = {0};

	if (list_read(tbs,
		&(struct profile_issuer){
		    .alg = SIGALG_ECDSA_SHA256, .subject = BYTES_OF(name), .ski = BYTES_OF(aki)},
		&l, &f) != OK)
		fail_msg("%s: %s", f.rule, f.detail);
	return l;
}

TEST_CASE(entries_are_found_in_whatever_order_they_came)
{
	const int numbers[] = {9, -3, 300, 5, 1};
	struct list l = read_list(list_of(1, NOW, numbers, 5));
	struct serial serial;

	assert_int_equal(l.count, 5);
	for (unsigned i = 0; i < 310; i++) {
		enum list_state want = i == 3                ? LIST_HOLD
		    : i == 1 || i == 5 || i == 9 || i == 300 ? LIST_REVOKED
							     : LIST_ABSENT;

		serial = serial_n(i);
		assert_int_equal(list_find(&l, serial_bytes(&serial)), want);
	}
	list_free(&l);
	assert_int_equal(list_find(&l, serial_bytes(&serial)), LIST_ABSENT);
}

TEST_CASE(a_serial_twice_and_another_issuer_are_refused)
{
	const int twice[] = {4, 2, 4};
	static const uint8_t other[20] = {8};
	struct list l = {0};
	struct fault f = {0};

	assert_int_equal(
	    list_read(list_of(1, NOW, twice, 3),
		&(struct profile_issuer){
		    .alg = SIGALG_ECDSA_SHA256, .subject = BYTES_OF(name), .ski = BYTES_OF(aki)},
		&l, &f),
	    E_GATE);
	assert_string_equal(f.rule, "serial once");
	assert_int_equal(
	    list_read(list_of(1, NOW, twice, 2),
		&(struct profile_issuer){
		    .alg = SIGALG_ECDSA_SHA256, .subject = BYTES_OF(name), .ski = BYTES_OF(other)},
		&l, NULL),
	    E_GATE);
	assert_int_equal(
	    list_read(list_of(1, NOW, twice, 2),
		&(struct profile_issuer){
		    .alg = SIGALG_ECDSA_SHA256, .subject = BYTES_OF(aki), .ski = BYTES_OF(aki)},
		&l, NULL),
	    E_GATE);
	assert_int_equal(l.count, 0);
}

TEST_CASE(an_entry_may_go_only_when_its_certificate_has_expired)
{
	const int before[] = {1, 2, -3}, after[] = {2};
	struct index *x = index_new();
	struct list last = read_list(list_of(1, NOW - 100, before, 3));
	struct list next = read_list(list_of(2, NOW, after, 1));
	struct index_row row = {.serial = serial_n(1), .not_after = NOW};

	/* Unknown to the journal: it cannot be said to have expired. */
	assert_int_equal(list_follows(&last, &next, x, NOW * 1000, NULL), E_GATE);
	assert_int_equal(index_add(x, &row, NULL), OK);
	assert_int_equal(list_follows(&last, &next, x, NOW * 1000, NULL), E_GATE);
	index_free(&x);
	x = index_new();
	row.not_after = NOW - 1;
	assert_int_equal(index_add(x, &row, NULL), OK);
	assert_int_equal(list_follows(&last, &next, x, NOW * 1000, NULL), OK);
	list_free(&last);
	list_free(&next);
	index_free(&x);
}

TEST_CASE(the_index_finds_every_row_by_every_name)
{
	enum { ROWS = 5000, ENROLMENTS = 700 };
	struct index *x = index_new();
	struct index_row row;
	struct id enrolment = {{0}};
	size_t seen = 0;

	for (unsigned i = 0; i < ROWS; i++) {
		row = (struct index_row){.serial = serial_n(i), .offset = i};
		row.enrolment.b[0] = 1;
		row.enrolment.b[1] = (uint8_t)(i % ENROLMENTS >> 8);
		row.enrolment.b[2] = (uint8_t)(i % ENROLMENTS);
		memcpy(row.key, &i, sizeof(i));
		assert_int_equal(index_add(x, &row, NULL), OK);
	}
	for (unsigned i = 0; i < ROWS; i++) {
		struct serial serial = serial_n(i);
		uint8_t key[INDEX_KEY] = {0};

		memcpy(key, &i, sizeof(i));
		assert_int_equal(index_by_serial(x, serial_bytes(&serial))->offset, i);
		assert_int_equal(index_by_key(x, key)->offset, i);
	}
	for (unsigned i = 0; i < ENROLMENTS; i++) {
		enrolment.b[0] = 1;
		enrolment.b[1] = (uint8_t)(i >> 8);
		enrolment.b[2] = (uint8_t)i;
		for (const struct index_row *r = index_by_enrolment(x, enrolment); r;
		     r = index_earlier(x, r)) {
			assert_int_equal(r->offset % ENROLMENTS, i);
			seen++;
		}
	}
	assert_int_equal(seen, ROWS);
	enrolment.b[0] = 2;
	assert_null(index_by_enrolment(x, enrolment));
	/* Our own certificates have none. */
	row.enrolment = (struct id){{0}};
	row.serial = serial_n(ROWS);
	assert_int_equal(index_add(x, &row, NULL), OK);
	assert_null(index_by_enrolment(x, row.enrolment));
	index_free(&x);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(entries_are_found_in_whatever_order_they_came),
	    cmocka_unit_test(a_serial_twice_and_another_issuer_are_refused),
	    cmocka_unit_test(an_entry_may_go_only_when_its_certificate_has_expired),
	    cmocka_unit_test(the_index_finds_every_row_by_every_name),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
