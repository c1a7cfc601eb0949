/* SPDX-License-Identifier: Apache-2.0 */
/*
 * life: the three life cycles applied to rows of the store: core decides, the unit gets the move and what
 * the step brings with it. Only for the files of service/.
 */
#ifndef SERVICE_LIFE_H
#define SERVICE_LIFE_H

#include "core/revocation.h"
#include "service/act.h"

struct life_step {
	struct str from, to; /* words of the store */
	unsigned effects;    /* set of enum effect */
};
NODISCARD enum err life_application(const struct application_row *row, enum application_event event,
    enum role role, struct life_step *ret, struct fault *f);
NODISCARD enum err life_enrolment(const struct enrolment_row *row, enum enrolment_event event,
    enum role role, struct life_step *ret, struct fault *f);
NODISCARD enum err life_certificate(const struct certificate_row *row, enum certificate_event event,
    enum role role, struct life_step *ret, struct fault *f);

/* Add the move. REASON: of a rejection, or empty. */
void life_move_application(struct unit *u, const struct call *c, const struct application_row *row,
    const struct life_step *step, struct str reason);
void life_move_enrolment(struct unit *u, const struct call *c, const struct enrolment_row *row,
    const struct life_step *step);
/* Revoked, lapsed, put on or taken off hold: state, reason, date; a new CRL is due; its sessions end. */
void life_revoke(struct unit *u, const struct call *c, const struct certificate_row *row,
    const struct life_step *step, const struct revocation *r);
/*
 * NEXT is in place: where its profile says so, older active ones of the same holder, profile and name give
 * their place to it. They stay valid; their sessions end.
 */
NODISCARD enum err life_supersede(
    struct unit *u, const struct call *c, const struct certificate_row *next, struct fault *f);
/* "issuing-g1/0700…": a certificate's name in the log (L9). */
struct str life_object(const struct call *c, const struct certificate_row *row);
/* VOID an enrolment with all that follows: its unconfirmed certificate is revoked. */
NODISCARD enum err life_void_enrolment(
    struct unit *u, const struct call *c, const struct enrolment_row *row, struct fault *f);
/* LAPSE the unconfirmed certificates of an enrolment (EFFECT_REVOKE_UNCONFIRMED). */
NODISCARD enum err life_revoke_unconfirmed(
    struct unit *u, const struct call *c, const struct enrolment_row *row, struct fault *f);

#endif
