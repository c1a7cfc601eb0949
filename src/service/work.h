/* SPDX-License-Identifier: Apache-2.0 */
/* work: the name under which this process claims rows. Only for the files of service/. */
#ifndef SERVICE_WORK_H
#define SERVICE_WORK_H

#include "service/call.h"

struct str work_name(const struct call *c);

#endif
