/* SPDX-License-Identifier: Apache-2.0 */
/* What operators say to applicants: send back, reject; what nobody moves expires. */
#include "walk.h"

#include <string.h>

#include "base/text.h"

static struct world w;
static struct somebody admin, operator, subscriber;

static struct apply_return back;

static void
fill(void)
{
	back = (struct apply_return){.reason = STR("Two things"),
	    .fields = {{STR("name"), STR("As in the passport")}, {STR("mail"), STR("It bounced")}},
	    .field_count = 2};
}

static int
set_up(void **state)
{
	(void)state;
	world_open(&w);
	world_set_up(&w);
	world_people(&w, &admin, &operator, & subscriber);
	fill();
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	softkey_free(&admin.key);
	softkey_free(&operator.key);
	softkey_free(&subscriber.key);
	world_close(&w);
	return 0;
}

TEST_CASE(sent_back_is_corrected_and_submitted_anew)
{
	struct call o = world_call(&w, &operator.who), s = world_call(&w, &subscriber.who);
	struct str no = world_submit(&w, &subscriber), text;
	const struct apply_consent consent = {
	    .text_id = STR("person-signature-1"), .lang = STR("en"), .given = true};
	struct apply_draft draft = {.profile = STR("person-signature"),
	    .fields = {{STR("name"), STR("Zhang Min")}, {STR("country"), STR("CN")},
		{STR("mail"), STR("zhang.min@example.com")}, {STR("phone"), subscriber.phone}},
	    .field_count = 4};
	struct apply_view view;
	struct fault f = {0};

	MUST_OK(apply_return(&o, no, &back, &view, &f));
	assert_true(str_is(view.state, "returned"));
	assert_int_equal(view.revision, 2);
	text = world_message(&w, "mail");
	assert_non_null(strstr(arena_cstr(w.a, text), "Full name: As in the passport\n"));
	assert_non_null(strstr(arena_cstr(w.a, text), "Two things"));
	/* Its applicant sees both, changes it in place, and what was asked for stays in sight. */
	MUST_OK(apply_get(&s, no, &view, &f));
	assert_true(str_is(view.reason, "Two things"));
	assert_int_equal(view.remark_count, 2);
	assert_true(str_is(view.remarks[0].name, "name"));
	assert_true(str_is(view.remarks[0].value, "As in the passport"));
	MUST_OK(apply_edit(&s, no, &draft, &view, &f));
	assert_true(str_is(view.state, "returned"));
	assert_int_equal(view.revision, 2);
	assert_int_equal(view.remark_count, 2);
	MUST_OK(apply_submit(&s, no, &consent, &view, &f));
	assert_true(str_is(view.state, "submitted"));
	MUST_OK(apply_get(&o, no, &view, &f));
	assert_int_equal(view.remark_count, 2);
	world_approve(&w, &operator, no);
	MUST_OK(apply_get(&s, no, &view, &f));
	assert_int_equal(view.remark_count, 0);
}

TEST_CASE(what_was_looked_at_before_cannot_be_approved_after)
{
	struct call o = world_call(&w, &operator.who), s = world_call(&w, &subscriber.who);
	struct str no = world_submit(&w, &subscriber);
	const struct apply_consent consent = {
	    .text_id = STR("person-signature-1"), .lang = STR("en"), .given = true};
	struct statement st = {.purpose = PURPOSE_APPROVE};
	struct apply_to_approve look;
	struct apply_view view;
	struct approval in = {0};
	struct fault f = {0};

	MUST_OK(apply_approval(&o, no, &look, &f));
	MUST_OK(apply_return(&o, no, &back, &view, &f));
	assert_int_equal(apply_approval(&o, no, &look, NULL), E_STATE);
	MUST_OK(apply_submit(&s, no, &consent, &view, &f));
	assert_true(base64_parse(w.a, look.nonce, &in.server_nonce));
	st.server_nonce = in.server_nonce;
	in.signature = world_sign(&w, &operator, & st, operator.certificate, look.payload);
	in.agent_nonce = st.agent_nonce;
	in.spki_hash = st.spki_hash;
	in.certificate_hash = st.certificate_hash;
	assert_int_equal(apply_approve(&o, no, &in, &view, NULL), E_NONCE);
}

TEST_CASE(remarks_are_about_the_form)
{
	struct call o = world_call(&w, &operator.who);
	struct str no = world_submit(&w, &subscriber);
	const struct {
		struct apply_return in;
		enum err e;
		const char *field;
	} rows[] = {
	    {{.reason = STR("")}, E_FIELD_MISSING, "reason"},
	    {{.reason = STR("x"), .fields = {{STR("shoe"), STR("44")}}, .field_count = 1},
		E_FIELD_UNKNOWN, "shoe"},
	    {{.reason = STR("x"), .fields = {{STR("name"), STR("")}}, .field_count = 1},
		E_FIELD_MISSING, "name"},
	    {{.reason = STR("x"),
		 .fields = {{STR("name"), STR("a")}, {STR("name"), STR("b")}},
		 .field_count = 2},
		E_FIELD_DUPLICATE, "name"},
	    {{.reason = STR("x"), .fields = {{STR("name"), STR("a\nb=c")}}, .field_count = 1},
		E_NAME_CHARS, "name"},
	};
	struct apply_view view;
	struct fault f = {0};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		f = (struct fault){0};
		assert_int_equal(apply_return(&o, no, &rows[i].in, &view, &f), rows[i].e);
		assert_string_equal(f.field, rows[i].field);
	}
	f = (struct fault){0};
	MUST_OK(apply_get(&o, no, &view, &f));
	assert_true(str_is(view.state, "submitted"));
	assert_int_equal(view.revision, 1);
}

TEST_CASE(only_an_operator_sends_back_and_only_what_waits)
{
	struct call o = world_call(&w, &operator.who), s = world_call(&w, &subscriber.who);
	struct call a = world_call(&w, &admin.who);
	struct str no = world_submit(&w, &subscriber);
	struct apply_view view;
	struct fault f = {0};

	assert_int_equal(apply_return(&s, no, &back, &view, NULL), E_ROLE);
	assert_int_equal(apply_return(&a, no, &back, &view, NULL), E_ROLE);
	o.idempotency = STR("once");
	o.route = STR("application_return");
	MUST_OK(apply_return(&o, no, &back, &view, &f));
	/* The same question again is the same answer, no second mail, no third revision. */
	MUST_OK(apply_return(&o, no, &back, &view, &f));
	assert_int_equal(view.revision, 2);
	o.idempotency = STR("");
	assert_int_equal(apply_return(&o, no, &back, &view, NULL), E_STATE);
	MUST_OK(apply_reject(&o, no, STR("Never mind"), &view, &f));
	assert_true(str_is(view.state, "rejected"));
}

TEST_CASE(what_nobody_moves_expires)
{
	struct call s = world_call(&w, &subscriber.who), j;
	struct str no = world_submit(&w, &subscriber), text;
	struct apply_view view;
	struct fault f = {0};
	bool more = true;
	int64_t n;

	w.shift += 30 * 86400 - 60;
	j = world_jobs(&w);
	MUST_OK(upkeep_idle(&j, &n, &more, &f));
	assert_int_equal(n, 0);
	assert_false(more);
	MUST_OK(apply_get(&s, no, &view, &f));
	assert_true(str_is(view.state, "submitted"));
	w.shift += 120;
	j = world_jobs(&w);
	MUST_OK(upkeep_idle(&j, &n, &more, &f));
	assert_true(n >= 1);
	MUST_OK(apply_get(&s, no, &view, &f));
	assert_true(str_is(view.state, "expired"));
	text = world_message(&w, "mail");
	assert_non_null(strstr(arena_cstr(w.a, text), "has lapsed"));
	MUST_OK(upkeep_idle(&j, &n, &more, &f));
	assert_int_equal(n, 0);
	w.shift = 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(sent_back_is_corrected_and_submitted_anew),
	    cmocka_unit_test(what_was_looked_at_before_cannot_be_approved_after),
	    cmocka_unit_test(remarks_are_about_the_form),
	    cmocka_unit_test(only_an_operator_sends_back_and_only_what_waits),
	    cmocka_unit_test(what_nobody_moves_expires),
	};

	return cmocka_run_group_tests_name("decide", tests, set_up, tear_down);
}
