/* SPDX-License-Identifier: Apache-2.0 */
/* origin: what a browser calls the place a page comes from (RFC 6454), as S24 wants it. */
#ifndef CORE_ORIGIN_H
#define CORE_ORIGIN_H

#include "base/err.h"
#include "core/environment.h"

#define ORIGIN_MAX 255 /* octets */

/*
 * "https://host" or "https://host:port", lower case, canonical (no default port, no path, no
 * user). In test also http, on a loopback host. E_ORIGIN for anything else, "null" among it.
 */
NODISCARD enum err origin_check(struct str origin, enum environment env, struct fault *f);
/* "http://host" or "http://host:port" in the same canonical form, on any host. */
bool origin_is_http(struct str s);
/* localhost, 127.0.0.1 or [::1]. */
bool origin_is_loopback(struct str origin);
/* The host part, without brackets and port. The origin has passed its check. */
struct str origin_host(struct str origin);

#endif
