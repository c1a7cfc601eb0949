/* SPDX-License-Identifier: Apache-2.0 */
/*
 * house: a real signer over socket pairs, set up as an installation, with the people who approve:
 * what the tests of the signer stand on. Two operators, one administrator (n = 1), environment test.
 */
#ifndef TESTS_HOUSE_H
#define TESTS_HOUSE_H

#include "test.h"

#include <pthread.h>

#include "core/builtin.h"
#include "core/claim.h"
#include "core/roster.h"
#include "crypto/softkey.h"
#include "signer/client.h"
#include "signer/serve.h"

#define HOUSE_ORIGIN "https://localhost:8443"
#define HOUSE_BASE   "http://localhost:8445"
#define HOUSE_ARC    "2.25.113029375"
#define HOUSE_NODE   7

enum { ADMIN, OPERATOR_1, OPERATOR_2, AUDITOR, PEOPLE };

struct person {
	struct id person, enrolment;
	struct softkey *key;
	struct bytes certificate;
};

struct house {
	struct arena *a;
	char folder[64], data[128];
	struct state_options options;
	struct serve *serve;
	pthread_t thread;
	int stop[2];
	bool raw[SIGNER_PEER__COUNT]; /* no client for this peer at the next start */
	int peer[SIGNER_PEER__COUNT]; /* our end of it then; the caller closes it */
	struct signer_client *front, *jobs, *settle;
	struct signer_keys_wanted kinds; /* words only; empty: P-256 */
	enum keyalg root_kind;           /* 0: P-256 */
	struct signer_keys keys;
	struct softkey *root_key;
	struct bytes root, ca[2], root_crl, roster, person_document, operator_document;
	struct profile_issuer issuer[2];
	struct profile person_profile, operator_profile;
	struct cert_template person_template, operator_template;
	struct roster people;
	struct person one[PEOPLE];
};

/* A folder and a running, empty signer. */
void house_open(struct house *h);
/* Keys, certificates, documents: ready. */
void house_set_up(struct house *h);
/* Certificates for all people of the roster. */
void house_people(struct house *h);
void house_close(struct house *h);
/* Stop the signer's process and start it on the same folder. */
void house_stop(struct house *h);
void house_start(struct house *h);

int64_t house_now(void);
struct id house_id(void);
struct serial house_serial(int64_t now);

/* A request for a person's certificate, as an honest front makes it; change what the test needs. */
struct order {
	struct softkey *key;
	struct claim claim;
	struct approval approval[2];
	struct bytes tbs;
	struct signer_issued issued;
};
/* With one approval, by operator WHO. The key is the caller's to free. */
void house_order(struct house *h, const char *name, int who, struct order *ret);
/* Sign the claim again (after a change) by WHO, as approval number I. */
void house_approve(struct house *h, struct order *o, size_t i, int who, enum purpose purpose);
/* Build the certificate again from the claim. */
void house_tbs(struct house *h, struct order *o, int64_t now);
enum err house_issue(struct house *h, struct order *o, struct fault *f);

struct house_list {
	enum profile_ca ca;
	int64_t number, this_update, next_update;
	const struct crl_item *row;
	size_t count;
};
/* Sign this list as jobs would. */
enum err house_crl(struct house *h, const struct house_list *l, struct bytes *ret_tbs,
    struct bytes *ret_signature, struct fault *f);
/* A statement of WHO over PAYLOAD. */
struct approval house_sign(struct house *h, int who, enum purpose purpose, struct bytes payload);
/* Is there a REFUSED record of the journal with this message, code and rule ("ISSUE GATE node")? */
bool house_refused(struct house *h, const char *line);

/* E is WANT with this rule, and the journal has that refusal. */
void house_expect(struct house *h, enum err e, const struct fault *f, enum err want,
    const char *message, const char *rule);
/* A list that follows any before it. */
struct house_list house_list_now(enum profile_ca ca, const struct crl_item *row, size_t n);

#endif
