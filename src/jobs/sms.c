/* SPDX-License-Identifier: Apache-2.0 */
#include "jobs/sms.h"

#include "base/out.h"

enum err
sms_write(const struct channel_from *from, const struct upkeep_message *m, struct bytes *ret,
    struct fault *f)
{
	struct out o = out_new(from->a);

	out_object(&o, NULL);
	out_int(&o, "id", m->id);
	out_text(&o, "to", m->recipient);
	out_text(&o, "lang", str_of(lang_tag(m->lang)));
	out_text(&o, "text", m->text);
	out_time(&o, "at", m->created);
	out_close(&o);
	if (!out_done(&o, ret))
		return FAIL(f, E_INTERNAL, "SMS does not fit");
	return OK;
}
