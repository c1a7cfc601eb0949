/* SPDX-License-Identifier: Apache-2.0 */
/* An operator's words to an applicant: no, or not yet. */
#include "core/label.h"
#include "service/apply_in.h"
#include "service/approve_in.h"
#include "service/form.h"
#include "service/life.h"

#define REASON_MAX  200  /* characters */
#define REMARKS_MAX 4000 /* octets, titles counted: what one message carries */

enum err
approve_tell(const struct call *c, struct unit *u, const struct application_row *row,
    const struct approve_notice *notice, struct fault *f)
{
	struct apply_field fields[APPLY_FIELDS_MAX];
	struct act_message m = {.channel = "mail", .template = notice->template};
	const struct catalogue_value values[] = {{"brand", c->service->conf.brand},
	    {"no", row->number}, {"reason", notice->reason}, {"remarks", notice->remarks},
	    {"url", c->service->conf.origin}, {"hotline", c->service->conf.hotline}};
	size_t n;

	TRY(form_read(c, row->fields, fields, &n, f));
	m.to = form_value(fields, n, "mail");
	if (m.to.n == 0)
		return OK;
	m.lang = row->lang;
	m.object = row->number;
	m.values = values;
	m.count = sizeof(values) / sizeof(values[0]);
	return act_message(c, u, &m, f);
}

/* One decision: the row, the step that it takes, and whether it was answered before. */
struct decision {
	struct application_row row;
	struct life_step step;
	bool repeated;
};

static enum err
decide(const struct call *c, struct str no, enum application_event event, struct decision *ret,
    struct fault *f)
{
	struct account_row account;
	int64_t key;

	TRY(act_role(c, PERSON_OPERATOR, f));
	TRY(apply_row(c, no, &ret->row, f));
	TRY(act_repeated(c, &key, f));
	ret->repeated = key != 0;
	if (ret->repeated)
		return OK;
	TRY(life_application(&ret->row, event, ROLE_OPERATOR, &ret->step, f));
	return approve_not_own(c, &ret->row, &account, f);
}

enum err
decide_reject(const struct call *c, struct str no, struct str reason, bool dry_run,
    struct apply_view *ret, struct fault *f)
{
	struct approve_notice notice = {.template = "mail.rejected"};
	struct decision d;
	struct unit *u;

	TRY(decide(c, no, APPLICATION_EVENT_REJECT, &d, f));
	if (d.repeated)
		return form_view(c, &d.row, ret, f);
	TRY(label_check(c->a, reason, REASON_MAX, "reason", &notice.reason, f));
	if (dry_run)
		return form_view(c, &d.row, ret, f);
	u = act_unit(c);
	life_move_application(u, c, &d.row, &d.step, notice.reason);
	unit_log(u, AUDIT_APPLICATION_REJECTED, d.row.number, STR(""));
	act_note(u, c, d.row.id);
	TRY(approve_tell(c, u, &d.row, &notice, f));
	TRY(act_commit(c, u, f));
	return apply_view_of(c, d.row.id, ret, f);
}

enum err
apply_reject(
    const struct call *c, struct str no, struct str reason, struct apply_view *ret, struct fault *f)
{
	return decide_reject(c, no, reason, false, ret, f);
}

/* The fields to be corrected: words of this form, each once, with what is wrong. */
static enum err
check_remarks(const struct call *c, const struct profile *p, const struct apply_return *in,
    struct apply_field *ret, struct fault *f)
{
	for (size_t i = 0; i < in->field_count; i++) {
		const struct apply_field *one = &in->fields[i];
		const char *name = arena_cstr(c->a, one->name);

		if (profile_field_find(p, one->name) == NULL)
			return FAIL_FIELD(
			    f, E_FIELD_UNKNOWN, name, NULL, "not a field of this form");
		if (form_value(ret, i, name).n)
			return FAIL_FIELD(f, E_FIELD_DUPLICATE, name, NULL, "twice");
		ret[i].name = one->name;
		TRY(label_check(c->a, one->value, REASON_MAX, name, &ret[i].value, f));
	}
	return OK;
}

/* For the mail: each field by its title in the applicant's language. */
static enum err
remarks_text(const struct call *c, const struct profile *p, const struct application_row *row,
    const struct apply_field *fields, size_t n, struct str *ret, struct fault *f)
{
	struct buf b = buf_new(c->a, REMARKS_MAX);
	enum lang lang = LANG_EN;

	(void)lang_parse(row->lang, &lang);
	for (size_t i = 0; i < n; i++) {
		struct str title = profile_field_find(p, fields[i].name)->title[lang];

		buf_fmt(&b, "%.*s: %.*s\n", (int)title.n, title.p, (int)fields[i].value.n,
		    fields[i].value.p);
	}
	if (b.bad)
		return FAIL_FIELD(f, E_FIELD_LENGTH, "fields", "4000", "more than a mail carries");
	*ret = buf_view(&b);
	return OK;
}

/* The names alone: what was written about a person is no matter of the log. */
static struct str
remarked(const struct call *c, const struct apply_return *in)
{
	struct buf b = buf_new(c->a, APPLY_FIELDS_MAX * (PROFILE_NAME_MAX + 1));

	for (size_t i = 0; i < in->field_count; i++) {
		if (i)
			buf_u8(&b, ' ');
		buf_str(&b, in->fields[i].name);
	}
	return act_detail(c, (const char *const[]){"fields", arena_cstr(c->a, buf_view(&b)), NULL});
}

enum err
decide_return(const struct call *c, struct str no, const struct apply_return *in, bool dry_run,
    struct apply_view *ret, struct fault *f)
{
	struct apply_field fields[APPLY_FIELDS_MAX] = {0};
	struct approve_notice notice = {.template = "mail.returned"};
	const struct realm_profile *p;
	const struct realm *h;
	struct decision d;
	struct unit_move m = {.now = c->now};
	struct unit *u;

	TRY(decide(c, no, APPLICATION_EVENT_RETURN, &d, f));
	if (d.repeated)
		return form_view(c, &d.row, ret, f);
	TRY(realm_now(c, &h, f));
	TRY(realm_profile(h, d.row.profile, d.row.profile_version, &p, f));
	TRY(label_check(c->a, in->reason, REASON_MAX, "reason", &notice.reason, f));
	TRY(check_remarks(c, &p->profile, in, fields, f));
	TRY(remarks_text(c, &p->profile, &d.row, fields, in->field_count, &notice.remarks, f));
	if (dry_run)
		return form_view(c, &d.row, ret, f);
	d.row.reason = notice.reason;
	TRY(form_write(c, fields, in->field_count, &d.row.remarks, f));
	if (d.step.effects & EFFECT_NEW_REVISION)
		d.row.revision++;
	m.key = d.row.id;
	m.ver = d.row.ver;
	m.from = d.step.from;
	m.to = d.step.to;
	u = act_unit(c);
	unit_application_return(u, &d.row, &m);
	unit_log(u, AUDIT_APPLICATION_RETURNED, d.row.number, remarked(c, in));
	act_note(u, c, d.row.id);
	TRY(approve_tell(c, u, &d.row, &notice, f));
	TRY(act_commit(c, u, f));
	return apply_view_of(c, d.row.id, ret, f);
}

enum err
apply_return(const struct call *c, struct str no, const struct apply_return *in,
    struct apply_view *ret, struct fault *f)
{
	return decide_return(c, no, in, false, ret, f);
}
