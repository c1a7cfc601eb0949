/* SPDX-License-Identifier: Apache-2.0 */
/* Messages that use-cases put into the outbox, each over its channel's driver. */
#include <inttypes.h>

#include "base/log.h"
#include "jobs/eml.h"
#include "jobs/kinds.h"
#include "jobs/sms.h"
#include "jobs/spool.h"

#define MOST 64 /* messages of one row of work; the rest has the next */

struct channel {
	const char *word, *suffix;
	channel_fn *write;
};

static const struct channel channels[] = {
    {"mail", "eml", eml_write},
    {"sms", "json", sms_write},
};
#define CHANNELS (sizeof(channels) / sizeof(channels[0]))

static bool
is_on(const struct jobs_conf *conf, const struct channel *ch)
{
	return ch->write == eml_write ? conf->mail_spool : conf->sms_spool;
}

static struct str
folder(const struct jobs_conf *conf, const struct channel *ch, struct arena *a)
{
	return str_of(arena_fmt(a, "%.*s/%s", (int)conf->spool.n, conf->spool.p, ch->word));
}

enum err
outbox_open(const struct jobs_conf *conf, struct fault *f)
{
	struct arena *a = arena_new(0);
	enum err e = OK;

	for (size_t i = 0; i < CHANNELS && e == OK; i++) {
		if (is_on(conf, &channels[i]))
			e = spool_open(folder(conf, &channels[i], a), f);
	}
	arena_free(&a);
	return e;
}

/* A message has one file, named by its number: handing it over twice leaves one. */
static enum err
hand_over(const struct jobs_conf *conf, const struct call *c, const struct upkeep_message *m,
    struct fault *f)
{
	const struct service_conf *s = service_conf(c->service);
	struct channel_from from = {c->a, s->brand, s->origin, c->now};
	const struct channel *ch = channels;
	struct bytes text;

	while (ch < channels + CHANNELS && !str_is(m->channel, ch->word))
		ch++;
	if (ch == channels + CHANNELS || !is_on(conf, ch))
		return FAIL(f, E_CONFIG, "no driver for this channel");
	TRY(ch->write(&from, m, &text, f));
	return spool_write(folder(conf, ch, c->a),
	    arena_fmt(c->a, "%010" PRId64 ".%s", m->id, ch->suffix), text, f);
}

static void
log_message(const struct call *c, const struct upkeep_message *m, const struct fault *why)
{
	struct log l = log_line(why ? LOG_JOB_FAULT : LOG_JOB_DONE);

	log_str(&l, "kind", "message");
	log_text(&l, "channel", m->channel);
	log_int(&l, "id", m->id);
	log_text(&l, "req", c->request_id);
	if (why)
		log_fault(&l, why);
	log_end(&l);
}

enum err
outbox_deliver(const struct jobs_conf *conf, const struct call *c, struct fault *f)
{
	for (int i = 0; i < MOST; i++) {
		struct upkeep_message m;
		struct fault why = {0};
		enum err e = upkeep_message_next(c, &m, &why);

		if (e == E_NOT_FOUND)
			return OK;
		if (e != OK) {
			*f = why;
			return e;
		}
		e = hand_over(conf, c, &m, &why);
		log_message(c, &m, e == OK ? NULL : &why);
		TRY(upkeep_message_done(c, m.id, e == OK, f));
	}
	return upkeep_work_put(c, STR("outbox"), STR(""), c->now, f);
}
