/* SPDX-License-Identifier: Apache-2.0 */
#include "service/form.h"

#include <string.h>

#include "x509/name.h"

/* One line a field: its name, "=", its value. Neither holds a control character. */
enum err
form_write(const struct call *c, const struct apply_field *fields, size_t n, struct str *ret,
    struct fault *f)
{
	struct buf out =
	    buf_new(c->a, APPLY_FIELDS_MAX * (PROFILE_NAME_MAX + PROFILE_VALUE_MAX + 2));

	for (size_t i = 0; i < n; i++) {
		struct str v = fields[i].value;

		for (size_t k = 0; k < v.n; k++) {
			if ((unsigned char)v.p[k] < 0x20)
				return FAIL_FIELD(f, E_FIELD_CHARS,
				    arena_cstr(c->a, fields[i].name), NULL, "control character");
		}
		buf_str(&out, fields[i].name);
		buf_u8(&out, '=');
		buf_str(&out, v);
		buf_u8(&out, '\n');
	}
	if (out.bad)
		return FAIL_FIELD(f, E_FIELD_LENGTH, "fields", NULL, "too long");
	*ret = buf_view(&out);
	return OK;
}

enum err
form_read(const struct call *c, struct str text, struct apply_field *fields, size_t *count,
    struct fault *f)
{
	size_t n = 0;

	(void)c;
	while (text.n) {
		const char *end = memchr(text.p, '\n', text.n), *is = memchr(text.p, '=', text.n);

		if (end == NULL || is == NULL || is > end || n == APPLY_FIELDS_MAX)
			return FAIL(f, E_STORE, "fields of an application");
		fields[n].name = (struct str){text.p, (size_t)(is - text.p)};
		fields[n++].value = (struct str){is + 1, (size_t)(end - is - 1)};
		text.n -= (size_t)(end + 1 - text.p);
		text.p = end + 1;
	}
	*count = n;
	return OK;
}

struct str
form_value(const struct apply_field *fields, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++) {
		if (str_is(fields[i].name, name))
			return fields[i].value;
	}
	return (struct str){0};
}

enum err
form_draft(const struct call *c, const struct profile *p, const struct apply_draft *in,
    struct str *ret, struct fault *f)
{
	struct profile_value values[APPLY_FIELDS_MAX];
	struct apply_field kept[APPLY_FIELDS_MAX];
	const struct profile_form form = {.values = values, .count = in->field_count};
	struct profile_names names;

	for (size_t i = 0; i < in->field_count; i++)
		values[i] = (struct profile_value){in->fields[i].name, in->fields[i].value};
	TRY(profile_draft(c->a, p, &form, &names, f));
	for (size_t i = 0; i < names.count; i++)
		kept[i] = (struct apply_field){names.values[i].name, names.values[i].value};
	return form_write(c, kept, names.count, ret, f);
}

/* The events of the caller's role that lead on from here: the portal's buttons. SIGNED: he has approved. */
static const char *const *
events_for(const struct call *c, unsigned state, bool signed_it)
{
	const struct machine *m = application_machine();
	const char **out = arena_array(c->a, m->row_count + 1, sizeof(*out));
	enum role role = c->who.role == PERSON_OPERATOR ? ROLE_OPERATOR
	    : c->who.role == PERSON_ADMINISTRATOR       ? ROLE_ADMINISTRATOR
							: ROLE_APPLICANT;
	size_t n = 0;

	for (size_t i = 0; i < m->row_count; i++) {
		/* Endorsing is approving, seen from the person who does it. */
		if (m->rows[i].from == state && m->rows[i].role == role &&
		    m->rows[i].event != APPLICATION_EVENT_ENDORSE &&
		    !(signed_it && m->rows[i].event == APPLICATION_EVENT_APPROVE))
			out[n++] = m->events[m->rows[i].event];
	}
	return out;
}

/* Who has approved this revision: for the staff by name, and whether the caller did. */
static enum err
approvers(const struct call *c, const struct application_row *row, struct apply_view *v,
    bool *ret_signed, struct fault *f)
{
	struct approval_list list;

	TRY(store_approvals(c->service->store, c->a, row->id, row->revision, &list, f));
	v->approvals = (int64_t)list.n;
	if (c->who.person_key == 0)
		return OK;
	v->approvers = arena_array(c->a, list.n + 1, sizeof(*v->approvers));
	for (size_t i = 0; i < list.n; i++) {
		struct person_row person;

		TRY(store_person(c->service->store, c->a, list.rows[i].person, &person, f));
		v->approvers[v->approver_count++] = (struct apply_approver){
		    .name = person.name, .person = person.person, .at = list.rows[i].created};
		*ret_signed = *ret_signed || list.rows[i].person == c->who.person_key;
	}
	return OK;
}

enum err
form_view(const struct call *c, const struct application_row *row, struct apply_view *ret,
    struct fault *f)
{
	struct apply_view v = {.no = row->number,
	    .profile = row->profile,
	    .office = row->office,
	    .profile_version = row->profile_version,
	    .revision = row->revision,
	    .state = row->state,
	    .reason = row->reason,
	    .consent = row->consent,
	    .consent_lang = row->consent_lang,
	    .consent_version = row->consent_version,
	    .consent_hash = row->consent_hash,
	    .created = row->created,
	    .submitted = row->submitted,
	    .decided = row->decided};
	const struct realm_profile *p;
	const struct realm *h;
	enum application_state state;
	bool signed_it = false;
	struct name name;

	if (!application_state_parse(row->state, &state))
		return FAIL(f, E_STORE, "state of an application");
	TRY(form_read(c, row->fields, v.fields, &v.field_count, f));
	/* From then on until it is decided: the next operator sees what was asked for. */
	if (state == APPLICATION_RETURNED || state == APPLICATION_SUBMITTED)
		TRY(form_read(c, row->remarks, v.remarks, &v.remark_count, f));
	TRY(realm_now(c, &h, f));
	TRY(realm_profile(h, row->profile, row->profile_version, &p, f));
	v.approvals_needed = p->profile.approvals;
	if (row->subject.n) {
		TRY(name_parse(row->subject, &name, f));
		v.subject = str_of(name_text(c->a, &name));
		TRY(approvers(c, row, &v, &signed_it, f));
		v.mail = form_value(
		    v.fields, v.field_count, arena_cstr(c->a, profile_mail_field(&p->profile)));
	}
	if (c->who.role == PERSON_OPERATOR && state != APPLICATION_SUBMITTED)
		v.enrolment = row->enrolment;
	v.events = events_for(c, state, signed_it);
	*ret = v;
	return OK;
}

enum err
form_listed(const struct call *c, const struct application_row *row, struct apply_view *ret,
    struct fault *f)
{
	const struct realm_profile *p;
	const struct realm *h;

	TRY(form_view(c, row, ret, f));
	TRY(realm_now(c, &h, f));
	TRY(realm_profile(h, row->profile, row->profile_version, &p, f));
	for (size_t i = 0; i < ret->field_count; i++) {
		const struct profile_field *field =
		    profile_field_find(&p->profile, ret->fields[i].name);

		/* A field that only a newer version has: nobody knows here what it holds. */
		ret->fields[i].value =
		    field ? fieldtype_shown(c->a, field->type, ret->fields[i].value) : STR("****");
	}
	return OK;
}
