/* SPDX-License-Identifier: Apache-2.0 */
/* signin_in: what other use-cases need of signing in. Only for the files of service/. */
#ifndef SERVICE_SIGNIN_IN_H
#define SERVICE_SIGNIN_IN_H

#include "service/signin.h"
#include "store/unit.h"

/* Take a code sent for PURPOSE: once, together with its asker's secret. *ret_phone is its number. */
NODISCARD enum err signin_sms_use(const struct call *c, const struct sms_sign_in *in,
    struct str purpose, struct str *ret_phone, struct fault *f);
/* Add a session for one enrolment to the unit; the bearer's secret. */
struct str signin_enrolment_session(
    const struct call *c, struct unit *u, int64_t enrolment, int64_t life, int64_t *expires);

#endif
