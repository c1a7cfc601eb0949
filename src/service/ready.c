/* SPDX-License-Identifier: Apache-2.0 */
#include "service/ready.h"

#include <pthread.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

#include "base/must.h"
#include "base/text.h"
#include "service/realm.h"
#include "store/store.h"

#define BUCKETS    2048 /* a power of two */
#define LOCKS      64   /* the same; a bucket's is its number's remainder */
#define WAYS       4 /* CertIDs that share a bucket: three digests of one serial, and a neighbour */
#define ID_MAX     160   /* octets of a CertID with SHA-384; longer ones are signed each time */
#define ANSWER_MAX 2048  /* the same for the answer; with the certificate of an RSA key it fits */
#define LIFE       43200 /* seconds that an answer is given out: half of what it promises */
#define STALE_MS   1000  /* without having followed the log for so long, nothing is given out */
#define NEVER      (INT64_MIN / 2)
#define SERIAL_HEX 36

struct kept {
	size_t size; /* of the answer; 0: the way is free */
	size_t id_size;
	int64_t this_update, next_update;
	uint8_t id[ID_MAX], answer[ANSWER_MAX];
};

struct bucket {
	uint32_t turn; /* grows whenever a status in it changes */
	unsigned next; /* the way that goes next */
	struct kept way[WAYS];
};

struct ready {
	pthread_mutex_t lock[LOCKS];
	pthread_mutex_t following;
	int64_t seen;             /* number of the last log record looked at; -1: none yet */
	_Atomic int64_t followed; /* when, in milliseconds of the monotonic clock */
	struct bucket bucket[BUCKETS];
};

static int64_t
clock_ms(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

struct ready *
ready_new(void)
{
	/* Of 18 MiB only the pages that something lies in take memory. */
	struct ready *r = mmap(NULL, sizeof(*r), PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	must(r != MAP_FAILED);
	for (size_t i = 0; i < LOCKS; i++)
		must(pthread_mutex_init(&r->lock[i], NULL) == 0);
	must(pthread_mutex_init(&r->following, NULL) == 0);
	r->seen = -1;
	r->followed = NEVER;
	return r;
}

void
ready_free(struct ready **r)
{
	if (*r == NULL)
		return;
	for (size_t i = 0; i < LOCKS; i++)
		(void)pthread_mutex_destroy(&(*r)->lock[i]);
	(void)pthread_mutex_destroy(&(*r)->following);
	must(munmap(*r, sizeof(**r)) == 0);
	*r = NULL;
}

/* FNV-1a. Only serials that we made get in, and those end in twelve random octets. */
static uint32_t
number_of(struct bytes serial)
{
	uint32_t h = 2166136261U;

	for (size_t i = 0; i < serial.n; i++)
		h = (h ^ serial.p[i]) * 16777619U;
	return (h ^ h >> 16) & (BUCKETS - 1);
}

/* The bucket of this serial, locked. */
static struct bucket *
bucket_lock(struct ready *r, struct bytes serial)
{
	uint32_t n = number_of(serial);

	(void)pthread_mutex_lock(&r->lock[n % LOCKS]);
	return &r->bucket[n];
}

static void
bucket_unlock(struct ready *r, const struct bucket *b)
{
	(void)pthread_mutex_unlock(&r->lock[(size_t)(b - r->bucket) % LOCKS]);
}

static bool
is(const struct kept *k, const struct ocsp_id *id)
{
	return k->size > 0 && bytes_eq(bytes_of(k->id, k->id_size), id->whole);
}

bool
ready_get(const struct call *c, const struct ocsp_id *id, struct status_object *ret)
{
	struct ready *r = c->service->ready;
	struct bucket *b;
	bool found = false;

	if (clock_ms() - r->followed > STALE_MS)
		return false;
	b = bucket_lock(r, id->serial);
	for (size_t i = 0; i < WAYS && !found; i++) {
		const struct kept *k = &b->way[i];

		if (!is(k, id) || c->now >= k->this_update + LIFE || c->now < k->this_update)
			continue;
		*ret =
		    (struct status_object){.body = arena_bytes(c->a, bytes_of(k->answer, k->size)),
			.this_update = k->this_update,
			.next_update = k->next_update,
			.cacheable = true};
		found = true;
	}
	bucket_unlock(r, b);
	return found;
}

uint32_t
ready_turn(const struct call *c, const struct ocsp_id *id)
{
	struct bucket *b = bucket_lock(c->service->ready, id->serial);
	uint32_t turn = b->turn;

	bucket_unlock(c->service->ready, b);
	return turn;
}

/* The way for ID: its own, a free one, or the one whose turn it is. */
static struct kept *
way_for(struct bucket *b, const struct ocsp_id *id)
{
	for (size_t i = 0; i < WAYS; i++) {
		if (is(&b->way[i], id))
			return &b->way[i];
	}
	for (size_t i = 0; i < WAYS; i++) {
		if (b->way[i].size == 0)
			return &b->way[i];
	}
	return &b->way[b->next++ % WAYS];
}

void
ready_put(
    const struct call *c, const struct ocsp_id *id, uint32_t turn, const struct status_object *o)
{
	struct ready *r = c->service->ready;
	struct bucket *b;
	struct kept *way;

	if (id->whole.n > ID_MAX || o->body.n > ANSWER_MAX)
		return;
	b = bucket_lock(r, id->serial);
	if (b->turn == turn) {
		way = way_for(b, id);
		memcpy(way->id, id->whole.p, id->whole.n);
		memcpy(way->answer, o->body.p, o->body.n);
		way->id_size = id->whole.n;
		way->size = o->body.n;
		way->this_update = o->this_update;
		way->next_update = o->next_update;
	}
	bucket_unlock(r, b);
}

/* All of the bucket: a neighbour is signed once more. */
static void
drop(struct ready *r, struct bytes serial)
{
	struct bucket *b = bucket_lock(r, serial);

	b->turn++;
	for (size_t i = 0; i < WAYS; i++)
		b->way[i].size = 0;
	bucket_unlock(r, b);
}

/* Whatever a record says about a certificate ("issuing-g1/0166…", "0166…"): its status may be another. */
static void
look(struct ready *r, struct arena *a, const struct log_row *row)
{
	struct str o = row->object;
	struct bytes serial;

	if (o.n < SERIAL_HEX)
		return;
	o = (struct str){o.p + o.n - SERIAL_HEX, SERIAL_HEX};
	if (hex_parse(a, o, &serial))
		drop(r, serial);
}

static enum err
follow(struct service *s, struct arena *a, struct fault *f)
{
	struct ready *r = s->ready;
	struct log_head head;
	int64_t from = clock_ms();

	TRY(store_log_head(s->store, a, &head, f));
	/* Nothing is kept before the first time. */
	if (r->seen < 0)
		r->seen = head.seq;
	while (r->seen < head.seq) {
		struct log_list l;

		arena_reset(a);
		TRY(store_log(s->store, a, r->seen, PAGE_MAX, &l, f));
		if (l.n == 0)
			return FAIL(f, E_STORE, "the log ends before its head");
		for (size_t i = 0; i < l.n; i++)
			look(r, a, &l.rows[i]);
		r->seen = l.rows[l.n - 1].seq;
	}
	r->followed = from;
	return OK;
}

enum err
ready_follow(struct service *s, struct fault *f)
{
	struct arena *a = arena_new(0);
	enum err e;

	(void)pthread_mutex_lock(&s->ready->following);
	e = follow(s, a, f);
	/* What has changed is not known: until it is, nothing is given out. */
	if (e != OK)
		s->ready->followed = NEVER;
	(void)pthread_mutex_unlock(&s->ready->following);
	arena_free(&a);
	return e;
}
