/* SPDX-License-Identifier: Apache-2.0 */
/* responder: OCSP over HTTP (RFC 6960 A.1, RFC 5019 5): POST, and GET of /ocsp/{base64, encoded}. */
#ifndef PROTO_OCSP_RESPONDER_H
#define PROTO_OCSP_RESPONDER_H

#include "http/http.h"

http_fn responder_post, responder_get;

#endif
