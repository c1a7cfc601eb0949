/* SPDX-License-Identifier: Apache-2.0 */
/* enrol_in: what the steps of an enrolment share. Only for the files of service/. */
#ifndef SERVICE_ENROL_IN_H
#define SERVICE_ENROL_IN_H

#include "service/enrol.h"
#include "store/store.h"

#define INSTALLED_LIFE 86400 /* seconds that the nonce for *installed* is good for */

/* A session for this enrolment (added to the unit) and a signed job for the agent. */
NODISCARD enum err enrol_ticket(const struct call *c, struct unit *u,
    const struct enrolment_row *row, struct bytes agent_nonce, struct enrol_ticket *ret,
    struct fault *f);
/* The certificate of an enrolment that is not revoked, with its chain and a fresh nonce. E_NOT_FOUND. */
NODISCARD enum err enrol_present(const struct call *c, const struct enrolment_row *row,
    struct certificate_row *ret_row, struct enrol_issued *ret, struct fault *f);
/*
 * Add a certificate that the signer has signed: unconfirmed, its application moved on (S9). The same
 * for the walk that issued it and for settling.
 */
NODISCARD enum err enrol_store(const struct call *c, struct unit *u,
    const struct enrolment_row *row, struct bytes der, struct fault *f);

#endif
