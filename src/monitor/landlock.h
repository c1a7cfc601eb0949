/* SPDX-License-Identifier: Apache-2.0 */
/* landlock: write access to files by directory, for sandbox.c. */
#ifndef MONITOR_LANDLOCK_H
#define MONITOR_LANDLOCK_H

#include <stdbool.h>

/*
 * From now on this process writes, makes and removes files under these directories only (NULL ends the
 * list), and /dev/null. False when the kernel does not offer it or a directory is not there.
 */
bool landlock_write_only(const char *const *directories);

#endif
