/* SPDX-License-Identifier: Apache-2.0 */
/* host: names and addresses of machines, in the one form in which we compare them. */
#ifndef CORE_HOST_H
#define CORE_HOST_H

#include "base/bytes.h"

#define HOST_MAX 253 /* octets of a DNS name (RFC 1035 2.3.4) */

/*
 * A DNS name in lower case, letters, digits and hyphens, A-labels allowed, other "xx--" labels not,
 * the last label not numeric; two labels at least unless SINGLE.
 */
bool host_is_name(struct str s, bool single);
/* A canonical IPv4 or IPv6 address without brackets; its 4 or 16 octets. 0: it is none. */
size_t host_address(struct str s, uint8_t ret[static 16]);

#endif
