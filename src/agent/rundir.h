/* SPDX-License-Identifier: Apache-2.0 */
/* rundir: the agent's folder of this login session: locks, the last failures. */
#ifndef AGENT_RUNDIR_H
#define AGENT_RUNDIR_H

#include "base/err.h"

/*
 * A descriptor of the folder, in $XDG_RUNTIME_DIR or, without one, under /tmp; made when it is
 * missing. E_FILE: somebody else owns it or may write there.
 */
NODISCARD enum err rundir_open(int *ret, struct fault *f);

#endif
