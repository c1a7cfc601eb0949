/* SPDX-License-Identifier: Apache-2.0 */
#include "token/ckr.h"

#include <p11-kit/pkcs11.h>

/* The names of ckr.def's columns, short there so that the table reads as one. */
#define ANY    P11_AT_ANY
#define LOAD   P11_AT_LOAD
#define LIST   P11_AT_LIST
#define OPEN   P11_AT_OPEN
#define LOGIN  P11_AT_LOGIN
#define KEYGEN P11_AT_KEYGEN
#define SIGN   P11_AT_SIGN
#define WRITE  P11_AT_WRITE

struct row {
	unsigned steps;
	uint64_t ckr;
	const char *name;
	unsigned when; /* enum ckr_state */
	enum err err;
};

static const struct row rows[] = {
#define X(steps, ckr, when, err) {(steps), CKR_##ckr, "CKR_" #ckr, CKR_WHEN_##when, E_##err},
#include "token/ckr.def"
#undef X
};

#define ROWS (sizeof(rows) / sizeof(rows[0]))

enum err
ckr_err(const struct p11_failure *failure, unsigned key_slots)
{
	unsigned state = (failure->present ? 0u : CKR_WHEN_ABSENT) |
	    (key_slots && failure->containers >= key_slots ? CKR_WHEN_FULL : 0u) |
	    (failure->flags & TOKEN_PIN_LOCKED ? CKR_WHEN_LOCKED : 0u);

	for (size_t i = 0; i < ROWS; i++) {
		if (rows[i].ckr == failure->ckr && (rows[i].steps & failure->step) != 0 &&
		    (rows[i].when & state) == rows[i].when)
			return rows[i].err;
	}
	return E_TOKEN_ERROR;
}

const char *
ckr_name(uint64_t ckr)
{
	for (size_t i = 0; i < ROWS; i++) {
		if (rows[i].ckr == ckr)
			return rows[i].name;
	}
	return NULL;
}

enum err
ckr_fail(const struct p11_failure *failure, unsigned key_slots, struct fault *f)
{
	enum err e = ckr_err(failure, key_slots);
	const char *name = ckr_name(failure->ckr), *rule = NULL;

	if (e == E_PIN_INCORRECT && failure->flags & TOKEN_PIN_FINAL)
		rule = "n=1";
	else if (e == E_PIN_LOCKED)
		rule = "n=0";
	return FAIL_FIELD(f, e, NULL, rule, "%.*s: %s (0x%llx), token %s", (int)failure->detail.n,
	    failure->detail.p, name ? name : "other code", (unsigned long long)failure->ckr,
	    failure->present ? "present" : "absent");
}
