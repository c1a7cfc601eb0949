/* SPDX-License-Identifier: Apache-2.0 */
#include "api/rows.h"
#include "service/outbox.h"

#define STATE_MAX 16

static struct str
id(const struct api_call *k)
{
	return http_param(k->req, "id");
}

static void
out_message(struct out *o, const struct outbox_view *v)
{
	out_object(o, NULL);
	out_text(o, "id", v->id);
	out_text(o, "channel", v->channel);
	out_text(o, "template", v->template);
	out_text(o, "lang", v->lang);
	out_text(o, "to", v->to);
	out_text(o, "object", v->object);
	out_text(o, "state", v->state);
	out_time(o, "created", v->created);
	out_time_if(o, "due", v->due);
	out_time(o, "expires", v->expires);
	out_time_if(o, "sent", v->sent);
	out_int(o, "tries", v->tries);
	out_text_if(o, "fault", v->fault);
	out_close(o);
}

enum err
api_message_list(struct api_call *k, const void *in, struct out *o, struct fault *f)
{
	struct outbox_page page;
	struct str state, cursor;
	int64_t limit;

	(void)in;
	TRY(http_query(k->req, "state", &state, f));
	if (state.n > STATE_MAX || (state.p != NULL && state.n == 0))
		return FAIL_FIELD(f, E_FIELD_VALUE, "state", NULL, "%zu octets", state.n);
	TRY(api_page(k, &cursor, &limit, f));
	TRY(outbox_list(&k->call, state, cursor, limit, &page, f));
	out_object(o, NULL);
	out_array(o, "messages");
	for (size_t i = 0; i < page.count; i++)
		out_message(o, &page.items[i]);
	out_close(o);
	out_text_if(o, "next", page.next);
	out_close(o);
	return OK;
}

enum err
api_message_get(struct api_call *k, const void *in, struct out *o, struct fault *f)
{
	struct outbox_view v;

	(void)in;
	TRY(outbox_get(&k->call, id(k), &v, f));
	out_message(o, &v);
	return OK;
}

enum err
api_message_retry(struct api_call *k, const void *in, struct out *o, struct fault *f)
{
	struct outbox_view v;

	(void)in;
	TRY(outbox_retry(&k->call, id(k), &v, f));
	out_message(o, &v);
	return OK;
}

enum err
api_message_void(struct api_call *k, const void *in, struct out *o, struct fault *f)
{
	struct outbox_view v;

	(void)in;
	TRY(outbox_void(&k->call, id(k), &v, f));
	out_message(o, &v);
	return OK;
}
