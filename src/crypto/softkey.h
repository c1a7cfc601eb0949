/* SPDX-License-Identifier: Apache-2.0 */
/*
 * softkey: a private key in memory and in a file: EC P-256 and P-384, RSA, Ed25519 (x509/keyalg.h).
 *
 * Files are PEM: PKCS #8, encrypted with AES-256-CBC under PBKDF2-HMAC-SHA256, or plain for the
 * one key that no passphrase can protect (the front's TLS key). Always mode 0600.
 */
#ifndef CRYPTO_SOFTKEY_H
#define CRYPTO_SOFTKEY_H

#include "base/arena.h"
#include "base/err.h"
#include "x509/keyalg.h"

struct softkey;

/* How often the passphrase is stretched: one that a person chose, or 32 random octets. */
#define SOFTKEY_ROUNDS_TYPED  600000
#define SOFTKEY_ROUNDS_RANDOM 10000
#define SOFTKEY_FILE_MAX      ((size_t)8192) /* octets */

/* RSA takes seconds: 4096 bits up to ten. */
NODISCARD enum err softkey_make(enum keyalg alg, struct softkey **ret, struct fault *f);
/* The preset kind: P-256. */
NODISCARD enum err softkey_generate(struct softkey **ret, struct fault *f);
/* Wipes and frees; *K becomes NULL; NULL is accepted. */
void softkey_free(struct softkey **k);
enum keyalg softkey_alg(const struct softkey *k);
/* SubjectPublicKeyInfo in DER; a view that lives as long as the key. */
struct bytes softkey_spki(const struct softkey *k);
/*
 * A signature over MESSAGE by keyalg_sigalg of the key, on A: DER ECDSA-Sig-Value, PKCS #1 v1.5, or the
 * 64 octets of RFC 8032. May be called by several threads with the same key.
 */
NODISCARD enum err softkey_sign(
    struct softkey *k, struct arena *a, struct bytes message, struct bytes *ret, struct fault *f);

/*
 * The key as PEM on A. An empty passphrase writes it plain; ROUNDS counts only with one.
 */
NODISCARD enum err softkey_pem(const struct softkey *k, struct bytes passphrase, int rounds,
    struct arena *a, struct str *ret, struct fault *f);
/* E_FILE: not such a key, or not this passphrase. An empty passphrase expects a plain key. */
NODISCARD enum err softkey_parse(
    struct bytes pem, struct bytes passphrase, struct softkey **ret, struct fault *f);
/* A new file PATH (0600, synced); it must not exist yet. E_FILE. */
NODISCARD enum err softkey_save(const struct softkey *k, const char *path, struct bytes passphrase,
    int rounds, struct fault *f);
/* E_FILE: not there, others may read it, not such a key, or not this passphrase. */
NODISCARD enum err softkey_load(
    const char *path, struct bytes passphrase, struct softkey **ret, struct fault *f);

#endif
