/* SPDX-License-Identifier: Apache-2.0 */
/*
 * p11object: objects of the open session: find, read, group by CKA_ID.
 */
#ifndef TOKEN_P11OBJECT_H
#define TOKEN_P11OBJECT_H

#include "token/p11module.h"

#define P11_FOUND_MAX 512

struct p11_found {
	CK_OBJECT_HANDLE h[P11_FOUND_MAX];
	CK_ULONG n;
};

/* Objects of a class on the token; ID empty: any. */
CK_RV p11_find(struct p11 *p, enum p11_step step, CK_OBJECT_CLASS class, struct bytes id,
    struct p11_found *ret);
/* An attribute of at most MAX octets on p->a; empty when the object has none. */
CK_RV p11_attribute(
    struct p11 *p, CK_OBJECT_HANDLE h, CK_ATTRIBUTE_TYPE type, size_t max, struct bytes *ret);
/* Destroys all objects of a class under ID. */
CK_RV p11_destroy(struct p11 *p, CK_OBJECT_CLASS class, struct bytes id);
/* All containers on p->a. */
CK_RV p11_list(struct p11 *p, struct token_containers *ret);

#endif
