/* SPDX-License-Identifier: Apache-2.0 */
/* Messages that use-cases put into the outbox, each over its channel's driver. */
#include <inttypes.h>
#include <time.h>

#include "base/log.h"
#include "jobs/channel.h"
#include "jobs/kinds.h"

#define LONG_MS 1500 /* after this no further message is begun: an order to leave must be heard */
#define REST    15   /* seconds that a channel rests which takes nothing at all */

static const struct channel_driver *const drivers[][2] = {
    [JOBS_NONE] = {NULL, NULL},
    [JOBS_SPOOL] = {&spool_mail, &spool_sms},
    [JOBS_SMTP] = {&smtp_driver, NULL},
    [JOBS_GATEWAY] = {NULL, &gateway_driver},
};

static const struct channel {
	const char *word;
	size_t column; /* in the table above */
} channels[] = {{"mail", 0}, {"sms", 1}};
#define CHANNELS (sizeof(channels) / sizeof(channels[0]))

static const struct channel *
channel_of(struct str word)
{
	for (size_t i = 0; i < CHANNELS; i++) {
		if (str_is(word, channels[i].word))
			return &channels[i];
	}
	return NULL;
}

/* NULL: none is set. */
static const struct channel_driver *
driver_of(const struct jobs_conf *conf, const struct channel *ch)
{
	return drivers[ch->column == 0 ? conf->mail : conf->sms][ch->column];
}

enum err
outbox_open(const struct jobs_conf *conf, struct fault *f)
{
	for (size_t i = 0; i < CHANNELS; i++) {
		const struct channel_driver *d = driver_of(conf, &channels[i]);

		if (d != NULL && d->prepare != NULL)
			TRY(d->prepare(conf, f));
	}
	return OK;
}

static int64_t
clock_ms(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void
log_message(const struct call *c, const struct upkeep_message *m, const struct fault *why)
{
	struct log l = log_line(why ? LOG_JOB_FAULT : LOG_JOB_DONE);

	log_str(&l, "kind", "message");
	log_text(&l, "channel", m->channel);
	log_text(&l, "template", m->template);
	log_int(&l, "id", m->id);
	log_text(&l, "req", c->request_id);
	if (why)
		log_fault(&l, why);
	log_end(&l);
}

static bool
is_final(enum err e)
{
	return e == E_FIELD_VALUE || e == E_FIELD_CHARS;
}

/*
 * One message of CH over LINK. *RET: whether the next may follow at once. E_NOT_FOUND: none is due.
 */
static enum err
one(const struct channel_driver *d, void *link, const struct call *c, const struct channel *ch,
    bool *ret, struct fault *f)
{
	const struct service_conf *s = service_conf(c->service);
	const struct channel_from from = {
	    .a = c->a, .brand = s->brand, .origin = s->origin, .now = c->now};
	struct upkeep_message m;
	struct fault why = {0};
	enum err e;

	TRY(upkeep_message_next(c, str_of(ch->word), &m, f));
	e = d->send(link, &from, &m, &why);
	log_message(c, &m, e == OK ? NULL : &why);
	*ret = e == OK || e == E_ANSWER || is_final(e);
	/* What goes on record is the failure's name alone: details may hold an address. */
	return upkeep_message_done(c, m.id,
	    e == OK           ? UPKEEP_SENT
		: is_final(e) ? UPKEEP_REFUSED
			      : UPKEEP_LATER,
	    e == OK ? STR("") : str_of(err_row(e)->slug), f);
}

/* Look again when the next message is due, and not before REST. */
static enum err
plan_next(const struct call *c, struct str channel, int64_t rest, struct fault *f)
{
	struct fault none = {0};
	int64_t due;
	enum err e = upkeep_message_due(c, channel, &due, &none);

	if (e == E_NOT_FOUND)
		return OK;
	if (e != OK)
		return FAIL(f, e, "%s", none.detail);
	return upkeep_work_put(c, STR("outbox"), channel, due > rest ? due : rest, f);
}

enum err
outbox_deliver(
    const struct jobs_conf *conf, const struct call *c, struct str channel, struct fault *f)
{
	const struct channel *ch = channel_of(channel);
	const struct channel_driver *d = ch ? driver_of(conf, ch) : NULL;
	int64_t begun = clock_ms();
	bool goes_on = true;
	enum err e = OK;
	void *link;

	if (d == NULL)
		return OK;
	link = d->open(conf);
	while (e == OK && goes_on && clock_ms() - begun < LONG_MS)
		e = one(d, link, c, ch, &goes_on, f);
	d->close(&link);
	if (e == E_NOT_FOUND)
		*f = (struct fault){0};
	else if (e != OK)
		return e;
	return plan_next(c, channel, goes_on ? c->now : c->now + REST, f);
}
