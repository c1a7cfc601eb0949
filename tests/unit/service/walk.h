/* SPDX-License-Identifier: Apache-2.0 */
/*
 * walk: a whole installation in one process (real signer, real store, two services as in front and
 * jobs) and the steps of the main job, with soft keys where people have tokens.
 */
#ifndef TESTS_WALK_H
#define TESTS_WALK_H

#include "../signer/house.h"

#include "service/amend.h"
#include "service/apply.h"
#include "service/certs.h"
#include "service/enrol.h"
#include "service/service.h"
#include "service/setup.h"
#include "service/signin.h"
#include "service/status.h"
#include "service/upkeep.h"
#include "store/store.h"

struct world {
	struct house house; /* the signer */
	char store_path[160], front_dir[160];
	struct store *store[2];
	struct service *front, *jobs;
	struct arena *a;
	int64_t shift;    /* seconds added to the clock of calls */
	const char *more; /* lines added to the person's profile before the set-up; NULL: none */
};

/* Somebody with a key: a session, and what is needed to sign. */
struct somebody {
	struct softkey *key;
	struct bytes certificate;
	struct str ca, serial;
	struct principal who;
	struct str reference, code, phone;
};

void world_open(struct world *w);
void world_close(struct world *w);
/* CA, profiles, one administrator. */
void world_set_up(struct world *w);
/* The administrator and one operator, enrolled and signed in; a subscriber signed in by SMS. */
void world_people(struct world *w, struct somebody *admin, struct somebody *operator,
    struct somebody * subscriber);

/* One person more in the roster, enrolled and signed in. */
void world_add(struct world *w, const struct somebody *admin, const struct amend_person *in,
    struct somebody *ret);

/* A call of front in WHO's name (NULL: a stranger), and one of the jobs process. */
struct call world_call(struct world *w, const struct principal *who);
struct call world_jobs(struct world *w);
/* Fails the test with the whole fault. */
#define MUST_OK(call) world_ok((call), &f, __LINE__)
void world_ok(enum err e, const struct fault *f, int line);

/* The newest message on CHANNEL, sent: its text. All others are sent on the way. */
struct str world_message(struct world *w, const char *channel);
/* The ten digits in a text; the code's 12 characters in a text. */
struct str world_digits(struct world *w, struct str text, size_t n);
struct str world_code(struct world *w, struct str text);

/* From the codes in B to an active certificate. */
void world_enrol(struct world *w, struct somebody *b);
/* Only the first steps: the ticket; then the issued certificate. */
void world_ticket(struct world *w, struct somebody *b, struct enrol_ticket *ret, uint8_t nonce[32]);
struct bytes world_csr(struct world *w, struct softkey *key);
/* A signature by B's key over a statement. */
struct bytes world_sign(struct world *w, const struct somebody *b, struct statement *s,
    struct bytes certificate, struct bytes payload);
void world_sign_in(struct world *w, struct somebody *b);
void world_sms_sign_in(struct world *w, struct somebody *b, const char *phone);
/* A submitted application; its number. */
struct str world_submit(struct world *w, const struct somebody *subscriber);
void world_approve(struct world *w, const struct somebody *operator, struct str no);
/* After approval: both codes from the messages into B. */
void world_codes(struct world *w, struct somebody *b);

#endif
