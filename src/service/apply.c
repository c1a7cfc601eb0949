/* SPDX-License-Identifier: Apache-2.0 */
#include "service/apply.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "core/id.h"
#include "core/label.h"
#include "core/number.h"
#include "core/phone.h"
#include "crypto/digest.h"
#include "crypto/random.h"
#include "service/agreement.h"
#include "service/apply_in.h"
#include "service/approve_in.h"
#include "service/contact.h"
#include "service/form.h"
#include "service/life.h"
#include "service/office_in.h"
#include "service/paper.h"
#include "x509/name.h"

/* E_NOT_FOUND hides what is there from those who may not see it. */
enum err
apply_row(const struct call *c, struct str no, struct application_row *ret, struct fault *f)
{
	struct application_number number;
	bool staff = c->who.role == PERSON_OPERATOR || c->who.role == PERSON_ADMINISTRATOR ||
	    c->who.role == PERSON_AUDITOR;

	if (c->who.assurance == ASSURANCE_NONE)
		return FAIL(f, E_AUTH_REQUIRED, "no session");
	if (!application_number_parse(no, &number))
		return FAIL_FIELD(f, E_NOT_FOUND, "application", NULL, "no such number");
	TRY(store_application_by_number(c->service->store, c->a, no, ret, f));
	if (!staff && ret->account != c->who.account)
		return FAIL_FIELD(f, E_NOT_FOUND, "application", NULL, "another account's");
	return office_may_see(c, ret->office, f);
}

enum err
apply_view_of(const struct call *c, int64_t id, struct apply_view *ret, struct fault *f)
{
	struct application_row row;

	TRY(store_application(c->service->store, c->a, id, &row, f));
	return form_view(c, &row, ret, f);
}

/* A profile that people may apply for. */
static enum err
open_profile(const struct call *c, struct str name, int64_t version,
    const struct realm_profile **ret, struct fault *f)
{
	const struct realm *h;

	TRY(realm_now(c, &h, f));
	TRY(realm_profile(h, name, version, ret, f));
	if ((*ret)->profile.approver == PROFILE_BY_ROSTER)
		return FAIL_FIELD(f, E_PROFILE_UNKNOWN, "profile", NULL, "by the roster only");
	return OK;
}

enum err
apply_draft(
    const struct call *c, const struct apply_draft *in, struct apply_view *ret, struct fault *f)
{
	struct civil today = civil_of(c->now);
	struct application_row row = {.created = c->now,
	    .account = c->who.account,
	    .profile = in->profile,
	    .revision = 1,
	    .state = str_of(application_state_name(APPLICATION_DRAFT)),
	    .ver = 1,
	    .lang = str_of(lang_tag(c->lang)),
	    .changed = c->now};
	const struct realm_profile *p;
	struct unit *u;
	int64_t key;

	TRY(act_subscriber(c, f));
	TRY(act_repeated(c, &key, f));
	if (key)
		return apply_view_of(c, key, ret, f);
	TRY(open_profile(c, in->profile, 0, &p, f));
	TRY(form_draft(c, &p->profile, in, &row.fields, f));
	TRY(office_choose(c, &p->profile, in->office, &row.office, f));
	row.number = str_of(
	    arena_fmt(c->a, "%s-%d", c->service->env == ENVIRONMENT_TEST ? "T" : "A", today.year));
	u = act_unit(c);
	key = unit_application_insert(u, &row);
	unit_log_new(u, AUDIT_APPLICATION_DRAFTED, key, STR(""));
	act_note(u, c, key);
	TRY(act_commit(c, u, f));
	return apply_view_of(c, unit_key(u, key), ret, f);
}

/* What an applicant does to one of their applications: the row, and the step it takes. */
struct act {
	struct application_row row;
	struct life_step step;
	bool repeated; /* done before under the same Idempotency-Key: answer with the row */
};

static enum err
applicant_act(const struct call *c, struct str no, enum application_event event, struct act *ret,
    struct fault *f)
{
	int64_t key;

	TRY(act_subscriber(c, f));
	TRY(apply_row(c, no, &ret->row, f));
	TRY(act_repeated(c, &key, f));
	ret->repeated = key != 0;
	if (ret->repeated)
		return OK;
	return life_application(&ret->row, event, ROLE_APPLICANT, &ret->step, f);
}

enum err
apply_edit(const struct call *c, struct str no, const struct apply_draft *in,
    struct apply_view *ret, struct fault *f)
{
	struct act act;
	struct enrolment_row enrolment;
	const struct realm_profile *p;
	struct unit *u;

	TRY(applicant_act(c, no, APPLICATION_EVENT_EDIT, &act, f));
	if (act.repeated)
		return form_view(c, &act.row, ret, f);
	TRY(open_profile(c, in->profile, 0, &p, f));
	TRY(form_draft(c, &p->profile, in, &act.row.fields, f));
	TRY(office_choose(c, &p->profile, in->office, &act.row.office, f));
	act.row.profile = in->profile;
	act.row.lang = str_of(lang_tag(c->lang));
	act.row.changed = c->now;
	u = act_unit(c);
	/* What was signed and sent for the old form counts no more (S18): approvals hang on the revision. */
	if (act.step.effects & EFFECT_NEW_REVISION)
		act.row.revision++;
	if (act.step.effects & EFFECT_VOID_ENROLMENT) {
		TRY(store_enrolment_of(c->service->store, c->a, act.row.id, &enrolment, f));
		TRY(life_void_enrolment(u, c, &enrolment, f));
		unit_outbox_drop(u, act.row.number);
	}
	unit_application_edit(u, &act.row, act.step.from, act.step.to);
	unit_log(u, AUDIT_APPLICATION_EDITED, act.row.number, STR(""));
	TRY(act_commit(c, u, f));
	return apply_view_of(c, act.row.id, ret, f);
}

/* The phone in the form is where the code goes: it must be the one that was verified. */
static enum err
check_phone(const struct call *c, const struct profile *p, const struct profile_names *names,
    struct fault *f)
{
	struct account_row account;

	TRY(store_account(c->service->store, c->a, c->who.account, &account, f));
	for (size_t i = 0; i < names->count; i++) {
		const struct profile_field *field = profile_field_find(p, names->values[i].name);

		if (field->type == FIELDTYPE_PHONE &&
		    !str_eq(names->values[i].value, account.phone))
			return FAIL_FIELD(f, E_FIELD_VALUE, arena_cstr(c->a, names->values[i].name),
			    phone_mask(c->a, account.phone), "not the verified number");
	}
	return OK;
}

/* A number that outlives every renewal of this person's certificate (P31). */
static struct str
credential_number(const struct call *c)
{
	uint64_t v;

	random_bytes(&v, sizeof(v));
	return str_of(arena_fmt(c->a, "%012llu", (unsigned long long)(v % 1000000000000ull)));
}

/* Pin subject, SAN, profile version and enrolment id: what an approver will sign. */
static enum err
pin(const struct call *c, const struct profile *p, struct application_row *row, struct fault *f)
{
	struct apply_field fields[APPLY_FIELDS_MAX], kept[APPLY_FIELDS_MAX];
	struct profile_value values[APPLY_FIELDS_MAX];
	struct profile_form form = {.values = values, .credential = credential_number(c)};
	struct profile_names names;
	struct name name;
	struct id enrolment;
	size_t n;

	TRY(form_read(c, row->fields, fields, &n, f));
	for (size_t i = 0; i < n; i++) {
		if (fields[i].value.n)
			values[form.count++] =
			    (struct profile_value){fields[i].name, fields[i].value};
	}
	TRY(profile_subject(c->a, p, &form, &names, f));
	TRY(check_phone(c, p, &names, f));
	for (size_t i = 0; i < names.count; i++)
		kept[i] = (struct apply_field){names.values[i].name, names.values[i].value};
	TRY(form_write(c, kept, names.count, &row->fields, f));
	random_bytes(enrolment.b, sizeof(enrolment.b));
	row->subject = names.subject;
	row->san = names.san;
	row->profile_version = p->version;
	row->enrolment = str_of(id_text(c->a, enrolment));
	TRY(name_parse(names.subject, &name, f));
	row->fold = label_fold(c->a, name_get(&name, OID_CN));
	row->submitted = c->now;
	return OK;
}

enum err
apply_submit(const struct call *c, struct str no, const struct apply_consent *consent,
    struct apply_view *ret, struct fault *f)
{
	const struct approve_notice received = {.template = "mail.received"};
	struct act act;
	const struct realm_profile *p;
	struct unit *u;

	TRY(applicant_act(c, no, APPLICATION_EVENT_SUBMIT, &act, f));
	if (act.repeated)
		return form_view(c, &act.row, ret, f);
	TRY(open_profile(c, act.row.profile, 0, &p, f));
	TRY(agreement_consent(c, &p->profile, consent, &act.row, f));
	TRY(pin(c, &p->profile, &act.row, f));
	TRY(paper_complete(c, &p->profile, &act.row, f));
	u = act_unit(c);
	unit_application_submit(u, &act.row, act.step.from, act.step.to);
	TRY(contact_submitted(c, u, &act.row, &p->profile, f));
	unit_log(u, AUDIT_APPLICATION_SUBMITTED, act.row.number,
	    act_detail(c,
		(const char *const[]){"profile", arena_cstr(c->a, act.row.profile), "version",
		    arena_fmt(c->a, "%lld", (long long)act.row.profile_version), "consent",
		    hex_text(c->a, act.row.consent_hash), NULL}));
	act.row.state = act.step.to;
	act.row.ver++;
	TRY(apply_unapproved(c, u, &act.row, &p->profile, f));
	act_note(u, c, act.row.id);
	TRY(approve_tell(c, u, &act.row, &received, f));
	TRY(act_commit(c, u, f));
	return apply_view_of(c, act.row.id, ret, f);
}

enum err
apply_withdraw(const struct call *c, struct str no, struct apply_view *ret, struct fault *f)
{
	const struct approve_notice withdrawn = {.template = "mail.withdrawn"};
	struct act act;
	struct enrolment_row enrolment;
	struct unit *u;

	TRY(applicant_act(c, no, APPLICATION_EVENT_WITHDRAW, &act, f));
	if (act.repeated)
		return form_view(c, &act.row, ret, f);
	u = act_unit(c);
	life_move_application(u, c, &act.row, &act.step, STR(""));
	if (act.step.effects & EFFECT_VOID_ENROLMENT) {
		TRY(store_enrolment_of(c->service->store, c->a, act.row.id, &enrolment, f));
		TRY(life_void_enrolment(u, c, &enrolment, f));
	}
	unit_log(u, AUDIT_APPLICATION_WITHDRAWN, act.row.number, STR(""));
	act_note(u, c, act.row.id);
	/* A draft is nobody's business yet. */
	if (act.row.submitted)
		TRY(approve_tell(c, u, &act.row, &withdrawn, f));
	TRY(act_commit(c, u, f));
	return apply_view_of(c, act.row.id, ret, f);
}

enum err
apply_get(const struct call *c, struct str no, struct apply_view *ret, struct fault *f)
{
	struct application_row row;

	TRY(apply_row(c, no, &row, f));
	return form_view(c, &row, ret, f);
}

/* The queue as the staff asks for it, within what the caller may see. */
static enum err
queue_of(const struct call *c, const struct apply_filter *in, struct queue *ret, struct fault *f)
{
	struct queue q = {
	    .scope = office_scope_of(c), .profile = in->profile, .before = in->before};

	if (in->office.n) {
		TRY(office_may_see(c, in->office, f));
		for (size_t i = 0; i < sizeof(q.scope.office) / sizeof(q.scope.office[0]); i++)
			q.scope.office[i] = in->office;
	}
	if (in->name.n)
		q.fold = label_fold(c->a, in->name);
	*ret = q;
	return OK;
}

static enum err
list_rows(const struct call *c, const struct apply_filter *in, const struct page *page,
    struct application_list *ret, struct fault *f)
{
	enum application_state s;
	struct queue queue;

	if (in->state.n && !application_state_parse(in->state, &s))
		return FAIL_FIELD(f, E_FIELD_VALUE, "state", NULL, "no such state");
	if (c->who.role == PERSON_NONE)
		return FAIL(f, E_AUTH_REQUIRED, "no session");
	if (c->who.role == PERSON_SUBSCRIBER) {
		if (in->profile.n || in->office.n || in->name.n || in->before)
			return FAIL(f, E_ROLE, "a filter of the staff");
		return store_applications_of(c->service->store, c->a, c->who.account, page, ret, f);
	}
	TRY(queue_of(c, in, &queue, f));
	if (in->state.n)
		return store_applications_in(
		    c->service->store, c->a, in->state, &queue, page, ret, f);
	return store_applications(c->service->store, c->a, &queue, page, ret, f);
}

enum err
apply_list(const struct call *c, const struct apply_filter *in, struct str cursor, int64_t limit,
    struct apply_list *ret, struct fault *f)
{
	struct application_list rows;
	struct apply_list out = {0};
	struct page page;

	TRY(service_ready(c->service, f));
	TRY(act_page(c, cursor, limit, &page, f));
	TRY(list_rows(c, in, &page, &rows, f));
	out.items = arena_array(c->a, rows.n + 1, sizeof(*out.items));
	for (size_t i = 0; i < rows.n; i++) {
		if (in->state.n && !str_eq(rows.rows[i].state, in->state))
			continue;
		TRY(form_listed(c, &rows.rows[i], &out.items[out.count++], f));
	}
	if (rows.more) {
		const struct application_row *last = &rows.rows[rows.n - 1];
		bool queue = in->state.n && c->who.role != PERSON_SUBSCRIBER;

		out.next = act_cursor(c, queue ? last->changed : last->created, last->id);
	}
	*ret = out;
	return OK;
}
