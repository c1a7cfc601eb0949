/* SPDX-License-Identifier: Apache-2.0 */
/*
 * front: the API as a client sees it: the real server on sockets of a temporary folder, the real
 * service on a real store, a session of each kind. There is no signer: nothing is signed here.
 */
#ifndef TESTS_API_FRONT_H
#define TESTS_API_FRONT_H

#include "api/rows.h"

#define FRONT_ENROLMENT "00112233445566778899aabbccddeeff" /* of the session TICKET */

enum session { NOBODY, SMS, HOLDER, OPERATOR, ADMINISTRATOR, AUDITOR, TICKET, SESSION__COUNT };

/* route.def as data. */
struct door {
	const char *method, *pattern, *name;
	enum api_who who;
	bool admin, portal; /* listeners */
	size_t body_max;
	unsigned flags;
};
extern const struct door doors[];
extern const size_t door_count;

/* What is asked at a door; members that are not set have what is right there. */
struct question {
	const char *socket;
	const char *method;
	const char *path;    /* NULL: the door's own */
	const char *query;   /* "?x=1" */
	const char *type;    /* "": none */
	const char *body;    /* octets, may not hold NUL */
	const char *headers; /* more of them, each with its line end */
	const char *key;     /* Idempotency-Key; "": none */
	enum session session;
	const char *bearer; /* instead of the session's */
	size_t claimed;     /* Content-Length that is only said */
};

struct reply {
	int status;
	char code[64]; /* of the problem, else empty */
	char text[4096];
};

/* cmocka's group set-up and teardown. */
int front_start(void **state);
int front_stop(void **state);
/* One request on a connection of its own. The reply lasts until the next. */
const struct reply *front_ask(const struct door *d, const struct question *q);
const struct door *front_door(const char *name);
/* The door's pattern with something sound for each {name}. */
void front_path(const char *pattern, char ret[static 256]);
/* Units that were committed since the store was opened, without those that only say who was refused. */
uint64_t front_units(void);

#endif
