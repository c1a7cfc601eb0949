/* SPDX-License-Identifier: Apache-2.0 */
#include "http/status.h"

#include <stddef.h>

#include "base/must.h"

const char *
status_phrase(int status)
{
	const char *phrase = NULL;

	switch (status) {
#define X(number, words)        \
	case number:            \
		phrase = words; \
		break;
#include "http/status.def"
#undef X
	default:
		break;
	}
	must(phrase != NULL);
	return phrase;
}
