/* SPDX-License-Identifier: Apache-2.0 */
#include "api/rows.h"
#include "base/text.h"
#include "service/certs.h"
#include "service/status.h"

static struct str
ca(const struct api_call *k)
{
	return http_param(k->req, "ca");
}

static struct str
serial(const struct api_call *k)
{
	return http_param(k->req, "serial");
}

/* Strangers get the status only, whatever the use-case gave (S27). */
static void
out_view(struct out *o, const struct cert_view *v, bool stranger)
{
	out_object(o, NULL);
	out_text(o, "ca", v->ca);
	out_text(o, "serial", v->serial);
	if (!stranger) {
		out_text(o, "profile", v->profile);
		out_text(o, "subject", v->subject);
	}
	out_text(o, "state", v->state);
	out_text_if(o, "reason", v->reason);
	out_time(o, "not_before", v->not_before);
	out_time(o, "not_after", v->not_after);
	out_time_if(o, "revoked_at", v->revoked_at);
	out_time_if(o, "invalidity", v->invalidity);
	if (!stranger)
		out_time_if(o, "invalidity_asked", v->invalidity_asked);
	out_time_if(o, "at", v->at);
	if (!stranger)
		out_bytes_if(o, "certificate", v->der);
	out_close(o);
}

enum err
api_certificate_list(struct api_call *k, const void *in, struct out *o, struct fault *f)
{
	struct cert_view *items;
	struct str cursor, next;
	int64_t limit;
	size_t count;

	(void)in;
	TRY(api_page(k, &cursor, &limit, f));
	TRY(certs_list(&k->call, cursor, limit, &items, &count, &next, f));
	out_object(o, NULL);
	out_array(o, "certificates");
	for (size_t i = 0; i < count; i++)
		out_view(o, &items[i], false);
	out_close(o);
	out_text_if(o, "next", next);
	out_close(o);
	return OK;
}

enum err
api_certificate_get(struct api_call *k, const void *in, struct out *o, struct fault *f)
{
	struct cert_view v;

	(void)in;
	TRY(certs_get(&k->call, ca(k), serial(k), &v, f));
	out_view(o, &v, false);
	return OK;
}

enum err
api_certificate_revoke(struct api_call *k, const void *in, struct out *o, struct fault *f)
{
	struct certs_revoke revoke = *(const struct certs_revoke *)in;
	struct cert_view v;

	revoke.ca = ca(k);
	revoke.serial = serial(k);
	TRY(certs_revoke(&k->call, &revoke, &v, f));
	out_view(o, &v, false);
	return OK;
}

typedef enum err hold_fn(
    const struct call *c, const struct certs_name *name, struct cert_view *ret, struct fault *f);

static enum err
hold(struct api_call *k, hold_fn *act, struct out *o, struct fault *f)
{
	const struct certs_name name = {ca(k), serial(k)};
	struct cert_view v;

	TRY(act(&k->call, &name, &v, f));
	out_view(o, &v, false);
	return OK;
}

enum err
api_certificate_suspend(struct api_call *k, const void *in, struct out *o, struct fault *f)
{
	(void)in;
	return hold(k, certs_suspend, o, f);
}

enum err
api_certificate_resume(struct api_call *k, const void *in, struct out *o, struct fault *f)
{
	(void)in;
	return hold(k, certs_resume, o, f);
}

enum err
api_inquiry(struct api_call *k, const void *in, struct out *o, struct fault *f)
{
	const struct certs_name name = {ca(k), serial(k)};
	struct cert_view v;
	struct str text;
	int64_t at = 0;

	(void)in;
	TRY(http_query(k->req, "at", &text, f));
	if (text.p != NULL && (!time_parse(text, &at) || at <= 0))
		return FAIL_FIELD(f, E_FIELD_FORMAT, "at", "RFC 3339", "not a time");
	TRY(certs_inquire(&k->call, &name, at, &v, f));
	out_view(o, &v, true);
	return OK;
}

enum err
api_crl_list(struct api_call *k, const void *in, struct out *o, struct fault *f)
{
	struct status_lists page;
	struct str cursor;
	int64_t limit;

	(void)in;
	TRY(api_page(k, &cursor, &limit, f));
	TRY(status_lists(&k->call, cursor, limit, &page, f));
	out_object(o, NULL);
	out_array(o, "lists");
	for (size_t i = 0; i < page.count; i++) {
		const struct status_list_view *v = &page.items[i];

		out_object(o, NULL);
		out_text(o, "ca", v->ca);
		out_int(o, "number", v->number);
		out_time(o, "this_update", v->this_update);
		out_time(o, "next_update", v->next_update);
		out_int(o, "size", v->size);
		out_text(o, "hash", v->hash);
		out_close(o);
	}
	out_close(o);
	out_text_if(o, "next", page.next);
	out_close(o);
	return OK;
}
