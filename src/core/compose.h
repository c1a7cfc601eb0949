/* SPDX-License-Identifier: Apache-2.0 */
/* compose: the steps that profile.h and builtin.h share on the way to a TBSCertificate. */
#ifndef CORE_COMPOSE_H
#define CORE_COMPOSE_H

#include "core/profile.h"
#include "x509/cert.h"

/* Addresses that a certificate carries. */
enum compose_address { COMPOSE_CRL = 1, COMPOSE_OCSP = 2, COMPOSE_CA = 4, COMPOSE_ALL = 7 };

/*
 * Fill in what comes from the issuer: algorithm, Name, both key identifiers, the ADDRESSES (set of
 * enum compose_address). E_CONFIG when its base is none.
 */
NODISCARD enum err compose_issuer(struct arena *a, const struct profile_issuer *ca,
    unsigned addresses, struct cert_shape *shape, struct fault *f);
/* The policy ARC.SUFFIX (V18, L3). E_CONFIG when the arc is none. */
NODISCARD enum err compose_policy(struct arena *a, const struct profile_issuer *ca, uint32_t suffix,
    struct cert_shape *shape, struct fault *f);
NODISCARD enum err compose_tbs(struct arena *a, const struct cert_template *t,
    const struct profile_request *r, struct validity v, struct bytes *ret, struct fault *f);

#endif
