/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sigalg: signature algorithms as one table: their AlgorithmIdentifier and the keys that they fit.
 * ECDSA, Ed25519 and SM2 have no parameters, RSA has NULL; anything else is refused, but for the NULL that
 * Chinese software writes after SM2 (read, never written).
 */
#ifndef X509_SIGALG_H
#define X509_SIGALG_H

#include "x509/der.h"
#include "x509/key.h"

enum sigalg {
	SIGALG_ECDSA_SHA256,
	SIGALG_ECDSA_SHA384,
	SIGALG_ECDSA_SHA512,
	SIGALG_RSA_SHA256,
	SIGALG_RSA_SHA384,
	SIGALG_RSA_SHA512,
	SIGALG_ED25519,
	SIGALG_SM2_SM3,
	SIGALG__COUNT
};

/* Octets of the digest that is signed: 32, 48, 64; 0 for Ed25519 (it signs the message). */
size_t sigalg_digest(enum sigalg alg);
/* "ecdsa-with-SHA256" … */
const char *sigalg_name(enum sigalg alg);
/* What a key of this kind signs with here: P-256 SHA-256, P-384 SHA-384, RSA SHA-256, Ed25519, SM2 SM3. */
enum sigalg sigalg_of_key(enum key_kind kind);
/* The same for the key of a certificate. E_DER, E_KEY_TYPE as key_parse. */
NODISCARD enum err sigalg_of_spki(struct bytes spki, enum sigalg *ret, struct fault *f);
/* Can a key of this kind have made such a signature? */
bool sigalg_fits(enum sigalg alg, enum key_kind kind);
/* Append the AlgorithmIdentifier. */
void sigalg_put(struct der_out *w, enum sigalg alg);
/*
 * Read the next AlgorithmIdentifier. E_DER, or E_ALG_UNSUPPORTED when the table does not have it.
 */
NODISCARD enum err sigalg_get(struct der *d, const char *what, enum sigalg *ret, struct fault *f);

/*
 * Ecdsa-Sig-Value from r ‖ s of equal length, as PKCS#11 gives them. E_SIGNATURE: odd, empty,
 * zero.
 */
NODISCARD enum err sigalg_ecdsa_der(
    struct arena *a, struct bytes raw, struct bytes *ret, struct fault *f);
/* r ‖ s, each of HALF octets, from Ecdsa-Sig-Value. */
NODISCARD enum err sigalg_ecdsa_raw(
    struct arena *a, struct bytes der, size_t half, struct bytes *ret, struct fault *f);

/* DigestInfo of a SHA-256 or SHA-384 HASH: what a token's RSA key signs (RFC 8017 9.2). */
NODISCARD enum err sigalg_digest_info(
    struct arena *a, struct bytes hash, struct bytes *ret, struct fault *f);

/*
 * SEQUENCE { BODY, AlgorithmIdentifier, BIT STRING signature }: the shell of a certificate, a
 * request and a CRL. BODY is DER already.
 */
NODISCARD enum err sigalg_seal(struct arena *a, struct bytes body, enum sigalg alg,
    struct bytes signature, struct bytes *ret, struct fault *f);

/* The same shell, read: BODY with its header, nothing after the signature. */
struct sealed {
	struct bytes body;
	enum sigalg alg;
	struct bytes signature;
};
NODISCARD enum err sigalg_open(
    struct bytes whole, const char *what, struct sealed *ret, struct fault *f);

#endif
