/* SPDX-License-Identifier: Apache-2.0 */
/*
 * talk: what a program says to the API, as values: requests through the handlers without sockets, the
 * last answer, and what the real jobs have written into the spool.
 */
#ifndef TESTS_API_TALK_H
#define TESTS_API_TALK_H

#include "../service/walk.h"

#include <jansson.h>

#include "http/http.h"

extern struct world w;

/* One request; names of handlers are those of route.def. */
struct ask {
	const char *name;
	const char *secret; /* bearer */
	struct http_pair params[3];
	const char *query, *body;
	const char *key; /* Idempotency-Key; NULL: a new one */
	const char *tag; /* If-None-Match */
};

/* A house that is set up, and its jobs. */
void talk_open(void);
void talk_close(void);

extern struct http_resp resp; /* the last answer */
extern json_t *answer;        /* its body */

/* Ask the API and expect STATUS. */
void talk(int status, struct ask q);
/* Any route, with the path as sent. */
void talk_raw(const struct http_route *r, const struct ask *q, const char *path);

/* Members of the answer, which has them. */
const char *talk_text(const char *key);
struct bytes talk_octets(const char *key);

const char *talk_b64(struct bytes b);
/* {"A":"VA"} */
const char *talk_one(const char *a, const char *va);
char *talk_cstr(struct str s);

/* Let the jobs do what is due. */
void talk_work(void);
/* After that: the newest file of a channel; the text of the newest SMS. */
struct str talk_message(const char *channel);
struct str talk_sms(void);
struct str talk_file(const char *path);

#endif
