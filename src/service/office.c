/* SPDX-License-Identifier: Apache-2.0 */
#include "service/office.h"

#include <inttypes.h>

#include "base/text.h"
#include "service/amend_in.h"
#include "service/apply_in.h"
#include "service/form.h"
#include "service/office_in.h"

enum err
office_may_see(const struct call *c, struct str office, struct fault *f)
{
	if (c->who.role != PERSON_OPERATOR || office_in_scope(c->who.offices, office))
		return OK;
	return FAIL_FIELD(f, E_OFFICE, office.n ? arena_cstr(c->a, office) : "-",
	    arena_cstr(c->a, c->who.offices), "outside of the operator's scope");
}

enum err
office_may_see_certificate(const struct call *c, const struct certificate_row *row, struct fault *f)
{
	struct application_row application;
	struct enrolment_row enrolment;

	/* One's own is no office's; everything is seen by who has no scope. */
	if (c->who.role != PERSON_OPERATOR || c->who.offices.n == 0 ||
	    (row->person && row->person == c->who.person_key))
		return OK;
	if (row->enrolment == 0)
		return office_may_see(c, (struct str){0}, f);
	TRY(store_enrolment(c->service->store, c->a, row->enrolment, &enrolment, f));
	if (enrolment.application == 0)
		return office_may_see(c, (struct str){0}, f);
	TRY(store_application(c->service->store, c->a, enrolment.application, &application, f));
	return office_may_see(c, application.office, f);
}

struct scope
office_scope_of(const struct call *c)
{
	struct str names[OFFICE_SCOPE];
	struct scope s = {0};
	size_t n = 0;

	if (c->who.role == PERSON_OPERATOR)
		n = office_scope_names(c->who.offices, names);
	for (size_t i = 0; n && i < sizeof(s.office) / sizeof(s.office[0]); i++)
		s.office[i] = names[i < n ? i : n - 1];
	return s;
}

enum err
office_choose(const struct call *c, const struct profile *p, struct str chosen, struct str *office,
    struct fault *f)
{
	const struct realm *h;

	TRY(realm_now(c, &h, f));
	if (chosen.n && realm_office(h, chosen) == NULL)
		return FAIL_FIELD(f, E_FIELD_VALUE, "office", NULL, "no such office");
	if (chosen.n)
		*office = chosen;
	else if (office->n == 0 && p->office.n && realm_office(h, p->office))
		*office = p->office;
	return OK;
}

enum err
office_list(const struct call *c, struct office_view **ret, size_t *count, struct fault *f)
{
	const struct realm *h;
	struct office_view *rows;

	TRY(realm_now(c, &h, f));
	rows = arena_array(c->a, h->office_count + 1, sizeof(*rows));
	for (size_t i = 0; i < h->office_count; i++) {
		const struct office *o = &h->offices[i];

		rows[i] = (struct office_view){.office = o->name,
		    .title = o->title[c->lang],
		    .address = o->address,
		    .phone = o->phone,
		    .hours = o->hours,
		    .version = o->version};
	}
	*ret = rows;
	*count = h->office_count;
	return OK;
}

enum err
office_prepare(const struct call *c, struct bytes yaml, struct amend_prepared *ret, struct fault *f)
{
	struct amend_prepared out = {.octets = yaml};
	const struct office *now;
	const struct realm *h;
	struct office o;
	int64_t next;

	TRY(act_role(c, PERSON_ADMINISTRATOR, f));
	TRY(office_parse(c->a, yaml, &o, f));
	TRY(realm_now(c, &h, f));
	now = realm_office(h, o.name);
	next = now ? (int64_t)now->version + 1 : 1;
	if (now == NULL && h->office_count == REALM_OFFICES_MAX)
		return FAIL_FIELD(f, E_FIELD_VALUE, "office", "≤ 64", "too many");
	if (o.version != next)
		return FAIL_FIELD(f, E_FIELD_VALUE, "version", arena_fmt(c->a, "%" PRId64, next),
		    "version %u", o.version);
	out.kind = str_of(arena_fmt(c->a, "office:%.*s", (int)o.name.n, o.name.p));
	out.version = o.version;
	TRY(amend_lay_out(c, &out, f));
	*ret = out;
	return OK;
}

enum err
office_reassign(
    const struct call *c, struct str no, struct str office, struct apply_view *ret, struct fault *f)
{
	struct application_row row;
	const struct realm *h;
	struct unit *u;
	int64_t key;

	TRY(act_role(c, PERSON_OPERATOR, f));
	if (!c->who.supervisor)
		return FAIL(f, E_ROLE, "not a supervisor");
	TRY(act_repeated(c, &key, f));
	if (key)
		return apply_view_of(c, key, ret, f);
	TRY(apply_row(c, no, &row, f));
	TRY(realm_now(c, &h, f));
	if (office.n && realm_office(h, office) == NULL)
		return FAIL_FIELD(f, E_FIELD_VALUE, "office", NULL, "no such office");
	u = act_unit(c);
	unit_application_office(u, &row, office);
	unit_log(u, AUDIT_APPLICATION_REASSIGNED, row.number,
	    act_detail(c,
		(const char *const[]){
		    "from", arena_cstr(c->a, row.office), "to", arena_cstr(c->a, office), NULL}));
	act_note(u, c, row.id);
	TRY(act_commit(c, u, f));
	return apply_view_of(c, row.id, ret, f);
}
