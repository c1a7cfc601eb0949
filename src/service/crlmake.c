/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A CRL: rows pulled from the store in serial order, written through a sealed memory file to the signer,
 * signed, and laid down in pieces: however long it is, it never stands in this process's memory.
 */
#include <string.h>
#include <unistd.h>

#include "base/ipc.h"
#include "base/must.h"
#include "base/text.h"
#include "crypto/digest.h"
#include "service/act.h"
#include "service/upkeep.h"
#include "x509/crl.h"

#define CRL_LIFE     ((int64_t)72 * 3600) /* seconds (V22) */
#define JOIN         5                    /* seconds: lists are made no closer than one a second */
#define BLOCK        ((size_t)256 << 10)  /* octets written at once */
#define ROWS_AT_ONCE 2000
#define SLACK        ((size_t)64 << 10) /* head, tail or one span's overhang */

struct making {
	const struct call *c;
	const struct realm_ca *ca;
	struct crl_head head;
	int64_t since;  /* those that ended before are left out */
	size_t entries; /* octets of all entries, from the first pass */
	size_t written; /* and from the second */
	int64_t rows;
	int fd;         /* the TBSCertList */
	size_t tbs;     /* its octets */
	struct buf out; /* what is not yet in the file */
	struct bytes prefix, suffix;
};

static enum err
flush(struct making *m, struct fault *f)
{
	TRY(ipc_file_put(m->fd, buf_bytes(&m->out), f));
	m->tbs += m->out.n;
	m->out.n = 0;
	return OK;
}

static enum err
one_row(struct making *m, const struct status_row *s, bool write, struct fault *f)
{
	const struct crl_item row = {.serial = s->serial,
	    .date = s->revoked_at,
	    .reason = (enum ext_reason)s->reason,
	    .invalidity = s->invalidity ? s->invalidity : CRL_NO_TIME};

	if (!write) {
		m->entries += crl_entry_size(&row);
		m->rows++;
		return OK;
	}
	m->written += crl_entry_size(&row);
	TRY(crl_entry(&m->out, &row, m->head.this_update, f));
	return m->out.n >= BLOCK ? flush(m, f) : OK;
}

/*
 * Two passes over the same rows: count, then write. What was revoked within the list's own second
 * belongs to it (the revocation rings for this very list); one that came between the passes makes
 * the sizes differ, and the list is made again.
 */
static enum err
walk(struct making *m, bool write, struct fault *f)
{
	struct arena *a = arena_new(0);
	uint8_t last[40];
	struct revoked_pull pull = {.ca = m->ca->id, .since = m->since, .most = ROWS_AT_ONCE};
	struct status_list list = {.more = true};
	enum err e = OK;

	while (e == OK && list.more) {
		e = store_revoked(m->c->service->store, a, &pull, &list, f);
		for (size_t i = 0; e == OK && i < list.n; i++) {
			if (list.rows[i].revoked_at <= m->head.this_update)
				e = one_row(m, &list.rows[i], write, f);
		}
		if (e == OK && list.n) {
			pull.after = list.rows[list.n - 1].serial;
			must(pull.after.n <= sizeof(last));
			memcpy(last, pull.after.p, pull.after.n);
			pull.after.p = last;
		}
		arena_reset(a);
	}
	arena_free(&a);
	return e;
}

static enum err
write_tbs(struct making *m, struct fault *f)
{
	TRY(walk(m, false, f));
	TRY(crl_head(&m->out, &m->head, m->entries, f));
	TRY(walk(m, true, f));
	if (m->written != m->entries)
		return FAIL(f, E_RACE, "revoked between the passes");
	TRY(crl_tail(&m->out, &m->head, f));
	TRY(flush(m, f));
	return ipc_file_seal(m->fd, f);
}

/* N octets of the whole list from AT: the prefix, the signed file, the suffix, as one stream. */
static enum err
read_at(const struct making *m, size_t at, uint8_t *p, size_t n, struct fault *f)
{
	while (n) {
		size_t got;

		if (at < m->prefix.n) {
			got = m->prefix.n - at < n ? m->prefix.n - at : n;
			memcpy(p, m->prefix.p + at, got);
		} else if (at < m->prefix.n + m->tbs) {
			size_t in = at - m->prefix.n, left = m->tbs - in;
			ssize_t r = pread(m->fd, p, n < left ? n : left, (off_t)in);

			if (r <= 0)
				return FAIL(f, E_UNAVAILABLE, "memory file of a CRL");
			got = (size_t)r;
		} else {
			size_t in = at - m->prefix.n - m->tbs;

			got = m->suffix.n - in < n ? m->suffix.n - in : n;
			memcpy(p, m->suffix.p + in, got);
		}
		at += got;
		p += got;
		n -= got;
	}
	return OK;
}

/* Each piece in a unit of its own: a short transaction, and no more than a piece in memory. */
static enum err
store_pieces(const struct making *m, int64_t crl, size_t size, struct fault *f)
{
	struct arena *a = arena_new(0);
	enum err e = OK;

	for (size_t at = 0, n = 0; e == OK && at < size; n++) {
		size_t len = size - at < CRL_PIECE_SIZE ? size - at : CRL_PIECE_SIZE;
		uint8_t *p = arena_alloc(a, len);
		struct unit *u = unit_new(a, act_actor(m->c), m->c->request_id, m->c->now * 1000);

		e = read_at(m, at, p, len, f);
		if (e == OK) {
			unit_crl_piece(u, crl, (int64_t)n, bytes_of(p, len));
			e = act_commit(m->c, u, f);
		}
		at += len;
		arena_reset(a);
	}
	arena_free(&a);
	return e;
}

static enum err
hash_whole(const struct making *m, size_t size, uint8_t ret[static SHA256_SIZE], struct fault *f)
{
	struct digest *d = digest_new(DIGEST_SHA256);
	uint8_t *block = arena_alloc(m->c->a, BLOCK);
	enum err e = OK;

	for (size_t at = 0; e == OK && at < size;) {
		size_t n = size - at < BLOCK ? size - at : BLOCK;

		e = read_at(m, at, block, n, f);
		digest_add(d, bytes_of(block, n));
		at += n;
	}
	digest_end(d, ret);
	digest_free(&d);
	return e;
}

static enum err
store_list(struct making *m, struct bytes signature, struct fault *f)
{
	const struct call *c = m->c;
	struct buf prefix = buf_new(c->a, 64), suffix = buf_new(c->a, 1024);
	uint8_t *hash = arena_alloc(c->a, SHA256_SIZE);
	struct crl_row row = {.created = c->now,
	    .ca = m->ca->id,
	    .number = m->head.number,
	    .this_update = m->head.this_update,
	    .next_update = m->head.next_update};
	struct unit *u = act_unit(c);
	size_t size;
	int64_t key;

	TRY(crl_prefix(&prefix, m->tbs, m->head.alg, signature, f));
	TRY(crl_suffix(&suffix, m->head.alg, signature, f));
	m->prefix = buf_bytes(&prefix);
	m->suffix = buf_bytes(&suffix);
	size = m->prefix.n + m->tbs + m->suffix.n;
	TRY(hash_whole(m, size, hash, f));
	row.size = (int64_t)size;
	row.pieces = (int64_t)((size + CRL_PIECE_SIZE - 1) / CRL_PIECE_SIZE);
	row.hash = bytes_of(hash, SHA256_SIZE);
	key = unit_crl_insert(u, &row);
	TRY(act_commit(c, u, f));
	key = unit_key(u, key);
	TRY(store_pieces(m, key, size, f));
	u = act_unit(c);
	unit_crl_done(u, key, &row);
	unit_log(u, AUDIT_CRL_SIGNED, str_of(m->ca->label),
	    act_detail(c,
		(const char *const[]){"number", arena_fmt(c->a, "%lld", (long long)row.number),
		    "entries", arena_fmt(c->a, "%lld", (long long)m->rows), NULL}));
	return act_commit(c, u, f);
}

/* max(previous + 1, this second in milliseconds): monotonic over nodes and restores (S5). */
static int64_t
next_number(const struct ca_row *ca, int64_t now)
{
	int64_t ms = now * 1000;

	return ca->crl_number + 1 > ms ? ca->crl_number + 1 : ms;
}

enum err
upkeep_crl_due(const struct call *c, struct str label, int64_t *ret, struct fault *f)
{
	struct ca_row ca;

	TRY(store_ca_by_label(c->service->store, c->a, label, &ca, f));
	/* One that lies further ahead is a clock that went back: that is tried, and told. */
	*ret = ca.this_update < c->now || ca.this_update > c->now + JOIN ? 0 : ca.this_update + 1;
	return OK;
}

enum err
upkeep_crl(const struct call *c, struct str label, struct fault *f)
{
	struct making m = {.c = c, .out = buf_new(c->a, BLOCK + SLACK)};
	const struct realm *h;
	struct ca_row ca;
	struct bytes signature;
	enum err e;

	TRY(realm_now(c, &h, f));
	TRY(realm_ca(h, label, &m.ca, f));
	TRY(store_ca_by_label(c->service->store, c->a, label, &ca, f));
	m.head = (struct crl_head){.alg = m.ca->issuer.alg,
	    .issuer = m.ca->cert.subject,
	    .this_update = c->now > ca.this_update ? c->now : ca.this_update + 1,
	    .next_update = c->now + CRL_LIFE,
	    .aki = m.ca->ski,
	    .number = next_number(&ca, c->now)};
	/*
	 * Ended ones stay until a list after their end has shown them (L8), also when none was made for
	 * longer than a list's life.
	 */
	m.since = m.head.this_update - CRL_LIFE;
	if (ca.this_update && ca.this_update < m.since)
		m.since = ca.this_update;
	TRY(ipc_file_new("crl", &m.fd, f));
	e = write_tbs(&m, f);
	if (e == OK)
		e = signer_crl_sign(c->service->signer, c->a, m.ca->which, m.fd, &signature, f);
	if (e == OK)
		e = store_list(&m, signature, f);
	(void)close(m.fd);
	return e;
}
