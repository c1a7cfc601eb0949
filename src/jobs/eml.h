/* SPDX-License-Identifier: Apache-2.0 */
/* eml: a message as a mail (RFC 5322), its words in headers encoded (RFC 2047), its body in UTF-8. */
#ifndef JOBS_EML_H
#define JOBS_EML_H

#include "jobs/channel.h"

/* Who it is from: the configured address, else one at the service's own host. */
struct str eml_sender(const struct channel_from *from);
/* From the service's brand; dates and names of a message are the same at each try. E_FIELD_CHARS: a header or line that no mail may have. */
channel_fn eml_write;

#endif
