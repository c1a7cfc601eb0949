/* SPDX-License-Identifier: Apache-2.0 */
/* sms: codes sent to a phone, bound to a secret of this client that the session file keeps. */
#ifndef CLI_SMS_H
#define CLI_SMS_H

#include "cli/cli.h"

/* Have a code sent for "sign-in" or "revoke:SERIAL". */
NODISCARD enum err sms_send(struct cli *c, const char *phone, const char *purpose, struct fault *f);
/* The code (--code, or asked for) and the secret it is bound to. */
NODISCARD enum err sms_code(
    struct cli *c, struct str *ret_code, struct str *ret_secret, struct fault *f);

#endif
