/* SPDX-License-Identifier: Apache-2.0 */
/* place: the directories under data and the lock that keeps a second signetd away. Monitor only. */
#ifndef MONITOR_PLACE_H
#define MONITOR_PLACE_H

#include "monitor/monitor.h"

/*
 * Make what is missing; started as root, give each to its user. E_FILE: cannot be made, or is
 * something else (a link, a file).
 */
NODISCARD enum err place_make(const struct monitor_table *t, const struct conf *c, struct fault *f);
/* *RET: a descriptor that holds the lock until it is closed. E_UNAVAILABLE: another has it. */
NODISCARD enum err place_lock(const struct conf *c, int *ret, struct fault *f);
/*
 * The secret of that name ("secret.unlock", "secret.mail", "secret.sms") for reading: the credential of systemd, else
 * the configured file, which must be its owner's alone; -1 when there is neither. E_FILE: others may
 * read it.
 */
NODISCARD enum err place_secret(const struct conf *c, const char *name, int *ret, struct fault *f);

#endif
