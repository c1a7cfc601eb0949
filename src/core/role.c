/* SPDX-License-Identifier: Apache-2.0 */
#include "core/role.h"

#include "base/must.h"
#include "core/word.h"

static const char *const names[ROLE__COUNT] = {
#define X(symbol, word) word,
#include "core/role.def"
#undef X
};

const char *
role_name(enum role r)
{
	must((unsigned)r < ROLE__COUNT);
	return names[r];
}

bool
role_parse(struct str word, enum role *ret)
{
	unsigned i;

	if (!word_find(names, ROLE__COUNT, word, &i))
		return false;
	*ret = (enum role)i;
	return true;
}
