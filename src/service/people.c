/* SPDX-License-Identifier: Apache-2.0 */
#include "service/people.h"

#include <string.h>

#include "base/text.h"
#include "core/phone.h"
#include "core/roster.h"
#include "service/amend_in.h"
#include "service/life.h"

/* ACCOUNT@HOST as A…@HOST. */
static struct str
mail_mask(const struct call *c, struct str mail)
{
	const char *at = mail.n ? memchr(mail.p, '@', mail.n) : NULL;

	if (at == NULL)
		return mail;
	return str_of(
	    arena_fmt(c->a, "%.1s…%.*s", mail.p, (int)(mail.n - (size_t)(at - mail.p)), at));
}

enum err
people_list(const struct call *c, struct people_view **ret, size_t *count, struct fault *f)
{
	struct people_view *out;
	struct person_list list;

	if (c->who.assurance == ASSURANCE_NONE)
		return FAIL(f, E_AUTH_REQUIRED, "no session");
	if (c->who.assurance != ASSURANCE_CERTIFICATE || c->who.person_key == 0)
		return FAIL(f, E_ROLE, "staff only");
	TRY(store_persons(c->service->store, c->a, &list, f));
	out = arena_array(c->a, list.n + 1, sizeof(*out));
	for (size_t i = 0; i < list.n; i++) {
		const struct person_row *row = &list.rows[i];
		bool whole = c->who.role == PERSON_ADMINISTRATOR || row->id == c->who.person_key;

		out[i] = (struct people_view){.person = row->person,
		    .name = row->name,
		    .role = row->role,
		    .supervisor = row->supervisor != 0,
		    .phone = whole ? row->phone : str_of(phone_mask(c->a, row->phone)),
		    .mail = whole ? row->mail : mail_mask(c, row->mail),
		    .enrolled = row->key_hash.n > 0,
		    .since = row->created};
		out[i].office_count = office_scope_names(row->offices, out[i].offices);
	}
	*ret = out;
	*count = list.n;
	return OK;
}

/* The roster in force, to be changed into the next. */
static enum err
roster_next(const struct call *c, struct roster *ret, struct fault *f)
{
	struct document_row newest;

	TRY(store_document_newest(c->service->store, c->a, STR("roster"), &newest, f));
	TRY(roster_parse(c->a, newest.octets, ret, f));
	ret->version++;
	return OK;
}

static enum err
find(
    const struct call *c, struct str person, struct id *id, struct person_row *ret, struct fault *f)
{
	struct fault why = {0};
	enum err e;

	TRY(act_role(c, PERSON_ADMINISTRATOR, f));
	e = id_parse(person, id) ? store_person_by_id(c->service->store, c->a, person, ret, &why)
				 : E_NOT_FOUND;
	if (e == E_NOT_FOUND)
		return FAIL_FIELD(f, E_NOT_FOUND, "person", NULL, "not in the roster");
	return e == OK ? OK : FAIL(f, e, "%s", why.detail);
}

static enum err
lay_out(const struct call *c, struct roster *next, struct str diff, struct amend_prepared *ret,
    struct fault *f)
{
	struct amend_prepared out = {.kind = STR("roster"), .diff = diff};

	TRY(roster_check(c->a, next, f));
	out.version = next->version;
	out.octets = roster_encode(c->a, next);
	TRY(amend_prepare(c, &out, (struct bytes){0}, f));
	*ret = out;
	return OK;
}

enum err
people_remove(const struct call *c, struct str person, struct amend_prepared *ret, struct fault *f)
{
	struct roster next;
	struct person_row row;
	struct id id;
	size_t n = 0;

	TRY(find(c, person, &id, &row, f));
	TRY(roster_next(c, &next, f));
	for (size_t i = 0; i < next.count; i++) {
		if (!id_eq(next.rows[i].person, id))
			next.rows[n++] = next.rows[i];
	}
	next.count = n;
	return lay_out(c, &next,
	    str_of(arena_fmt(c->a, "- %.*s %.*s (%.*s)\n", (int)row.role.n, row.role.p,
		(int)row.name.n, row.name.p, (int)person.n, person.p)),
	    ret, f);
}

enum err
people_scope(const struct call *c, const struct people_change *in, struct amend_prepared *ret,
    struct fault *f)
{
	struct roster next;
	struct person_row row;
	struct str offices;
	struct id id;

	TRY(find(c, in->person, &id, &row, f));
	TRY(amend_check_scope(c, in->offices, in->office_count, &offices, f));
	if (!str_is(row.role, "operator"))
		return FAIL_FIELD(f, E_FIELD_VALUE, "role", "operator", "only operators have one");
	TRY(roster_next(c, &next, f));
	for (size_t i = 0; i < next.count; i++) {
		if (!id_eq(next.rows[i].person, id))
			continue;
		next.rows[i].offices = offices;
		next.rows[i].supervisor = in->supervisor;
	}
	return lay_out(c, &next,
	    str_of(arena_fmt(c->a, "~ %.*s: %s%.*s%s\n", (int)row.name.n, row.name.p,
		offices.n ? "" : "*", (int)offices.n, offices.p,
		in->supervisor ? ", supervisor" : "")),
	    ret, f);
}

static const struct roster_row *
row_of(const struct roster *r, struct str person)
{
	struct id id;

	for (size_t i = 0; id_parse(person, &id) && i < r->count; i++) {
		if (id_eq(r->rows[i].person, id))
			return &r->rows[i];
	}
	return NULL;
}

/* Out of the roster: nothing of theirs goes on. */
static enum err
dismiss(const struct call *c, struct unit *u, const struct person_row *p, int64_t version,
    struct fault *f)
{
	const struct revocation r = {.reason = REASON_CESSATION, .at = c->now};
	const struct page page = {.limit = PAGE_MAX};
	struct certificate_list certs;
	struct enrolment_row enrolment;
	struct fault absent = {0};
	struct life_step step;

	unit_person_remove(u, p->person, version, c->now);
	unit_session_end_of(u, 0, p->id, 0, c->now);
	if (store_enrolment_by_public(c->service->store, c->a, p->enrolment, &enrolment, &absent) ==
		OK &&
	    life_enrolment(&enrolment, ENROLMENT_EVENT_VOID, ROLE_SYSTEM, &step, NULL) == OK)
		TRY(life_void_enrolment(u, c, &enrolment, f));
	unit_outbox_drop(u, p->person);
	TRY(store_certificates_of_person(c->service->store, c->a, p->id, &page, &certs, f));
	for (size_t i = 0; i < certs.n; i++) {
		const struct certificate_row *row = &certs.rows[i];

		if (life_certificate(
			row, CERTIFICATE_EVENT_REVOKE, ROLE_ADMINISTRATOR, &step, NULL) != OK)
			continue;
		if (str_is(row->state, certificate_state_name(CERTIFICATE_SUSPENDED)))
			unit_hold_close(u, row->id, c->now);
		life_revoke(u, c, row, &step, &r);
		unit_log(u, AUDIT_CERTIFICATE_REVOKED, str_of(hex_text(c->a, row->serial)),
		    act_detail(c,
			(const char *const[]){"reason", revocation_name(REASON_CESSATION), NULL}));
	}
	unit_log(u, AUDIT_PERSON_REMOVED, p->person, STR(""));
	return OK;
}

enum err
people_follow(
    const struct call *c, struct unit *u, const struct document_row *document, struct fault *f)
{
	struct person_list list;
	struct roster roster;

	TRY(roster_parse(c->a, document->octets, &roster, f));
	TRY(store_persons(c->service->store, c->a, &list, f));
	for (size_t i = 0; i < list.n; i++) {
		const struct person_row *p = &list.rows[i];
		const struct roster_row *row = row_of(&roster, p->person);

		if (row == NULL)
			TRY(dismiss(c, u, p, document->version, f));
		else if (!str_eq(row->offices, p->offices) ||
		    row->supervisor != (p->supervisor != 0))
			unit_person_scope(u, p->person, row->offices, row->supervisor);
	}
	return OK;
}
