/* SPDX-License-Identifier: Apache-2.0 */
/* target: the OCSP request that stands in the path of a GET (RFC 6960 A.1). */
#ifndef PROTO_OCSP_TARGET_H
#define PROTO_OCSP_TARGET_H

#include "base/arena.h"

/*
 * The request in what follows "/ocsp/" of a path as sent: percent-encoding undone, base64 with or
 * without padding. Slashes are letters of base64 here, several in a row too. False: it is none.
 */
bool target_request(struct arena *a, struct str path, struct bytes *ret);

#endif
