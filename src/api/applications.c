/* SPDX-License-Identifier: Apache-2.0 */
#include "api/rows.h"
#include "api/tables.h"
#include "base/text.h"
#include "service/apply.h"
#include "service/office.h"

#define STATE_MAX  32
#define WORD_MAX   64
#define PREFIX_MAX 256

static struct str
no(const struct api_call *k)
{
	return http_param(k->req, "no");
}

/* A form's names are the service's own words: good as keys. */
static void
out_fields(struct out *o, const char *key, const struct apply_field *fields, size_t n)
{
	out_object(o, key);
	for (size_t i = 0; i < n; i++)
		out_text(o, arena_cstr(o->a, fields[i].name), fields[i].value);
	out_close(o);
}

static void
out_approvers(struct out *o, const struct apply_view *v)
{
	out_array(o, "approvers");
	for (size_t i = 0; i < v->approver_count; i++) {
		out_object(o, NULL);
		out_text(o, "name", v->approvers[i].name);
		out_text(o, "person", v->approvers[i].person);
		out_time(o, "at", v->approvers[i].at);
		out_close(o);
	}
	out_close(o);
}

static void
out_view(struct out *o, const char *key, const struct apply_view *v)
{
	out_object(o, key);
	out_text(o, "no", v->no);
	out_text(o, "profile", v->profile);
	out_text_if(o, "office", v->office);
	if (v->profile_version)
		out_int(o, "profile_version", v->profile_version);
	out_int(o, "revision", v->revision);
	out_text(o, "state", v->state);
	out_fields(o, "fields", v->fields, v->field_count);
	out_text_if(o, "subject", v->subject);
	out_text_if(o, "mail", v->mail);
	out_text_if(o, "reason", v->reason);
	if (v->remark_count)
		out_fields(o, "remarks", v->remarks, v->remark_count);
	if (v->consent.n) {
		out_object(o, "consent");
		out_text(o, "agreement", v->consent);
		out_int(o, "version", v->consent_version);
		out_text(o, "lang", v->consent_lang);
		out_text(o, "hash", str_of(hex_text(o->a, v->consent_hash)));
		out_time(o, "time", v->submitted);
		out_close(o);
	}
	out_time(o, "created", v->created);
	out_time_if(o, "submitted", v->submitted);
	out_time_if(o, "decided", v->decided);
	out_int(o, "approvals", v->approvals);
	out_int(o, "approvals_needed", v->approvals_needed);
	if (v->approver_count)
		out_approvers(o, v);
	out_text_if(o, "enrolment", v->enrolment);
	out_array(o, "events");
	for (const char *const *e = v->events; e != NULL && *e != NULL; e++)
		out_text(o, NULL, str_of(*e));
	out_close(o);
	out_close(o);
}

enum err
api_application_new(struct api_call *k, const void *in, struct out *o, struct fault *f)
{
	struct apply_view v;

	TRY(apply_draft(&k->call, in, &v, f));
	out_view(o, NULL, &v);
	k->status = 201;
	return OK;
}

enum err
api_application_edit(struct api_call *k, const void *in, struct out *o, struct fault *f)
{
	struct apply_view v;

	TRY(apply_edit(&k->call, no(k), in, &v, f));
	out_view(o, NULL, &v);
	return OK;
}

static enum err
filter_read(const struct api_call *k, struct apply_filter *ret, struct fault *f)
{
	struct str before;
	const struct {
		const char *name;
		struct str *to;
		size_t most; /* octets */
	} texts[] = {{"state", &ret->state, STATE_MAX}, {"profile", &ret->profile, WORD_MAX},
	    {"office", &ret->office, WORD_MAX}, {"name", &ret->name, PREFIX_MAX},
	    {"before", &before, STATE_MAX}};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct str s;

		TRY(http_query(k->req, texts[i].name, &s, f));
		if (s.n > texts[i].most || (s.p != NULL && s.n == 0))
			return FAIL_FIELD(f, E_FIELD_VALUE, texts[i].name, NULL, "%zu octets", s.n);
		*texts[i].to = s;
	}
	if (before.n && !time_parse(before, &ret->before))
		return FAIL_FIELD(f, E_FIELD_VALUE, "before", "RFC 3339", "no time");
	return OK;
}

enum err
api_application_list(struct api_call *k, const void *in, struct out *o, struct fault *f)
{
	struct apply_filter filter = {0};
	struct apply_list list;
	struct str cursor;
	int64_t limit;

	(void)in;
	TRY(api_page(k, &cursor, &limit, f));
	TRY(filter_read(k, &filter, f));
	TRY(apply_list(&k->call, &filter, cursor, limit, &list, f));
	out_object(o, NULL);
	out_array(o, "applications");
	for (size_t i = 0; i < list.count; i++)
		out_view(o, NULL, &list.items[i]);
	out_close(o);
	out_text_if(o, "next", list.next);
	out_close(o);
	return OK;
}

enum err
api_application_get(struct api_call *k, const void *in, struct out *o, struct fault *f)
{
	struct apply_view v;

	(void)in;
	TRY(apply_get(&k->call, no(k), &v, f));
	out_view(o, NULL, &v);
	return OK;
}

enum err
api_application_submit(struct api_call *k, const void *in, struct out *o, struct fault *f)
{
	const struct body_submit *body = in;
	struct apply_view v;

	TRY(apply_submit(&k->call, no(k), &body->consent, &v, f));
	out_view(o, NULL, &v);
	return OK;
}

enum err
api_application_withdraw(struct api_call *k, const void *in, struct out *o, struct fault *f)
{
	struct apply_view v;

	(void)in;
	TRY(apply_withdraw(&k->call, no(k), &v, f));
	out_view(o, NULL, &v);
	return OK;
}

enum err
api_application_approval(struct api_call *k, const void *in, struct out *o, struct fault *f)
{
	struct apply_to_approve t;

	(void)in;
	TRY(apply_approval(&k->call, no(k), &t, f));
	out_object(o, NULL);
	out_view(o, "application", &t.view);
	out_text(o, "nonce", t.nonce);
	out_bytes(o, "payload", t.payload);
	out_bytes(o, "subject", t.subject);
	out_bytes(o, "san", t.san);
	out_close(o);
	return OK;
}

enum err
api_application_approve(struct api_call *k, const void *in, struct out *o, struct fault *f)
{
	struct apply_view v;

	TRY(apply_approve(&k->call, no(k), in, &v, f));
	out_view(o, NULL, &v);
	return OK;
}

enum err
api_application_codes(struct api_call *k, const void *in, struct out *o, struct fault *f)
{
	struct apply_view v;

	(void)in;
	TRY(apply_codes(&k->call, no(k), &v, f));
	out_view(o, NULL, &v);
	return OK;
}

enum err
api_application_return(struct api_call *k, const void *in, struct out *o, struct fault *f)
{
	struct apply_view v;

	TRY(apply_return(&k->call, no(k), in, &v, f));
	out_view(o, NULL, &v);
	return OK;
}

enum err
api_application_office(struct api_call *k, const void *in, struct out *o, struct fault *f)
{
	const struct body_office *body = in;
	struct apply_view v;

	TRY(office_reassign(&k->call, no(k), body->office, &v, f));
	out_view(o, NULL, &v);
	return OK;
}

enum err
api_application_reject(struct api_call *k, const void *in, struct out *o, struct fault *f)
{
	const struct body_reject *body = in;
	struct apply_view v;

	TRY(apply_reject(&k->call, no(k), body->reason, &v, f));
	out_view(o, NULL, &v);
	return OK;
}
