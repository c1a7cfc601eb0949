/* SPDX-License-Identifier: Apache-2.0 */
/* roles: what the processes of signetd do: wiring of modules, one file a role. */
#ifndef CMD_ROLES_H
#define CMD_ROLES_H

#include "monitor/child.h"

/* Each serves until the monitor says DRAIN or is gone; the exit status. */
int front_main(struct child *c);
int jobs_main(struct child *c);
/* Only where hsm_module is configured: the module, for the signer. */
int p11_main(struct child *c);
/* One-shot: brings the store's tables up to date, compares it with the signer's journal. */
int settle_main(struct child *c);

#endif
