/* SPDX-License-Identifier: Apache-2.0 */
/*
 * session: what signet keeps between two commands, per server, in one file of mode 0600
 * (--session FILE, else signet/session under XDG_CONFIG_HOME or ~/.config).
 *
 * Members of a server's entry: session, role, name, expires; phone, client_secret while an SMS code is
 * awaited.
 */
#ifndef CLI_SESSION_H
#define CLI_SESSION_H

#include "cli/cli.h"

/* The entry of the current server, an object owned by C; empty when there is none. */
NODISCARD enum err session_read(struct cli *c, json_t **ret, struct fault *f);
/* Write ENTRY (not taken over) as the current server's; NULL forgets it. */
NODISCARD enum err session_write(struct cli *c, json_t *entry, struct fault *f);

#endif
