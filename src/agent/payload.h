/* SPDX-License-Identifier: Apache-2.0 */
/*
 * payload: what a statement is about, given in clear by the page: the person reads the very fields
 * whose hash is signed.
 *
 * approve: application, revision, profile, profileVersion, subject, san (may be empty), enrolment;
 *   or list: 1 to 20 objects of these, under one signature
 * document: kind, version, hash
 */
#ifndef AGENT_PAYLOAD_H
#define AGENT_PAYLOAD_H

#include <jansson.h>

#include "agent/consent.h"
#include "core/statement.h"

/*
 * Reads OBJ (NULL: none) for PURPOSE, adds its sentence and lines to C and gives the canonical
 * octets (empty for purposes without payload). Strict; E_FIELD_UNKNOWN "payload" where none belongs.
 */
NODISCARD enum err payload_read(struct consent *c, enum purpose purpose, struct str origin,
    const json_t *obj, struct bytes *ret, struct fault *f);

#endif
