/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ready: OCSP answers that are signed already, kept in memory and given out until their certificate's
 * status changes or half their life is over. What changes a status stands in the log; it is followed by
 * whoever changes one before its own answer leaves, and several times a second for what other
 * processes do. While the log cannot be followed, nothing is given out.
 *
 * Only for the files of service/. Safe for any number of threads.
 */
#ifndef SERVICE_READY_H
#define SERVICE_READY_H

#include "service/status.h"
#include "x509/ocsp.h"

struct ready;

struct ready *ready_new(void);
/* NULL is accepted. */
void ready_free(struct ready **r);

/* The answer for this CertID, copied to C's arena; false: there is none that may be given. */
bool ready_get(const struct call *c, const struct ocsp_id *id, struct status_object *ret);
/* Take before the status is read, and give to ready_put: what changed between the two is not kept. */
uint32_t ready_turn(const struct call *c, const struct ocsp_id *id);
void ready_put(
    const struct call *c, const struct ocsp_id *id, uint32_t turn, const struct status_object *o);
/* Drop what the log says has changed since the last time. E_STORE: it could not be read. */
NODISCARD enum err ready_follow(struct service *s, struct fault *f);

#endif
