/* SPDX-License-Identifier: Apache-2.0 */
/*
 * spool: messages as files, for where nothing is really sent. A file appears whole or not at all, can
 * be read by its owner only, and is on disk when spool_write returns.
 */
#ifndef JOBS_SPOOL_H
#define JOBS_SPOOL_H

#include "base/err.h"

/* The directory and those above it, 0700 where they are missing. E_FILE. */
NODISCARD enum err spool_open(struct str dir, struct fault *f);
/* DIR/NAME; one that is there already is replaced. E_FILE. */
NODISCARD enum err spool_write(
    struct str dir, const char *name, struct bytes text, struct fault *f);

#endif
