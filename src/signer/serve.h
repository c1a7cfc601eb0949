/* SPDX-License-Identifier: Apache-2.0 */
/*
 * serve: the signer's loop. It waits for its peers, takes every frame that is there, runs them as one
 * batch and sends the answers.
 */
#ifndef SIGNER_SERVE_H
#define SIGNER_SERVE_H

#include "signer/state.h"

struct serve;

/* Loads the folder; a signer that cannot be loaded still serves STATUS, which says why. */
struct serve *serve_new(const struct state_options *options);
void serve_free(struct serve **v);
/* SOCK speaks for PEER from now on and belongs to the loop; the one before it is closed. */
void serve_peer(struct serve *v, enum signer_peer peer, int sock);
/* The child that holds the token's module is at SOCK, which belongs to the loop. Only with options.hsm. */
void serve_token(struct serve *v, int sock);
/*
 * Wait at most MS milliseconds for a peer or for WATCH (-1: nothing to watch), then serve what is
 * there. True: WATCH can be read.
 */
bool serve_step(struct serve *v, int watch, int ms);

#endif
