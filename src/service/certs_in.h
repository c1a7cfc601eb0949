/* SPDX-License-Identifier: Apache-2.0 */
/* certs_in: what acts on a certificate share. Only for the files of service/. */
#ifndef SERVICE_CERTS_IN_H
#define SERVICE_CERTS_IN_H

#include "service/act.h"
#include "service/certs.h"

/* The caller's own or, to staff, anybody's; else E_NOT_FOUND. */
NODISCARD enum err certs_visible(const struct call *c, const struct certs_name *name,
    const struct realm **ret_realm, struct certificate_row *ret, struct fault *f);
/* Who holds an office is the administrators' business (L7); one's own may be given up by anybody. */
NODISCARD enum err certs_may_end(
    const struct call *c, const struct certificate_row *row, struct fault *f);
NODISCARD enum err certs_view_of(const struct call *c, const struct realm *r,
    const struct certificate_row *row, struct cert_view *ret, struct fault *f);
/* Operators and administrators look at all; auditors too. */
bool certs_staff(const struct call *c);
/* The role in which this caller acts on a certificate. */
enum role certs_role(const struct call *c);
/* "issuing-g1/0700…": its name in the log (L9). */
struct str certs_object(const struct call *c, const struct certs_name *name);

#endif
