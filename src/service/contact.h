/* SPDX-License-Identifier: Apache-2.0 */
/*
 * contact: where the two codes of an application go, and what a change of it after submission costs (S18):
 * the old address is warned, and nothing secret leaves for a while. Only for the files of service/.
 */
#ifndef SERVICE_CONTACT_H
#define SERVICE_CONTACT_H

#include "core/profile.h"
#include "service/codes.h"

/*
 * Mail of the form, else of the account; phone of the account; not before which second. E_FIELD_MISSING:
 * never one without the other (S16).
 */
NODISCARD enum err contact_of(const struct call *c, const struct application_row *row,
    const struct account_row *account, const struct profile *p, struct codes_to *ret,
    struct fault *f);
/* ROW is being submitted in U: compare with the time before, note, warn the old address. */
NODISCARD enum err contact_submitted(const struct call *c, struct unit *u,
    const struct application_row *row, const struct profile *p, struct fault *f);

#endif
