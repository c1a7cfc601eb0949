/* SPDX-License-Identifier: Apache-2.0 */
/*
 * p11key: the child's answers that make, use, write and delete what lies in a container.
 * IN is the question's body (left bad when it is malformed), OUT takes the result.
 */
#ifndef TOKEN_P11KEY_H
#define TOKEN_P11KEY_H

#include "token/p11module.h"

CK_RV p11_keygen(struct p11 *p, struct rd *in, struct buf *out);
CK_RV p11_sign_pin(struct p11 *p, struct rd *in, struct buf *out);
CK_RV p11_sign(struct p11 *p, struct rd *in, struct buf *out);
CK_RV p11_cert_put(struct p11 *p, struct rd *in, struct buf *out);
CK_RV p11_delete(struct p11 *p, struct rd *in, struct buf *out);

#endif
