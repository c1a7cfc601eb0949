/* SPDX-License-Identifier: Apache-2.0 */
/* Places of the log, signed once and for all: what a store that was written anew cannot have signed again. */
#include "house.h"

#include "core/checkpoint.h"
#include "crypto/digest.h"
#include "crypto/verify.h"

static struct house h;
static uint8_t one[SHA256_SIZE], two[SHA256_SIZE];

static int
begin(void **state)
{
	(void)state;
	sha256(str_bytes(STR("one")), one);
	sha256(str_bytes(STR("two")), two);
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

static struct checkpoint
place(int64_t seq, const uint8_t hash[static SHA256_SIZE])
{
	return (struct checkpoint){.env = ENVIRONMENT_TEST,
	    .origin = STR(HOUSE_ORIGIN),
	    .seq = seq,
	    .hash = bytes_of(hash, SHA256_SIZE),
	    .at = house_now() * 1000};
}

static enum err
sign(const struct checkpoint *c, struct bytes *octets, struct bytes *signature, struct fault *f)
{
	assert_int_equal(checkpoint_encode(h.a, c, octets, NULL), OK);
	return signer_audit_sign(h.jobs, h.a, *octets, signature, f);
}

static void
refused(struct checkpoint c, const char *rule)
{
	struct bytes octets, signature;
	struct fault f = {0};
	enum err e = sign(&c, &octets, &signature, &f);

	house_expect(&h, e, &f, E_GATE, "AUDIT_SIGN", rule);
}

static int64_t
last(void)
{
	struct signer_audit l;

	assert_int_equal(signer_audit_last(h.front, h.a, &l, NULL), OK);
	assert_true(bytes_eq(l.spki, h.keys.spki[SIGNER_KEY_AUDIT]));
	return l.seq;
}

TEST_CASE(a_place_is_signed_and_remembered)
{
	struct checkpoint c = place(10, one);
	struct bytes octets, signature;

	assert_int_equal(last(), 0);
	assert_int_equal(sign(&c, &octets, &signature, NULL), OK);
	assert_int_equal(verify_spki(h.keys.spki[SIGNER_KEY_AUDIT], VERIFY_ECDSA_SHA256, octets,
			     signature, NULL),
	    OK);
	assert_int_equal(last(), 10);
	/* The same again, as after a break between signature and store. */
	assert_int_equal(sign(&c, &octets, &signature, NULL), OK);
}

TEST_CASE(nothing_that_contradicts_it)
{
	struct checkpoint c = place(11, two);

	refused(place(9, one), "number rises");
	refused(place(10, two), "one hash a number");
	c.origin = STR("https://localhost:9443");
	refused(c, "our own");
	c = place(11, two);
	c.env = ENVIRONMENT_PRODUCTION;
	c.origin = STR("https://pki.example.org");
	refused(c, "our own");
	c = place(11, two);
	c.at -= 3600 * 1000;
	refused(c, "time near the clock");
	assert_int_equal(last(), 10);
}

TEST_CASE(a_signer_that_was_started_anew_refuses_the_same)
{
	struct checkpoint c = place(12, two);
	struct bytes octets, signature;

	house_stop(&h);
	house_start(&h);
	assert_int_equal(last(), 10);
	refused(place(10, two), "one hash a number");
	refused(place(3, two), "number rises");
	assert_int_equal(sign(&c, &octets, &signature, NULL), OK);
	assert_int_equal(last(), 12);
}

TEST_CASE(only_the_jobs_process_may_ask_and_no_digest_is_signed)
{
	struct checkpoint c = place(13, one);
	struct bytes octets, signature;

	assert_int_equal(checkpoint_encode(h.a, &c, &octets, NULL), OK);
	assert_int_equal(signer_audit_sign(h.front, h.a, octets, &signature, NULL), E_ROLE);
	assert_int_equal(
	    signer_audit_sign(h.jobs, h.a, bytes_of(one, sizeof(one)), &signature, NULL), E_FRAME);
	octets.n--;
	assert_int_equal(signer_audit_sign(h.jobs, h.a, octets, &signature, NULL), E_FRAME);
	assert_int_equal(last(), 12);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_place_is_signed_and_remembered),
	    cmocka_unit_test(nothing_that_contradicts_it),
	    cmocka_unit_test(a_signer_that_was_started_anew_refuses_the_same),
	    cmocka_unit_test(only_the_jobs_process_may_ask_and_no_digest_is_signed),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
