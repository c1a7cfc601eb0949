/* SPDX-License-Identifier: Apache-2.0 */
#include "api/rows.h"
#include "api/tables.h"
#include "base/text.h"
#include "service/amend.h"
#include "service/office.h"
#include "service/people.h"
#include "service/rehearse.h"

#define VERSION_MAX 2147483647

static void
out_prepared(struct out *o, const struct amend_prepared *p)
{
	out_object(o, NULL);
	out_text(o, "kind", p->kind);
	out_int(o, "version", p->version);
	out_bytes(o, "octets", p->octets);
	out_text_if(o, "diff", p->diff);
	out_text(o, "nonce", p->nonce);
	out_close(o);
}

enum err
api_document_person(struct api_call *k, const void *in, struct out *o, struct fault *f)
{
	struct amend_prepared p;

	TRY(amend_person(&k->call, in, &p, f));
	out_prepared(o, &p);
	return OK;
}

enum err
api_document_profile(struct api_call *k, const void *in, struct out *o, struct fault *f)
{
	const struct body_yaml *body = in;
	struct amend_prepared p;

	TRY(amend_profile(&k->call, body->yaml, &p, f));
	out_prepared(o, &p);
	return OK;
}

enum err
api_document_remove(struct api_call *k, const void *in, struct out *o, struct fault *f)
{
	const struct body_person_name *body = in;
	struct amend_prepared p;

	TRY(people_remove(&k->call, body->person, &p, f));
	out_prepared(o, &p);
	return OK;
}

enum err
api_document_scope(struct api_call *k, const void *in, struct out *o, struct fault *f)
{
	struct amend_prepared p;

	TRY(people_scope(&k->call, in, &p, f));
	out_prepared(o, &p);
	return OK;
}

enum err
api_people(struct api_call *k, const void *in, struct out *o, struct fault *f)
{
	struct people_view *rows;
	size_t n;

	(void)in;
	TRY(people_list(&k->call, &rows, &n, f));
	out_object(o, NULL);
	out_array(o, "people");
	for (size_t i = 0; i < n; i++) {
		out_object(o, NULL);
		out_text(o, "person", rows[i].person);
		out_text(o, "name", rows[i].name);
		out_text(o, "role", rows[i].role);
		out_array(o, "offices");
		for (size_t x = 0; x < rows[i].office_count; x++)
			out_text(o, NULL, rows[i].offices[x]);
		out_close(o);
		out_bool(o, "supervisor", rows[i].supervisor);
		out_bool(o, "enrolled", rows[i].enrolled);
		out_text(o, "phone", rows[i].phone);
		out_text(o, "mail", rows[i].mail);
		out_time(o, "since", rows[i].since);
		out_close(o);
	}
	out_close(o);
	out_close(o);
	return OK;
}

enum err
api_document_office(struct api_call *k, const void *in, struct out *o, struct fault *f)
{
	const struct body_yaml *body = in;
	struct amend_prepared p;

	TRY(office_prepare(&k->call, body->yaml, &p, f));
	out_prepared(o, &p);
	return OK;
}

enum err
api_document_agreement(struct api_call *k, const void *in, struct out *o, struct fault *f)
{
	const struct body_yaml *body = in;
	struct amend_prepared p;

	TRY(amend_agreement(&k->call, body->yaml, &p, f));
	out_prepared(o, &p);
	return OK;
}

enum err
api_document_apply(struct api_call *k, const void *in, struct out *o, struct fault *f)
{
	const struct body_signatures *body = in;
	struct str kind = http_param(k->req, "kind");
	uint64_t version;

	if (!u64_parse(http_param(k->req, "version"), VERSION_MAX, &version) || version == 0)
		return FAIL_FIELD(f, E_FIELD_VALUE, "version", "≥ 1", "version in the path");
	TRY(amend_apply(&k->call, kind, (int64_t)version, body->items, body->count, f));
	out_object(o, NULL);
	out_text(o, "kind", kind);
	out_int(o, "version", (int64_t)version);
	out_close(o);
	return OK;
}

enum err
api_document_get(struct api_call *k, const void *in, struct out *o, struct fault *f)
{
	struct amend_view v;

	(void)in;
	TRY(amend_get(&k->call, http_param(k->req, "kind"), &v, f));
	out_object(o, NULL);
	out_text(o, "kind", v.kind);
	out_int(o, "version", v.version);
	out_time(o, "applied", v.applied);
	out_bytes(o, "octets", v.octets);
	out_close(o);
	return OK;
}

enum err
api_document_list(struct api_call *k, const void *in, struct out *o, struct fault *f)
{
	struct rehearse_row *rows;
	size_t n;

	(void)in;
	TRY(rehearse_list(&k->call, &rows, &n, f));
	out_object(o, NULL);
	out_array(o, "documents");
	for (size_t i = 0; i < n; i++) {
		out_object(o, NULL);
		out_text(o, "kind", rows[i].kind);
		out_int(o, "version", rows[i].version);
		out_text_if(o, "title", rows[i].title);
		out_close(o);
	}
	out_close(o);
	out_close(o);
	return OK;
}

static void
out_rehearsal(struct out *o, const struct rehearsal *r)
{
	out_object(o, NULL);
	out_text(o, "kind", r->kind);
	out_int(o, "version", r->version);
	out_int(o, "before", r->before);
	out_array(o, "changes");
	for (size_t i = 0; i < r->change_count; i++) {
		out_object(o, NULL);
		out_text(o, "key", r->changes[i].key);
		out_text_if(o, "old", r->changes[i].old);
		out_text_if(o, "now", r->changes[i].now);
		out_close(o);
	}
	out_close(o);
	out_int(o, "looked_at", r->looked_at);
	out_array(o, "refused");
	for (size_t i = 0; i < r->refusal_count; i++) {
		const struct rehearse_refusal *x = &r->refusals[i];

		out_object(o, NULL);
		out_text(o, "no", x->application);
		out_text(o, "state", x->state);
		out_text(o, "code", x->code);
		out_text_if(o, "field", x->field);
		out_text_if(o, "rule", x->rule);
		out_text(o, "detail", x->text);
		out_close(o);
	}
	out_close(o);
	out_close(o);
}

enum err
api_document_try(struct api_call *k, const void *in, struct out *o, struct fault *f)
{
	const struct body_yaml *body = in;
	struct rehearsal r;
	struct str last;
	uint64_t n = 0;

	TRY(http_query(k->req, "last", &last, f));
	if (last.n && !u64_parse(last, REHEARSE_MOST, &n))
		return FAIL_FIELD(f, E_FIELD_VALUE, "last", "0-1000", "no such number");
	TRY(rehearse_profile(&k->call, body->yaml, (int64_t)n, &r, f));
	out_rehearsal(o, &r);
	return OK;
}
