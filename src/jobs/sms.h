/* SPDX-License-Identifier: Apache-2.0 */
/* sms: a message to a phone, as a gateway would be given it: JSON. */
#ifndef JOBS_SMS_H
#define JOBS_SMS_H

#include "jobs/channel.h"

/* {id, to, lang, text, at}. E_INTERNAL: it does not fit. */
channel_fn sms_write;

#endif
