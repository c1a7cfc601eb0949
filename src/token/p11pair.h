/* SPDX-License-Identifier: Apache-2.0 */
/*
 * p11pair: the child's answers about key pairs of a server: of several kinds, many signatures a
 * question. IN and OUT as in p11key.h.
 */
#ifndef TOKEN_P11PAIR_H
#define TOKEN_P11PAIR_H

#include "token/p11module.h"

CK_RV p11_pair_make(struct p11 *p, struct rd *in, struct buf *out);
CK_RV p11_pair_find(struct p11 *p, struct rd *in, struct buf *out);
CK_RV p11_pair_sign(struct p11 *p, struct rd *in, struct buf *out);

#endif
