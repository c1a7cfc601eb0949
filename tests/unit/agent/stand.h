/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stand: an agent with everything around it that is needed: SoftHSM behind the fault module, settings
 * in a temporary folder, a pinentry that does what a file says, a service's job key and CA.
 */
#ifndef TESTS_STAND_H
#define TESTS_STAND_H

#include <jansson.h>

#include "../token/softhsm.h"
#include "agent/flow.h"
#include "core/job.h"
#include "crypto/softkey.h"

#define STAND_ORIGIN    "https://localhost:8443"
#define STAND_ORIGIN_RA "https://127.0.0.1:8444"

struct stand {
	struct softhsm h;
	struct arena *a;
	struct settings settings;
	struct agent *agent;
	struct softkey *service; /* signs jobs and certificates */
	char config[96];
	struct str nonce; /* of the last hello, base64 */
	json_t *keep;
	struct fault f;
};

int stand_up(void **state);
/* Another agent, which knows nothing of the former, greeted in language L. */
void stand_anew(struct stand *s, enum lang l);
/* Nothing on the token any more. */
void stand_clear(struct stand *s);
int stand_down(void **state);

/*
 * What the pinentry answers, one line a question: "pin TEXT", "ok", "cancel", "late" (its own time
 * limit), "hang", "junk", "end", "twice TEXT" (a new PIN that it asked for twice by itself). Without a line: the right PIN and "ok".
 */
void stand_answers(const struct stand *s, const char *lines);
/* From now on the pinentry asks twice for new PINs by itself. */
void stand_repeats(const struct stand *s);
/* All that windows showed since the last call, in Assuan's quoting. */
const char *stand_seen(struct stand *s);

/* The "ok" of an answer; the case fails when it is an error. Takes ARGS. */
json_t *stand_ok(struct stand *s, const char *verb, json_t *args);
/* The failure that an answer is. Takes ARGS. */
enum err stand_fails(struct stand *s, const char *origin, const char *verb, json_t *args);
/* The same for any octets. */
enum err stand_raw(struct stand *s, const char *text);
/* The "field" and "rule" of the last error, its "text" and "next" in one line. */
extern char stand_field[FAULT_FIELD], stand_rule[FAULT_RULE], stand_words[512];

void stand_hello(struct stand *s);
/* A job for ENROLMENT signed by the service, as enrol.begin wants it; CHANGE may spoil it first. */
json_t *stand_job(struct stand *s, struct id enrolment, void (*change)(struct job *j));
/* A certificate of the service's for the key of a request (base64 DER). */
struct bytes stand_issue(struct stand *s, const json_t *csr);
struct bytes stand_octets(struct stand *s, const json_t *obj, const char *name);
json_t *stand_text(struct stand *s, struct bytes b);
/* Does SIGNATURE of ANSWER say this statement by KEY? */
void stand_verify(struct stand *s, const json_t *answer, struct bytes spki, struct statement said);

#endif
