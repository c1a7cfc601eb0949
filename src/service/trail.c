/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>

#include "base/must.h"
#include "base/text.h"
#include "service/trail_in.h"

#define SECOND 1000

enum err
trail_may_look(const struct call *c, struct fault *f)
{
	if (c->who.role == PERSON_AUDITOR)
		return act_role(c, PERSON_AUDITOR, f);
	return act_role(c, PERSON_ADMINISTRATOR, f);
}

static enum err
times(const struct trail_want *want, struct log_want *ret, struct fault *f)
{
	if (want->since < 0 || want->since > INT64_MAX / SECOND)
		return FAIL_FIELD(f, E_FIELD_VALUE, "since", NULL, "beyond all times");
	if (want->until < 0 || want->until > INT64_MAX / SECOND)
		return FAIL_FIELD(f, E_FIELD_VALUE, "until", NULL, "beyond all times");
	ret->since_ms = want->since * SECOND;
	ret->until_ms = want->until * SECOND;
	return OK;
}

/* One record a reading, not one a page: what was asked for, before anything is shown. */
static enum err
log_reading(const struct call *c, const struct trail_want *want, struct fault *f)
{
	struct out o = out_new(c->a);
	struct unit *u = act_unit(c);
	struct bytes detail;

	out_object(&o, NULL);
	out_text_if(&o, "event", want->event);
	out_text_if(&o, "object", want->object);
	out_text_if(&o, "actor", want->actor);
	out_time_if(&o, "since", want->since);
	out_time_if(&o, "until", want->until);
	out_close(&o);
	must(out_done(&o, &detail));
	unit_log(u, AUDIT_LOG_READ, STR(""), bytes_str(detail));
	return act_commit(c, u, f);
}

enum err
trail_list(const struct call *c, const struct trail_want *want, struct str cursor, int64_t limit,
    struct trail_page *ret, struct fault *f)
{
	struct log_want w = {.event = want->event, .object = want->object, .actor = want->actor};
	struct trail_record *out;
	struct log_list l;
	struct page page;

	TRY(trail_may_look(c, f));
	TRY(times(want, &w, f));
	TRY(act_page(c, cursor, limit, &page, f));
	if (cursor.n == 0)
		TRY(log_reading(c, want, f));
	TRY(store_log_find(c->service->store, c->a, &w, &page, &l, f));
	out = arena_array(c->a, l.n + 1, sizeof(*out));
	for (size_t i = 0; i < l.n; i++) {
		const struct log_row *row = &l.rows[i];

		out[i] = (struct trail_record){row->seq, row->time_ms, row->request, row->actor,
		    row->event, row->object, row->detail, str_of(hex_text(c->a, row->hash))};
	}
	*ret = (struct trail_page){out, l.n, STR("")};
	if (l.more)
		ret->next = act_cursor(c, l.rows[l.n - 1].seq, l.rows[l.n - 1].seq);
	return OK;
}
