/* SPDX-License-Identifier: Apache-2.0 */
/*
 * problem: a fault as application/problem+json (RFC 9457), in the request's language. What a fault
 * says in its detail is for our log and never leaves.
 */
#ifndef API_PROBLEM_H
#define API_PROBLEM_H

#include "http/http.h"

/* Status, headers and body. F's code is not OK. */
void problem_render(const struct http_req *req, struct http_resp *resp, const struct fault *f);

#endif
