/* SPDX-License-Identifier: Apache-2.0 */
/* number: the public number of an application, which says the environment too. */
#ifndef CORE_NUMBER_H
#define CORE_NUMBER_H

#include "base/arena.h"
#include "core/environment.h"

/* An application's number: A-2026-1183 in production, T-2026-1183 in test. */
struct application_number {
	enum environment env;
	int year;        /* 2000 to 9999 */
	uint32_t serial; /* from 1, counted anew each year */
};

/* NUL-terminated, on the arena. */
char *application_number_text(struct arena *a, struct application_number n);
/* Strict: upper case, no blanks, no leading zeros. False for anything else. */
bool application_number_parse(struct str s, struct application_number *ret);

#endif
