/* SPDX-License-Identifier: Apache-2.0 */
#include "signer/group.h"

#include <stdlib.h>

#include "base/ipc.h"
#include "base/must.h"
#include "signer/issue.h"

#define GROUP_ARENA ((size_t)64 << 20) /* gate and record of PAIR_MANY certificates: a tenth */

struct member {
	struct batch_item *v;
	struct ask q;
	struct issue issue;
};

struct group {
	const struct group_of *of;
	struct signer *s;
	struct arena *a;
	group_done_fn *done;
	size_t n;
	struct member row[PAIR_MANY];
};

struct group *
group_new(const struct group_of *of, group_done_fn *done)
{
	struct group *g = calloc(1, sizeof(*g));

	must(g != NULL);
	g->of = of;
	g->s = of->s;
	g->a = arena_new(GROUP_ARENA);
	g->done = done;
	return g;
}

void
group_free(struct group **g)
{
	must((*g)->n == 0);
	arena_free(&(*g)->a);
	free(*g);
	*g = NULL;
}

/* V alone, as it would be asked: what the gate says of it now. */
static enum err
begin(struct group *g, struct batch_item *v, struct member *ret)
{
	const struct issue *before[PAIR_MANY];
	struct fault f = {0};

	for (size_t i = 0; i < g->n; i++)
		before[i] = &g->row[i].issue;
	*ret = (struct member){.v = v,
	    .q = {.peer = v->peer,
		.body = rd_new(v->body),
		.fd = v->fd,
		.a = g->a,
		.now = g->of->now}};
	return issue_begin(g->s, &ret->q, before, g->n, &ret->issue, &f);
}

/* Does V have to wait for one that is in the group? */
static bool
meets(const struct group *g, const struct issue *x)
{
	for (size_t i = 0; i < g->n; i++)
		if (issue_meets(&g->row[i].issue, x) || g->row[i].issue.pass.ca != x->pass.ca)
			return true;
	return false;
}

bool
group_take(struct group *g, struct batch_item *v)
{
	struct member *m = &g->row[g->n];
	bool good;

	if (v->type != SIGNER_ISSUE || !g->s->options.hsm) {
		group_end(g);
		return false;
	}
	good = begin(g, v, m) == OK && !meets(g, &m->issue);
	if (!good && g->n > 0) {
		/* With the others noted it may be another matter. */
		group_end(g);
		m = &g->row[0];
		good = begin(g, v, m) == OK;
	}
	if (!good || m->issue.pass.again || g->s->ca[m->issue.pass.ca].key->soft) {
		group_end(g);
		return false;
	}
	if (++g->n == PAIR_MANY)
		group_end(g);
	return true;
}

static void
finish(struct group *g, struct member *m, struct bytes signature, const struct fault *why)
{
	struct buf answer = buf_new(g->of->a, IPC_BODY_MAX);
	struct fault f = *why;

	buf_u16(&answer, OK);
	if (f.code == OK && g->s->stale)
		f = (struct fault){.code = E_JOURNAL};
	if (f.code == OK && issue_end(g->s, &m->q, &m->issue, signature, &answer, &f) == OK)
		f = (struct fault){0};
	g->done(g->of, m->v, &answer, &f);
}

void
group_end(struct group *g)
{
	struct bytes message[PAIR_MANY], signature[PAIR_MANY] = {{0}};
	struct fault f = {0};

	for (size_t i = 0; i < g->n; i++)
		message[i] = g->row[i].issue.pass.cert.tbs;
	if (g->n > 0 &&
	    keys_sign_many(g->s, g->s->ca[g->row[0].issue.pass.ca].key, g->a,
		&(struct keys_many){message, signature, g->n}, &f) == OK)
		f = (struct fault){0};
	for (size_t i = 0; i < g->n; i++)
		finish(g, &g->row[i], signature[i], &f);
	g->n = 0;
	arena_reset(g->a);
}
