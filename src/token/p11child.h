/* SPDX-License-Identifier: Apache-2.0 */
/*
 * p11child: the program in which one PKCS #11 module lives, for any parent (agent, signer).
 * It serves the questions of p11.def on one socket, one after another, until that is closed.
 */
#ifndef TOKEN_P11CHILD_H
#define TOKEN_P11CHILD_H

#include "base/err.h"

#define P11_CHILD_SOCKET 3

/* Bits: quirk.def. */
enum p11_quirk {
#define X(symbol, bit, word, meaning) P11_QUIRK_##symbol = (bit),
#include "token/quirk.def"
#undef X
};

/*
 * The module at PATH (absolute), loaded, with so many SESSIONS (1 to 16) for many signatures at once; one that does not load answers so. For a process whose rights
 * are cut already.
 */
struct p11_serve;
struct p11_serve *p11_serve_new(const char *path, unsigned quirks, unsigned sessions);
/*
 * Answer the next question on SOCK. An answer that takes longer than SECONDS (P11_SLOW times that for a
 * new key pair; 0: no limit) ends the process by SIGALRM. E_UNAVAILABLE: the other end is gone;
 * E_FRAME: it does not keep to the format.
 */
#define P11_SLOW 8
NODISCARD enum err p11_serve_one(struct p11_serve *v, int sock, unsigned seconds);
/* Log out, unload, wipe; *V becomes NULL. */
void p11_serve_end(struct p11_serve **v);

/*
 * The whole life of the child: gives up what it does not need (new privileges, core files, other
 * descriptors), loads the module at PATH (absolute) and serves the descriptor P11_CHILD_SOCKET.
 * QUIRKS: enum p11_quirk; SESSIONS as for p11_serve_new.
 * The exit status: 0 when the parent closed the socket.
 */
int p11_child_main(const char *path, unsigned quirks, unsigned sessions);

#endif
