/* SPDX-License-Identifier: Apache-2.0 */
#include "store/audit.h"

#include "base/must.h"

static const struct {
	const char *word, *proves;
} rows[AUDIT__COUNT] = {
#define A(symbol, word, proves) [AUDIT_##symbol] = {word, proves},
#include "store/audit.def"
#undef A
};

const char *
audit_word(enum audit event)
{
	must((unsigned)event < AUDIT__COUNT);
	return rows[event].word;
}

const char *
audit_proves(enum audit event)
{
	must((unsigned)event < AUDIT__COUNT);
	return rows[event].proves;
}
