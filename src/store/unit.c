/* SPDX-License-Identifier: Apache-2.0 */
/* What units are made of; the adders that only name a statement stand in unit_*.c. */
#include "store/unit.h"

#include <string.h>

#include "base/must.h"
#include "store/step.h"

struct unit *
unit_new(struct arena *a, struct str actor, struct str request_id, int64_t now_ms)
{
	struct unit *u = arena_alloc(a, sizeof(*u));

	*u = (struct unit){.a = a, .actor = actor, .request = request_id, .now_ms = now_ms};
	return u;
}

/* One more element of SIZE octets at the end of a list that doubles. */
static void *
more(struct arena *a, void **list, size_t *n, size_t *room, size_t size)
{
	if (*n == *room) {
		size_t wider = *room ? *room * 2 : 8;
		void *p = arena_array(a, wider, size);

		if (*n > 0)
			memcpy(p, *list, *n * size);
		*list = p;
		*room = wider;
	}
	return (char *)*list + (*n)++ * size;
}

int64_t
step_add(struct unit *u, enum stmt q, const struct value *v)
{
	const char *letters = stmt_row(q)->params;
	size_t n = strlen(letters);
	struct value *copy = arena_array(u->a, n + 1, sizeof(*copy));
	void *list = u->steps;
	struct step *s = more(u->a, &list, &u->step_count, &u->step_room, sizeof(*s));

	u->steps = list;
	for (size_t i = 0; i < n; i++) {
		bool number = strchr("ikK", letters[i]) != NULL;

		must(number ? v[i].type == 'i' : v[i].type == letters[i]);
		copy[i] = v[i];
	}
	*s = (struct step){.q = q, .v = copy, .race = E_RACE, .taken = E_RACE};
	return -(int64_t)u->step_count;
}

int64_t
step_insert(
    struct unit *u, enum stmt q, enum table table, const void *row, const struct value *extra)
{
	struct value v[32];
	size_t n = strlen(shape_of(table)->letters) - 1;

	must(n < sizeof(v) / sizeof(v[0]));
	shape_values(table, row, 1, v);
	must(strlen(stmt_row(q)->params) == n + (extra != NULL));
	if (extra != NULL)
		v[n] = *extra;
	return step_add(u, q, v);
}

const struct step *
step_of(const struct unit *u, int64_t key)
{
	must(key < 0 && -key <= (int64_t)u->step_count);
	return &u->steps[-key - 1];
}

void
unit_else(struct unit *u, enum err race, enum err taken, const char *field)
{
	struct step *s;

	must(u->step_count > 0);
	s = &u->steps[u->step_count - 1];
	s->race = race;
	s->taken = taken;
	s->field = field;
}

int64_t
unit_key(const struct unit *u, int64_t key)
{
	return key < 0 ? unit_returned(u, key, 0) : key;
}

static const struct value *
returned(const struct unit *u, int64_t key, size_t column)
{
	const struct step *s = step_of(u, key);

	must(s->got.n == 1 && column < s->got.columns);
	return &s->got.values[column];
}

struct str
unit_name(const struct unit *u, int64_t key)
{
	const struct value *v = returned(u, key, 1);

	must(v->type == 't');
	return value_str(*v);
}

int64_t
unit_returned(const struct unit *u, int64_t key, size_t column)
{
	const struct value *v = returned(u, key, column);

	must(v->type == 'i');
	return v->i;
}

int64_t
unit_seq(const struct unit *u)
{
	return u->seq;
}

static struct record *
record_add(struct unit *u)
{
	void *list = u->records;
	struct record *r = more(u->a, &list, &u->record_count, &u->record_room, sizeof(*r));

	u->records = list;
	return r;
}

void
unit_log(struct unit *u, enum audit event, struct str object, struct str detail)
{
	*record_add(u) = (struct record){.event = event, .object = object, .detail = detail};
}

void
unit_log_new(struct unit *u, enum audit event, int64_t key, struct str detail)
{
	(void)step_of(u, key);
	*record_add(u) = (struct record){.event = event, .key = key, .detail = detail};
}
