/* SPDX-License-Identifier: Apache-2.0 */
/* Messages as files: for tests, where nothing is really sent. */
#include <inttypes.h>
#include <stdlib.h>

#include "base/must.h"
#include "jobs/channel.h"
#include "jobs/eml.h"
#include "jobs/sms.h"
#include "jobs/spool.h"

struct spooled {
	struct str dir;
};

static struct str
folder(struct arena *a, struct str dir, const char *word)
{
	return str_of(arena_fmt(a, "%.*s/%s", (int)dir.n, dir.p, word));
}

static enum err
prepare(const struct jobs_conf *conf, const char *word, struct fault *f)
{
	struct arena *a = arena_new(0);
	enum err e = spool_open(folder(a, conf->spool, word), f);

	arena_free(&a);
	return e;
}

static enum err
prepare_mail(const struct jobs_conf *conf, struct fault *f)
{
	return prepare(conf, "mail", f);
}

static enum err
prepare_sms(const struct jobs_conf *conf, struct fault *f)
{
	return prepare(conf, "sms", f);
}

static void *
spooled_open(const struct jobs_conf *conf)
{
	struct spooled *s = calloc(1, sizeof(*s));

	must(s != NULL);
	s->dir = conf->spool;
	return s;
}

/* A message has one file, named by its number: handing it over twice leaves one. */
static enum err
put(const struct spooled *s, const struct channel_from *from, const struct upkeep_message *m,
    struct bytes text, struct fault *f)
{
	bool mail = str_is(m->channel, "mail");

	return spool_write(folder(from->a, s->dir, mail ? "mail" : "sms"),
	    arena_fmt(from->a, "%010" PRId64 ".%s", m->id, mail ? "eml" : "json"), text, f);
}

static enum err
send_mail(
    void *link, const struct channel_from *from, const struct upkeep_message *m, struct fault *f)
{
	struct bytes text;

	TRY(eml_write(from, m, &text, f));
	return put(link, from, m, text, f);
}

static enum err
send_sms(
    void *link, const struct channel_from *from, const struct upkeep_message *m, struct fault *f)
{
	struct bytes text;

	TRY(sms_write(from, m, &text, f));
	return put(link, from, m, text, f);
}

static void
spooled_close(void **link)
{
	free(*link);
	*link = NULL;
}

const struct channel_driver spool_mail = {prepare_mail, spooled_open, send_mail, spooled_close};
const struct channel_driver spool_sms = {prepare_sms, spooled_open, send_sms, spooled_close};
