/* SPDX-License-Identifier: Apache-2.0 */
#include "base/must.h"

#include <stdio.h>
#include <stdlib.h>

void
must_fail(const char *cond, const char *file, int line)
{
	(void)fprintf(stderr, "{\"ev\":\"program.broken\",\"where\":\"%s:%d\",\"must\":\"%s\"}\n",
	    file, line, cond);
	abort();
}
