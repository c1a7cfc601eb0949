/* SPDX-License-Identifier: Apache-2.0 */
#include "service/trail.h"

#include "base/text.h"
#include "service/act.h"

#define SECOND 1000

/* S14: auditors look everywhere; operators are among those who are looked at. */
static enum err
may_look(const struct call *c, struct fault *f)
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
	ret->until_ms = want->until ? want->until * SECOND : INT64_MAX;
	return OK;
}

enum err
trail_list(const struct call *c, const struct trail_want *want, struct str cursor, int64_t limit,
    struct trail_page *ret, struct fault *f)
{
	struct log_want w = {.event = want->event, .object = want->object, .actor = want->actor};
	struct trail_record *out;
	struct log_list l;
	struct page page;

	TRY(may_look(c, f));
	TRY(times(want, &w, f));
	TRY(act_page(c, cursor, limit, &page, f));
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

enum err
trail_verify(const struct call *c, struct trail_proof *ret, struct fault *f)
{
	struct log_head head;
	int64_t broken;

	TRY(may_look(c, f));
	TRY(store_log_head(c->service->store, c->a, &head, f));
	TRY(store_log_verify(c->service->store, &broken, f));
	*ret =
	    (struct trail_proof){broken, head.seq, head.time_ms, str_of(hex_text(c->a, head.hash))};
	return OK;
}
