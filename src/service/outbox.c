/* SPDX-License-Identifier: Apache-2.0 */
#include "service/outbox.h"

#include <inttypes.h>
#include <string.h>

#include "base/text.h"
#include "service/act.h"

#define ID_MAX 40

/* Number and second, as messages carry them: "17.6b054400". */
static struct str
name_of(const struct call *c, const struct outbox_row *row)
{
	return str_of(arena_fmt(c->a, "%" PRId64 ".%" PRIx64, row->id, (uint64_t)row->created));
}

static struct outbox_view
view_of(const struct call *c, const struct outbox_row *row)
{
	bool waits = str_is(row->state, "pending");

	return (struct outbox_view){.id = name_of(c, row),
	    .channel = row->channel,
	    .template = row->template,
	    .lang = row->lang,
	    .to = row->masked,
	    .object = row->object,
	    .state = row->state,
	    .fault = row->last_fault,
	    .created = row->created,
	    .due = waits ? row->due : 0,
	    .expires = row->expires,
	    .sent = row->sent,
	    .tries = row->tries};
}

static enum err
may_look(const struct call *c, struct fault *f)
{
	return act_role(c, c->who.role == PERSON_SUBSCRIBER ? PERSON_OPERATOR : c->who.role, f);
}

static enum err
may_act(const struct call *c, struct fault *f)
{
	if (c->who.role == PERSON_ADMINISTRATOR)
		return act_role(c, PERSON_ADMINISTRATOR, f);
	return act_role(c, PERSON_OPERATOR, f);
}

static enum err
row_of(const struct call *c, struct str id, struct outbox_row *ret, struct fault *f)
{
	const char *dot = id.n && id.n <= ID_MAX ? memchr(id.p, '.', id.n) : NULL;
	uint64_t number = 0;
	struct outbox_row row;
	struct fault absent = {0};
	enum err e;

	if (dot == NULL || !u64_parse((struct str){id.p, (size_t)(dot - id.p)}, INT64_MAX, &number))
		return FAIL_FIELD(f, E_NOT_FOUND, "id", NULL, "no such form");
	e = store_outbox(c->service->store, c->a, (int64_t)number, &row, &absent);
	if (e != OK && e != E_NOT_FOUND)
		return FAIL(f, e, "%s", absent.detail);
	if (e == E_NOT_FOUND || !str_eq(name_of(c, &row), id))
		return FAIL_FIELD(f, E_NOT_FOUND, "id", NULL, "no such message");
	*ret = row;
	return OK;
}

enum err
outbox_list(const struct call *c, struct str state, struct str cursor, int64_t limit,
    struct outbox_page *ret, struct fault *f)
{
	static const char *const states[] = {"pending", "sent", "failed", "dropped"};
	struct outbox_page out = {0};
	struct outbox_list rows;
	struct page page;
	bool known = state.n == 0;

	TRY(may_look(c, f));
	for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++)
		known |= str_is(state, states[i]);
	if (!known)
		return FAIL_FIELD(
		    f, E_FIELD_VALUE, "state", "pending | sent | failed | dropped", "state");
	TRY(act_page(c, cursor, limit, &page, f));
	TRY(store_outbox_page(c->service->store, c->a, state, &page, &rows, f));
	out.items = arena_array(c->a, rows.n + 1, sizeof(*out.items));
	out.count = rows.n;
	for (size_t i = 0; i < rows.n; i++)
		out.items[i] = view_of(c, &rows.rows[i]);
	if (rows.more)
		out.next = act_cursor(c, rows.rows[rows.n - 1].created, rows.rows[rows.n - 1].id);
	*ret = out;
	return OK;
}

enum err
outbox_get(const struct call *c, struct str id, struct outbox_view *ret, struct fault *f)
{
	struct outbox_row row;

	TRY(may_look(c, f));
	TRY(row_of(c, id, &row, f));
	*ret = view_of(c, &row);
	return OK;
}

enum err
outbox_retry(const struct call *c, struct str id, struct outbox_view *ret, struct fault *f)
{
	struct outbox_row row;
	struct unit *u;

	TRY(may_act(c, f));
	TRY(row_of(c, id, &row, f));
	u = act_unit(c);
	unit_outbox_hasten(u, row.id, c->now);
	unit_log(u, AUDIT_MESSAGE_HASTENED, id, STR(""));
	act_job(u, c, "outbox", row.channel, c->now);
	TRY(act_commit(c, u, f));
	return outbox_get(c, id, ret, f);
}

enum err
outbox_void(const struct call *c, struct str id, struct outbox_view *ret, struct fault *f)
{
	struct outbox_row row;
	struct unit *u;
	int64_t key;

	TRY(may_act(c, f));
	TRY(row_of(c, id, &row, f));
	TRY(act_repeated(c, &key, f));
	if (key)
		return outbox_get(c, id, ret, f);
	u = act_unit(c);
	unit_outbox_void(u, row.id, c->now);
	unit_log(u, AUDIT_MESSAGE_VOIDED, id,
	    act_detail(c,
		(const char *const[]){"template", arena_cstr(c->a, row.template), "about",
		    arena_cstr(c->a, row.object), NULL}));
	act_note(u, c, row.id);
	TRY(act_commit(c, u, f));
	return outbox_get(c, id, ret, f);
}
