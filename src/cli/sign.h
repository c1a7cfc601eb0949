/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sign: what needs a key on a token is asked of signet-agent, a program of its own, which asks the
 * person for consent and PIN. Found beside signet, else in PATH.
 */
#ifndef CLI_SIGN_H
#define CLI_SIGN_H

#include "cli/cli.h"

/* Sign in by certificate: the members of an API Session. */
NODISCARD enum err sign_in(struct cli *c, json_t **ret, struct fault *f);
/*
 * Sign PAYLOAD (octets of the agent's form for PURPOSE) with the server's NONCE: the members of an API
 * Approval.
 */
NODISCARD enum err sign(struct cli *c, const char *purpose, struct str nonce, struct str payload,
    json_t **ret, struct fault *f);

#endif
