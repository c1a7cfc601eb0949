/* SPDX-License-Identifier: Apache-2.0 */
/* enrol_in: what the steps of an enrolment share. Only for the files of service/. */
#ifndef SERVICE_ENROL_IN_H
#define SERVICE_ENROL_IN_H

#include "core/profile.h"
#include "service/enrol.h"
#include "store/store.h"

#define INSTALLED_LIFE 86400 /* seconds that the nonce for *installed* is good for */

/*
 * The enrolment of two right codes, whatever its state: the try is counted, before anybody looks (S16, S17). Faults
 * of enrol_check up to E_CODE_WRONG.
 */
NODISCARD enum err enrol_codes(const struct call *c, struct str reference, struct str code,
    struct enrolment_row *ret, struct fault *f);
/* After the right code: E_CODE_* when the enrolment is not open. */
NODISCARD enum err enrol_usable(
    const struct call *c, const struct enrolment_row *row, struct fault *f);
/* E_ENTRANCE: its profile has another door (S20). */
NODISCARD enum err enrol_entrance(
    const struct profile *p, enum profile_entrance entrance, struct fault *f);
/* From a request to the stored certificate, for whoever has shown the right to this enrolment. */
NODISCARD enum err enrol_certify(const struct call *c, struct str enrolment, struct bytes csr,
    enum profile_entrance entrance, struct enrol_issued *ret, struct fault *f);
NODISCARD enum err enrol_done_view(const struct call *c, const struct certificate_row *row,
    struct enrol_done *ret, struct fault *f);
/* A session for this enrolment (added to the unit) and a signed job for the agent. */
NODISCARD enum err enrol_ticket(const struct call *c, struct unit *u,
    const struct enrolment_row *row, struct bytes agent_nonce, struct enrol_ticket *ret,
    struct fault *f);
/* The certificate of an enrolment that is not revoked, with its chain and a fresh nonce. E_NOT_FOUND. */
NODISCARD enum err enrol_present(const struct call *c, const struct enrolment_row *row,
    struct certificate_row *ret_row, struct enrol_issued *ret, struct fault *f);
/*
 * Add a certificate that the signer has signed, in the state that its entrance gives: unconfirmed, or active with
 * its enrolment used (api); its application moves on (S9). The same for the walk that issued it and for settling.
 */
NODISCARD enum err enrol_store(const struct call *c, struct unit *u,
    const struct enrolment_row *row, struct bytes der, struct fault *f);

#endif
