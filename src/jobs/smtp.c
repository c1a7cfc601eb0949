/* SPDX-License-Identifier: Apache-2.0 */
/* Mails to a submission server. */
#include "net/smtp.h"
#include "base/text.h"
#include "jobs/channel.h"
#include "jobs/eml.h"

struct smtp_link {
	struct arena *life;
	struct net_smtp *net;
	struct str sender;
	bool locked_out; /* a user without a password */
};

static const char *
text(struct arena *a, struct str s)
{
	return s.n ? arena_cstr(a, s) : NULL;
}

static void *
smtp_open(const struct jobs_conf *conf)
{
	struct arena *life = arena_new(0);
	struct smtp_link *l = arena_alloc(life, sizeof(*l));
	const struct net_smtp_config g = {.server = arena_cstr(life, conf->smtp.server),
	    .tls_first = conf->smtp.tls_first,
	    .user = text(life, conf->smtp.user),
	    .password = text(life, conf->smtp.password),
	    .ca_file = text(life, conf->smtp.ca_file),
	    .name = text(life, conf->smtp.name)};

	*l = (struct smtp_link){.life = life,
	    .net = net_smtp_new(&g),
	    .sender = conf->smtp.sender,
	    .locked_out = g.user != NULL && g.password == NULL};
	return l;
}

static enum err
smtp_send(
    void *link, const struct channel_from *from, const struct upkeep_message *m, struct fault *f)
{
	struct smtp_link *l = link;
	struct channel_from as = *from;
	struct net_mail mail = {.to = m->recipient};

	if (l->locked_out)
		return FAIL_FIELD(f, E_CONFIG, "mail_password_file", "0600",
		    "mail_user has no password: neither credential nor file");
	as.sender = l->sender;
	as.seven_bit = true;
	mail.from = eml_sender(&as);
	TRY(eml_write(&as, m, &mail.octets, f));
	return net_smtp_send(l->net, from->a, &mail, f);
}

static void
smtp_close(void **link)
{
	struct smtp_link *l = *link;
	struct arena *life = l->life;

	net_smtp_free(&l->net);
	*link = NULL;
	arena_free(&life);
}

const struct channel_driver smtp_driver = {NULL, smtp_open, smtp_send, smtp_close};
