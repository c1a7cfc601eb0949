/* SPDX-License-Identifier: Apache-2.0 */
/*
 * p11child: the program in which one PKCS #11 module lives, for any parent (agent, signer).
 * It serves the questions of p11.def on one socket, one after another, until that is closed.
 */
#ifndef TOKEN_P11CHILD_H
#define TOKEN_P11CHILD_H

#define P11_CHILD_SOCKET 3

/* Bits: quirk.def. */
enum p11_quirk {
#define X(symbol, bit, word, meaning) P11_QUIRK_##symbol = (bit),
#include "token/quirk.def"
#undef X
};

/*
 * The whole life of the child: gives up what it does not need (new privileges, core files, other
 * descriptors), loads the module at PATH (absolute) and serves the descriptor P11_CHILD_SOCKET.
 * QUIRKS: enum p11_quirk.
 * The exit status: 0 when the parent closed the socket.
 */
int p11_child_main(const char *path, unsigned quirks);

#endif
