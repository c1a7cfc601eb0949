/* SPDX-License-Identifier: Apache-2.0 */
/*
 * conn: one connection on one loop, and the loop itself. Inside http/ only.
 *
 * A connection belongs to its loop's thread, except its request, answer and arena while a worker has
 * them (CONN_RUN); the worker gives it back through conn_back.
 *
 *	HEAD → BODY → RUN → WRITE → HEAD …      LINGER: answered, waiting for the peer to read it
 */
#ifndef HTTP_CONN_H
#define HTTP_CONN_H

#include <pthread.h>
#include <stdatomic.h>

#include <event2/bufferevent.h>
#include <event2/event.h>

#include "http/parse.h"
#include "http/pool.h"
#include "http/route.h"
#include "http/server.h"

struct door {
	struct door *next;
	struct loop *loop;
	enum http_listener listener;
	int fd; /* of this loop alone; closed with it */
	struct tls_server *tls;
	struct event *accept;
};

struct loop {
	struct http_server *server;
	struct event_base *base;
	struct event *wake, *retry;
	int wake_fd;
	pthread_t thread;
	bool running;
	/* of the loop's thread */
	struct door *doors;
	struct conn *conns;
	int count;
	bool paused, closing;
	/* handed over under lock */
	pthread_mutex_t lock;
	struct conn *back;      /* answered by a worker */
	struct door *new_doors; /* to be served from now on */
	bool drain, cut, stop;
};

enum conn_state { CONN_HEAD, CONN_BODY, CONN_RUN, CONN_WRITE, CONN_LINGER };

struct conn {
	struct http_pool_job job; /* first: a worker gets this */
	struct conn *prev, *next;
	struct conn *back_next;
	struct loop *loop;
	struct bufferevent *bev;
	struct ssl_st *ssl; /* of the bufferevent, or NULL */
	struct event *deadline;
	enum http_listener listener;
	enum conn_state state;
	bool dead;  /* lost while a worker has it */
	bool close; /* after this answer */
	size_t lingered;
	char peer[HTTP_PEER_MAX];
	int64_t peer_uid, peer_pid;
	/* of one request; a is NULL between two */
	struct arena *a;
	size_t scanned;
	int64_t began; /* monotonic milliseconds */
	struct http_head head;
	struct http_req req;
	struct http_resp resp;
	const struct http_route *route;
	struct http_chunks chunks;
	struct buf body;
};

struct http_server {
	struct http_config config;
	struct route_table *routes;
	struct http_pool *workers, *slow;
	struct loop *loops;
	pthread_mutex_t lock;
	pthread_cond_t emptied; /* some loop has no connections left */
	int busy;               /* loops that drain and are not empty */
	atomic_uint_fast64_t connections, requests, refused, broken;
};

/* conn.c: the connection's life. */
struct peer {
	int fd;
	char text[HTTP_PEER_MAX];
	int64_t uid, pid;
};
/* Takes over the socket. */
void conn_new(struct loop *l, const struct door *d, const struct peer *peer);
void conn_free(struct conn *c);
/* Arm the connection's deadline anew; 0 disarms. */
void conn_deadline(struct conn *c, int ms);
/* Write the answer in c->resp. */
void conn_send(struct conn *c);
/* Give an answered connection back to its loop, from any thread. */
void conn_back(struct conn *c);
/* On the loop, after conn_back. */
void conn_resume(struct conn *c);
/* Is it between two requests? */
bool conn_idle(const struct conn *c);

/* request.c: from octets to a handler's answer. */
/* Take what the input holds; true when the state changed and it may be worth another turn. */
bool request_read(struct conn *c);
int64_t request_clock(void);
/* The line for the log. */
void request_log(const struct conn *c);

/* loop.c */
NODISCARD enum err loop_new(struct loop *l, struct http_server *s, struct fault *f);
NODISCARD enum err loop_start(struct loop *l, struct fault *f);
void loop_wake(struct loop *l);
/* A connection went away: accept again where the limit had stopped it, tell the drain. */
void loop_conn_gone(struct loop *l);
/* The thread must have ended. */
void loop_free(struct loop *l);

#endif
