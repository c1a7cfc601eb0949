/* SPDX-License-Identifier: Apache-2.0 */
/*
 * keyalg: the kinds of keys that we make ourselves, and what they may be for. Rows: keyalg.def.
 */
#ifndef X509_KEYALG_H
#define X509_KEYALG_H

#include "x509/key.h"
#include "x509/sigalg.h"

enum keyalg {
#define X(symbol, word, kind, bits) KEYALG_##symbol,
#include "x509/keyalg.def"
#undef X
	KEYALG__COUNT
};

/* All words, for a refusal. */
#define KEYALG_WORDS    "ec-p256, ec-p384, rsa-2048, rsa-3072, rsa-4096, ed25519"
#define KEYALG_CA_WORDS "ec-p256, ec-p384, rsa-3072, rsa-4096, ed25519"

/* "ec-p256" … */
const char *keyalg_name(enum keyalg alg);
bool keyalg_parse(struct str word, enum keyalg *ret);
enum key_kind keyalg_kind(enum keyalg alg);
/* 256, 384, of the modulus, 255. */
unsigned keyalg_bits(enum keyalg alg);
/* What such a key signs with here. */
enum sigalg keyalg_sigalg(enum keyalg alg);
/*
 * May a CA have it? A CA's key lasts ten years and more; RSA of 2048 bits is good until 2030 (NIST SP
 * 800-57 part 1, table 4) and is for OCSP signers, which live 30 days.
 */
bool keyalg_for_ca(enum keyalg alg);
/* E_DER as key_parse; E_KEY_TYPE: a kind or size that is not in the table. */
NODISCARD enum err keyalg_of_spki(struct bytes spki, enum keyalg *ret, struct fault *f);

#endif
