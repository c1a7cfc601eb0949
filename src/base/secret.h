/* SPDX-License-Identifier: Apache-2.0 */
/*
 * secret: octets that must not reach swap, a core file or a child: PINs and passphrases.
 *
 * Its own pages, locked (as far as the limit of the process allows), left out of core files and
 * not inherited over fork.
 */
#ifndef BASE_SECRET_H
#define BASE_SECRET_H

#include "base/bytes.h"

struct secret {
	uint8_t *p;
	size_t n;    /* octets in use */
	size_t room; /* octets that may be written at p */
};

/* Room for at least ROOM octets; ends the process when there is no memory. */
struct secret secret_new(size_t room);
/* Wipes the octets and keeps the room. */
void secret_clear(struct secret *s);
/* Wipes and gives the pages back; a zeroed struct is accepted and left behind. */
void secret_free(struct secret *s);
struct bytes secret_bytes(const struct secret *s);

#endif
