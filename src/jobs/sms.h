/* SPDX-License-Identifier: Apache-2.0 */
/* sms: a message to a phone, as a gateway is given it: JSON, the same octets at each try. */
#ifndef JOBS_SMS_H
#define JOBS_SMS_H

#include "jobs/channel.h"

/* {id, to, lang, template, params, text, at, expires}. E_INTERNAL: it does not fit. */
channel_fn sms_write;

#endif
