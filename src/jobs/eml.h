/* SPDX-License-Identifier: Apache-2.0 */
/* eml: a message as a mail (RFC 5322), its words in headers encoded (RFC 2047), its body in UTF-8. */
#ifndef JOBS_EML_H
#define JOBS_EML_H

#include "jobs/channel.h"

/* From the service's brand at its own host. E_FIELD_CHARS: a header or line that no mail may have. */
channel_fn eml_write;

#endif
