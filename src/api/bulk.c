/* SPDX-License-Identifier: Apache-2.0 */
#include "service/bulk.h"

#include "api/rows.h"
#include "base/say.h"

/* A row that was refused says why in the same words as a problem. */
static void
out_row(const struct api_call *k, struct out *o, const char *key, const struct bulk_result *row)
{
	struct say words;

	out_object(o, NULL);
	out_text(o, key, row->name);
	out_bool(o, "done", row->fault.code == OK);
	out_text_if(o, "state", row->state);
	if (row->fault.code != OK) {
		words = say_fault(o->a, k->req->lang, &row->fault);
		out_text(o, "code", str_of(err_row(row->fault.code)->slug));
		out_text(o, "detail", words.what);
		out_text_if(o, "next", words.next);
		out_text_if(o, "field", str_of(row->fault.field));
		out_text_if(o, "rule", str_of(row->fault.rule));
	}
	out_close(o);
}

static void
out_answer(
    const struct api_call *k, struct out *o, const char *key, const struct bulk_answer *answer)
{
	out_object(o, NULL);
	out_int(o, "done", (int64_t)answer->done);
	out_int(o, "refused", (int64_t)(answer->count - answer->done));
	out_array(o, "results");
	for (size_t i = 0; i < answer->count; i++)
		out_row(k, o, key, &answer->rows[i]);
	out_close(o);
	if (answer->payload.n) {
		out_text(o, "nonce", answer->nonce);
		out_bytes(o, "payload", answer->payload);
	}
	out_close(o);
}

enum err
api_bulk_applications(struct api_call *k, const void *in, struct out *o, struct fault *f)
{
	struct bulk_answer answer;

	TRY(bulk_applications(&k->call, in, &answer, f));
	out_answer(k, o, "no", &answer);
	return OK;
}

enum err
api_bulk_certificates(struct api_call *k, const void *in, struct out *o, struct fault *f)
{
	struct bulk_answer answer;

	TRY(bulk_revoke(&k->call, in, &answer, f));
	out_answer(k, o, "certificate", &answer);
	return OK;
}
