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

/* What is told to an applicant: a mail to the address of the form, when it has one. */
struct approve_notice {
	const char *template; /* "mail.rejected" */
	struct str reason;
	struct str remarks; /* a line each */
};
NODISCARD enum err approve_tell(const struct call *c, struct unit *u,
    const struct application_row *row, const struct approve_notice *notice, struct fault *f);

#endif
