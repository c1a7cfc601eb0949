/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of work, claimed by one process at a time. */
#include <inttypes.h>
#include <stdatomic.h>

#include "base/text.h"
#include "crypto/random.h"
#include "service/act.h"
#include "service/upkeep.h"
#include "service/work.h"

#define WORK_HELD 300 /* seconds */

/* Names this process's run, by node: the next run frees what this one holds when it dies. */
struct str
work_name(const struct call *c)
{
	static _Atomic uint64_t name;
	uint64_t fresh, none = 0;

	if (name == 0) {
		random_bytes(&fresh, sizeof(fresh));
		atomic_compare_exchange_strong(&name, &none, fresh | 1);
	}
	return str_of(arena_fmt(c->a, "n%03d-%016" PRIx64, c->service->conf.node, name));
}

enum err
upkeep_work_free(const struct call *c, struct fault *f)
{
	struct unit *u = act_unit(c);
	int node = c->service->conf.node;

	TRY(act_local(c, f));
	/* "n001-" to "n001.": every run of this node; two at a time there never are. */
	unit_claims_free(u, str_of(arena_fmt(c->a, "n%03d-", node)),
	    str_of(arena_fmt(c->a, "n%03d.", node)), work_name(c));
	return act_commit(c, u, f);
}

enum err
upkeep_work_put(
    const struct call *c, struct str kind, struct str object, int64_t due, struct fault *f)
{
	struct unit *u = act_unit(c);

	TRY(act_local(c, f));
	unit_job(u, kind, object, due, c->now);
	return act_commit(c, u, f);
}

enum err
upkeep_work_due(const struct call *c, int64_t *ret, struct fault *f)
{
	return store_job_next(c->service->store, c->now, ret, f);
}

enum err
upkeep_work_next(const struct call *c, struct upkeep_work *ret, struct fault *f)
{
	const struct work_claim claim = {
	    .worker = work_name(c), .now = c->now, .until = c->now + WORK_HELD, .most = 1};
	struct job_list list;

	TRY(act_local(c, f));
	TRY(store_job_claim(c->service->store, c->a, &claim, &list, f));
	if (list.n == 0)
		return FAIL(f, E_NOT_FOUND, "no work is due");
	*ret = (struct upkeep_work){.id = list.rows[0].id,
	    .ver = list.rows[0].ver,
	    .kind = list.rows[0].kind,
	    .object = list.rows[0].object,
	    .tries = list.rows[0].tries};
	return OK;
}

static struct job_row
claimed(const struct call *c, const struct upkeep_work *w)
{
	return (struct job_row){.id = w->id,
	    .kind = w->kind,
	    .object = w->object,
	    .worker = work_name(c),
	    .tries = w->tries,
	    .ver = w->ver};
}

enum err
upkeep_work_done(const struct call *c, const struct upkeep_work *w, int64_t next, struct fault *f)
{
	struct job_row row = claimed(c, w);
	struct unit *u = act_unit(c);

	unit_job_done(u, &row);
	if (next)
		unit_job(u, w->kind, w->object, next, c->now);
	return act_commit(c, u, f);
}

enum err
upkeep_work_later(const struct call *c, const struct upkeep_work *w, int64_t due,
    const struct fault *why, struct fault *f)
{
	struct job_row row = claimed(c, w);
	struct unit *u = act_unit(c);

	unit_job_later(u, &row, due, str_of(err_row(why->code)->slug));
	return act_commit(c, u, f);
}
