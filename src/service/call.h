/* SPDX-License-Identifier: Apache-2.0 */
/*
 * call: what every use-case is given: the service's parts, who asks, when, and memory to answer in.
 *
 * A use-case is one function: it takes a call and a plain struct, gives a plain struct on the call's
 * arena or a fault, and changes nothing when it fails. It decides who may; the API only finds out
 * who asks. Everything that changes state writes its log record in the same unit.
 */
#ifndef SERVICE_CALL_H
#define SERVICE_CALL_H

#include "base/arena.h"
#include "base/catalogue.h"
#include "base/err.h"

struct service;

/* How the caller proved who they are; S13 says what SMS alone may do. */
enum assurance {
	ASSURANCE_NONE,        /* a stranger */
	ASSURANCE_SMS,         /* knows the code sent to a phone */
	ASSURANCE_CERTIFICATE, /* signed a challenge with a key we certified */
	ASSURANCE_ENROLMENT, /* gave the two codes, or signed with the pending key: this enrolment only */
	ASSURANCE_LOCAL /* the admin socket, by peer credentials */
};

/* S14: these exclude each other per person. */
enum person_role {
	PERSON_NONE,
	PERSON_SUBSCRIBER,
	PERSON_OPERATOR,
	PERSON_ADMINISTRATOR,
	PERSON_AUDITOR
};

struct principal {
	enum assurance assurance;
	enum person_role role;
	int64_t account;         /* 0: none */
	struct str person;       /* roster person id ("p-…"), empty for subscribers */
	struct str name;         /* as shown to others */
	int64_t person_key;      /* store key of PERSON */
	struct str offices;      /* an operator's scope (core/office.h); empty: all */
	bool supervisor;         /* an operator who may give cases to others */
	int64_t certificate;     /* ASSURANCE_CERTIFICATE: store key of the one that signed */
	struct str enrolment;    /* ASSURANCE_ENROLMENT: the only one it is good for */
	struct bytes spki_hash;  /* ASSURANCE_CERTIFICATE: SHA-256 of the signer's SPKI */
	struct bytes session_id; /* SHA-256 of the session's secret */
};

struct call {
	struct service *service;
	struct arena *a;
	int64_t now; /* seconds, read once, never below the last committed time */
	struct principal who;
	enum lang lang;         /* of the answer */
	struct str request_id;  /* 32 hex digits */
	struct str peer;        /* address as text, for limits */
	struct str idempotency; /* the client's key, or empty */
	struct bytes body_hash; /* SHA-256 of the request's body, for idempotency */
	struct str route;       /* the route's name, for idempotency */
};

#endif
