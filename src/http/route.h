/* SPDX-License-Identifier: Apache-2.0 */
/*
 * route: which row answers a path. The rows are sorted once, so that the first that fits is the most
 * literal one.
 */
#ifndef HTTP_ROUTE_H
#define HTTP_ROUTE_H

#include "http/http.h"

#define ROUTE_SEGMENTS_MAX 10                /* of a pattern */
#define ROUTE_BODY_MAX     ((size_t)4 << 20) /* octets: a request's arena holds three times that */

struct route_table;

/* E_CONFIG names the row that is malformed or said twice. ROWS must outlive the table. */
NODISCARD enum err route_table_new(
    const struct http_route *rows, size_t n, struct route_table **ret, struct fault *f);
void route_table_free(struct route_table **t);

/*
 * Fill REQ's parameters and give its row. E_ROUTE: no such path on this listener; E_METHOD: *RET_ALLOW
 * holds the methods it has ("GET, HEAD"); E_HEADER: the path is not strictly encoded.
 */
NODISCARD enum err route_find(const struct route_table *t, struct http_req *req,
    const struct http_route **ret, struct str *ret_allow, struct fault *f);

#endif
