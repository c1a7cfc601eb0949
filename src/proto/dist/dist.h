/* SPDX-License-Identifier: Apache-2.0 */
/* dist: what certificates point at: /crl/{ca}-g1/0.crl and /ca/{ca}-g1.cer (RFC 5280 4.2.1.13, 4.2.2.1). */
#ifndef PROTO_DIST_DIST_H
#define PROTO_DIST_DIST_H

#include "http/http.h"

http_fn dist_crl, dist_ca;

#endif
