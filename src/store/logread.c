/* SPDX-License-Identifier: Apache-2.0 */
/* Reading the log, and proving that nobody has changed it. */
#include <string.h>

#include "store/chain.h"
#include "store/read.h"

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

enum err
store_log_find(struct store *s, struct arena *a, const struct log_want *want,
    const struct page *after, struct log_list *ret, struct fault *f)
{
	size_t n = page_limit(after);
	struct list l;

	TRY(read_list(ASK(log, LOG_FIND, I(after->id), I(want->since_ms), I(want->until_ms),
			  T(asked(want->event)), T(asked(want->object)), T(asked(want->actor)),
			  I((int64_t)n + 1)),
	    n, &l, f));
	*ret = LIST_OF(log, l);
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

/* Goes through the rows of L up to number LAST; false at the first that does not hold. */
static bool
walk(struct chain *chain, struct arena *a, const struct log_list *l, int64_t last)
{
	for (size_t i = 0; i < l->n && l->rows[i].seq <= last; i++) {
		struct chain next = *chain;

		if (chain_add(&next, a, &l->rows[i], NULL) != OK ||
		    !bytes_eq(BYTES_OF(next.hash), l->rows[i].hash))
			return false;
		*chain = next;
	}
	return true;
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
verify(struct store *s, struct arena *a, int64_t *broken, struct fault *f)
{
	struct chain chain = {0};
	struct log_list l;
	struct log_head head;
	uint8_t want[LOGCHAIN_HASH];
	bool more = true, extra;

	TRY(store_log_head(s, a, &head, f));
	if (head.hash.n != sizeof(want))
		return FAIL(f, E_STORE, "log: head has no hash");
	memcpy(want, head.hash.p, sizeof(want));
	*broken = 0;
	while (more && chain.seq < head.seq) {
		arena_reset(a);
		TRY(store_log(s, a, chain.seq, VERIFY_STEP, &l, f));
		more = l.more;
		if (!walk(&chain, a, &l, head.seq)) {
			*broken = chain.seq + 1;
			return OK;
		}
	}
	if (chain.seq < head.seq) {
		*broken = chain.seq + 1;
		return OK;
	}
	if (!bytes_eq(BYTES_OF(chain.hash), BYTES_OF(want))) {
		*broken = chain.seq;
		return OK;
	}
	TRY(behind(s, a, head.seq, &extra, f));
	*broken = extra ? head.seq + 1 : 0;
	return OK;
}

enum err
store_log_verify(struct store *s, int64_t *broken, struct fault *f)
{
	struct arena *a = arena_new(VERIFY_MEMORY);
	enum err e = verify(s, a, broken, f);

	arena_free(&a);
	return e;
}
