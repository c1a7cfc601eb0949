/* SPDX-License-Identifier: Apache-2.0 */
/*
 * keys: the keys of the signer, wherever they lie: in encrypted files (keys/NAME.pem), or, for the two
 * CAs, on a token (keys/NAME.token says which pair there). Within signer/ only.
 */
#ifndef SIGNER_KEYS_H
#define SIGNER_KEYS_H

#include "crypto/softkey.h"
#include "signer/client.h"
#include "signer/hsm.h"

struct signer;

/* Kinds of which a token's key can be, for a refusal. */
#define KEYS_TOKEN_WORDS "ec-p256, ec-p384, rsa-3072, rsa-4096"

struct signkey {
	struct softkey *soft;    /* NULL: on the token, or there is none */
	struct pair_names token; /* of one on the token; views */
	enum keyalg alg;
	struct bytes spki; /* lives as long as the state */
};

/* Of a CA: those that may lie on a token. */
bool keys_is_ca(enum signer_key k);

/* Fresh keys, each in its place; what an earlier try left half made in files goes, on tokens it stays. */
NODISCARD enum err keys_make(struct signer *s, const enum keyalg *kinds, struct fault *f);
/* E_FILE; E_CONFIG: they lie where the configuration does not want them. */
NODISCARD enum err keys_load(struct signer *s, struct fault *f);
void keys_drop(struct signer *s);

/*
 * A signature over MESSAGE by keyalg_sigalg of the key, as certificates have it, on A. One from a token is
 * verified before it leaves. E_UNAVAILABLE: the token is not to be had now; try again.
 */
NODISCARD enum err keys_sign(struct signer *s, const struct signkey *k, struct arena *a,
    struct bytes message, struct bytes *ret, struct fault *f);
/* COUNT of them by one question to the token, all or none; at most PAIR_MANY. Not for a key in a file. */
struct keys_many {
	const struct bytes *message;
	struct bytes *signature; /* the results */
	size_t count;
};
NODISCARD enum err keys_sign_many(struct signer *s, const struct signkey *k, struct arena *a,
    const struct keys_many *many, struct fault *f);

#endif
