/* SPDX-License-Identifier: Apache-2.0 */
#include "service/rehearse.h"

#include "base/say.h"
#include "base/yamldiff.h"
#include "service/act.h"
#include "service/form.h"

#define PAGE_ROWS 200

static enum err
staff(const struct call *c, struct fault *f)
{
	if (c->who.assurance != ASSURANCE_CERTIFICATE || c->who.person_key == 0)
		return FAIL(f, E_ROLE, "staff only");
	return service_ready(c->service, f);
}

static enum err
compare(const struct call *c, struct bytes yaml, struct rehearsal *r, struct fault *f)
{
	struct document_row newest;
	const struct yaml *old = NULL, *now;
	struct yamldiff_change *changes;
	struct fault why = {0};
	enum err e = store_document_newest(c->service->store, c->a, r->kind, &newest, &why);

	if (e != OK && e != E_NOT_FOUND)
		return FAIL(f, e, "%s", why.detail);
	if (e == OK) {
		r->before = newest.version;
		TRY(yaml_parse(c->a, newest.octets, &old, f));
	}
	TRY(yaml_parse(c->a, yaml, &now, f));
	changes = yamldiff(c->a, old, now, &r->change_count);
	r->changes = arena_array(c->a, r->change_count + 1, sizeof(*r->changes));
	for (size_t i = 0; i < r->change_count; i++)
		r->changes[i] =
		    (struct rehearse_change){changes[i].path, changes[i].old, changes[i].now};
	return OK;
}

/* The form as it was filled in, by the new rules. */
static enum err
try_form(const struct call *c, const struct profile *p, const struct application_row *row,
    struct fault *f)
{
	struct apply_field fields[APPLY_FIELDS_MAX];
	struct profile_value values[APPLY_FIELDS_MAX];
	struct profile_form form = {.values = values, .credential = STR("000000000000")};
	struct profile_names names;
	size_t n;

	TRY(form_read(c, row->fields, fields, &n, f));
	for (size_t i = 0; i < n; i++) {
		if (fields[i].value.n)
			values[form.count++] =
			    (struct profile_value){fields[i].name, fields[i].value};
	}
	return profile_subject(c->a, p, &form, &names, f);
}

/* What was issued: would its key be taken, by this door? */
static enum err
try_certificate(const struct call *c, const struct profile *p, const struct application_row *row,
    struct fault *f)
{
	struct enrolment_row enrolment;
	struct certificate_list list;
	struct fault why = {0};
	struct bytes der;
	struct cert cert;
	enum err e = store_enrolment_of(c->service->store, c->a, row->id, &enrolment, &why);

	if (e == E_NOT_FOUND)
		return OK;
	if (e != OK)
		return FAIL(f, e, "%s", why.detail);
	if (str_is(enrolment.entrance, "api") && !(p->entrances & PROFILE_ENTRANCE_API))
		return FAIL_FIELD(f, E_ENTRANCE, "entrances", "agent", "fetched by the API");
	if (str_is(enrolment.entrance, "agent") && !(p->entrances & PROFILE_ENTRANCE_AGENT))
		return FAIL_FIELD(f, E_ENTRANCE, "entrances", "api", "fetched by the agent");
	TRY(store_certificates_of_enrolment(c->service->store, c->a, enrolment.id, &list, f));
	if (list.n == 0)
		return OK;
	TRY(store_certificate_der(c->service->store, c->a, list.rows[0].id, &der, f));
	TRY(cert_parse(der, &cert, f));
	return profile_key_allowed(p, cert.spki, f);
}

static void
note(const struct call *c, const struct application_row *row, const struct fault *why,
    struct rehearsal *r)
{
	struct say say = say_fault(c->a, c->lang, why);

	r->refusals[r->refusal_count++] = (struct rehearse_refusal){.application = row->number,
	    .state = row->state,
	    .code = str_of(err_row(why->code)->slug),
	    .field = str_of(arena_cstr(c->a, str_of(why->field))),
	    .rule = str_of(arena_cstr(c->a, str_of(why->rule))),
	    .text = say.what};
}

static enum err
walk(const struct call *c, const struct profile *p, int64_t last, struct rehearsal *r,
    struct fault *f)
{
	const struct queue everywhere = {0};
	struct page page = {.limit = PAGE_ROWS};
	struct application_list list;

	r->refusals = arena_array(c->a, (size_t)last + 1, sizeof(*r->refusals));
	do {
		TRY(store_applications(c->service->store, c->a, &everywhere, &page, &list, f));
		for (size_t i = 0; i < list.n && r->looked_at < last; i++) {
			const struct application_row *row = &list.rows[i];
			struct fault why = {0};
			enum err e;

			if (!str_eq(row->profile, p->name) ||
			    str_is(row->state, application_state_name(APPLICATION_DRAFT)))
				continue;
			r->looked_at++;
			e = try_form(c, p, row, &why);
			if (e == OK)
				e = try_certificate(c, p, row, &why);
			if (e == E_STORE || e == E_UNAVAILABLE || e == E_BUSY)
				return FAIL(f, e, "%s", why.detail);
			if (e != OK)
				note(c, row, &why, r);
		}
		if (list.n)
			page = (struct page){.sort = list.rows[list.n - 1].created,
			    .id = list.rows[list.n - 1].id,
			    .limit = PAGE_ROWS};
	} while (list.more && r->looked_at < last);
	return OK;
}

enum err
rehearse_profile(
    const struct call *c, struct bytes yaml, int64_t last, struct rehearsal *ret, struct fault *f)
{
	struct rehearsal r = {0};
	struct profile p;

	TRY(staff(c, f));
	if (last < 0 || last > REHEARSE_MOST)
		return FAIL_FIELD(f, E_FIELD_VALUE, "last", "0-1000", "out of range");
	TRY(profile_parse(c->a, yaml, &p, f));
	r.kind = str_of(arena_fmt(c->a, "profile:%.*s", (int)p.name.n, p.name.p));
	r.version = p.version;
	TRY(compare(c, yaml, &r, f));
	TRY(walk(c, &p, last, &r, f));
	*ret = r;
	return OK;
}

enum err
rehearse_list(const struct call *c, struct rehearse_row **ret, size_t *count, struct fault *f)
{
	const struct realm *h;
	struct document_row roster;
	struct rehearse_row *rows;
	size_t n = 0;

	TRY(staff(c, f));
	TRY(realm_now(c, &h, f));
	TRY(store_document_newest(c->service->store, c->a, STR("roster"), &roster, f));
	rows = arena_array(c->a, h->profile_count + 1, sizeof(*rows));
	rows[n++] = (struct rehearse_row){.kind = STR("roster"), .version = roster.version};
	for (size_t i = 0; i < h->profile_count; i++) {
		const struct profile *p = &h->profiles[i].profile;
		const struct realm_profile *newest;

		TRY(realm_profile(h, p->name, 0, &newest, f));
		if (&newest->profile != p)
			continue;
		rows[n++] = (struct rehearse_row){
		    str_of(arena_fmt(c->a, "profile:%.*s", (int)p->name.n, p->name.p)), p->version,
		    p->title[c->lang]};
	}
	*ret = rows;
	*count = n;
	return OK;
}
