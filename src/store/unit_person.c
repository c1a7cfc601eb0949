/* SPDX-License-Identifier: Apache-2.0 */
/* Adders about people, their sessions, codes by SMS, nonces and counted tries. */
#include "store/step.h"
#include "store/unit.h"

#define I(x) value_i64(x)
#define T(x) value_text(x)
#define B(x) value_bytes(x)

int64_t
unit_account_insert(struct unit *u, const struct account_row *row)
{
	return step_insert(u, Q_ACCOUNT_INSERT, TABLE_account, row, NULL);
}

void
unit_account_move(struct unit *u, const struct account_row *row)
{
	STEP(u, ACCOUNT_MOVE, I(row->id), I(row->ver), T(row->phone), T(row->mail), T(row->lang),
	    I(row->changed));
}

int64_t
unit_person_insert(struct unit *u, const struct person_row *row)
{
	return step_insert(u, Q_PERSON_INSERT, TABLE_person, row, NULL);
}

void
unit_person_key(struct unit *u, struct str person, struct bytes key_hash)
{
	STEP(u, PERSON_KEY, T(person), B(key_hash));
}

void
unit_person_scope(struct unit *u, struct str person, struct str offices, bool supervisor)
{
	STEP(u, PERSON_SCOPE, T(person), T(offices), I(supervisor));
}

void
unit_person_remove(struct unit *u, struct str person, int64_t roster, int64_t now)
{
	STEP(u, PERSON_REMOVE, T(person), I(now), I(roster));
}

int64_t
unit_session_insert(struct unit *u, const struct session_row *row)
{
	return step_insert(u, Q_SESSION_INSERT, TABLE_session, row, NULL);
}

void
unit_session_seen(struct unit *u, int64_t key, int64_t now, int64_t expires)
{
	STEP(u, SESSION_SEEN, I(key), I(now), I(expires));
	unit_else(u, E_SESSION, E_SESSION, NULL);
}

void
unit_session_end(struct unit *u, struct bytes hash, int64_t now)
{
	STEP(u, SESSION_END, B(hash), I(now));
	unit_else(u, E_SESSION, E_SESSION, NULL);
}

void
unit_session_end_of(
    struct unit *u, int64_t enrolment, int64_t person, int64_t certificate, int64_t now)
{
	if (enrolment != 0)
		STEP(u, SESSION_END_ENROLMENT, I(enrolment), I(now));
	if (person != 0)
		STEP(u, SESSION_END_PERSON, I(person), I(now));
	if (certificate != 0)
		STEP(u, SESSION_END_CERTIFICATE, I(certificate), I(now));
}

int64_t
unit_sms_insert(struct unit *u, const struct sms_code_row *row)
{
	return step_insert(u, Q_SMS_INSERT, TABLE_sms_code, row, NULL);
}

void
unit_sms_try(struct unit *u, int64_t key, int64_t most)
{
	STEP(u, SMS_TRY, I(key), I(most));
	unit_else(u, E_SMS_LOCKED, E_SMS_LOCKED, NULL);
}

void
unit_sms_use(struct unit *u, int64_t key, int64_t now)
{
	STEP(u, SMS_USE, I(key), I(now));
	unit_else(u, E_SMS_EXPIRED, E_SMS_EXPIRED, NULL);
}

void
unit_nonce_use(struct unit *u, struct bytes hash, struct str purpose, int64_t expires)
{
	STEP(u, NONCE_USE, B(hash), T(purpose), I(expires));
	unit_else(u, E_NONCE, E_NONCE, NULL);
}

int64_t
unit_try_count(struct unit *u, struct bytes reference, int64_t now, int64_t most, int64_t lock)
{
	return STEP(u, TRY_COUNT, B(reference), I(now), I(most), I(lock));
}

void
unit_try_back(struct unit *u, struct bytes reference)
{
	STEP(u, TRY_BACK, B(reference));
}

void
unit_try_reset(struct unit *u, struct bytes reference)
{
	STEP(u, TRY_RESET, B(reference));
}
