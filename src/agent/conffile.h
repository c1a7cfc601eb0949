/* SPDX-License-Identifier: Apache-2.0 */
/*
 * conffile: a file that says what the agent may do (S22): root's, or the caller's own; nobody else
 * may write it, nor put another in its place.
 */
#ifndef AGENT_CONFFILE_H
#define AGENT_CONFFILE_H

#include <sys/stat.h>

#include "base/yaml.h"

/* E_CONFIG when somebody else may write what ST describes; *OWN |= it is not root's. */
NODISCARD enum err conffile_owner(
    const char *path, const struct stat *st, bool *own, struct fault *f);
/* A mapping, on A. Names in faults: the file, then the place in it. */
NODISCARD enum err conffile_load(
    struct arena *a, const char *path, bool *own, const struct yaml **ret, struct fault *f);
/* An absolute path. */
NODISCARD enum err conffile_path(
    struct arena *a, const struct yaml *map, const char *key, const char **ret, struct fault *f);
/* A number from 1 to MOST; *RET stays when the key is missing. */
NODISCARD enum err conffile_number(
    const struct yaml *map, const char *key, int64_t most, unsigned *ret, struct fault *f);

#endif
