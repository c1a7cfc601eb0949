/* SPDX-License-Identifier: Apache-2.0 */
/*
 * verify: signatures of others and the keys they come from.
 *
 * P-256 goes by a key kept for each thread, without OpenSSL's decoders (a third of the time);
 * other keys take the generic way. All functions may be called by any thread.
 */
#ifndef CRYPTO_VERIFY_H
#define CRYPTO_VERIFY_H

#include "base/arena.h"
#include "base/err.h"
#include "x509/key.h"
#include "x509/sigalg.h"

#define P256_POINT_SIZE 65 /* 04 ‖ x ‖ y */
#define P256_SPKI_SIZE  91
#define P256_RAW_SIZE   64 /* r ‖ s as a token gives it */

enum verify_algorithm {
	VERIFY_ECDSA_SHA256,
	VERIFY_ECDSA_SHA384,
	VERIFY_RSA_SHA256, /* PKCS #1 v1.5 */
	VERIFY_ED25519,
	VERIFY__COUNT
};

/*
 * Is SIGNATURE (DER ECDSA-Sig-Value) one over MESSAGE by the key POINT? E_SIGNATURE: no;
 * E_KEY_POINT: the point is not on the curve.
 */
NODISCARD enum err verify_p256(const uint8_t point[static P256_POINT_SIZE], struct bytes message,
    struct bytes signature, struct fault *f);
/*
 * The same for any key that key_parse has read and any algorithm of x509. E_KEY_TYPE when they do not
 * fit each other.
 */
NODISCARD enum err verify_key(const struct key *key, enum sigalg alg, struct bytes message,
    struct bytes signature, struct fault *f);
/* The same for any SubjectPublicKeyInfo we know. E_KEY_TYPE when it does not fit ALGORITHM. */
NODISCARD enum err verify_spki(struct bytes spki, enum verify_algorithm algorithm,
    struct bytes message, struct bytes signature, struct fault *f);

/* The point of a P-256 SubjectPublicKeyInfo in its one DER form; NULL for anything else. */
const uint8_t *spki_p256_point(struct bytes spki);
/* The SubjectPublicKeyInfo of a point. */
void spki_of_point(const uint8_t point[static P256_POINT_SIZE], uint8_t ret[static P256_SPKI_SIZE]);
/*
 * May this key be certified? P-256, P-384 and SM2 (a point on the curve), RSA and Ed25519 by weak.h.
 * E_DER, E_KEY_TYPE as key_parse; E_KEY_POINT and those of weak.h: the kind, but not a good key.
 */
NODISCARD enum err spki_check(struct bytes spki, struct fault *f);

/* r ‖ s of P-256 (PKCS #11 CKM_ECDSA) as DER ECDSA-Sig-Value. E_SIGNATURE: not 64 octets or zero. */
NODISCARD enum err ecdsa_der(struct arena *a, struct bytes raw, struct bytes *ret, struct fault *f);

#endif
