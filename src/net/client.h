/* SPDX-License-Identifier: Apache-2.0 */
/*
 * client: HTTP requests to a server of ours, for the agent and the command line.
 *
 * https only (loopback http where the caller says so), no redirects, no proxies, no cookies, no
 * files of the user (.netrc); trust is the caller's CA file alone when one is given. Blocking.
 */
#ifndef NET_CLIENT_H
#define NET_CLIENT_H

#include "base/arena.h"
#include "base/err.h"

#define NET_ANSWER_MAX_DEFAULT ((size_t)1 << 20) /* octets of a body */
#define NET_HEADER_MAX         32                /* headers of an answer that are kept */

/* Who is asked, and how far it is trusted; one connection is kept between requests. */
struct net_config {
	const char *ca_file;     /* PEM; trust these only; NULL: the system's */
	const char *unix_socket; /* connect here whatever the host; NULL: TCP */
	bool loopback_http;      /* http:// to localhost, 127.0.0.0/8 or [::1] is allowed */
	unsigned connect_ms;     /* 0: 10 s */
	unsigned total_ms;       /* of one request; 0: 60 s */
	size_t answer_max;       /* octets; 0: NET_ANSWER_MAX_DEFAULT */
};

struct net_client;

/* CONFIG is copied, its strings must outlive the client. */
struct net_client *net_client_new(const struct net_config *config);
/* NULL is accepted. */
void net_client_free(struct net_client **c);

struct net_header {
	struct str name; /* of answers: lower case */
	struct str value;
};

struct net_request {
	const char *method; /* "GET", "POST" … */
	struct str url;     /* absolute */
	const struct net_header *headers;
	size_t headers_n;
	const char *content_type; /* of the body; NULL: there is no body */
	struct bytes body;
};

struct net_answer {
	int status;
	struct str content_type; /* without parameters, lower case; empty when there is none */
	struct bytes body;
	const struct net_header *headers; /* the first NET_HEADER_MAX */
	size_t headers_n;
};

/*
 * Any status is OK: what it means is the caller's. E_FIELD_VALUE: the URL is not of the allowed
 * form; E_UNAVAILABLE: no connection, or no answer in time; E_TLS: the server is not the one we
 * trust; E_ANSWER: what came is no HTTP or too large. RET lies on A.
 */
NODISCARD enum err net_request(struct net_client *c, struct arena *a, const struct net_request *q,
    struct net_answer *ret, struct fault *f);
/* The first header of that lower-case name, or the empty view. */
struct str net_header(const struct net_answer *answer, const char *name);

/* Is HOST this very machine: localhost, 127.0.0.0/8, [::1]? */
bool net_host_is_loopback(struct str host);

/* The parts of an absolute http or https URL; views. */
struct net_url {
	bool https;
	struct str host;   /* without port, IPv6 in brackets */
	struct str origin; /* scheme://host[:port], as given */
	struct str rest;   /* path and query; may be empty */
};
/* False: not such a URL, or one with user name, blank, control or fragment. */
bool net_url_parse(struct str url, struct net_url *ret);

#endif
