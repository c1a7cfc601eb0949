/* SPDX-License-Identifier: Apache-2.0 */
/*
 * http: what a handler sees: one whole, bounded request as a value, one answer as a value, and the
 * route row that brought them together. Nothing here knows a socket; handlers are tested without one.
 *
 * All views of a request live on its arena, which is wiped when the answer has been written.
 */
#ifndef HTTP_HTTP_H
#define HTTP_HTTP_H

#include "base/catalogue.h"
#include "base/err.h"

#define HTTP_PARAMS_MAX 6
#define HTTP_EXTRA_MAX  12
#define HTTP_PEER_MAX   48
#define HTTP_ID_SIZE    33 /* 128 bits in hexadecimal, and the NUL */

/* OTHER is any method we have no word for: it matches no route. HEAD is served by the GET row. */
enum http_method {
	HTTP_GET,
	HTTP_HEAD,
	HTTP_POST,
	HTTP_PUT,
	HTTP_PATCH,
	HTTP_DELETE,
	HTTP_OTHER,
	HTTP__COUNT
};
/* "GET"; "OTHER" for what has no word. */
const char *http_method_name(enum http_method m);

/* Where a request came in: bits, so that a route row can name several. */
enum http_listener {
	HTTP_PORTAL = 1,  /* https, never asks for a client certificate */
	HTTP_MACHINE = 2, /* https, client certificate optional, no cookies */
	HTTP_PLAIN = 4,   /* http: status and CA certificates only */
	HTTP_ADMIN = 8    /* unix socket of this machine */
};
const char *http_listener_name(enum http_listener l);

struct http_header {
	struct str name; /* as sent */
	struct str value;
};

struct http_pair {
	const char *name; /* the {name} of the route's pattern */
	struct str value; /* decoded: UTF-8 without NUL */
};

struct http_req {
	enum http_method method; /* a HEAD request shows as HTTP_GET with head set */
	bool head;
	bool on_loop; /* HTTP_QUICK's first call: never block */
	enum http_listener listener;
	struct str path;  /* as sent, without the query; never logged */
	struct str query; /* as sent, without the '?'; never logged */
	const struct http_header *headers;
	size_t header_count;
	struct bytes body;
	struct str content_type;  /* lower case, without parameters; empty when absent */
	char peer[HTTP_PEER_MAX]; /* address as text, "unix" for the admin socket */
	int64_t peer_uid;         /* of the admin socket's caller; -1 elsewhere */
	int64_t peer_pid;         /* the same */
	struct bytes
	    certificate;       /* DER of the TLS client certificate whose key was proven, or empty;
				      who it belongs to and whether it still counts is for the caller */
	char id[HTTP_ID_SIZE]; /* made by us, returned as X-Request-Id */
	enum lang lang;        /* from Accept-Language */
	int64_t now;           /* seconds, read once when the request was whole */
	struct arena *arena;
	struct http_pair params[HTTP_PARAMS_MAX];
	size_t param_count;
};

/*
 * The answer. A handler sets status, type and body; the server adds length, date, request id and the
 * listener's security headers. The body lies on the request's arena or lives as long as the process.
 */
struct http_resp {
	int status;
	const char *content_type; /* NULL: no body type is sent */
	struct bytes body;
	struct http_header extra[HTTP_EXTRA_MAX];
	size_t extra_count;
	bool no_store; /* Cache-Control: no-store */
};

enum http_flag {
	HTTP_ON_LOOP = 1, /* answered on the event loop: from memory, never blocking */
	HTTP_SLOW = 2,    /* costs a slow hash: the small bounded pool, 503 when that is full */
	HTTP_QUICK =
	    4 /* called on the loop first, with req->on_loop: answers from memory, or leaves
			     the status 0 and is called again by a worker */
};

struct http_route;
typedef void http_fn(
    const struct http_route *route, struct http_req *req, struct http_resp *resp, void *app);
/* Renders a failure: the framework's own (404, 413 …) and, called by handlers, theirs. */
typedef void http_fault_fn(
    struct http_req *req, struct http_resp *resp, const struct fault *f, void *app);

/*
 * One row. A pattern is literal segments and {name} segments ("/api/v1/applications/{id}"); the last
 * may be {name*}, which takes the rest of the path, slashes (also encoded ones) included. A literal
 * wins over {name}, {name} over {name*}, segment by segment from the left.
 */
struct http_route {
	enum http_method method;
	const char *pattern;
	unsigned listeners;       /* bits of enum http_listener */
	size_t body_max;          /* octets; 0: no body is taken */
	const char *const *types; /* content types a body may have, lower case, NULL ends the list;
				     NULL: any */
	unsigned flags;           /* bits of enum http_flag */
	http_fn *fn;
	const void *row; /* the handler's own */
};

/* The only header of this name (either case), blanks trimmed; p is NULL when absent. E_HEADER: repeated. */
NODISCARD enum err http_header(
    const struct http_req *req, const char *name, struct str *ret, struct fault *f);
/* The I-th header of this name, from 0; false when there are not so many. */
bool http_header_at(const struct http_req *req, const char *name, size_t i, struct str *ret);
/* The cookie NAME; p is NULL when absent. E_HEADER: sent twice (planted by another host). */
NODISCARD enum err http_cookie(
    const struct http_req *req, const char *name, struct str *ret, struct fault *f);
/* The value of {name} in the route's pattern, which has it. */
struct str http_param(const struct http_req *req, const char *name);
/*
 * The query parameter NAME, decoded (UTF-8 without NUL); p is NULL when absent.
 * E_FIELD_CHARS: not decodable; E_FIELD_DUPLICATE: sent twice.
 */
NODISCARD enum err http_query(
    const struct http_req *req, const char *name, struct str *ret, struct fault *f);
/* E_FIELD_UNKNOWN for the first query parameter that is not in KEYS (NULL ends the list). */
NODISCARD enum err http_query_only(
    const struct http_req *req, const char *const *keys, struct fault *f);

/* Status, type and body in one; the body is not copied. */
void http_resp_body(struct http_resp *resp, int status, const char *type, struct bytes body);
/*
 * Add a header; NAME is a literal, VALUE lives as long as the request. A value with control
 * characters is a fault of ours and ends the process: what came from outside is checked before.
 */
void http_resp_header(struct http_resp *resp, const char *name, struct str value);
/* The header of that name set so far, or p NULL. */
struct str http_resp_get(const struct http_resp *resp, const char *name);

#endif
