/* SPDX-License-Identifier: Apache-2.0 */
/*
 * link: one p11 child: started when it is first asked, killed when it does not answer in time.
 */
#ifndef TOKEN_LINK_H
#define TOKEN_LINK_H

#include <sys/types.h>

#include "token/p11wire.h"

struct link {
	const struct token_module *module;
	bool given;          /* the socket is handed to us, the child is another's */
	pid_t pid;           /* 0: none of ours runs */
	int sock;            /* -1: none */
	uint32_t id;         /* of the last question */
	uint16_t asked;      /* its type */
	int64_t until;       /* monotonic milliseconds: how long its answer is waited for */
	unsigned generation; /* of the running child: sessions of a former one are gone */
};

void link_init(struct link *l, const struct token_module *m);
/* The child is another's; SOCK leads to it (-1: to none, now), and belongs to the link. */
void link_use(struct link *l, int sock);
/* Ends the child: closes the socket, then kills what has not ended. */
void link_close(struct link *l);
/* The two halves of link_ask, for several children at once; a begun question must be ended. */
NODISCARD enum err link_begin(
    struct link *l, enum p11_message type, struct bytes body, struct fault *f);
NODISCARD enum err link_end(struct link *l, struct arena *a, struct rd *ret, struct fault *f);
/*
 * Asks and waits. The result of a good answer is left in *RET, its octets on A.
 * E_UNAVAILABLE: another's child is not there; E_MODULE: ours does not start; E_MODULE_CRASHED: it died, hung or talked nonsense, and no
 * child runs any more; else what ckr.def says.
 */
NODISCARD enum err link_ask(struct link *l, enum p11_message type, struct bytes body,
    struct arena *a, struct rd *ret, struct fault *f);

/* For the other halves of token.c: a question in the token's session, and an answer to it that is none. */
struct token;
NODISCARD enum err token_ask(struct token *t, enum p11_message type, struct bytes body,
    struct arena *a, struct rd *ret, struct fault *f);
NODISCARD enum err token_nonsense(struct token *t, const char *what, struct fault *f);

#endif
