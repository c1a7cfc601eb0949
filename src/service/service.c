/* SPDX-License-Identifier: Apache-2.0 */
#include "service/service.h"

#include <stdatomic.h>
#include <time.h>

#include "base/must.h"
#include "service/ready.h"
#include "service/realm.h"
#include "service/refuse_in.h"
#include "store/store.h"

/* Keys of this process: nothing sealed or proven under one label opens under another. */
static enum err
fetch_keys(struct service *s, struct fault *f)
{
	const struct {
		struct str label;
		uint8_t *key;
	} rows[] = {{STR("nonce"), s->key_nonce}, {STR("sms-code"), s->key_sms},
	    {STR("code-try"), s->key_try}, {STR("cursor"), s->key_cursor}};

	if (s->keyed || s->conf.keyless)
		return OK;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		TRY(signer_subkey(s->signer, rows[i].label, rows[i].key, f));
	s->keyed = true;
	return OK;
}

enum err
service_open(const struct service_conf *conf, struct store *store, struct signer_client *signer,
    struct service **ret, struct fault *f)
{
	struct arena *life;
	struct service *s;
	enum environment env;
	struct fault later = {0};
	int64_t last;

	if (!environment_parse(conf->environment, &env))
		return FAIL(f, E_CONFIG, "environment");
	life = arena_new(0);
	s = arena_alloc(life, sizeof(*s));
	s->life = life;
	s->conf = *conf;
	s->env = env;
	s->store = store;
	s->signer = signer;
	s->bell = -1;
	must(pthread_mutex_init(&s->crl_lock, NULL) == 0);
	s->ready = ready_new();
	must(pthread_mutex_init(&s->refusal_lock, NULL) == 0);
	s->refusals = arena_alloc(life, sizeof(*s->refusals));
	/* Time goes on from the last committed record, whatever this machine's clock says now. */
	if (store_time(store, 0, &last, &later) == OK)
		s->clock = last / 1000;
	later = (struct fault){0};
	/* Neither is there before set-up: service_ready asks again. */
	if (fetch_keys(s, &later) == OK)
		(void)(realm_refresh(s, &later) == OK);
	*ret = s;
	return OK;
}

void
service_close(struct service **s)
{
	struct arena *life = *s ? (*s)->life : NULL;

	if (life == NULL)
		return;
	for (struct realm *r = (*s)->realm, *older; r != NULL; r = older) {
		struct arena *a = r->a;

		older = r->older;
		arena_free(&a);
	}
	crlserve_free(*s);
	ready_free(&(*s)->ready);
	(void)pthread_mutex_destroy(&(*s)->crl_lock);
	(void)pthread_mutex_destroy(&(*s)->refusal_lock);
	*s = NULL;
	arena_free(&life); /* wipes the keys */
}

const struct service_conf *
service_conf(const struct service *s)
{
	return &s->conf;
}

enum err
service_ready(struct service *s, struct fault *f)
{
	TRY(fetch_keys(s, f));
	if (s->realm == NULL)
		TRY(realm_refresh(s, f));
	return s->realm ? OK : FAIL(f, E_NOT_READY, "no CA yet");
}

void
service_bell(struct service *s, int fd)
{
	s->bell = fd;
}

void
service_doors(struct service *s, bool open)
{
	s->doors = open;
}

enum err
service_follow(struct service *s, struct fault *f)
{
	return ready_follow(s, f);
}

int64_t
service_now(struct service *s)
{
	int64_t now = (int64_t)time(NULL), last = s->clock;

	while (now > last && !atomic_compare_exchange_weak(&s->clock, &last, now))
		;
	return now > last ? now : last;
}
