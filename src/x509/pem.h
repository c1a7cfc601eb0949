/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pem: the text form of DER objects (RFC 7468), strictly: base64 lines of 64 characters, the last
 * may be shorter; LF or CRLF; lines outside the boundaries are skipped.
 */
#ifndef X509_PEM_H
#define X509_PEM_H

#include "base/buf.h"
#include "base/err.h"

#define PEM_CERTIFICATE "CERTIFICATE"
#define PEM_REQUEST     "CERTIFICATE REQUEST"
#define PEM_CRL         "X509 CRL"
#define PEM_PUBLIC_KEY  "PUBLIC KEY"
#define PEM_MAX         ((size_t)1 << 20) /* octets of one object, decoded */

/* Append DER with its boundaries, lines ended by LF. */
void pem_put(struct buf *b, const char *label, struct bytes der);
/*
 * The next object of *TEXT, which moves on behind it; its label must be LABEL. *RET is on the
 * arena, empty when there is no object left. E_FIELD_FORMAT: another label, no end, bad lines.
 */
NODISCARD enum err pem_next(
    struct arena *a, struct str *text, const char *label, struct bytes *ret, struct fault *f);
/* The one object that TEXT must hold. */
NODISCARD enum err pem_parse(
    struct arena *a, struct str text, const char *label, struct bytes *ret, struct fault *f);

#endif
