/* SPDX-License-Identifier: Apache-2.0 */
/* document: what administrators prepare, on its way through their signature. */
#ifndef CLI_DOCUMENT_H
#define CLI_DOCUMENT_H

#include "cli/cli.h"

/* Show what changes, have it signed by the token, apply it. PREPARED is the service's answer. */
NODISCARD enum err document_sign(struct cli *c, json_t *prepared, struct fault *f);

#endif
