/* SPDX-License-Identifier: Apache-2.0 */
#include "jobs/kinds.h"

#include "jobs/checkfile.h"

static enum err
settle(const struct jobs *j, const struct call *c, const struct upkeep_work *w, struct fault *f)
{
	int64_t taken;

	(void)j, (void)w;
	return upkeep_settle(c, &taken, f);
}

static enum err
outbox(const struct jobs *j, const struct call *c, const struct upkeep_work *w, struct fault *f)
{
	return outbox_deliver(jobs_settings(j), c, w->object, f);
}

static enum err
crl(const struct jobs *j, const struct call *c, const struct upkeep_work *w, struct fault *f)
{
	int64_t when;

	(void)j;
	TRY(upkeep_crl_due(c, w->object, &when, f));
	/* Asked for again within the second of the last list: those that come meanwhile join. */
	if (when > c->now)
		return upkeep_work_put(c, w->kind, w->object, when, f);
	return upkeep_crl(c, w->object, f);
}

static enum err
lapse(const struct jobs *j, const struct call *c, const struct upkeep_work *w, struct fault *f)
{
	int64_t n;

	(void)j;
	TRY(upkeep_lapse(c, &n, f));
	return n ? upkeep_work_put(c, w->kind, w->object, c->now, f) : OK;
}

static enum err
idle(const struct jobs *j, const struct call *c, const struct upkeep_work *w, struct fault *f)
{
	bool more;
	int64_t n;

	(void)j;
	TRY(upkeep_idle(c, &n, &more, f));
	/* Asked for while it runs: the row runs again. */
	return more ? upkeep_work_put(c, w->kind, w->object, c->now, f) : OK;
}

static enum err
papers(const struct jobs *j, const struct call *c, const struct upkeep_work *w, struct fault *f)
{
	bool more;

	(void)j;
	TRY(upkeep_papers(c, &more, f));
	return more ? upkeep_work_put(c, w->kind, w->object, c->now, f) : OK;
}

static enum err
expire(const struct jobs *j, const struct call *c, const struct upkeep_work *w, struct fault *f)
{
	int64_t n;

	(void)j;
	TRY(upkeep_expire(c, &n, f));
	/* There may be more than one run takes. */
	return n ? upkeep_work_put(c, w->kind, w->object, c->now, f) : OK;
}

static enum err
expiring(const struct jobs *j, const struct call *c, const struct upkeep_work *w, struct fault *f)
{
	int64_t n;

	(void)j, (void)w;
	return upkeep_expiring(c, &n, f);
}

static enum err
own_certificates(
    const struct jobs *j, const struct call *c, const struct upkeep_work *w, struct fault *f)
{
	(void)j, (void)w;
	return upkeep_own_certificates(c, f);
}

static enum err
checkpoint(const struct jobs *j, const struct call *c, const struct upkeep_work *w, struct fault *f)
{
	return checkfile_checkpoint(jobs_settings(j), c, w->object.n != 0, f);
}

static enum err
sweep(const struct jobs *j, const struct call *c, const struct upkeep_work *w, struct fault *f)
{
	(void)j, (void)w;
	return upkeep_sweep(c, f);
}

static const struct jobs_kind kinds[] = {
#define X(kind, object, period, retry, most, function) \
	{kind, object, period, retry, most, function},
#include "jobs/kind.def"
#undef X
};

const struct jobs_kind *
jobs_kinds(size_t *count)
{
	*count = sizeof(kinds) / sizeof(kinds[0]);
	return kinds;
}

const struct jobs_kind *
jobs_kind(struct str kind, struct str object)
{
	const struct jobs_kind *same = NULL;

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (!str_is(kind, kinds[i].kind))
			continue;
		if (str_is(object, kinds[i].object))
			return &kinds[i];
		same = kinds[i].object[0] ? &kinds[i] : same;
	}
	return same;
}
