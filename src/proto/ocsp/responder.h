/* SPDX-License-Identifier: Apache-2.0 */
/* responder: OCSP over HTTP (RFC 6960 A.1, RFC 5019 5): POST, and GET of /ocsp/{base64, encoded}. */
#ifndef PROTO_OCSP_RESPONDER_H
#define PROTO_OCSP_RESPONDER_H

#include "http/http.h"

http_fn responder_post, responder_get;

/*
 * The request in what follows "/ocsp/" of a path as sent: percent-encoding undone, base64 with or
 * without padding. Slashes are letters of base64 here, several in a row too. False: it is none.
 */
bool responder_request(struct arena *a, struct str path, struct bytes *ret);

#endif
