/* SPDX-License-Identifier: Apache-2.0 */
/* OCSP answers in memory: the same for everybody, and never older than the status. */
#include "test.h"

#include "walk.h"

#include "base/text.h"
#include "crypto/digest.h"
#include "service/ready.h"
#include "x509/ocsp.h"

static struct world w;
static struct somebody admin, operator, subscriber;
static struct principal by_phone; /* the subscriber's */
static struct bytes request;
static struct ocsp_request asked;

/* A question about B's certificate, without a nonce. */
static void
prepare(const struct somebody *b)
{
	struct call c = world_call(&w, NULL);
	struct ocsp_request q = {.n = 1};
	struct ocsp_id id = {.hash = OID_SHA1};
	struct status_object ca;
	uint8_t name[SHA1_SIZE], keyh[SHA1_SIZE];
	struct cert issuer;
	struct key key;
	struct fault f = {0};

	MUST_OK(status_ca(&c, b->ca, &ca, &f));
	MUST_OK(cert_parse(ca.body, &issuer, &f));
	MUST_OK(key_parse(issuer.spki, &key, &f));
	sha1(issuer.subject, name);
	sha1(key.bits, keyh);
	id.name_hash = BYTES_OF(name);
	id.key_hash = BYTES_OF(keyh);
	assert_true(hex_parse(w.a, b->serial, &id.serial));
	MUST_OK(ocsp_id_encode(w.a, &id, &q.v[0], &f));
	MUST_OK(ocsp_request_encode(w.a, &q, &request, &f));
	MUST_OK(ocsp_request_parse(request, &asked, &f));
}

static enum ocsp_status
status_in(struct bytes answer)
{
	struct ocsp_response r;
	struct ocsp_answer *data = arena_alloc(w.a, sizeof(*data));
	struct fault f = {0};

	MUST_OK(ocsp_response_parse(answer, &r, &f));
	assert_int_equal(r.result, OCSP_SUCCESSFUL);
	MUST_OK(ocsp_tbs_parse(r.sealed.body, data, &f));
	return data->v[0].status;
}

static struct bytes
sign_one(void)
{
	struct call c = world_call(&w, NULL);
	struct status_object o = {0};

	status_ocsp(&c, request, &o);
	return o.body;
}

static bool
is_ready(int64_t later, struct bytes *ret)
{
	struct call c = world_call(&w, NULL);
	struct status_object o = {0};

	c.now += later;
	if (!status_ocsp_ready(&c, request, &o))
		return false;
	assert_true(o.cacheable);
	*ret = o.body;
	return true;
}

static void
follow(void)
{
	struct fault f = {0};

	MUST_OK(service_follow(w.front, &f));
}

TEST_CASE(nothing_is_given_out_while_nobody_follows_the_log)
{
	struct bytes body;

	(void)sign_one();
	assert_false(is_ready(0, &body));
}

TEST_CASE(an_answer_is_signed_once_for_everybody)
{
	struct bytes first, again;

	follow();
	first = sign_one();
	assert_true(is_ready(0, &again));
	assert_true(bytes_eq(first, again));
	assert_int_equal(status_in(again), OCSP_GOOD);
	assert_true(is_ready(43199, &again));
	assert_false(is_ready(43200, &again));
	assert_false(is_ready(-100, &again));
}

TEST_CASE(one_s_own_change_counts_before_its_answer_leaves)
{
	const struct certs_name name = {subscriber.ca, subscriber.serial};
	struct call c = world_call(&w, &operator.who);
	struct cert_view view;
	struct bytes body;
	struct fault f = {0};

	follow();
	(void)sign_one();
	assert_true(is_ready(0, &body));
	MUST_OK(certs_suspend(&c, &name, &view, &f));
	assert_false(is_ready(0, &body));
	assert_int_equal(status_in(sign_one()), OCSP_REVOKED);
	assert_true(is_ready(0, &body));
	assert_int_equal(status_in(body), OCSP_REVOKED);
}

TEST_CASE(what_another_process_changed_counts_when_the_log_was_followed)
{
	const struct certs_revoke revoke = {
	    .ca = subscriber.ca, .serial = subscriber.serial, .reason = STR("superseded")};
	struct call c = world_call(&w, &operator.who);
	struct cert_view view;
	struct bytes before, body;
	struct fault f = {0};

	follow();
	before = sign_one();
	c.service = w.jobs;
	MUST_OK(certs_revoke(&c, &revoke, &view, &f));
	assert_true(is_ready(0, &body));
	assert_true(bytes_eq(before, body));
	follow();
	assert_false(is_ready(0, &body));
	assert_int_equal(status_in(sign_one()), OCSP_REVOKED);
}

/* A worker has read the status; it changes; then the worker comes back with an answer of before. */
TEST_CASE(an_answer_that_was_overtaken_is_not_kept)
{
	struct somebody b = {.who = by_phone, .phone = subscriber.phone};
	struct status_object o = {.cacheable = true};
	struct certs_name name;
	struct cert_view view;
	struct bytes body;
	struct fault f = {0};
	struct call c;
	uint32_t turn;
	struct str no = world_submit(&w, &b);

	world_approve(&w, &operator, no);
	world_codes(&w, &b);
	world_enrol(&w, &b);
	prepare(&b);
	follow();
	c = world_call(&w, &operator.who);
	turn = ready_turn(&c, &asked.v[0]);
	o.body = sign_one();
	o.this_update = c.now;
	name = (struct certs_name){b.ca, b.serial};
	MUST_OK(certs_suspend(&c, &name, &view, &f));
	ready_put(&c, &asked.v[0], turn, &o);
	assert_false(is_ready(0, &body));
	softkey_free(&b.key);
}

static int
begin(void **state)
{
	struct str no;

	(void)state;
	world_open(&w);
	world_set_up(&w);
	world_people(&w, &admin, &operator, & subscriber);
	by_phone = subscriber.who;
	no = world_submit(&w, &subscriber);
	world_approve(&w, &operator, no);
	world_codes(&w, &subscriber);
	world_enrol(&w, &subscriber);
	prepare(&subscriber);
	return 0;
}

static int
end(void **state)
{
	(void)state;
	softkey_free(&admin.key);
	softkey_free(&operator.key);
	softkey_free(&subscriber.key);
	world_close(&w);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(nothing_is_given_out_while_nobody_follows_the_log),
	    cmocka_unit_test(an_answer_is_signed_once_for_everybody),
	    cmocka_unit_test(one_s_own_change_counts_before_its_answer_leaves),
	    cmocka_unit_test(what_another_process_changed_counts_when_the_log_was_followed),
	    cmocka_unit_test(an_answer_that_was_overtaken_is_not_kept),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
