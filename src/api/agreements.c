/* SPDX-License-Identifier: Apache-2.0 */
#include "api/rows.h"
#include "base/text.h"
#include "service/agreement.h"

#define VERSION_MAX 2147483647

enum err
api_agreement(struct api_call *k, const void *in, struct out *o, struct fault *f)
{
	struct agreement_view v;
	struct str version;
	uint64_t n = 0;

	(void)in;
	TRY(http_query(k->req, "version", &version, f));
	if (version.p != NULL && (!u64_parse(version, VERSION_MAX, &n) || n == 0))
		return FAIL_FIELD(f, E_FIELD_VALUE, "version", "≥ 1", "version of the query");
	TRY(agreement_get(&k->call, http_param(k->req, "id"), (int64_t)n, &v, f));
	out_object(o, NULL);
	out_text(o, "id", v.id);
	out_int(o, "version", v.version);
	out_int(o, "newest", v.newest);
	out_text(o, "lang", str_of(lang_tag(v.lang)));
	out_text(o, "title", v.title);
	out_text(o, "text", v.text);
	out_text(o, "hash", str_of(hex_text(o->a, v.hash)));
	out_close(o);
	return OK;
}
