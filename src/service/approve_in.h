/* SPDX-License-Identifier: Apache-2.0 */
/* approve_in: what all acts of an operator on an application share. Only for the files of service/. */
#ifndef SERVICE_APPROVE_IN_H
#define SERVICE_APPROVE_IN_H

#include "service/apply.h"
#include "store/store.h"

/*
 * Nobody decides on his own case: not by account, not by the phone that he is reached at (S14).
 * E_OWN_CASE; *ACCOUNT is the applicant's.
 */
NODISCARD enum err approve_not_own(const struct call *c, const struct application_row *row,
    struct account_row *account, struct fault *f);

/* An application that this operator may approve now, and the octets that say so. */
struct approve_ready {
	struct application_row row;
	struct account_row account; /* of its applicant */
	struct approval_subject what;
	struct bytes payload;
	bool repeated; /* done before under the same Idempotency-Key: the row is all there is */
};
/* E_ROLE, E_NOT_FOUND, E_STATE, E_OWN_CASE, E_APPROVED. */
NODISCARD enum err approve_ready(
    const struct call *c, struct str no, struct approve_ready *ret, struct fault *f);
/* Base64 of a nonce for signing one (LIST empty), or the hashes of a list (ROW is not looked at). */
NODISCARD enum err approve_nonce(const struct call *c, const struct application_row *row,
    struct bytes list, struct str *ret, struct fault *f);

/* apply_reject and apply_return; a dry run stops before anything is changed. */
NODISCARD enum err decide_reject(const struct call *c, struct str no, struct str reason,
    bool dry_run, struct apply_view *ret, struct fault *f);
NODISCARD enum err decide_return(const struct call *c, struct str no, const struct apply_return *in,
    bool dry_run, struct apply_view *ret, struct fault *f);

/* What is told to an applicant: a mail to the address of the form, when it has one. */
struct approve_notice {
	const char *template; /* "mail.rejected" */
	struct str reason;
	struct str remarks; /* a line each */
};
NODISCARD enum err approve_tell(const struct call *c, struct unit *u,
    const struct application_row *row, const struct approve_notice *notice, struct fault *f);

#endif
