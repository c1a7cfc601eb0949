/* SPDX-License-Identifier: Apache-2.0 */
/* trail_in: what the files about the log share. Only for the files of service/. */
#ifndef SERVICE_TRAIL_IN_H
#define SERVICE_TRAIL_IN_H

#include "service/act.h"
#include "service/trail.h"

/* S14: auditors look everywhere; operators are among those who are looked at. */
NODISCARD enum err trail_may_look(const struct call *c, struct fault *f);

#endif
