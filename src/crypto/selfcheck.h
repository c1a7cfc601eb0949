/* SPDX-License-Identifier: Apache-2.0 */
/*
 * selfcheck: what we wrote, read and verified by OpenSSL, the other implementation: in tests, for
 * each template when it is loaded, and one in N in production. Slow (some 0.5 ms a call).
 *
 * E_INTERNAL with OpenSSL's reason when it does not agree. Never for input from outside.
 */
#ifndef CRYPTO_SELFCHECK_H
#define CRYPTO_SELFCHECK_H

#include "base/err.h"

/*
 * OpenSSL reads CERTIFICATE, writes its TBSCertificate to the same octets again, and finds no
 * extension that it cannot use. The signature is not looked at.
 */
NODISCARD enum err selfcheck_readable(struct bytes certificate, struct fault *f);
/*
 * CERTIFICATE verifies (strict X.509 rules) at the time SECONDS under CHAIN: N certificates, the
 * last of which is the trusted root, each of the others issued by the next.
 */
NODISCARD enum err selfcheck_certificate(struct bytes certificate, const struct bytes *chain,
    size_t n, int64_t seconds, struct fault *f);
/* A CertificateList signed by ISSUER, whose name it bears, current at SECONDS. */
NODISCARD enum err selfcheck_crl(
    struct bytes crl, struct bytes issuer, int64_t seconds, struct fault *f);
/*
 * A successful OCSPResponse, its responder certificate inside and issued by ISSUER with the OCSP
 * signing purpose, whose first answer is current at SECONDS.
 */
NODISCARD enum err selfcheck_ocsp(
    struct bytes response, struct bytes issuer, int64_t seconds, struct fault *f);

#endif
