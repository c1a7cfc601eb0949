/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rows: route.def in C. A handler is given the call with its caller, the body as the struct of its
 * table, and a writer for the answer; the dispatcher does the rest. A handler that writes nothing
 * answers 204.
 */
#ifndef API_ROWS_H
#define API_ROWS_H

#include "api/body.h"
#include "base/out.h"
#include "http/http.h"
#include "service/call.h"

enum api_who {
	API_NONE,
	API_PERSON,
	API_OPERATOR,
	API_ADMINISTRATOR,
	API_STAFF,
	API_AUDITOR,
	API_ENROLMENT,
	API_LOCAL,
	API_WHO__COUNT
};

enum api_flag { API_KEY = 1, API_SLOW = 2, API_MEMORY = 4, API_OCTETS = 8 };

struct api_call {
	struct call call;
	const struct http_req *req;
	struct http_resp
	    *resp; /* for answers that are no JSON: the handler fills it, and writes nothing else */
	int status; /* 200 unless the handler says otherwise */
};

typedef enum err api_fn(
    struct api_call *k, const void *in, struct out *o, struct fault *f) NODISCARD;

struct api_row {
	const char *name;
	enum api_who who;
	const struct body_object *body;
	const char *const *query; /* keys of the query, NULL ends the list */
	unsigned flags;
	api_fn *fn;
};

#define X(method, pattern, name, who, listener, body_max, body, query, flags) api_fn api_##name;
#include "api/route.def"
#undef X

/* Answers a route: its row says how. An http_fn. */
http_fn api_dispatch;

/* Who asks, as ROW demands it: fills the call's principal. E_AUTH_REQUIRED, E_SESSION, E_ORIGIN,
 * E_ROLE, E_ASSURANCE; E_NOT_FOUND for another's enrolment. */
NODISCARD enum err api_who_asks(struct api_call *k, const struct api_row *row, struct fault *f);
/* Does the administrator of this machine ask, over the admin socket? */
bool api_is_local(const struct http_req *req);

/* Query cursor and limit (1–200; 0 when absent). */
NODISCARD enum err api_page(
    const struct api_call *k, struct str *ret_cursor, int64_t *ret_limit, struct fault *f);

#endif
