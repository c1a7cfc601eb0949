/* SPDX-License-Identifier: Apache-2.0 */
/*
 * link: one peer's socket at the signer's end, never blocking: a peer that sends half a frame, or
 * does not read its answers, holds up nobody else.
 */
#ifndef SIGNER_LINK_H
#define SIGNER_LINK_H

#include "base/ipc.h"
#include "signer/protocol.h"

#define LINK_QUEUE_MAX ((size_t)32 << 20) /* octets of answers that wait; more closes the link */

struct link;

/* SOCK belongs to the link from now on. */
struct link *link_new(int sock, enum signer_peer peer);
void link_free(struct link **l);
int link_fd(const struct link *l);
enum signer_peer link_peer(const struct link *l);
/* Is there anything to write? */
bool link_waits(const struct link *l);

enum link_got { LINK_FRAME, LINK_NOTHING, LINK_GONE };
/*
 * The next whole frame, if there is one. Its body is the caller's to free(), its descriptor to close.
 * LINK_GONE: closed, or not keeping to the format.
 */
enum link_got link_read(struct link *l, struct ipc_frame *ret);
/* Queue a frame for link_flush; false: the link is of no more use. */
bool link_write(struct link *l, uint16_t type, uint32_t id, struct bytes body);
/* Write as much of the queue as goes now; false: the link is of no more use. */
bool link_flush(struct link *l);

#endif
