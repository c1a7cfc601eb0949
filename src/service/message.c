/* SPDX-License-Identifier: Apache-2.0 */
/* Messages: opened by the signer for jobs alone, filled from the catalogue, handed over, wiped. */
#include <string.h>

#include "base/rd.h"
#include "service/act.h"
#include "service/upkeep.h"
#include "service/work.h"

#define MESSAGE_HELD   60 /* seconds */
#define MESSAGE_TRIES  20
#define MESSAGE_VALUES 16

static enum err
open_part(const struct call *c, const char *label, struct str template, struct bytes sealed,
    struct bytes *ret, struct fault *f)
{
	const struct signer_secret q = {
	    .label = str_of(label), .associated = str_bytes(template), .octets = sealed};

	return signer_open(c->service->signer, c->a, &q, ret, f);
}

static struct str
text_of(const struct call *c, enum lang lang, const char *key, struct bytes params)
{
	struct catalogue_value values[MESSAGE_VALUES];
	struct rd r = rd_new(params);
	size_t n = 0;

	while (r.n && !r.bad && n < MESSAGE_VALUES) {
		struct str name = rd_text(&r, 64);

		values[n].value = rd_text(&r, 4096);
		values[n].name = arena_cstr(c->a, name);
		if (!r.bad && values[n].name != NULL)
			n++;
	}
	return catalogue_fill(c->a, lang, key, values, n);
}

enum err
upkeep_message_next(const struct call *c, struct upkeep_message *ret, struct fault *f)
{
	const struct work_claim claim = {
	    .worker = work_name(c), .now = c->now, .until = c->now + MESSAGE_HELD, .most = 1};
	struct upkeep_message m = {.lang = LANG_EN};
	struct outbox_list list;
	const struct outbox_row *row;
	struct bytes to, params;
	const char *key;

	TRY(act_local(c, f));
	TRY(store_outbox_claim(c->service->store, c->a, &claim, &list, f));
	if (list.n == 0)
		return FAIL(f, E_NOT_FOUND, "no message is due");
	row = &list.rows[0];
	TRY(open_part(c, "outbox-recipient", row->template, row->recipient, &to, f));
	TRY(open_part(c, "outbox-params", row->template, row->params, &params, f));
	(void)lang_parse(row->lang, &m.lang);
	key = arena_cstr(c->a, row->template);
	m.id = row->id;
	m.channel = row->channel;
	m.recipient = bytes_str(to);
	if (str_is(row->channel, "mail")) {
		m.subject = text_of(c, m.lang, arena_fmt(c->a, "%s.subject", key), params);
		m.text = text_of(c, m.lang, arena_fmt(c->a, "%s.text", key), params);
	} else {
		m.text = text_of(c, m.lang, key, params);
	}
	*ret = m;
	return OK;
}

enum err
upkeep_message_done(const struct call *c, int64_t id, bool sent, struct fault *f)
{
	struct outbox_row row;
	struct unit *u = act_unit(c);
	int64_t wait;

	TRY(store_outbox(c->service->store, c->a, id, &row, f));
	if (sent) {
		unit_outbox_sent(u, &row, c->now);
		unit_log(u, AUDIT_MESSAGE_SENT, row.object,
		    act_detail(c,
			(const char *const[]){"template", arena_cstr(c->a, row.template), NULL}));
	} else if (row.tries >= MESSAGE_TRIES) {
		unit_outbox_failed(u, &row, STR("given up"));
		unit_log(u, AUDIT_MESSAGE_FAILED, row.object, STR(""));
	} else {
		wait = row.tries < 7 ? (int64_t)15 << row.tries : 1800;
		unit_outbox_later(u, &row, c->now + wait, STR("not handed over"));
		act_job(u, c, "outbox", STR(""), c->now + wait);
	}
	return act_commit(c, u, f);
}
