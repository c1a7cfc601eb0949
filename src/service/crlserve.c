/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lists as they are served: the newest of each CA is copied once from its pieces into memory of its own,
 * which all requests share, however long it is. One that was replaced stays for as long as an answer
 * with it may still be on its way.
 */
#include <string.h>
#include <sys/mman.h>

#include "base/must.h"
#include "service/act.h"
#include "service/status.h"

#define LINGER 900 /* seconds; no answer is written for longer than that */

struct crl_copy {
	struct arena *life; /* this struct lies on it */
	int64_t number;
	uint8_t *p; /* mapped, N octets */
	size_t n;
	int64_t replaced; /* seconds; 0: it is the newest */
	struct crl_copy *older;
};

static void
copy_free(struct crl_copy *copy)
{
	struct arena *life = copy->life;

	must(munmap(copy->p, copy->n) == 0);
	arena_free(&life);
}

void
crlserve_free(struct service *s)
{
	for (size_t i = 0; i < REALM_CAS; i++) {
		for (struct crl_copy *copy = s->crl[i], *older; copy; copy = older) {
			older = copy->older;
			copy_free(copy);
		}
		s->crl[i] = NULL;
	}
}

static enum err
fill(const struct call *c, const struct crl_row *row, struct crl_copy *copy, struct fault *f)
{
	struct arena *a = arena_new(0);
	size_t at = 0;
	enum err e = OK;

	for (int64_t n = 0; e == OK && n < row->pieces; n++) {
		struct bytes piece;

		e = store_crl_piece(c->service->store, a, row->id, n, &piece, f);
		if (e == OK && piece.n > copy->n - at)
			e = FAIL(f, E_STORE, "pieces of a CRL are too long");
		if (e == OK) {
			memcpy(copy->p + at, piece.p, piece.n);
			at += piece.n;
		}
		arena_reset(a);
	}
	arena_free(&a);
	return e == OK && at != copy->n ? FAIL(f, E_STORE, "pieces of a CRL are missing") : e;
}

static enum err
copy_new(const struct call *c, const struct crl_row *row, struct crl_copy **ret, struct fault *f)
{
	struct arena *life;
	struct crl_copy *copy;
	void *p;
	enum err e;

	if (row->size <= 0)
		return FAIL(f, E_STORE, "an empty CRL");
	p = mmap(
	    NULL, (size_t)row->size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (p == MAP_FAILED)
		return FAIL(f, E_BUSY, "no memory for a CRL of %lld octets", (long long)row->size);
	life = arena_new(0);
	copy = arena_alloc(life, sizeof(*copy));
	*copy =
	    (struct crl_copy){.life = life, .number = row->number, .p = p, .n = (size_t)row->size};
	e = fill(c, row, copy, f);
	if (e != OK) {
		copy_free(copy);
		return e;
	}
	*ret = copy;
	return OK;
}

/* Under the lock: COPY becomes the newest; what nobody can be reading any more goes. */
static void
put_first(struct crl_copy **list, struct crl_copy *copy, int64_t now)
{
	struct crl_copy **at = &copy->older;

	if (*list)
		(*list)->replaced = now;
	copy->older = *list;
	*list = copy;
	while (*at) {
		struct crl_copy *old = *at;

		if (now - old->replaced > LINGER) {
			*at = old->older;
			copy_free(old);
		} else {
			at = &old->older;
		}
	}
}

/* The list of this row, from memory or read once. */
static enum err
copy_of(
    const struct call *c, size_t ca, const struct crl_row *row, struct bytes *ret, struct fault *f)
{
	struct service *s = c->service;
	struct crl_copy *copy = NULL, *now;

	must(pthread_mutex_lock(&s->crl_lock) == 0);
	now = s->crl[ca];
	must(pthread_mutex_unlock(&s->crl_lock) == 0);
	if (now == NULL || now->number != row->number)
		TRY(copy_new(c, row, &copy, f));
	must(pthread_mutex_lock(&s->crl_lock) == 0);
	/* Two requests may have read it at once: the first one's is as good. */
	if (copy && (s->crl[ca] == NULL || s->crl[ca]->number < copy->number)) {
		put_first(&s->crl[ca], copy, c->now);
		copy = NULL;
	}
	now = s->crl[ca];
	*ret = bytes_of(now->p, now->n);
	must(pthread_mutex_unlock(&s->crl_lock) == 0);
	if (copy)
		copy_free(copy);
	return OK;
}

enum err
status_crl(const struct call *c, struct str ca, struct status_object *ret, struct fault *f)
{
	struct status_object o = {.cacheable = true};
	struct crl_row row;
	const struct realm *r;
	const struct realm_ca *issuer;
	struct fault why = {0};
	enum err e;

	TRY(realm_now(c, &r, f));
	TRY(realm_ca(r, ca, &issuer, f));
	e = store_crl(c->service->store, c->a, issuer->id, &row, &why);
	if (e == E_NOT_FOUND)
		return FAIL(f, E_NOT_READY, "no CRL yet");
	if (e != OK)
		return FAIL(f, e, "%s", why.detail);
	TRY(copy_of(c, issuer->which, &row, &o.body, f));
	o.this_update = row.this_update;
	o.next_update = row.next_update;
	*ret = o;
	return OK;
}
