/* SPDX-License-Identifier: Apache-2.0 */
/* calls: system calls by role (seccomp), for sandbox.c. */
#ifndef MONITOR_CALLS_H
#define MONITOR_CALLS_H

#include "monitor/sandbox.h"

/* For ever, for this and later threads. False when the kernel or the build does not offer it. */
bool calls_limit(enum sandbox_calls which);

#endif
