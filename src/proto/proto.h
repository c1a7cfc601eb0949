/* SPDX-License-Identifier: Apache-2.0 */
/*
 * proto: the routes of all protocols for http/. The app of each handler is the struct service of the
 * process. Failures are short text: those who ask here are programs, not people.
 */
#ifndef PROTO_PROTO_H
#define PROTO_PROTO_H

#include "http/http.h"
#include "service/call.h"

/* They live as long as the process. */
const struct http_route *proto_routes(size_t *count);

/* For the handlers: a stranger's call, and a failure as an answer and a line in the log. */
struct call proto_call(struct http_req *req, void *app, const char *route);
void proto_fault(const struct http_req *req, struct http_resp *resp, const struct fault *f);

#endif
