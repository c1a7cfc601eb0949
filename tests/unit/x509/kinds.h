/* SPDX-License-Identifier: Apache-2.0 */
/* kinds: the kinds of certificates of one hierarchy, for the tests of cert.h. */
#ifndef TESTS_X509_KINDS_H
#define TESTS_X509_KINDS_H

#include "made.h"

#define NOW 1795507200 /* 2026-11-24T08:00:00Z */

/* The kinds of certificates of one hierarchy: all by the same function. */
enum kind { ROOT, ISSUING, PERSON, OCSP, SERVER, KINDS };

struct cert_shape shape_of(enum kind kind, struct bytes issuer, struct bytes aki);
/* A year from NOW for KEY. */
struct cert_fields fields_of(EVP_PKEY *key, struct bytes subject, struct bytes san);
/* GeneralNames of one host. */
struct bytes dns_names(const char *host);
/* A certificate of KIND for KEY, checked as the signer does, signed with CA_KEY. */
struct bytes issue(
    enum kind kind, EVP_PKEY *key, struct bytes issuer, EVP_PKEY *ca_key, struct bytes aki);

#endif
