/* SPDX-License-Identifier: Apache-2.0 */
/* A signer whose CA keys lie on a token: what it grants, alone and many at once, and what it does not. */
#include "hsmbench.h"

#include <string.h>
#include <time.h>

#include "base/buf.h"
#include "base/rd.h"
#include "crypto/selfcheck.h"
#include "signer/batch.h"
#include "x509/crl.h"

/* A whole signer whose CA keys lie on the token. */
static void
house_on_token(struct bench *b, enum keyalg alg)
{
	struct house h;
	struct bytes tbs, signature, crl;
	struct fault f = {0};
	struct order o;
	struct house_list l;

	bench_know(b, SOFTHSM_LABEL, SOFTHSM_PIN);
	house_open(&h);
	house_stop(&h);
	h.options.hsm = b->hsm;
	h.options.no_soft_keys = true;
	house_start(&h);
	h.kinds.issuing = h.kinds.management = str_of(keyalg_name(alg));
	house_set_up(&h);
	house_people(&h);
	house_stop(&h);
	/* Signer and child are new; the keys are the same. */
	bench_know(b, SOFTHSM_LABEL, SOFTHSM_PIN);
	h.options.hsm = b->hsm;
	house_start(&h);
	house_order(&h, "On Token", OPERATOR_1, &o);
	assert_int_equal(house_issue(&h, &o, &f), OK);
	assert_int_equal(selfcheck_certificate(o.issued.certificate,
			     (const struct bytes[]){h.ca[0], h.root}, 2, house_now(), &f),
	    OK);
	l = house_list_now(PROFILE_CA_ISSUING, NULL, 0);
	assert_int_equal(house_crl(&h, &l, &tbs, &signature, &f), OK);
	assert_int_equal(crl_finish(h.a, tbs, h.issuer[0].alg, signature, &crl, &f), OK);
	assert_int_equal(selfcheck_crl(crl, h.ca[0], house_now(), &f), OK);
	softkey_free(&o.key);
	house_close(&h);
}

BENCH_CASE(a_ca_of_each_kind_lies_on_a_token)
{
	static const enum keyalg kinds[] = {KEYALG_EC_P256, KEYALG_EC_P384, KEYALG_RSA_3072};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		house_on_token(*state, kinds[i]);
	assert_int_equal(softhsm_objects(&((struct bench *)*state)->s), 3 * 2 * 2);
}

/* A certificate whose signature does not hold would stand in the journal for ever. */
BENCH_CASE(what_no_token_should_give_is_not_let_out)
{
	struct bench *b = *state;
	struct house h;
	struct fault f = {0};
	struct order o;
	struct signer_status st;

	house_open(&h);
	house_stop(&h);
	h.options.hsm = b->hsm;
	house_start(&h);
	house_set_up(&h);
	house_people(&h);
	house_order(&h, "Wrong Octets", OPERATOR_1, &o);
	assert_int_equal(signer_status(h.front, h.a, &st, &f), OK);
	assert_true(st.on_token && st.trouble.n == 0);
	softhsm_fault(&b->s, "C_Sign 1 spoil\n");
	assert_int_equal(house_issue(&h, &o, &f), E_UNAVAILABLE);
	assert_non_null(strstr(f.detail, "no signature"));
	softhsm_fault(&b->s, "C_Sign 1 fail 0x30\n");
	f = (struct fault){0};
	assert_int_equal(house_issue(&h, &o, &f), E_UNAVAILABLE);
	softhsm_fault(&b->s, "");
	/* The same question later: the certificate, once. */
	for (int i = 0; i < 30 && house_issue(&h, &o, &f) != OK; i++)
		(void)nanosleep(&(struct timespec){0, 100000000}, NULL);
	assert_false(o.issued.repeated);
	assert_int_equal(house_issue(&h, &o, &f), OK);
	assert_true(o.issued.repeated);
	softkey_free(&o.key);
	house_close(&h);
}

#define MANY 8

static struct bytes
body_of(struct house *h, const struct order *o)
{
	struct buf b = buf_new(h->a, (size_t)64 << 10);
	struct bytes claim = {0};

	assert_int_equal(claim_encode(h->a, &o->claim, &claim, NULL), OK);
	buf_field(&b, claim);
	buf_field(&b, o->tbs);
	buf_field(&b, str_bytes(STR("unit")));
	return buf_bytes(&b);
}

/* These orders as one batch of a signer that lies beside the house's, which is stopped. */
static void
batch(struct house *h, struct signer *s, const struct order *const *o,
    struct bytes *ret_certificate, enum err *ret)
{
	struct batch_item item[MANY];

	for (int i = 0; i < MANY; i++)
		item[i] = (struct batch_item){
		    .peer = SIGNER_FRONT, .type = SIGNER_ISSUE, .body = body_of(h, o[i]), .fd = -1};
	batch_run(s, h->a, house_now() * 1000, item, MANY);
	for (int i = 0; i < MANY; i++) {
		struct rd r = rd_new(item[i].answer);

		ret[i] = (enum err)rd_u16(&r);
		ret_certificate[i] = ret[i] == OK ? rd_field(&r, CERT_MAX) : bytes_of(NULL, 0);
	}
}

/* Signed together, decided as if one after another. */
BENCH_CASE(a_batch_is_decided_one_by_one_and_signed_at_once)
{
	static const char *const names[] = {
	    "Ann One", "Bob Two", "Cat Three", "Dan Four", "Eve Five"};
	struct bench *b = *state;
	struct house h;
	static struct signer s; /* too large for a stack */
	struct order o[5], twin, bad;
	struct bytes cert[MANY], second[MANY];
	enum err e[MANY];
	uint64_t before;

	house_open(&h);
	house_stop(&h);
	h.options.hsm = b->hsm;
	house_start(&h);
	house_set_up(&h);
	house_people(&h);
	for (int i = 0; i < 5; i++)
		house_order(&h, names[i], OPERATOR_1, &o[i]);
	/* Another key for the first one's enrolment; a certificate that is not as approved. */
	twin = o[0];
	assert_int_equal(softkey_generate(&twin.key, NULL), OK);
	house_tbs(&h, &twin, house_now());
	bad = o[4];
	bad.tbs = o[3].tbs;
	house_stop(&h);
	state_init(&s, &h.options);
	assert_int_equal(state_load(&s, NULL), OK);
	before = journal_sequence(s.journal);

	/* The token gives up half way: nobody has anything. */
	softhsm_fault(&b->s, "C_Sign 3 fail 0x30\n");
	batch(&h, &s,
	    (const struct order *const[]){&o[0], &o[1], &o[2], &o[3], &o[0], &o[1], &o[2], &o[3]},
	    cert, e);
	for (int i = 0; i < MANY; i++)
		assert_int_equal(e[i], E_UNAVAILABLE);
	assert_int_equal(journal_sequence(s.journal), before);
	softhsm_fault(&b->s, "");
	bench_again(b);

	batch(&h, &s,
	    (const struct order *const[]){&o[0], &o[1], &twin, &o[2], &bad, &o[0], &o[3], &o[4]},
	    cert, e);
	for (int i = 0; i < MANY; i++) {
		enum err want = i == 2 ? E_KEY_OTHER : i == 4 ? E_GATE : OK;

		assert_int_equal(e[i], want);
		if (want == OK)
			assert_int_equal(
			    selfcheck_certificate(cert[i], (const struct bytes[]){h.ca[0], h.root},
				2, house_now(), NULL),
			    OK);
	}
	assert_true(bytes_eq(cert[0], cert[5]));
	/* Five certificates and two refusals, in the order of the questions. */
	assert_int_equal(journal_sequence(s.journal), before + 7);
	batch(&h, &s,
	    (const struct order *const[]){&o[0], &o[1], &o[0], &o[2], &o[0], &o[0], &o[3], &o[4]},
	    second, e);
	assert_true(bytes_eq(second[1], cert[1]) && bytes_eq(second[7], cert[7]));
	assert_int_equal(journal_sequence(s.journal), before + 7);
	state_drop(&s);
	house_start(&h);
	for (int i = 0; i < 5; i++)
		softkey_free(&o[i].key);
	softkey_free(&twin.key);
	house_close(&h);
}

BENCH_CASE(those_that_wait_for_the_token_count_for_the_quota)
{
	struct bench *b = *state;
	struct house h;
	static struct signer s; /* too large for a stack */
	struct order o[MANY];
	const struct order *all[MANY];
	struct bytes cert[MANY];
	enum err e[MANY];

	house_open(&h);
	house_stop(&h);
	h.options.hsm = b->hsm;
	house_start(&h);
	house_set_up(&h);
	house_people(&h);
	for (int i = 0; i < MANY; i++) {
		house_order(&h, "Same Name", OPERATOR_1, &o[i]);
		all[i] = &o[i];
	}
	house_stop(&h);
	state_init(&s, &h.options);
	assert_int_equal(state_load(&s, NULL), OK);
	for (uint32_t left = h.person_profile.quota_hour; left > 3; left--)
		quota_add(state_count(&s, h.person_profile.name), house_now() * 1000);
	batch(&h, &s, all, cert, e);
	for (int i = 0; i < MANY; i++)
		assert_int_equal(e[i], i < 3 ? OK : E_QUOTA);
	state_drop(&s);
	house_start(&h);
	for (int i = 0; i < MANY; i++)
		softkey_free(&o[i].key);
	house_close(&h);
}

int
main(void)
{
	static const struct CMUnitTest cases[] = {
	    BENCH(a_ca_of_each_kind_lies_on_a_token),
	    BENCH(a_batch_is_decided_one_by_one_and_signed_at_once),
	    BENCH(those_that_wait_for_the_token_count_for_the_quota),
	    BENCH(what_no_token_should_give_is_not_let_out),
	};

	return cmocka_run_group_tests_name("signer_ontoken", cases, NULL, NULL);
}
