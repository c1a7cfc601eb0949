/* SPDX-License-Identifier: Apache-2.0 */
/* Documents of applications: octets in, octets out, never shown by a browser as a page of ours (S27). */
#include "api/papers.h"

#include "api/rows.h"
#include "service/paper.h"

void
papers_out(struct out *o, const struct paper_view *v)
{
	out_object(o, NULL);
	out_text(o, "name", v->name);
	out_text_if(o, "title", v->title);
	if (v->max) {
		out_bool(o, "required", v->required);
		out_text(o, "types", v->types);
		out_int(o, "max", v->max);
	}
	if (v->type.n) {
		out_text(o, "type", v->type);
		out_int(o, "size", v->size);
		out_time(o, "uploaded", v->uploaded);
	}
	out_time_if(o, "erased", v->erased);
	out_close(o);
}

static struct str
no(const struct api_call *k)
{
	return http_param(k->req, "no");
}

static struct str
name(const struct api_call *k)
{
	return http_param(k->req, "name");
}

enum err
api_paper_list(struct api_call *k, const void *in, struct out *o, struct fault *f)
{
	struct paper_views list;

	(void)in;
	TRY(paper_list(&k->call, no(k), &list, f));
	out_object(o, NULL);
	out_array(o, "documents");
	for (size_t i = 0; i < list.count; i++)
		papers_out(o, &list.items[i]);
	out_close(o);
	out_close(o);
	return OK;
}

enum err
api_paper_put(struct api_call *k, const void *in, struct out *o, struct fault *f)
{
	struct paper_view v;

	(void)in;
	TRY(paper_put(&k->call, no(k), name(k), k->req->body, &v, f));
	papers_out(o, &v);
	return OK;
}

enum err
api_paper_get(struct api_call *k, const void *in, struct out *o, struct fault *f)
{
	struct paper_octets p;

	(void)in, (void)o;
	TRY(paper_get(&k->call, no(k), name(k), &p, f));
	http_resp_body(k->resp, 200, p.media, p.octets);
	http_resp_header(k->resp, "Content-Disposition",
	    str_of(arena_fmt(k->call.a, "attachment; filename=\"%.*s\"", (int)p.file.n, p.file.p)));
	http_resp_header(k->resp, "Content-Security-Policy",
	    STR("sandbox; default-src 'none'; frame-ancestors 'none'"));
	return OK;
}

enum err
api_paper_drop(struct api_call *k, const void *in, struct out *o, struct fault *f)
{
	(void)in, (void)o;
	return paper_drop(&k->call, no(k), name(k), f);
}
