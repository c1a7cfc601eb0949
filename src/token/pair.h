/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pair: key pairs that a server keeps on a token: of several kinds, many signatures a question.
 *
 * Ed25519 is not among the kinds: PKCS #11 signs whole messages with it (2.40 has no digest form), and a
 * revocation list of many megabytes is one message.
 */
#ifndef TOKEN_PAIR_H
#define TOKEN_PAIR_H

#include "base/rd.h"
#include "token/token.h"
#include "x509/keyalg.h"

#define PAIR_MANY          64  /* signatures of one question */
#define PAIR_DATA_MAX      128 /* octets to be signed: a digest, or DigestInfo */
#define PAIR_SIGNATURE_MAX 512

/* Can a key of this kind lie on a token? */
bool pair_fits(enum keyalg alg);

/*
 * A new pair under ID and LABEL (UTF-8): private half sensitive, not extractable, for signing only.
 * *RET: its SubjectPublicKeyInfo, on A. What is left after a failure: as token_keygen.
 */
struct pair_names {
	enum keyalg alg;
	struct bytes id;
	struct str label; /* for pair_make only */
};
NODISCARD enum err pair_make(struct token *t, const struct pair_names *s, struct arena *a,
    struct bytes *ret, struct fault *f);
/* The public half of the pair under ID, whose private half is there too. E_OTHER_TOKEN. */
NODISCARD enum err pair_find(struct token *t, const struct pair_names *s, struct arena *a,
    struct bytes *ret, struct fault *f);

/* What the private half of S signs: digests for EC, DigestInfo (RFC 8017 9.2) for RSA. */
struct pair_order {
	const struct pair_names *key;
	const struct bytes *data; /* at most PAIR_MANY, each at most PAIR_DATA_MAX octets */
	size_t count;
};
/* COUNT signatures as the token gives them (EC: r ‖ s), on A. All or none. */
NODISCARD enum err pair_sign(struct token *t, const struct pair_order *o, struct arena *a,
    struct bytes *ret, struct fault *f);

/* The answers of the child, read. E_FRAME: not of this form, another kind of key, another number. */
NODISCARD enum err pair_get_spki(struct rd r, enum keyalg alg, struct bytes *ret, struct fault *f);
NODISCARD enum err pair_get_signatures(struct rd r, size_t n, struct bytes *ret, struct fault *f);

#endif
