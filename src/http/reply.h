/* SPDX-License-Identifier: Apache-2.0 */
/*
 * reply: the octets before an answer's body. Pure.
 */
#ifndef HTTP_REPLY_H
#define HTTP_REPLY_H

#include "base/buf.h"
#include "http/http.h"

struct reply_frame {
	bool keep; /* the connection stays */
	bool hsts;
};

/* Status line and headers with the empty line, on the request's arena. */
struct bytes reply_head(
    const struct http_req *req, const struct http_resp *resp, const struct reply_frame *frame);
/* Does this status go without body and length (RFC 9110 6.4.1)? */
bool reply_bodiless(int status);

#endif
