/* SPDX-License-Identifier: Apache-2.0 */
/*
 * api: the JSON API and the health answers as routes for http/. The app of each handler is the
 * struct service of the process.
 */
#ifndef API_API_H
#define API_API_H

#include "http/http.h"

/* Once, before the first thread. */
void api_setup(void);
/* The rows of route.def; they live as long as the process. */
const struct http_route *api_routes(size_t *count);
/* An http_fault_fn: problem+json and a line in the log. APP is not looked at. */
void api_fault(struct http_req *req, struct http_resp *resp, const struct fault *f, void *app);

#endif
