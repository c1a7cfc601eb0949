/* SPDX-License-Identifier: Apache-2.0 */
/*
 * checkfile: signed places of the log leave this machine: one line of stderr each, and one line of
 * checkpoints.jsonl, which is only ever appended to.
 */
#ifndef JOBS_CHECKFILE_H
#define JOBS_CHECKFILE_H

#include "jobs/jobs.h"
#include "service/upkeep.h"

/* Sign the log's place when that is due or ASKED, then bring the file up to date. E_FILE and the service's faults. */
NODISCARD enum err checkfile_checkpoint(
    const struct jobs_conf *conf, const struct call *c, bool asked, struct fault *f);
/* Append to the file in DIR all checkpoints that it does not have yet. */
NODISCARD enum err checkfile_update(struct str dir, const struct call *c, struct fault *f);

#endif
