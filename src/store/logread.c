/* SPDX-License-Identifier: Apache-2.0 */
/* Reading the log, and proving that nobody has changed it. */
#include <string.h>

#include "store/chain.h"
#include "store/read.h"

#define FIND_STEP     ((size_t)25)
#define FIND_OCTETS   ((size_t)512 << 10) /* of a page: written as JSON it stays under its limit */
#define VERIFY_STEP   100
#define VERIFY_MEMORY ((size_t)64 << 20)

enum err
store_log(struct store *s, struct arena *a, int64_t after, int64_t most, struct log_list *ret,
    struct fault *f)
{
	size_t n = page_limit(&(struct page){.limit = most});
	struct list l;

	TRY(read_list(ASK(log, LOG_READ, I(after), I((int64_t)n + 1)), n, &l, f));
	*ret = LIST_OF(log, l);
	return OK;
}

enum err
store_log_of(struct store *s, struct arena *a, struct str object, int64_t after,
    struct log_list *ret, struct fault *f)
{
	struct list l;

	TRY(read_list(ASK(log, LOG_OF, T(object), I(after), I(PAGE_MAX + 1)), PAGE_MAX, &l, f));
	*ret = LIST_OF(log, l);
	return OK;
}

static struct str
asked(struct str s)
{
	return s.n ? s : STR("");
}

/* Number of the first record at or after MS; without one, the number that the next will have or more. */
static enum err
first_at(struct store *s, int64_t ms, int64_t *ret, struct fault *f)
{
	struct fault absent = {0};
	enum err e = read_numbers(NUMBERS(LOG_SINCE, I(ms)), ret, 1, &absent);

	if (e == E_NOT_FOUND) {
		*ret = INT64_MAX;
		return OK;
	}
	return e == OK ? OK : FAIL(f, e, "%s", absent.detail);
}

/* The filter that leaves least names the index that is walked. */
static enum stmt
find_by(const struct log_want *want)
{
	if (want->object.n)
		return Q_LOG_FIND_OBJECT;
	if (want->actor.n)
		return Q_LOG_FIND_ACTOR;
	return want->event.n ? Q_LOG_FIND_EVENT : Q_LOG_FIND;
}

static size_t
octets(const struct log_row *row)
{
	return row->request.n + row->actor.n + row->event.n + row->object.n + row->detail.n;
}

struct finding {
	const struct log_want *want;
	int64_t after, before; /* numbers */
	size_t most;           /* records of the page */
	size_t octets;         /* of them so far */
};

/* Some more records at the end of L; true: the page has an end here. */
static enum err
find_some(struct store *s, struct arena *a, struct finding *q, struct log_list *l, bool *end,
    struct fault *f)
{
	size_t step = q->most - l->n < FIND_STEP ? q->most - l->n : FIND_STEP, i = 0;
	struct ask ask = *ASK(log, LOG_FIND, I(q->after), I(q->before), T(asked(q->want->event)),
	    T(asked(q->want->object)), T(asked(q->want->actor)), I((int64_t)step + 1));
	struct list got;
	const struct log_row *rows;

	ask.q = find_by(q->want);
	TRY(read_list(&ask, step, &got, f));
	rows = got.rows;
	for (; i < got.n && q->octets < FIND_OCTETS; i++) {
		q->octets += octets(&rows[i]);
		q->after = rows[i].seq;
		l->rows[l->n++] = rows[i];
	}
	l->more = got.more || i < got.n;
	*end = !got.more || l->n == q->most || q->octets >= FIND_OCTETS;
	return OK;
}

enum err
store_log_find(struct store *s, struct arena *a, const struct log_want *want,
    const struct page *after, struct log_list *ret, struct fault *f)
{
	struct finding q = {
	    .want = want, .after = after->id, .before = INT64_MAX, .most = page_limit(after)};
	struct log_list l = {.rows = arena_array(a, q.most, sizeof(*l.rows))};
	int64_t since = 0;
	bool end = false;

	if (want->since_ms > 0)
		TRY(first_at(s, want->since_ms, &since, f));
	if (want->until_ms > 0)
		TRY(first_at(s, want->until_ms, &q.before, f));
	if (since - 1 > q.after)
		q.after = since - 1;
	while (!end)
		TRY(find_some(s, a, &q, &l, &end, f));
	*ret = l;
	return OK;
}

enum err
store_checkpoint(struct store *s, struct arena *a, struct checkpoint_row *ret, struct fault *f)
{
	return read_one(
	    &(const struct ask){s, a, TABLE_checkpoint, Q_CHECKPOINT_NEWEST, NULL}, ret, f);
}

enum err
store_checkpoints(struct store *s, struct arena *a, int64_t after, int64_t most,
    struct checkpoint_list *ret, struct fault *f)
{
	size_t n = page_limit(&(struct page){.limit = most});
	struct list l;

	TRY(read_list(ASK(checkpoint, CHECKPOINT_AFTER, I(after), I((int64_t)n + 1)), n, &l, f));
	*ret = LIST_OF(checkpoint, l);
	return OK;
}

enum err
store_log_head(struct store *s, struct arena *a, struct log_head *ret, struct fault *f)
{
	struct result r;

	TRY(read_raw(ASK(log, HEAD_GET, I(0)), &r, f));
	if (r.n != 1)
		return FAIL(f, E_STORE, "log: no head");
	*ret = (struct log_head){r.values[0].i, r.values[1].i, r.values[2].b};
	return OK;
}

enum err
store_time(struct store *s, int64_t ms, int64_t *ret, struct fault *f)
{
	int64_t head[2];

	TRY(read_numbers(NUMBERS(HEAD_GET, I(0)), head, 2, f));
	*ret = ms > head[1] ? ms : head[1];
	return OK;
}

enum err
store_log_point(struct store *s, int64_t seq, struct chain *ret, struct fault *f)
{
	struct arena *a = arena_new(0);
	struct chain c = {0};
	struct result r = {0};
	enum err e = OK;

	if (seq > 0)
		e = read_raw(ASK(log, LOG_POINT, I(seq)), &r, f);
	if (e == OK && seq > 0 && r.n != 1)
		e = FAIL(f, E_NOT_FOUND, "log record %lld", (long long)seq);
	if (e == OK && seq > 0 && r.values[2].b.n != sizeof(c.hash))
		e = FAIL(f, E_STORE, "log: a hash of %zu octets", r.values[2].b.n);
	if (e == OK && seq > 0) {
		c.seq = r.values[0].i;
		c.time_ms = r.values[1].i;
		memcpy(c.hash, r.values[2].b.p, sizeof(c.hash));
	}
	arena_free(&a);
	if (e == OK)
		*ret = c;
	return e;
}

/* Goes through the rows of L; false at the first that does not hold. */
static bool
walk(struct chain *chain, struct arena *a, const struct log_list *l)
{
	for (size_t i = 0; i < l->n; i++) {
		struct chain next = *chain;

		if (chain_add(&next, a, &l->rows[i], NULL) != OK ||
		    !bytes_eq(BYTES_OF(next.hash), l->rows[i].hash))
			return false;
		*chain = next;
	}
	return true;
}

enum err
store_log_walk(
    struct store *s, struct chain *at, int64_t last, int64_t most, int64_t *broken, struct fault *f)
{
	struct arena *a = arena_new(VERIFY_MEMORY);
	int64_t end = last - at->seq < most ? last : at->seq + most, bad = 0;
	enum err e = OK;

	while (e == OK && bad == 0 && at->seq < end) {
		int64_t step = end - at->seq < VERIFY_STEP ? end - at->seq : VERIFY_STEP;
		struct log_list l;

		e = store_log(s, a, at->seq, step, &l, f);
		if (e == OK && (!walk(at, a, &l) || (l.n == 0 && at->seq < end)))
			bad = at->seq + 1;
		arena_reset(a);
	}
	arena_free(&a);
	if (e == OK)
		*broken = bad;
	return e;
}

/* Is there a record behind what the head, read afterwards, knows of? */
static enum err
behind(struct store *s, struct arena *a, int64_t seq, bool *ret, struct fault *f)
{
	struct log_list l;
	struct log_head head;

	TRY(store_log(s, a, seq, 1, &l, f));
	if (l.n > 0)
		TRY(store_log_head(s, a, &head, f));
	*ret = l.n > 0 && head.seq < l.rows[0].seq;
	return OK;
}

static enum err
end_of(struct store *s, struct arena *a, const struct chain *at, int64_t *broken, struct fault *f)
{
	struct log_head head;
	bool extra;

	TRY(store_log_head(s, a, &head, f));
	if (head.hash.n != sizeof(at->hash))
		return FAIL(f, E_STORE, "log: head has no hash");
	*broken = 0;
	if (head.seq == at->seq && !bytes_eq(BYTES_OF(at->hash), head.hash)) {
		*broken = at->seq ? at->seq : 1;
		return OK;
	}
	TRY(behind(s, a, at->seq, &extra, f));
	*broken = extra ? at->seq + 1 : 0;
	return OK;
}

enum err
store_log_end(struct store *s, const struct chain *at, int64_t *broken, struct fault *f)
{
	struct arena *a = arena_new(0);
	enum err e = end_of(s, a, at, broken, f);

	arena_free(&a);
	return e;
}

enum err
store_log_verify(struct store *s, int64_t *broken, struct fault *f)
{
	struct arena *a = arena_new(0);
	struct chain at = {0};
	struct log_head head;
	enum err e = store_log_head(s, a, &head, f);
	int64_t seq = e == OK ? head.seq : 0;

	arena_free(&a);
	TRY(e);
	TRY(store_log_walk(s, &at, seq, INT64_MAX, broken, f));
	return *broken ? OK : store_log_end(s, &at, broken, f);
}
