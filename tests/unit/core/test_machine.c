/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The three life cycles, each state with each event and each role. What is right stands here a
 * second time, in words: a change of a table is a change here, reviewed.
 */
#include "core/application.h"
#include "core/certificate.h"
#include "core/enrolment.h"

#include <string.h>

#include "test.h"

struct expected {
	const char *from, *event, *role, *to, *effects;
};

static const struct expected applications[] = {
    {"draft", "submit", "applicant", "submitted", "pin-form notify"},
    {"draft", "edit", "applicant", "draft", ""},
    {"draft", "withdraw", "applicant", "cancelled", ""},
    {"draft", "lapse", "system", "expired", ""},
    {"submitted", "edit", "applicant", "draft", "new-revision void-approvals"},
    {"submitted", "withdraw", "applicant", "cancelled", "void-approvals"},
    {"submitted", "endorse", "operator", "submitted", ""},
    {"submitted", "approve", "operator", "approved", "notify"},
    {"submitted", "approve", "system", "approved", "notify"},
    {"submitted", "return", "operator", "returned", "new-revision void-approvals notify"},
    {"submitted", "reject", "operator", "rejected", "void-approvals notify"},
    {"submitted", "cancel", "operator", "cancelled", "void-approvals notify"},
    {"submitted", "cancel", "administrator", "cancelled", "void-approvals notify"},
    {"submitted", "lapse", "system", "expired", "void-approvals notify"},
    {"returned", "submit", "applicant", "submitted", "pin-form notify"},
    {"returned", "edit", "applicant", "returned", ""},
    {"returned", "withdraw", "applicant", "cancelled", ""},
    {"returned", "reject", "operator", "rejected", "notify"},
    {"returned", "cancel", "operator", "cancelled", "notify"},
    {"returned", "cancel", "administrator", "cancelled", "notify"},
    {"returned", "lapse", "system", "expired", "notify"},
    {"approved", "edit", "applicant", "draft", "new-revision void-approvals notify"},
    {"approved", "withdraw", "applicant", "cancelled", "void-approvals"},
    {"approved", "cancel", "operator", "cancelled", "void-approvals notify"},
    {"approved", "cancel", "administrator", "cancelled", "void-approvals notify"},
    {"approved", "open", "system", "open", "open-codes notify"},
    {"approved", "lapse", "system", "expired", "void-approvals notify"},
    {"open", "edit", "applicant", "draft", "new-revision void-approvals void-enrolment notify"},
    {"open", "withdraw", "applicant", "cancelled", "void-enrolment"},
    {"open", "cancel", "operator", "cancelled", "void-enrolment notify"},
    {"open", "cancel", "administrator", "cancelled", "void-enrolment notify"},
    {"open", "issue", "system", "issued", ""},
    {"open", "lapse", "system", "expired", "void-enrolment notify"},
    {"issued", "reopen", "system", "open", ""},
    {"issued", "install", "system", "installed", "notify"},
    {"issued", "withdraw", "applicant", "cancelled", "void-enrolment"},
    {"issued", "cancel", "operator", "cancelled", "void-enrolment notify"},
    {"issued", "cancel", "administrator", "cancelled", "void-enrolment notify"},
    {"issued", "lapse", "system", "expired", "void-enrolment notify"},
    {"installed", "close", "system", "closed", ""},
    {"installed", "close", "operator", "closed", ""},
};

static const struct expected enrolments[] = {
    {"open", "claim", "applicant", "issuing", "bind-key"},
    {"open", "lapse", "system", "expired", "wipe-codes notify"},
    {"open", "lock", "system", "locked", "lock-codes wipe-codes notify"},
    {"open", "renew-codes", "applicant", "open", "new-generation open-codes"},
    {"open", "renew-codes", "operator", "open", "new-generation open-codes"},
    {"open", "void", "system", "void", "wipe-codes"},
    {"issuing", "stored", "system", "issuing", "ocsp"},
    {"issuing", "another-key", "applicant", "open", "release-key revoke-unconfirmed notify"},
    {"issuing", "another-key", "operator", "open", "release-key revoke-unconfirmed notify"},
    {"issuing", "installed", "applicant", "used", "confirm wipe-codes"},
    {"issuing", "installed", "system", "used", "confirm wipe-codes"},
    {"issuing", "lapse", "system", "expired", "release-key revoke-unconfirmed wipe-codes notify"},
    {"issuing", "lock", "system", "issuing", "lock-codes wipe-codes notify"},
    {"issuing", "renew-codes", "operator", "open",
	"new-generation release-key revoke-unconfirmed reset-tries open-codes"},
    {"issuing", "void", "system", "void", "release-key revoke-unconfirmed wipe-codes"},
    {"expired", "renew-codes", "applicant", "open", "new-generation open-codes"},
    {"expired", "renew-codes", "operator", "open", "new-generation open-codes"},
    {"expired", "void", "system", "void", ""},
    {"locked", "renew-codes", "operator", "open", "new-generation reset-tries open-codes"},
    {"locked", "lapse", "system", "expired", ""},
    {"locked", "void", "system", "void", ""},
};

static const struct expected certificates[] = {
    {"unconfirmed", "confirm", "system", "active", "ocsp notify"},
    {"unconfirmed", "revoke", "holder", "revoked", "crl ocsp notify"},
    {"unconfirmed", "revoke", "operator", "revoked", "crl ocsp notify"},
    {"unconfirmed", "revoke", "administrator", "revoked", "crl ocsp notify"},
    {"unconfirmed", "revoke", "system", "revoked", "crl ocsp"},
    {"unconfirmed", "lapse", "system", "revoked", "crl ocsp"},
    {"unconfirmed", "expire", "system", "expired", "ocsp"},
    {"active", "suspend", "holder", "suspended", "crl ocsp notify"},
    {"active", "suspend", "operator", "suspended", "crl ocsp notify"},
    {"active", "suspend", "administrator", "suspended", "crl ocsp notify"},
    {"active", "suspend", "system", "suspended", "crl ocsp notify"},
    {"active", "revoke", "holder", "revoked", "crl ocsp notify"},
    {"active", "revoke", "operator", "revoked", "crl ocsp notify"},
    {"active", "revoke", "administrator", "revoked", "crl ocsp notify"},
    {"active", "revoke", "system", "revoked", "crl ocsp notify"},
    {"active", "expire", "system", "expired", "ocsp"},
    {"active", "supersede", "system", "superseded", "notify"},
    {"suspended", "resume", "holder", "active", "crl ocsp notify"},
    {"suspended", "resume", "operator", "active", "crl ocsp notify"},
    {"suspended", "resume", "administrator", "active", "crl ocsp notify"},
    {"suspended", "revoke", "holder", "revoked", "crl ocsp notify"},
    {"suspended", "revoke", "operator", "revoked", "crl ocsp notify"},
    {"suspended", "revoke", "administrator", "revoked", "crl ocsp notify"},
    {"suspended", "revoke", "system", "revoked", "crl ocsp notify"},
    {"suspended", "expire", "system", "expired", "ocsp"},
    {"superseded", "revoke", "holder", "revoked", "crl ocsp notify"},
    {"superseded", "revoke", "operator", "revoked", "crl ocsp notify"},
    {"superseded", "revoke", "administrator", "revoked", "crl ocsp notify"},
    {"superseded", "revoke", "system", "revoked", "crl ocsp notify"},
    {"superseded", "expire", "system", "expired", "ocsp"},
};

static const struct expected *
find(const struct expected *rows, size_t n, const struct expected *want)
{
	for (size_t i = 0; i < n; i++) {
		if (strcmp(rows[i].from, want->from) == 0 &&
		    strcmp(rows[i].event, want->event) == 0 &&
		    (want->role == NULL || strcmp(rows[i].role, want->role) == 0))
			return &rows[i];
	}
	return NULL;
}

/* The set as words, in the order of effect.def. */
static const char *
effect_text(unsigned effects)
{
	static char text[256];

	text[0] = '\0';
	for (unsigned b = 0; b < EFFECT__COUNT; b++) {
		if (!(effects & 1u << b))
			continue;
		if (text[0])
			strcat(text, " ");
		strcat(text, effect_name((enum effect_bit)b));
	}
	return text;
}

/* Are these the same words, in any order? */
static bool
same_effects(const char *words, unsigned effects)
{
	unsigned want = 0;
	char copy[256];

	strcpy(copy, words);
	for (char *w = strtok(copy, " "); w != NULL; w = strtok(NULL, " ")) {
		unsigned b = 0;

		while (b < EFFECT__COUNT && strcmp(effect_name((enum effect_bit)b), w) != 0)
			b++;
		assert_true(b < EFFECT__COUNT);
		want |= 1u << b;
	}
	return want == effects;
}

static void
one_case(const struct machine *m, const struct expected *rows, size_t n, const unsigned v[3])
{
	struct expected want = {m->states[v[0]], m->events[v[1]], NULL, NULL, NULL};
	const struct transition *row = NULL;
	struct fault f = {0};
	enum err e = machine_next(m, v[0], v[1], (enum role)v[2], &row, &f);
	bool exists = find(rows, n, &want) != NULL;
	const struct expected *x;

	want.role = role_name((enum role)v[2]);
	x = find(rows, n, &want);
	if (e != (x ? OK : exists ? E_ROLE : E_STATE))
		fail_msg("%s %s by %s: %s", want.from, want.event, want.role, err_row(e)->slug);
	if (x == NULL) {
		assert_null(row);
		assert_int_equal(f.code, e);
		return;
	}
	assert_string_equal(m->states[row->to], x->to);
	if (!same_effects(x->effects, row->effects))
		fail_msg(
		    "%s %s by %s: %s", want.from, want.event, want.role, effect_text(row->effects));
}

static void
every_case(const struct machine *m, const struct expected *rows, size_t n)
{
	unsigned v[3];

	assert_int_equal(m->row_count, n);
	for (v[0] = 0; v[0] < m->state_count; v[0]++)
		for (v[1] = 0; v[1] < m->event_count; v[1]++)
			for (v[2] = 0; v[2] < ROLE__COUNT; v[2]++)
				one_case(m, rows, n, v);
}

#define ROWS(x) (x), sizeof(x) / sizeof((x)[0])

TEST_CASE(applications_in_every_case)
{
	every_case(application_machine(), ROWS(applications));
}

TEST_CASE(enrolments_in_every_case)
{
	every_case(enrolment_machine(), ROWS(enrolments));
}

TEST_CASE(certificates_in_every_case)
{
	every_case(certificate_machine(), ROWS(certificates));
}

/* States from which a final one cannot be reached, and those that the first never reaches. */
static void
walk(const struct machine *m)
{
	bool reached[32] = {[0] = true}, ends[32] = {false};

	for (unsigned s = 0; s < m->state_count; s++)
		ends[s] = machine_is_final(m, s);
	for (size_t round = 0; round < m->row_count; round++) {
		for (size_t i = 0; i < m->row_count; i++) {
			const struct transition *t = &m->rows[i];

			reached[t->to] = reached[t->to] || reached[t->from];
			ends[t->from] = ends[t->from] || ends[t->to];
		}
	}
	for (unsigned s = 0; s < m->state_count; s++) {
		if (!reached[s] || !ends[s])
			fail_msg("%s: %s", m->name, m->states[s]);
	}
}

TEST_CASE(every_state_is_reached_and_left_for_an_end)
{
	walk(application_machine());
	walk(enrolment_machine());
	walk(certificate_machine());
}

TEST_CASE(final_states)
{
	static const enum application_state ends[] = {
	    APPLICATION_CLOSED, APPLICATION_REJECTED, APPLICATION_CANCELLED, APPLICATION_EXPIRED};
	unsigned finals = 0;

	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
		assert_true(machine_is_final(application_machine(), ends[i]));
	for (unsigned s = 0; s < APPLICATION_STATE__COUNT; s++)
		finals += machine_is_final(application_machine(), s);
	assert_int_equal(finals, 4);
	assert_true(machine_is_final(enrolment_machine(), ENROLMENT_USED));
	assert_true(machine_is_final(enrolment_machine(), ENROLMENT_VOID));
	assert_false(machine_is_final(enrolment_machine(), ENROLMENT_LOCKED));
	assert_true(machine_is_final(certificate_machine(), CERTIFICATE_REVOKED));
	assert_true(machine_is_final(certificate_machine(), CERTIFICATE_EXPIRED));
	assert_false(machine_is_final(certificate_machine(), CERTIFICATE_SUPERSEDED));
}

TEST_CASE(a_revocation_is_always_published)
{
	const struct machine *m = certificate_machine();
	const unsigned both = EFFECT_CRL | EFFECT_OCSP;

	for (size_t i = 0; i < m->row_count; i++) {
		const struct transition *t = &m->rows[i];
		bool listed = t->to == CERTIFICATE_REVOKED || t->to == CERTIFICATE_SUSPENDED ||
		    t->event == CERTIFICATE_EVENT_RESUME;

		if (listed && t->event != CERTIFICATE_EVENT_EXPIRE)
			assert_int_equal(t->effects & both, both);
	}
}

TEST_CASE(no_key_stays_bound_to_an_enrolment_that_was_left)
{
	const struct machine *m = enrolment_machine();
	const unsigned both = EFFECT_RELEASE_KEY | EFFECT_REVOKE_UNCONFIRMED;

	for (size_t i = 0; i < m->row_count; i++) {
		const struct transition *t = &m->rows[i];

		if (t->from == ENROLMENT_ISSUING && t->to != ENROLMENT_ISSUING)
			assert_int_equal(t->effects & both, t->to == ENROLMENT_USED ? 0u : both);
		if (t->event == ENROLMENT_EVENT_RENEW_CODES)
			assert_true(t->effects & EFFECT_NEW_GENERATION);
	}
}

TEST_CASE(changing_what_was_sent_voids_it)
{
	const struct machine *m = application_machine();

	for (size_t i = 0; i < m->row_count; i++) {
		const struct transition *t = &m->rows[i];
		bool leaves = (t->from == APPLICATION_OPEN || t->from == APPLICATION_ISSUED) &&
		    t->to != APPLICATION_OPEN && t->to != APPLICATION_ISSUED &&
		    t->to != APPLICATION_INSTALLED;

		assert_int_equal(!!(t->effects & EFFECT_VOID_ENROLMENT), leaves);
		if (t->to == APPLICATION_DRAFT && t->from != APPLICATION_DRAFT)
			assert_true(t->effects & EFFECT_NEW_REVISION);
	}
}

TEST_CASE(typed_functions_and_words)
{
	struct application_step s;
	struct enrolment_step e;
	struct certificate_step c;
	enum application_state as;
	enum enrolment_state es;
	enum certificate_state cs;
	enum role role;
	unsigned event;
	struct fault f = {0};

	assert_int_equal(
	    application_next(APPLICATION_DRAFT, APPLICATION_EVENT_SUBMIT, ROLE_APPLICANT, &s, &f),
	    OK);
	assert_int_equal(s.to, APPLICATION_SUBMITTED);
	assert_int_equal(s.effects, EFFECT_PIN_FORM | EFFECT_NOTIFY);
	assert_int_equal(
	    application_next(APPLICATION_CLOSED, APPLICATION_EVENT_SUBMIT, ROLE_APPLICANT, &s, &f),
	    E_STATE);
	assert_string_equal(f.rule, "closed");
	assert_int_equal(
	    enrolment_next(ENROLMENT_OPEN, ENROLMENT_EVENT_CLAIM, ROLE_APPLICANT, &e, NULL), OK);
	assert_int_equal(e.to, ENROLMENT_ISSUING);
	assert_int_equal(
	    enrolment_next(ENROLMENT_OPEN, ENROLMENT_EVENT_CLAIM, ROLE_HOLDER, &e, NULL), E_ROLE);
	assert_int_equal(
	    certificate_next(CERTIFICATE_ACTIVE, CERTIFICATE_EVENT_REVOKE, ROLE_HOLDER, &c, NULL),
	    OK);
	assert_int_equal(c.to, CERTIFICATE_REVOKED);
	assert_int_equal(
	    certificate_next(CERTIFICATE_REVOKED, CERTIFICATE_EVENT_RESUME, ROLE_HOLDER, &c, NULL),
	    E_STATE);

	assert_string_equal(application_state_name(APPLICATION_OPEN), "open");
	assert_string_equal(application_event_name(APPLICATION_EVENT_LAPSE), "lapse");
	assert_string_equal(enrolment_state_name(ENROLMENT_VOID), "void");
	assert_string_equal(enrolment_event_name(ENROLMENT_EVENT_ANOTHER_KEY), "another-key");
	assert_string_equal(certificate_state_name(CERTIFICATE_ACTIVE), "active");
	assert_string_equal(certificate_event_name(CERTIFICATE_EVENT_SUSPEND), "suspend");
	assert_true(application_state_parse(STR("cancelled"), &as));
	assert_int_equal(as, APPLICATION_CANCELLED);
	assert_false(application_state_parse(STR("Cancelled"), &as));
	assert_true(enrolment_state_parse(STR("locked"), &es));
	assert_int_equal(es, ENROLMENT_LOCKED);
	assert_false(enrolment_state_parse(STR(""), &es));
	assert_true(certificate_state_parse(STR("superseded"), &cs));
	assert_int_equal(cs, CERTIFICATE_SUPERSEDED);
	assert_false(certificate_state_parse(STR("held"), &cs));
	assert_true(machine_event_parse(certificate_machine(), STR("resume"), &event));
	assert_int_equal(event, CERTIFICATE_EVENT_RESUME);
	assert_true(role_parse(STR("holder"), &role));
	assert_int_equal(role, ROLE_HOLDER);
	assert_false(role_parse(STR("auditor"), &role));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(applications_in_every_case),
	    cmocka_unit_test(enrolments_in_every_case),
	    cmocka_unit_test(certificates_in_every_case),
	    cmocka_unit_test(every_state_is_reached_and_left_for_an_end),
	    cmocka_unit_test(final_states),
	    cmocka_unit_test(a_revocation_is_always_published),
	    cmocka_unit_test(no_key_stays_bound_to_an_enrolment_that_was_left),
	    cmocka_unit_test(changing_what_was_sent_voids_it),
	    cmocka_unit_test(typed_functions_and_words),
	};

	return cmocka_run_group_tests_name("core machine", tests, NULL, NULL);
}
