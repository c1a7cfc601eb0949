/* SPDX-License-Identifier: Apache-2.0 */
/*
 * client: a small HTTP client that sends exactly the octets it is given, and a bound socket to send
 * them to. Blocks at most five seconds.
 */
#ifndef TESTS_HTTP_CLIENT_H
#define TESTS_HTTP_CLIENT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/bytes.h"

struct ssl_st;

/* A TCP socket bound to a free port of 127.0.0.1. */
int client_bound(int *ret_port);

struct client {
	int fd;
	struct ssl_st *ssl; /* NULL: plain */
	/* the last answer */
	char head[8192];
	char body[1 << 21];
	size_t body_n;
	int status;        /* 0: none came */
	char ahead[65536]; /* received after it */
	size_t ahead_n;
};

/* The one client of a test; -1 in fd when refused. */
struct client *client_open(int port);
void client_send(struct client *c, const void *p, size_t n);
void client_say(struct client *c, const char *text);
/* Reads one answer by its length; HEAD has none. The status, 0 when the server closed instead. */
int client_answer(struct client *c, bool head);
/* The server closed, and sent nothing before. */
bool client_closed(struct client *c);
bool client_has(const struct client *c, const char *text);
void client_close(struct client *c);

#endif
