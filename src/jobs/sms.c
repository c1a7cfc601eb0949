/* SPDX-License-Identifier: Apache-2.0 */
#include "jobs/sms.h"

#include <inttypes.h>

#include "base/out.h"

enum err
sms_write(const struct channel_from *from, const struct upkeep_message *m, struct bytes *ret,
    struct fault *f)
{
	struct out o = out_new(from->a);

	out_object(&o, NULL);
	/* Of number and second: a store that was restored from a backup does not use a name again. */
	out_text(&o, "id",
	    str_of(arena_fmt(from->a, "%" PRId64 ".%" PRIx64, m->id, (uint64_t)m->created)));
	out_text(&o, "to", m->recipient);
	out_text(&o, "lang", str_of(lang_tag(m->lang)));
	out_text(&o, "template", m->template);
	out_object(&o, "params");
	for (size_t i = 0; i < m->count; i++)
		out_text(&o, m->values[i].name, m->values[i].value);
	out_close(&o);
	out_text(&o, "text", m->text);
	out_time(&o, "at", m->created);
	out_time(&o, "expires", m->expires);
	out_close(&o);
	if (!out_done(&o, ret))
		return FAIL(f, E_INTERNAL, "SMS does not fit");
	return OK;
}
