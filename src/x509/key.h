/* SPDX-License-Identifier: Apache-2.0 */
/*
 * key: SubjectPublicKeyInfo, read and written. Pure: whether a point is on its curve is for crypto,
 * which sizes are good enough is for core.
 */
#ifndef X509_KEY_H
#define X509_KEY_H

#include "base/arena.h"
#include "base/err.h"

enum key_kind { KEY_P256, KEY_P384, KEY_RSA, KEY_ED25519, KEY_SM2, KEY__COUNT };

#define KEY_RSA_MAX 8192 /* bits: more costs us, not the caller */

struct key {
	enum key_kind kind;
	unsigned size;      /* bits: 256, 384, of the modulus, 255, 256 */
	struct bytes spki;  /* all octets of the SubjectPublicKeyInfo */
	struct bytes bits;  /* contents of the BIT STRING: what key identifiers are digests of */
	struct bytes point; /* EC: 04 ‖ x ‖ y; Ed25519: 32 octets; RSA: empty */
	struct bytes n, e;  /* RSA, without leading zeros; else empty */
};

/*
 * Read one SubjectPublicKeyInfo, views of SPKI. E_DER: not the strict form (wrong parameters, a
 * point that is compressed or of the wrong size); E_KEY_FACTOR, E_KEY_EXPONENT: an even modulus, an
 * exponent that is even, 1 or longer than the modulus; E_KEY_TYPE: another algorithm or curve, more
 * than KEY_RSA_MAX bits.
 */
NODISCARD enum err key_parse(struct bytes spki, struct key *ret, struct fault *f);
/* SubjectPublicKeyInfo of an EC point (04 ‖ x ‖ y) or Ed25519 key; KIND is not KEY_RSA. */
NODISCARD enum err key_spki(
    struct arena *a, enum key_kind kind, struct bytes point, struct bytes *ret, struct fault *f);
/* SubjectPublicKeyInfo of an RSA key from big-endian modulus and exponent. */
NODISCARD enum err key_spki_rsa(
    struct arena *a, struct bytes n, struct bytes e, struct bytes *ret, struct fault *f);
/* "P-256", "P-384", "RSA", "Ed25519", "SM2". */
const char *key_kind_name(enum key_kind kind);

#endif
