/* SPDX-License-Identifier: Apache-2.0 */
#include "api/rows.h"
#include "api/tables.h"
#include "base/text.h"
#include "service/amend.h"

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
