/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cache: answers that are the same for everybody, with all that caches need to keep them no longer
 * than they are true (RFC 5019 6.2, RFC 9110 8.8 and 13, RFC 9111 5).
 */
#ifndef PROTO_CACHE_H
#define PROTO_CACHE_H

#include "http/http.h"
#include "service/status.h"

#define CACHE_DATE_SIZE 30

/* IMF-fixdate (RFC 9110 5.6.7): "Tue, 24 Nov 2026 08:00:00 GMT". Years 1970 to 9999. */
void cache_date(int64_t seconds, char ret[static CACHE_DATE_SIZE]);
/* That form only; the two old ones are not worth a parser: without a date we answer in full. */
bool cache_date_parse(struct str s, int64_t *ret);

/*
 * Answer REQ with O of TYPE: kept at most MAX_AGE seconds and never past its next update; 304 for a
 * GET whose condition says that the client has it already. What is not cacheable is not stored.
 */
void cache_answer(const struct http_req *req, struct http_resp *resp, const char *type,
    const struct status_object *o, int64_t max_age);

#endif
