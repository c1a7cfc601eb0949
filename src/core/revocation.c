/* SPDX-License-Identifier: Apache-2.0 */
#include "core/revocation.h"

#include "base/must.h"

enum { HOLDER = 1 << ROLE_HOLDER, OPERATOR = 1 << ROLE_OPERATOR };
enum { ADMINISTRATOR = 1 << ROLE_ADMINISTRATOR, SYSTEM = 1 << ROLE_SYSTEM };

static const struct {
	enum ext_reason reason;
	const char *word;
	unsigned roles; /* set of 1 << enum role */
} rows[] = {
#define X(symbol, word, holder, operator_, administrator, system)    \
	{REASON_##symbol, word,                                      \
	    ((holder) ? HOLDER : 0) | ((operator_) ? OPERATOR : 0) | \
		((administrator) ? ADMINISTRATOR : 0) | ((system) ? SYSTEM : 0)},
#include "core/reason.def"
#undef X
};
#define ROWS (sizeof(rows) / sizeof(rows[0]))

const char *
revocation_name(enum ext_reason r)
{
	for (size_t i = 0; i < ROWS; i++) {
		if (rows[i].reason == r)
			return rows[i].word;
	}
	return NULL;
}

bool
revocation_parse(struct str word, enum ext_reason *ret)
{
	for (size_t i = 0; i < ROWS; i++) {
		if (str_is(word, rows[i].word)) {
			*ret = rows[i].reason;
			return true;
		}
	}
	return false;
}

bool
revocation_of(int64_t number, enum ext_reason *ret)
{
	for (size_t i = 0; i < ROWS; i++) {
		if ((int64_t)rows[i].reason == number) {
			*ret = rows[i].reason;
			return true;
		}
	}
	return false;
}

enum err
revocation_allowed(enum ext_reason r, enum role role, struct fault *f)
{
	must((unsigned)role < ROLE__COUNT);
	for (size_t i = 0; i < ROWS; i++) {
		if (rows[i].reason != r || rows[i].roles == 0)
			continue;
		if (rows[i].roles & 1u << role)
			return OK;
		return FAIL_FIELD(
		    f, E_ROLE, "reason", rows[i].word, "not a reason of the %s", role_name(role));
	}
	return FAIL_FIELD(f, E_FIELD_VALUE, "reason", NULL, "reason %d is never given", (int)r);
}

enum err
revocation_since(enum ext_reason r, int64_t invalid, int64_t not_before, int64_t now,
    unsigned operators, struct fault *f)
{
	bool compromise = r == REASON_KEY_COMPROMISE || r == REASON_CA_COMPROMISE;

	if (invalid < not_before || invalid > now)
		return FAIL_FIELD(f, E_FIELD_VALUE, "invalidity", "≥ notBefore, ≤ now",
		    "outside the certificate's life so far");
	if (invalid == now)
		return OK;
	if (!compromise)
		return FAIL_FIELD(f, E_FIELD_VALUE, "invalidity", "key-compromise",
		    "backdated for another reason");
	if (operators < 2)
		return FAIL_FIELD(f, E_APPROVAL_MISSING, "invalidity", "n=2",
		    "backdated by %u operators", operators);
	return OK;
}
