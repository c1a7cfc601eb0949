/* SPDX-License-Identifier: Apache-2.0 */
/*
 * p11wire: the frames between token.c and the p11 child, both ways. Pure.
 *
 * An answer has the question's type; its body begins with one octet: 0 and the result, or 1 and a
 * struct p11_failure. Both sides refuse what is not exactly of this form: a module may have taken
 * the child over.
 */
#ifndef TOKEN_P11WIRE_H
#define TOKEN_P11WIRE_H

#include "base/buf.h"
#include "base/rd.h"
#include "token/token.h"

enum p11_message {
	P11__NONE,
#define X(symbol, handler, most) P11_##symbol,
#include "token/p11.def"
#undef X
	P11__END
};

#define P11_BODY_MAX ((size_t)48 << 10) /* octets of the largest question */
#define P11_TEXT_MAX 256                /* octets of a label, reader or maker */

/* The most octets that a question of this type may have; -1: there is no such type. */
long p11_body_max(uint16_t type);

/* Where it failed: bits, so that a row of ckr.def may name several. */
enum p11_step {
	P11_AT_LOAD = 1,
	P11_AT_LIST = 2,
	P11_AT_OPEN = 4,
	P11_AT_LOGIN = 8,
	P11_AT_KEYGEN = 16,
	P11_AT_SIGN = 32,
	P11_AT_WRITE = 64,
	P11_AT_DELETE = 128,
	P11_AT_ANY = 255,
};

/* What the child found when it looked again after a failure. */
struct p11_failure {
	uint8_t step;        /* one enum p11_step */
	uint64_t ckr;        /* the module's code */
	bool present;        /* the token is still in its slot */
	uint32_t flags;      /* enum token_flag, as far as known */
	uint32_t containers; /* key pairs on it */
	struct str detail;   /* call and place, for logs */
};

void p11_put_failure(struct buf *b, const struct p11_failure *failure);
void p11_put_slot(struct buf *b, const struct token_info *slot);
void p11_put_container(struct buf *b, const struct token_container *c);

/* The head of an answer. E_FRAME: not of this form. A failure is OK with *RET_FAILED. */
NODISCARD enum err p11_get_answer(struct bytes body, struct rd *ret, bool *ret_failed,
    struct p11_failure *ret_failure, struct fault *f);
NODISCARD enum err p11_get_slots(
    struct rd r, size_t module, struct arena *a, struct token_slots *ret, struct fault *f);
NODISCARD enum err p11_get_containers(
    struct rd r, struct arena *a, struct token_containers *ret, struct fault *f);

#endif
