/* SPDX-License-Identifier: Apache-2.0 */
/*
 * certs: certificates after their issue: mine, everybody's status, revocation.
 */
#ifndef SERVICE_CERTS_H
#define SERVICE_CERTS_H

#include "service/call.h"

struct cert_view {
	struct str ca, serial; /* lower-case hex */
	struct str profile, subject, state, reason;
	int64_t not_before, not_after, revoked_at;
	int64_t invalidity;       /* the key is bad since; 0: not said */
	int64_t invalidity_asked; /* one of the two people who must say so has said this */
	int64_t at;               /* STATE is of this time; 0: of now */
	struct bytes der;         /* only for the holder and operators */
};

/* The holder's own; operators: all, newest first. */
NODISCARD enum err certs_list(const struct call *c, struct str cursor, int64_t limit,
    struct cert_view **ret, size_t *count, struct str *next, struct fault *f);
NODISCARD enum err certs_get(
    const struct call *c, struct str ca, struct str serial, struct cert_view *ret, struct fault *f);
struct certs_name {
	struct str ca, serial;
};
/*
 * Anybody, exact serial only: status, no certificate, no name (S27). AT 0: now; else what was so at that time,
 * as it is known now (S29). E_NOT_FOUND; E_FIELD_VALUE "at".
 */
NODISCARD enum err certs_inquire(const struct call *c, const struct certs_name *name, int64_t at,
    struct cert_view *ret, struct fault *f);

struct certs_revoke {
	struct str ca, serial;
	struct str reason;   /* word of core/revocation.h; L7 says who may give which */
	int64_t invalidity;  /* 0: none */
	struct str sms_code; /* S13: with an SMS session, the code sent for "revoke:SERIAL" */
	struct str client_secret;
	bool dry_run; /* refuse what would be refused, change nothing */
};
/*
 * An earlier invalidity counts for a compromise only, and when two of the staff have said the same: the first
 * one's word revokes, the second comes to the same door. So does a compromise that is proven later.
 */
NODISCARD enum err certs_revoke(
    const struct call *c, const struct certs_revoke *in, struct cert_view *ret, struct fault *f);

/*
 * On hold (S29): by its holder, an operator, for the roster an administrator; where the profile allows it.
 * E_PROFILE_RULE, E_STATE.
 */
NODISCARD enum err certs_suspend(
    const struct call *c, const struct certs_name *in, struct cert_view *ret, struct fault *f);
/* The hold is lifted by an operator, for the roster by an administrator; good again by OCSP once a CRL without it is signed (S6). */
NODISCARD enum err certs_resume(
    const struct call *c, const struct certs_name *in, struct cert_view *ret, struct fault *f);

#endif
