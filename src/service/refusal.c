/* SPDX-License-Identifier: Apache-2.0 */
#include "service/refusal.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/must.h"
#include "service/act.h"
#include "service/refuse_in.h"

#define OTHERS "others" /* addresses for which there was no room */

/* Does this failure say that somebody tried what they may not? */
static bool
about_rights(const struct call *c, const struct fault *why)
{
	const struct err_row *row = err_row(why->code);

	/* The portal asks at each start whether there is a session; that there is none is no refusal. */
	if (str_is(c->route, "session_get"))
		return false;
	return row->http == 401 || row->http == 403 || row->http == 429 || row->cfca[0] != '\0';
}

static bool
known(const struct call *c)
{
	return c->who.assurance != ASSURANCE_NONE;
}

static void
name_of(const struct call *c, const struct fault *why, struct refusal_sum *ret)
{
	struct str who = known(c) ? act_actor(c) : c->peer;

	*ret = (struct refusal_sum){.code = why->code, .known = known(c)};
	(void)snprintf(ret->who, sizeof(ret->who), "%.*s", (int)who.n, who.p);
	if (ret->known)
		(void)snprintf(ret->route, sizeof(ret->route), "%.*s", (int)c->route.n, c->route.p);
}

static bool
same(const struct refusal_sum *a, const struct refusal_sum *b)
{
	return a->code == b->code && a->known == b->known && strcmp(a->who, b->who) == 0 &&
	    strcmp(a->route, b->route) == 0;
}

/* Under the lock: the sum that Q belongs to, made when it is new and there is room; else NULL. */
static struct refusal_sum *
find(struct refusals *r, const struct refusal_sum *q, bool *fresh)
{
	*fresh = false;
	for (size_t i = 0; i < r->n; i++) {
		if (same(&r->sum[i], q))
			return &r->sum[i];
	}
	if (r->n == REFUSAL_KINDS)
		return NULL;
	*fresh = true;
	r->sum[r->n] = *q;
	return &r->sum[r->n++];
}

/* Under the lock: takes all sums of a minute that is over. */
static struct refusals *
take(struct refusals *r, struct arena *a, int64_t minute)
{
	struct refusals *old;

	if (r->minute == minute)
		return NULL;
	old = r->n || r->others ? arena_alloc(a, sizeof(*old)) : NULL;
	if (old)
		*old = *r;
	*r = (struct refusals){.minute = minute};
	return old;
}

static struct str
detail(const struct call *c, const struct refusal_sum *s, int64_t minute)
{
	return act_detail(c,
	    (const char *const[]){"rule", err_row(s->code)->slug, "count",
		arena_fmt(c->a, "%" PRIu32, s->count), "minute",
		arena_fmt(c->a, "%" PRId64, minute * 60), NULL});
}

/* Of a known caller: in their name, about the door at which they were refused. */
static enum err
write_known(const struct call *c, const struct refusal_sum *s, int64_t minute, struct fault *f)
{
	struct unit *u = unit_new(c->a, str_of(s->who), c->request_id, c->now * 1000);

	unit_log(u, AUDIT_ACCESS_REFUSED, str_of(s->route), detail(c, s, minute));
	return act_commit(c, u, f);
}

static enum err
write_sums(const struct call *c, const struct refusals *r, struct fault *f)
{
	struct refusal_sum others = {.code = E_RATE, .count = r->others};
	struct unit *u = unit_new(c->a, STR("stranger"), c->request_id, c->now * 1000);
	bool any = r->others > 0;

	for (size_t i = 0; i < r->n; i++) {
		const struct refusal_sum *s = &r->sum[i];

		if (s->count == 0)
			continue;
		if (s->known) {
			TRY(write_known(c, s, r->minute, f));
			continue;
		}
		unit_log(u, AUDIT_REFUSED, str_of(s->who), detail(c, s, r->minute));
		any = true;
	}
	if (r->others)
		unit_log(u, AUDIT_REFUSED, STR(OTHERS), detail(c, &others, r->minute));
	return any ? act_commit(c, u, f) : OK;
}

void
refusal_note(const struct call *c, const struct fault *why)
{
	struct refusals *r = c->service->refusals, *old;
	struct refusal_sum q, *s;
	struct fault lost = {0};
	bool at_once = false;

	if (c->who.assurance == ASSURANCE_LOCAL || !about_rights(c, why))
		return;
	name_of(c, why, &q);
	must(pthread_mutex_lock(&c->service->refusal_lock) == 0);
	old = take(r, c->a, c->now / 60);
	s = find(r, &q, &at_once);
	/* The first of a known caller is written now, so it is not counted. */
	at_once = q.known && (at_once || s == NULL);
	if (s && !at_once)
		s->count++;
	else if (!at_once)
		r->others++;
	must(pthread_mutex_unlock(&c->service->refusal_lock) == 0);
	q.count = 1;
	if (at_once)
		(void)(write_known(c, &q, c->now / 60, &lost) == OK);
	if (old)
		(void)(write_sums(c, old, &lost) == OK);
}

enum err
refusal_flush(const struct call *c, bool all, struct fault *f)
{
	struct refusals *old;

	must(pthread_mutex_lock(&c->service->refusal_lock) == 0);
	old = take(c->service->refusals, c->a, all ? -1 : c->now / 60);
	must(pthread_mutex_unlock(&c->service->refusal_lock) == 0);
	return old ? write_sums(c, old, f) : OK;
}
