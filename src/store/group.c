/* SPDX-License-Identifier: Apache-2.0 */
#include "store/group.h"

#include <string.h>

#include "base/must.h"
#include "base/text.h"
#include "store/chain.h"
#include "store/step.h"

#define CROSSED_MAX 5 /* times that a group makes way for another process's */

/* The values of a step with the keys of earlier ones put in their places. */
static const struct value *
resolve(const struct unit *u, const struct step *s)
{
	const char *letters = stmt_row(s->q)->params;
	size_t n = strlen(letters);
	struct value *v = arena_array(u->a, n + 1, sizeof(*v));

	for (size_t i = 0; i < n; i++) {
		v[i] = s->v[i];
		if ((letters[i] != 'k' && letters[i] != 'K') || v[i].i >= 0)
			continue;
		must(step_of(u, v[i].i) < s);
		v[i].i = unit_returned(u, v[i].i, 0);
	}
	return v;
}

/* E_STORE: the transaction is lost. Anything else is the unit's own failure. */
static enum err
run_step(struct db *db, struct unit *u, struct step *s, struct fault *f)
{
	const struct stmt_row *row = stmt_row(s->q);
	struct fault own = {0};
	enum err e = db_run(db, s->q, resolve(u, s), u->a, &s->got, &own);

	if (e == E_RACE)
		return FAIL_FIELD(f, s->taken, s->field, NULL, "%s", own.detail);
	if (e != OK) {
		*f = own;
		return e;
	}
	if (row->expect == EXPECT_ONE && db_touched(db) != 1)
		return FAIL_FIELD(
		    f, s->race, s->field, NULL, "%s: %zu rows", row->name, db_touched(db));
	return OK;
}

static bool
fits(struct str s, size_t max)
{
	return s.n <= max && utf8_valid(s) && (s.n == 0 || memchr(s.p, 0, s.n) == NULL);
}

/* What the log cannot hold must fail this unit, before its group takes numbers. */
static enum err
check_records(const struct unit *u, struct fault *f)
{
	for (size_t i = 0; i < u->record_count; i++) {
		const struct record *r = &u->records[i];

		if (u->actor.n == 0 || !fits(u->actor, LOGCHAIN_TEXT_MAX) ||
		    !fits(u->request, LOGCHAIN_TEXT_MAX) || !fits(r->object, LOGCHAIN_TEXT_MAX) ||
		    !fits(r->detail, LOGCHAIN_DATA_MAX - 2 * LOGCHAIN_TEXT_MAX))
			return FAIL(
			    f, E_FIELD_VALUE, "log: %s cannot be written", audit_word(r->event));
	}
	return OK;
}

static enum err
run_unit(struct db *db, struct unit *u)
{
	u->fault = (struct fault){0};
	u->err = check_records(u, &u->fault);
	if (u->err != OK)
		return OK;
	TRY(db_save(db, &u->fault));
	for (size_t i = 0; u->err == OK && i < u->step_count; i++)
		u->err = run_step(db, u, &u->steps[i], &u->fault);
	if (u->err == E_STORE)
		return E_STORE;
	return u->err == OK ? db_keep(db, &u->fault) : db_undo(db, NULL);
}

/* Appends U's records after the one that CHAIN ends with. */
static enum err
log_unit(struct db *db, struct arena *scratch, struct unit *u, struct chain *chain, struct fault *f)
{
	for (size_t i = 0; i < u->record_count; i++) {
		const struct record *r = &u->records[i];
		struct log_row row = {.seq = chain->seq + 1,
		    .time_ms = u->now_ms > chain->time_ms ? u->now_ms : chain->time_ms,
		    .request = u->request,
		    .actor = u->actor,
		    .event = str_of(audit_word(r->event)),
		    .object = r->key != 0 ? unit_name(u, r->key) : r->object,
		    .detail = r->detail};
		struct value v[8];
		struct result none;

		TRY(chain_add(chain, scratch, &row, f));
		row.hash = BYTES_OF(chain->hash);
		shape_values(TABLE_log, &row, 0, v);
		TRY(db_run(db, Q_LOG_INSERT, v, scratch, &none, f));
		u->seq = row.seq;
	}
	return OK;
}

/* S25: numbers are taken as the last step, so they commit in order. */
static enum err
log_group(
    struct db *db, struct arena *scratch, struct unit *const *units, size_t n, struct fault *f)
{
	struct chain chain;
	struct result r;
	int64_t count = 0;

	for (size_t i = 0; i < n; i++)
		count += units[i]->err == OK ? (int64_t)units[i]->record_count : 0;
	if (count == 0)
		return OK;
	TRY(db_run(db, Q_HEAD_TAKE, (struct value[]){value_i64(count)}, scratch, &r, f));
	if (r.n != 1 || r.values[2].b.n != sizeof(chain.hash))
		return FAIL(f, E_STORE, "log: no head");
	chain = (struct chain){.seq = r.values[0].i - count, .time_ms = r.values[1].i};
	memcpy(chain.hash, r.values[2].b.p, sizeof(chain.hash));
	for (size_t i = 0; i < n; i++) {
		if (units[i]->err == OK)
			TRY(log_unit(db, scratch, units[i], &chain, f));
		arena_reset(scratch);
	}
	return db_run(db, Q_HEAD_PUT,
	    (struct value[]){value_i64(chain.time_ms), value_bytes(BYTES_OF(chain.hash))}, scratch,
	    &r, f);
}

static enum err
run_group(
    struct db *db, struct arena *scratch, struct unit *const *units, size_t n, struct fault *f)
{
	TRY(db_begin(db, f));
	for (size_t i = 0; i < n; i++) {
		enum err e = run_unit(db, units[i]);

		if (e != OK) {
			*f = units[i]->fault;
			return FAIL(f, e, "unit");
		}
	}
	TRY(log_group(db, scratch, units, n, f));
	return db_commit(db, f);
}

void
group_commit(struct db *db, struct arena *scratch, struct unit *const *units, size_t n)
{
	struct fault f;
	enum err e;
	int tries = 0;

	do {
		f = (struct fault){0};
		e = run_group(db, scratch, units, n, &f);
		if (e != OK)
			db_rollback(db);
	} while (e != OK && db_crossed(db) && ++tries < CROSSED_MAX);
	if (e != OK) {
		/* Whatever went wrong, the answer is the same: nothing was done, try again. */
		f.code = E_STORE;
		for (size_t i = 0; i < n; i++) {
			units[i]->err = E_STORE;
			units[i]->fault = f;
			units[i]->seq = 0;
		}
	}
	arena_reset(scratch);
}
