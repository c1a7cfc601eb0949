/* SPDX-License-Identifier: Apache-2.0 */
/*
 * server: sockets, TLS, deadlines and threads around the route table. N event loops read whole
 * requests and write answers; a pool of workers runs the handlers that are not HTTP_ON_LOOP; a second,
 * small pool runs those that are HTTP_SLOW. A full pool answers 503 with Retry-After.
 */
#ifndef HTTP_SERVER_H
#define HTTP_SERVER_H

#include "crypto/tls.h"
#include "http/http.h"

struct http_server;

/* All in milliseconds; 0 takes the value in brackets. */
struct http_times {
	int header; /* from accept or a request's first octet to the end of its header [10 000] */
	int body;   /* from there to the end of its body [30 000] */
	int idle;   /* between requests [75 000] */
	int stall;  /* an answer of which nothing more is taken [30 000] */
};

/* Zero takes the value in brackets. Tables and strings must outlive the server. */
struct http_config {
	const struct http_route *routes;
	size_t route_count;
	http_fault_fn *fault;
	void *app;        /* handed to every handler */
	int loops;        /* event loop threads [2] */
	int workers;      /* [4] */
	int queue;        /* requests waiting for a worker [1024] */
	int slow_workers; /* [2] */
	int slow_queue;   /* requests waiting for a slow worker [32] */
	int connections;  /* per loop; past it the backlog waits [4096] */
	bool hsts;        /* portal answers carry Strict-Transport-Security (off for localhost:
			       browsers keep it by host, for every port of it) */
	struct http_times times;
};

/* E_CONFIG: two rows for the same method, path and listener, or a pattern that is none. */
NODISCARD enum err http_server_new(
    const struct http_config *config, struct http_server **ret, struct fault *f);
/*
 * Serve a bound socket (listen(2) is called here; the socket is duplicated, the caller keeps his).
 * TLS NULL: plain. Any time, before and after start. E_UNAVAILABLE: another program has the port.
 */
NODISCARD enum err http_server_open(struct http_server *s, enum http_listener listener, int fd,
    struct tls_server *tls, struct fault *f);
/* Starts the threads. */
NODISCARD enum err http_server_start(struct http_server *s, struct fault *f);
/*
 * Stop accepting, finish the requests that have begun, close idle connections. Returns when all are
 * closed, or E_TIMEOUT after MS milliseconds with the rest cut.
 */
NODISCARD enum err http_server_drain(struct http_server *s, int ms, struct fault *f);
/* Ends the threads (waits for handlers that still run) and frees; *S becomes NULL. */
void http_server_free(struct http_server **s);

struct http_counts {
	uint64_t connections; /* open now */
	uint64_t requests;    /* answered since the start */
	uint64_t refused;     /* answered 503 because a pool was full */
	uint64_t broken;      /* connections closed for bad framing or a deadline */
};
struct http_counts http_server_counts(struct http_server *s);

#endif
