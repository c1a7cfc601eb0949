/* SPDX-License-Identifier: Apache-2.0 */
/*
 * environment: test or production. One installation is one of them for ever; it stands in the
 * reference number, the application number and in everything that is signed for us.
 */
#ifndef CORE_ENVIRONMENT_H
#define CORE_ENVIRONMENT_H

#include "base/bytes.h"

enum environment { ENVIRONMENT_TEST, ENVIRONMENT_PRODUCTION, ENVIRONMENT__COUNT };

/* "test", "production". */
const char *environment_name(enum environment e);
/* Exactly one of our words. */
bool environment_parse(struct str word, enum environment *ret);

#endif
