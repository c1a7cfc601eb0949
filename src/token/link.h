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
	pid_t pid;           /* 0: none runs */
	int sock;            /* -1: none runs */
	uint32_t id;         /* of the last question */
	uint16_t asked;      /* its type */
	int64_t until;       /* monotonic milliseconds: how long its answer is waited for */
	unsigned generation; /* of the running child: sessions of a former one are gone */
};

void link_init(struct link *l, const struct token_module *m);
/* Ends the child: closes the socket, then kills what has not ended. */
void link_close(struct link *l);
/* The two halves of link_ask, for several children at once; a begun question must be ended. */
NODISCARD enum err link_begin(
    struct link *l, enum p11_message type, struct bytes body, struct fault *f);
NODISCARD enum err link_end(struct link *l, struct arena *a, struct rd *ret, struct fault *f);
/*
 * Asks and waits. The result of a good answer is left in *RET, its octets on A.
 * E_MODULE: the child does not start; E_MODULE_CRASHED: it died, hung or talked nonsense, and no
 * child runs any more; else what ckr.def says.
 */
NODISCARD enum err link_ask(struct link *l, enum p11_message type, struct bytes body,
    struct arena *a, struct rd *ret, struct fault *f);

#endif
