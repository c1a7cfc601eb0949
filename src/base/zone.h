/* SPDX-License-Identifier: Apache-2.0 */
/* zone: times as the people of one place read them. The zone is the process's, set once at its start. */
#ifndef BASE_ZONE_H
#define BASE_ZONE_H

#include "base/err.h"

#define ZONE_TEXT_SIZE 32

/* An IANA name ("Asia/Shanghai", "UTC"), before other threads run. E_CONFIG: this machine knows none. */
NODISCARD enum err zone_set(struct str name, struct fault *f);
/* "2026-12-08 16:00 UTC+08:00"; in UTC without an offset. Minutes are cut: nothing lasts longer than told. */
void zone_text(int64_t seconds, char ret[static ZONE_TEXT_SIZE]);

#endif
