/* SPDX-License-Identifier: Apache-2.0 */
/* own: the service's own certificates: OCSP signers and the portal's TLS (N20). Only for service/. */
#ifndef SERVICE_OWN_H
#define SERVICE_OWN_H

#include "service/realm.h"

/* Have a certificate signed for the signer's OCSP key SPKI and store it. */
NODISCARD enum err own_ocsp(
    const struct call *c, enum profile_ca ca, struct bytes spki, struct fault *f);
/*
 * Have one signed for this process's TLS key (made when there is none: tls.key in the data directory,
 * 0600) and write tls.pem beside it: leaf, then the management CA.
 */
NODISCARD enum err own_tls(const struct call *c, struct fault *f);

/* Store DER, which CA signed as the service's own PROFILE (a builtin's name); no fault when it is there already. */
NODISCARD enum err own_store(const struct call *c, const struct realm_ca *ca, struct str profile,
    struct bytes der, struct fault *f);

#endif
