/* SPDX-License-Identifier: Apache-2.0 */
/* Adders about applications and enrolments. */
#include "store/step.h"
#include "store/unit.h"

#define I(x) value_i64(x)
#define T(x) value_text(x)
#define B(x) value_bytes(x)
/* What every guarded move begins with: $1 id, $2 ver, $3 from, $4 to. */
#define MOVE(m) I((m)->key), I((m)->ver), T((m)->from), T((m)->to)

int64_t
unit_application_insert(struct unit *u, const struct application_row *row)
{
	struct value n = I(STEP(u, COUNTER_NEXT, T(row->number)));

	return step_insert(u, Q_APPLICATION_INSERT, TABLE_application, row, &n);
}

void
unit_application_edit(
    struct unit *u, const struct application_row *row, struct str from, struct str to)
{
	STEP(u, APPLICATION_EDIT, I(row->id), I(row->ver), T(from), T(to), T(row->profile),
	    T(row->fields), T(row->lang), I(row->revision), I(row->changed), T(row->office));
}

void
unit_application_submit(
    struct unit *u, const struct application_row *row, struct str from, struct str to)
{
	STEP(u, APPLICATION_SUBMIT, I(row->id), I(row->ver), T(from), T(to),
	    I(row->profile_version), T(row->fields), B(row->subject), B(row->san),
	    T(row->enrolment), T(row->consent), I(row->consent_version), B(row->consent_hash),
	    T(row->consent_lang), I(row->submitted), T(row->fold));
}

void
unit_application_move(struct unit *u, const struct unit_move *m, struct str reason, int64_t decided)
{
	STEP(u, APPLICATION_MOVE, MOVE(m), T(reason), I(decided), I(m->now));
}

void
unit_application_return(
    struct unit *u, const struct application_row *row, const struct unit_move *m)
{
	STEP(u, APPLICATION_RETURN, MOVE(m), T(row->reason), T(row->remarks), I(row->revision),
	    I(m->now));
}

void
unit_application_office(struct unit *u, const struct application_row *row, struct str office)
{
	STEP(u, APPLICATION_OFFICE, I(row->id), I(row->ver), T(row->state), T(office));
}

int64_t
unit_approval_insert(struct unit *u, const struct approval_row *row)
{
	int64_t key = step_insert(u, Q_APPROVAL_INSERT, TABLE_approval, row, NULL);

	unit_else(u, E_RACE, E_APPROVED, "approval");
	return key;
}

int64_t
unit_enrolment_insert(struct unit *u, const struct enrolment_row *row)
{
	return step_insert(u, Q_ENROLMENT_INSERT, TABLE_enrolment, row, NULL);
}

void
unit_enrolment_codes(struct unit *u, const struct unit_move *m, const struct enrolment_codes *codes)
{
	const struct bytes none = {0};

	STEP(u, ENROLMENT_CODES, MOVE(m), I(codes->generation), T(codes->reference), B(codes->salt),
	    B(codes->mac), B(codes->sealed), I(codes->expires), B(none), I(m->now));
}

void
unit_enrolment_claim(struct unit *u, const struct unit_move *m, const struct enrolment_claim *claim)
{
	STEP(u, ENROLMENT_CLAIM, MOVE(m), B(claim->key_hash), I(m->now), T(claim->entrance),
	    T(claim->key_place));
	unit_else(u, E_RACE, E_KEY_USED, "key");
}

void
unit_enrolment_nonce(struct unit *u, const struct unit_move *m, struct bytes nonce_hash)
{
	STEP(u, ENROLMENT_NONCE, I(m->key), I(m->ver), T(m->from), B(nonce_hash), I(m->now));
}

void
unit_enrolment_move(struct unit *u, const struct unit_move *m, bool wipe, bool release)
{
	const struct bytes none = {0};

	STEP(u, ENROLMENT_MOVE, MOVE(m), I(wipe), I(release), B(none), I(m->now));
}
