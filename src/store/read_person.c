/* SPDX-License-Identifier: Apache-2.0 */
/* Reads about people, their sessions and codes. */
#include "store/read.h"

#define PERSONS_MAX 1000

enum err
store_account(
    struct store *s, struct arena *a, int64_t id, struct account_row *ret, struct fault *f)
{
	return read_one(ASK(account, ACCOUNT_GET, I(id)), ret, f);
}

enum err
store_account_by_phone(
    struct store *s, struct arena *a, struct str phone, struct account_row *ret, struct fault *f)
{
	return read_one(ASK(account, ACCOUNT_BY_PHONE, T(phone)), ret, f);
}

enum err
store_person(struct store *s, struct arena *a, int64_t id, struct person_row *ret, struct fault *f)
{
	return read_one(ASK(person, PERSON_GET, I(id)), ret, f);
}

enum err
store_person_by_id(
    struct store *s, struct arena *a, struct str person, struct person_row *ret, struct fault *f)
{
	return read_one(ASK(person, PERSON_BY_ID, T(person)), ret, f);
}

enum err
store_person_by_key(struct store *s, struct arena *a, struct bytes key_hash, struct person_row *ret,
    struct fault *f)
{
	if (key_hash.n == 0)
		return FAIL(f, E_NOT_FOUND, "no key");
	return read_one(ASK(person, PERSON_BY_KEY, B(key_hash)), ret, f);
}

enum err
store_persons(struct store *s, struct arena *a, struct person_list *ret, struct fault *f)
{
	struct list l;

	TRY(read_list(ASK(person, PERSON_LIST, I(PERSONS_MAX + 1)), PERSONS_MAX, &l, f));
	*ret = LIST_OF(person, l);
	return OK;
}

enum err
store_session(
    struct store *s, struct arena *a, struct bytes hash, struct session_row *ret, struct fault *f)
{
	return read_one(ASK(session, SESSION_BY_HASH, B(hash)), ret, f);
}

enum err
store_sms_latest(struct store *s, struct arena *a, struct str phone, struct str purpose,
    struct sms_code_row *ret, struct fault *f)
{
	return read_one(ASK(sms_code, SMS_LATEST, T(phone), T(purpose)), ret, f);
}

enum err
store_sms_count(struct store *s, const struct sms_want *want, int64_t *ret, struct fault *f)
{
	int64_t since = want->since;

	if (want->from.n)
		return read_numbers(
		    NUMBERS(SMS_COUNT, T(want->from), T(want->to), I(since)), ret, 1, f);
	if (want->peer.n)
		return read_numbers(NUMBERS(SMS_COUNT_PEER, T(want->peer), I(since)), ret, 1, f);
	return read_numbers(NUMBERS(SMS_COUNT_ALL, I(since)), ret, 1, f);
}

enum err
store_code_try(struct store *s, struct bytes reference, struct code_try *ret, struct fault *f)
{
	struct fault own = {0};
	int64_t n[3];
	enum err e = read_numbers(NUMBERS(TRY_GET, B(reference)), n, 3, &own);

	if (e == OK)
		*ret = (struct code_try){n[0], n[1], n[2]};
	else if (e == E_NOT_FOUND)
		*ret = (struct code_try){0};
	else
		return FAIL(f, e, "%s", own.detail);
	return OK;
}
