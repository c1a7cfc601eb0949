/* SPDX-License-Identifier: Apache-2.0 */
/*
 * serving: a server with routes for every kind of answer, on a free port of the loopback.
 *
 * /hello on the loop, /worker by a worker, /big a MiB, /echo the body, /json JSON of at most 100
 * octets, /show who asks; /gate and the slow /hash wait until the gate is posted.
 */
#ifndef TESTS_HTTP_SERVING_H
#define TESTS_HTTP_SERVING_H

#include <semaphore.h>

#include "client.h"
#include "http/server.h"

#define H "Host: a\r\n"

extern struct http_server *serving;
extern int serving_port;
extern sem_t serving_entered, serving_gate; /* a handler came to the gate; one may leave */

/* With these settings; routes and fault are ours. */
void serving_start(const struct http_config *from);
/* Drains and frees; nothing is left open. */
void serving_stop(void);
/* A new connection that has sent RAW. */
struct client *serving_ask(const char *raw);

#endif
