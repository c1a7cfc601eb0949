/* SPDX-License-Identifier: Apache-2.0 */
/* conftext: the forms that values of signetd.conf may have. Pure. Within monitor only. */
#ifndef MONITOR_CONFTEXT_H
#define MONITOR_CONFTEXT_H

#include "base/bytes.h"

/* Text that people read: no control characters (C0, DEL, C1), no blank at its ends. */
bool conftext_is(struct str s);
/* Canonical dotted form with at least two arcs (X.660: 0 to 2, the second below 40 under 0 and 1). */
bool conftext_oid(struct str s);
/* host of "host" or "host:port" that a URL may name: a lower-case DNS name, IPv4, or [IPv6]. */
bool conftext_authority(struct str s);
/* A system user's name. */
bool conftext_user(struct str s);
/* local@host: a dot-atom (RFC 5322 3.2.3) and a lower-case DNS name. */
bool conftext_mail(struct str s);
/* https://host[:port][/path][?query], printable ASCII without a fragment. */
bool conftext_url(struct str s);

#endif
