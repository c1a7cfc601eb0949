/* SPDX-License-Identifier: Apache-2.0 */
/* p11kind: what PKCS #11 calls the kinds of keys that we use: mechanisms, parameters, attributes. */
#ifndef TOKEN_P11KIND_H
#define TOKEN_P11KIND_H

#include "token/p11module.h"
#include "x509/key.h"

struct p11_kind {
	CK_KEY_TYPE type;
	CK_MECHANISM_TYPE make, sign;
	const char *make_name, *sign_name;
	struct bytes params; /* CKA_EC_PARAMS; empty: RSA */
	struct bytes again;  /* the same as some modules give it back */
	size_t point;        /* octets of the public point */
	size_t digest;       /* octets that are signed; 0: any number */
	size_t raw;          /* octets of a signature; 0: as long as the modulus */
};

extern const struct p11_kind p11_kinds[KEY__COUNT];

/* SubjectPublicKeyInfo of a key object, on p->a; empty for kinds that are none of ours. */
struct bytes p11_spki(struct p11 *p, CK_OBJECT_HANDLE h);

#endif
