/* SPDX-License-Identifier: Apache-2.0 */
#include "signer/list.h"

#include <stdlib.h>
#include <string.h>

#include "base/must.h"
#include "core/validity.h"

#define AHEAD_MS 300000 /* most that a number may be ahead of the clock, milliseconds */

void
list_free(struct list *l)
{
	free(l->row);
	*l = (struct list){0};
}

static int
row_cmp(const void *a, const void *b)
{
	const struct list_row *x = a, *y = b;

	return bytes_cmp(bytes_of(x->serial, x->n), bytes_of(y->serial, y->n));
}

static enum err
add(struct list *l, size_t *room, const struct crl_item *row, struct fault *f)
{
	struct list_row *r;

	if (l->count == *room) {
		size_t more = *room ? *room * 2 : 256;

		if (!(r = realloc(l->row, more * sizeof(*r))))
			return FAIL(f, E_BUSY, "no room for %zu entries", more);
		l->row = r;
		*room = more;
	}
	r = &l->row[l->count++];
	*r = (struct list_row){.n = (uint8_t)row->serial.n, .hold = row->reason == REASON_HOLD};
	must(row->serial.n <= sizeof(r->serial));
	memcpy(r->serial, row->serial.p, row->serial.n);
	return OK;
}

static enum err
read_rows(struct crl *crl, struct list *l, struct fault *f)
{
	struct crl_item row;
	size_t room = 0;
	bool more, sorted = true;

	for (;;) {
		TRY(crl_next(crl, &row, &more, f));
		if (!more)
			break;
		TRY(add(l, &room, &row, f));
		if (l->count > 1 && row_cmp(&l->row[l->count - 2], &l->row[l->count - 1]) >= 0)
			sorted = false;
	}
	if (sorted)
		return OK;
	qsort(l->row, l->count, sizeof(*l->row), row_cmp);
	for (size_t i = 1; i < l->count; i++)
		if (row_cmp(&l->row[i - 1], &l->row[i]) == 0)
			return FAIL_FIELD(f, E_GATE, "crl", "serial once", "entry %zu", i);
	return OK;
}

enum err
list_read(struct bytes tbs, const struct profile_issuer *ca, struct list *ret, struct fault *f)
{
	struct list l = {.there = true};
	struct crl crl;
	enum err e;

	TRY(crl_tbs_open(tbs, &crl, f));
	if (!bytes_eq(crl.head.issuer, ca->subject))
		return FAIL_FIELD(f, E_GATE, "crl", "issuer", "a list of another issuer");
	if (!bytes_eq(crl.head.aki, ca->ski) || crl.head.alg != ca->alg)
		return FAIL_FIELD(f, E_GATE, "crl", "key", "a list for another key");
	l.number = crl.head.number;
	l.this_update = crl.head.this_update;
	l.next_update = crl.head.next_update;
	e = read_rows(&crl, &l, f);
	if (e != OK) {
		list_free(&l);
		return e;
	}
	*ret = l;
	return OK;
}

static const struct list_row *
find(const struct list *l, struct bytes serial)
{
	struct list_row key = {.n = (uint8_t)serial.n};

	if (serial.n > sizeof(key.serial) || l->count == 0)
		return NULL;
	memcpy(key.serial, serial.p, serial.n);
	return bsearch(&key, l->row, l->count, sizeof(key), row_cmp);
}

enum list_state
list_find(const struct list *l, struct bytes serial)
{
	const struct list_row *row = find(l, serial);

	return !row ? LIST_ABSENT : row->hold ? LIST_HOLD : LIST_REVOKED;
}

static enum err
head_follows(const struct list *last, const struct list *next, int64_t now, struct fault *f)
{
	int64_t seconds = now / 1000, least = last->there ? last->number + 1 : 0;

	if (next->number < least)
		return FAIL_FIELD(f, E_GATE, "crl", "number rises", "number %lld after %lld",
		    (long long)next->number, (long long)last->number);
	/* Else one list could use all numbers up. */
	if (next->number > least && next->number > now + AHEAD_MS)
		return FAIL_FIELD(f, E_GATE, "crl", "number near the clock", "number %lld",
		    (long long)next->number);
	if (last->there && next->this_update < last->this_update)
		return FAIL_FIELD(f, E_GATE, "crl", "thisUpdate rises",
		    "thisUpdate %lld after %lld", (long long)next->this_update,
		    (long long)last->this_update);
	if (next->this_update > seconds + VALIDITY_SKEW ||
	    next->this_update < seconds - LIST_BEHIND)
		return FAIL_FIELD(f, E_GATE, "crl", "thisUpdate near the clock",
		    "thisUpdate %lld at %lld", (long long)next->this_update, (long long)seconds);
	if (next->next_update > next->this_update + LIST_LIFE)
		return FAIL_FIELD(f, E_GATE, "crl", "nextUpdate within 72 h", "nextUpdate %lld",
		    (long long)next->next_update);
	return OK;
}

enum err
list_follows(const struct list *last, const struct list *next, const struct index *x, int64_t now,
    struct fault *f)
{
	TRY(head_follows(last, next, now, f));
	for (size_t i = 0; i < last->count; i++) {
		struct bytes serial = bytes_of(last->row[i].serial, last->row[i].n);
		const struct list_row *row = find(next, serial);
		const struct index_row *cert;

		if (row && row->hold && !last->row[i].hold)
			return FAIL_FIELD(f, E_GATE, "crl", "revoked stays revoked",
			    "entry %zu of the last list becomes a hold", i);
		if (row || last->row[i].hold)
			continue;
		cert = index_by_serial(x, serial);
		if (!cert || cert->not_after >= next->this_update)
			return FAIL_FIELD(f, E_GATE, "crl", "no entry is missing",
			    "entry %zu of the last list is missing", i);
	}
	return OK;
}
