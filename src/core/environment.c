/* SPDX-License-Identifier: Apache-2.0 */
#include "core/environment.h"

#include "base/must.h"
#include "core/word.h"

static const char *const names[ENVIRONMENT__COUNT] = {"test", "production"};

const char *
environment_name(enum environment e)
{
	must((unsigned)e < ENVIRONMENT__COUNT);
	return names[e];
}

bool
environment_parse(struct str word, enum environment *ret)
{
	unsigned i;

	if (!word_find(names, ENVIRONMENT__COUNT, word, &i))
		return false;
	*ret = (enum environment)i;
	return true;
}
