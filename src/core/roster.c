/* SPDX-License-Identifier: Apache-2.0 */
#include "core/roster.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/must.h"
#include "core/field.h"
#include "core/label.h"
#include "core/office.h"
#include "core/word.h"

#define SCOPE_MAX (OFFICE_SCOPE * (OFFICE_NAME_MAX + 1))
#define ROW_MAX   (2 * ID_SIZE + 4 * LABEL_MAX + SCOPE_MAX + 96)

#define SUPERVISOR "supervisor"

static const char *const names[ROSTER_ROLE__COUNT] = {"administrator", "operator", "auditor"};

const char *
roster_role_name(enum roster_role r)
{
	must((unsigned)r < ROSTER_ROLE__COUNT);
	return names[r];
}

bool
roster_role_parse(struct str word, enum roster_role *ret)
{
	unsigned i;

	if (!word_find(names, ROSTER_ROLE__COUNT, word, &i))
		return false;
	*ret = (enum roster_role)i;
	return true;
}

static int
by_enrolment(const void *a, const void *b)
{
	const struct roster_row *x = a, *y = b;

	return memcmp(x->enrolment.b, y->enrolment.b, ID_SIZE);
}

static int
by_person(const void *a, const void *b)
{
	const struct roster_row *const *x = a, *const *y = b;

	return memcmp((*x)->person.b, (*y)->person.b, ID_SIZE);
}

static enum err
row_fail(enum err e, size_t row, const char *what, const char *rule, struct fault *f)
{
	char field[FAULT_FIELD];

	(void)snprintf(field, sizeof(field), "rows[%zu].%s", row, what);
	return FAIL_FIELD(f, e, field, rule, "roster row");
}

/* One role a person (S14), and how many of them are administrators. */
static enum err
persons(struct arena *a, const struct roster *r, struct fault *f)
{
	const struct roster_row **order = arena_array(a, r->count, sizeof(*order));
	uint32_t administrators = 0;

	for (size_t i = 0; i < r->count; i++)
		order[i] = &r->rows[i];
	qsort(order, r->count, sizeof(*order), by_person);
	for (size_t i = 0; i < r->count; i++) {
		bool again = i && id_eq(order[i]->person, order[i - 1]->person);

		if (again && order[i]->role != order[i - 1]->role)
			return row_fail(
			    E_FIELD_VALUE, (size_t)(order[i] - r->rows), "role", "n=1", f);
		if (!again && order[i]->role == ROSTER_ADMINISTRATOR)
			administrators++;
	}
	if (administrators < r->n)
		return FAIL_FIELD(f, E_FIELD_VALUE, "rows", "administrators ≥ n",
		    "%u administrators", administrators);
	return OK;
}

enum err
roster_check(struct arena *a, struct roster *r, struct fault *f)
{
	char field[FAULT_FIELD];

	if (r->version == 0)
		return FAIL_FIELD(f, E_FIELD_VALUE, "version", "≥ 1", "no version");
	if (r->n == 0 || r->n > ROSTER_N_MAX)
		return FAIL_FIELD(f, E_FIELD_VALUE, "n", "1-7", "n = %u", r->n);
	if (r->count == 0 || r->count > ROSTER_ROWS_MAX)
		return FAIL_FIELD(f, E_FIELD_VALUE, "rows", "1-1000", "%zu rows", r->count);
	for (size_t i = 0; i < r->count; i++) {
		struct roster_row *row = &r->rows[i];

		(void)snprintf(field, sizeof(field), "rows[%zu].name", i);
		TRY(label_check(a, row->name, LABEL_MAX, field, &row->name, f));
		if (id_is_none(row->person))
			return row_fail(E_FIELD_MISSING, i, "person", NULL, f);
		if (id_is_none(row->enrolment))
			return row_fail(E_FIELD_MISSING, i, "enrolment", NULL, f);
		/* Only an operator's work lies in offices; the others see all (S14). */
		if ((row->offices.n || row->supervisor) && row->role != ROSTER_OPERATOR)
			return row_fail(E_FIELD_VALUE, i, "offices", "operator", f);
		if (!office_scope_good(a, row->offices))
			return row_fail(E_FIELD_VALUE, i, "offices", NULL, f);
	}
	qsort(r->rows, r->count, sizeof(*r->rows), by_enrolment);
	for (size_t i = 1; i < r->count; i++) {
		if (id_eq(r->rows[i].enrolment, r->rows[i - 1].enrolment))
			return row_fail(E_FIELD_DUPLICATE, i, "enrolment", NULL, f);
	}
	return persons(a, r, f);
}

/* A roster without scopes is written as it ever was. */
static bool
has_scopes(const struct roster *r)
{
	for (size_t i = 0; i < r->count; i++) {
		if (r->rows[i].offices.n || r->rows[i].supervisor)
			return true;
	}
	return false;
}

struct bytes
roster_encode(struct arena *a, const struct roster *r)
{
	struct buf b = buf_new(a, ROW_MAX * (r->count + 1));

	bool scopes = has_scopes(r);

	buf_str(&b, scopes ? STR(ROSTER_WORD_SCOPES) : STR(ROSTER_WORD));
	field_number(&b, r->version);
	field_number(&b, r->n);
	field_number(&b, r->count);
	for (size_t i = 0; i < r->count; i++) {
		buf_field(&b, id_bytes(&r->rows[i].person));
		field_text(&b, roster_role_name(r->rows[i].role));
		buf_field(&b, str_bytes(r->rows[i].name));
		buf_field(&b, id_bytes(&r->rows[i].enrolment));
		if (scopes) {
			buf_field(&b, str_bytes(r->rows[i].offices));
			field_text(&b, r->rows[i].supervisor ? SUPERVISOR : "");
		}
	}
	must(!b.bad);
	return buf_bytes(&b);
}

enum err
roster_parse(struct arena *a, struct bytes in, struct roster *ret, struct fault *f)
{
	struct rd r = rd_new(in);
	struct roster s;
	bool scopes = str_starts(bytes_str(in), STR(ROSTER_WORD_SCOPES));

	field_magic_read(&r, scopes ? ROSTER_WORD_SCOPES : ROSTER_WORD);
	s.version = (uint32_t)field_number_read(&r, UINT32_MAX);
	s.n = (uint32_t)field_number_read(&r, ROSTER_N_MAX);
	s.count = (size_t)field_number_read(&r, ROSTER_ROWS_MAX);
	s.rows = arena_array(a, s.count + 1, sizeof(*s.rows));
	for (size_t i = 0; i < s.count && !r.bad; i++) {
		s.rows[i].person = id_read(&r);
		s.rows[i].role = (enum roster_role)field_word_read(&r, names, ROSTER_ROLE__COUNT);
		s.rows[i].name = rd_text(&r, 4 * LABEL_MAX);
		s.rows[i].enrolment = id_read(&r);
		if (scopes) {
			s.rows[i].offices = rd_text(&r, SCOPE_MAX);
			s.rows[i].supervisor = str_is(rd_text(&r, sizeof(SUPERVISOR)), SUPERVISOR);
		}
	}
	/* One roster has one encoding: sorted, names in NFC. */
	if (!rd_done(&r) || roster_check(a, &s, NULL) != OK || !bytes_eq(roster_encode(a, &s), in))
		return FAIL(f, E_FRAME, "roster");
	*ret = s;
	return OK;
}

enum err
roster_follows(const struct roster *now, const struct roster *next, struct fault *f)
{
	if (next->version != now->version + 1)
		return FAIL_FIELD(f, E_STATE, "version", NULL, "version %u after %u", next->version,
		    now->version);
	if (next->n != now->n)
		return FAIL_FIELD(f, E_FIELD_VALUE, "n", NULL, "n was fixed as %u", now->n);
	return OK;
}

const struct roster_row *
roster_find(const struct roster *r, struct id enrolment)
{
	struct roster_row key = {.enrolment = enrolment};

	return bsearch(&key, r->rows, r->count, sizeof(*r->rows), by_enrolment);
}
