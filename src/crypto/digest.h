/* SPDX-License-Identifier: Apache-2.0 */
/*
 * digest: hashes, HMAC and HKDF. None of them can fail: if the library cannot hash, the process
 * ends (must), for nothing it would say could be trusted.
 */
#ifndef CRYPTO_DIGEST_H
#define CRYPTO_DIGEST_H

#include "base/bytes.h"

#define SHA1_SIZE   20
#define SHA256_SIZE 32
#define SHA384_SIZE 48

enum digest_kind { DIGEST_SHA1, DIGEST_SHA256, DIGEST_SHA384 };

/* SHA-1 only where a format names keys by it (CertID, responder byKey), never to be signed. */
void sha1(struct bytes in, uint8_t ret[static SHA1_SIZE]);
void sha256(struct bytes in, uint8_t ret[static SHA256_SIZE]);
void sha384(struct bytes in, uint8_t ret[static SHA384_SIZE]);

/* For what does not lie in one piece. Use by one thread at a time. */
struct digest;
struct digest *digest_new(enum digest_kind kind);
void digest_add(struct digest *d, struct bytes part);
/* SHA*_SIZE octets; afterwards the same object begins the next message. */
void digest_end(struct digest *d, uint8_t *ret);
void digest_free(struct digest **d);

void hmac_sha256(struct bytes key, struct bytes message, uint8_t ret[static SHA256_SIZE]);
/* RFC 5869 with an empty salt: N octets (at most 255 × 32) of KEY for the purpose LABEL. */
void hkdf_sha256(struct bytes key, struct bytes label, uint8_t *ret, size_t n);

#endif
