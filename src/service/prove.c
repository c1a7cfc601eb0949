/* SPDX-License-Identifier: Apache-2.0 */
/* Is the log whole? Piece by piece, each of them bounded, against the places that the signer has signed. */
#include <inttypes.h>

#include "base/text.h"
#include "core/checkpoint.h"
#include "crypto/verify.h"
#include "service/trail_in.h"

#define PIECE 5000 /* records of one answer */

struct proving {
	const struct call *c;
	struct signer_audit last; /* the key, and what it signed last */
	struct chain at;
	int64_t head, end; /* of the log, of this piece */
	struct trail_proof p;
};

static bool
broken(const struct proving *g)
{
	return g->p.broken || g->p.checkpoint;
}

static enum err
walk_to(struct proving *g, int64_t seq, struct fault *f)
{
	return store_log_walk(g->c->service->store, &g->at, seq, INT64_MAX, &g->p.broken, f);
}

/* Is this place signed by the audit key, and does the chain say there what was signed? */
static bool
holds(const struct proving *g, const struct checkpoint_row *row)
{
	const struct service_conf *conf = &g->c->service->conf;
	struct checkpoint c;

	return checkpoint_parse(row->octets, &c, NULL) == OK && c.env == g->c->service->env &&
	    str_eq(c.origin, conf->origin) && c.seq == g->at.seq &&
	    bytes_eq(c.hash, BYTES_OF(g->at.hash)) &&
	    verify_spki(g->last.spki, VERIFY_ECDSA_SHA256, row->octets, row->signature, NULL) == OK;
}

/* Through the signed places of this piece, in their order. */
static enum err
through_checkpoints(struct proving *g, struct fault *f)
{
	struct checkpoint_list l;

	TRY(store_checkpoints(g->c->service->store, g->c->a, g->at.seq, PAGE_MAX, &l, f));
	for (size_t i = 0; i < l.n && l.rows[i].seq <= g->end; i++) {
		TRY(walk_to(g, l.rows[i].seq, f));
		if (g->p.broken)
			return OK;
		if (!holds(g, &l.rows[i])) {
			g->p.checkpoint = l.rows[i].seq;
			return OK;
		}
		g->p.checkpoints++;
	}
	/* More than one answer compares: the next goes on here. */
	if (l.more && l.rows[l.n - 1].seq < g->end)
		g->end = l.rows[l.n - 1].seq;
	return OK;
}

/*
 * What the signer remembers does not lie in the store: rows that were taken out of it are missed here. FROM:
 * where this piece began; all up to AT has been found whole.
 */
static enum err
against_signer(struct proving *g, int64_t from, struct fault *f)
{
	struct chain there;

	if (g->last.seq <= from || g->last.seq > g->at.seq)
		return OK;
	TRY(store_log_point(g->c->service->store, g->last.seq, &there, f));
	if (!bytes_eq(BYTES_OF(there.hash), g->last.hash))
		g->p.checkpoint = g->last.seq;
	return OK;
}

static enum err
end_of_log(struct proving *g, struct fault *f)
{
	TRY(store_log_end(g->c->service->store, &g->at, &g->p.broken, f));
	if (g->p.broken == 0 && g->last.seq > g->head)
		g->p.broken = g->head + 1; /* a longer log was signed */
	return OK;
}

static enum err
piece(struct proving *g, struct fault *f)
{
	int64_t from = g->at.seq;

	TRY(through_checkpoints(g, f));
	if (!broken(g))
		TRY(walk_to(g, g->end, f));
	if (!broken(g))
		TRY(against_signer(g, from, f));
	if (!broken(g) && g->at.seq == g->head)
		TRY(end_of_log(g, f));
	return OK;
}

static enum err
log_result(const struct proving *g, struct fault *f)
{
	struct unit *u = act_unit(g->c);
	const char *whole = broken(g) ? "no" : "yes";

	unit_log(u, AUDIT_LOG_VERIFIED, str_of(arena_fmt(g->c->a, "%" PRId64, g->at.seq)),
	    act_detail(g->c,
		(const char *const[]){"whole", whole, "broken",
		    arena_fmt(g->c->a, "%" PRId64, g->p.broken), "checkpoint",
		    arena_fmt(g->c->a, "%" PRId64, g->p.checkpoint), NULL}));
	return act_commit(g->c, u, f);
}

enum err
trail_verify(const struct call *c, struct str cursor, struct trail_proof *ret, struct fault *f)
{
	struct proving g = {.c = c};
	struct log_head head;
	struct page from;

	TRY(trail_may_look(c, f));
	TRY(act_page(c, cursor, 0, &from, f));
	/* First what was signed, then how long the log is: the other way round it could seem cut off. */
	TRY(signer_audit_last(c->service->signer, c->a, &g.last, f));
	TRY(store_log_head(c->service->store, c->a, &head, f));
	TRY(store_log_point(c->service->store, from.id, &g.at, f));
	g.head = head.seq;
	g.end = head.seq - from.id < PIECE ? head.seq : from.id + PIECE;
	TRY(piece(&g, f));
	g.p.head = g.head;
	g.p.seq = g.at.seq;
	g.p.time_ms = g.at.time_ms;
	g.p.hash = str_of(hex_text(c->a, arena_bytes(c->a, BYTES_OF(g.at.hash))));
	if (!broken(&g) && g.at.seq < g.head)
		g.p.next = act_cursor(c, 0, g.at.seq);
	else
		TRY(log_result(&g, f));
	*ret = g.p;
	return OK;
}
