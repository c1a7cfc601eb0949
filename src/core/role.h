/* SPDX-License-Identifier: Apache-2.0 */
/* role: who raises an event. Rows: role.def. */
#ifndef CORE_ROLE_H
#define CORE_ROLE_H

#include "base/bytes.h"

enum role {
#define X(symbol, word) ROLE_##symbol,
#include "core/role.def"
#undef X
	ROLE__COUNT
};

const char *role_name(enum role r);
bool role_parse(struct str word, enum role *ret);

#endif
