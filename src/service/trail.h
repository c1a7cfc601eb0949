/* SPDX-License-Identifier: Apache-2.0 */
/*
 * trail: the log as administrators and auditors read it, and whether it is whole (S25).
 */
#ifndef SERVICE_TRAIL_H
#define SERVICE_TRAIL_H

#include "service/call.h"

/* Texts that are empty and times that are 0 ask for nothing. */
struct trail_want {
	struct str event, object, actor;
	int64_t since, until; /* seconds: from the first, before the second */
};
/* Every field that the record's hash covers, and the hash. */
struct trail_record {
	int64_t seq, time_ms;
	struct str request, actor, event, object, detail;
	struct str hash; /* lower-case hex */
};
struct trail_page {
	struct trail_record *items;
	size_t count;
	struct str next; /* empty: the last page */
};
/* Oldest first. E_AUTH_REQUIRED, E_ROLE, E_FIELD_VALUE. */
NODISCARD enum err trail_list(const struct call *c, const struct trail_want *want,
    struct str cursor, int64_t limit, struct trail_page *ret, struct fault *f);

struct trail_proof {
	int64_t
	    broken;  /* 0: whole; else the first record that is changed, missing or out of order */
	int64_t seq; /* the head, before the walk began */
	int64_t time_ms;
	struct str hash; /* lower-case hex */
};
/* Walks the whole chain. E_AUTH_REQUIRED, E_ROLE. */
NODISCARD enum err trail_verify(const struct call *c, struct trail_proof *ret, struct fault *f);

#endif
