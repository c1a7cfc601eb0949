/* SPDX-License-Identifier: Apache-2.0 */
/*
 * flow: the agent's inner state, and the way to a token: find, lock, open, ask for consent and PIN.
 *
 * A token that an enrolment has logged in to stays open, without the PIN, until the enrolment ends
 * or another flow begins: enrol.finish then needs no second question.
 */
#ifndef AGENT_FLOW_H
#define AGENT_FLOW_H

#include "agent/agent.h"
#include "agent/consent.h"
#include "core/id.h"
#include "core/statement.h"
#include "crypto/digest.h"
#include "crypto/verify.h"
#include "token/token.h"

struct flow {
	struct arena *a;     /* of info */
	struct token *token; /* NULL: no flow */
	struct token_info info;
	int lock;
	bool logged_in;
	bool pin_change; /* a PIN that must be changed first may be used for that */
	bool enrolling;  /* between enrol.begin or resume and enrol.finish */
	struct id enrolment;
	struct secret pin; /* during one verb only */
};

/* What tokens.watch saw last, a row for each module. */
struct watch {
	bool on;
	uint8_t seen[SETTINGS_MODULES_MAX][SHA256_SIZE];
	int64_t not_before[SETTINGS_MODULES_MAX]; /* monotonic milliseconds */
};

struct agent {
	const struct settings *settings;
	const char *config; /* the file of the settings */
	struct arena *a;    /* of what lives as long as the agent */
	struct token_set *tokens;
	enum lang lang;
	bool greeted;
	uint8_t nonce[STATEMENT_NONCE]; /* of the last hello */
	unsigned cancelled;             /* questions in a row that the person cancelled */
	int64_t paused_until;           /* monotonic seconds */
	struct flow flow;
	struct watch watch;
};

/* One request on its way. */
struct asked {
	struct agent *agent;
	struct arena *a;
	const struct settings_origin *origin;
	int64_t now; /* Unix seconds */
};

/*
 * Opens the token that NAME (serial or label) means, as the only flow. E_TOKEN_ABSENT; E_FIELD_VALUE:
 * several fit; E_TOKEN_BUSY.
 */
NODISCARD enum err flow_open(struct asked *q, struct str name, struct fault *f);
/*
 * Why the token that is looked for is not there: a module that failed, a token that no module
 * recognizes (E_TOKEN_UNKNOWN), no smart-card service (E_READER_SERVICE), or E_TOKEN_ABSENT.
 */
NODISCARD enum err flow_absent(
    const struct asked *q, const struct token_list *list, struct fault *f);
/* Closes what is open; nothing open is no fault. */
void flow_close(struct agent *agent);
/* Is this enrolment's token open and logged in? */
bool flow_is(const struct agent *agent, const struct id *enrolment);

/* The PIN's state in one word: "set", "locked", "last-try" … */
const char *flow_pin_state(unsigned flags);

/*
 * Shows the consent and asks for the PIN in one window, logs in, and asks again while the PIN is
 * wrong and tries are left, with a question of its own before the last one. E_CANCELLED, E_TIMEOUT,
 * E_PIN_*; E_RATE after three cancelled questions.
 */
NODISCARD enum err flow_login(struct asked *q, const struct consent *c, struct fault *f);
/* Shows the consent and asks whether to go on, without a PIN. */
NODISCARD enum err flow_confirm(struct asked *q, const struct consent *c, struct fault *f);
/*
 * Asks for a PIN that is going to be the token's, twice, and again while it is none that the token
 * takes, the old one or too easy. Left empty when it will be typed at the reader. E_PIN_NEW,
 * E_PIN_LENGTH after several tries.
 */
NODISCARD enum err flow_new_pin(struct asked *q, struct secret *ret, struct fault *f);

/*
 * Signs MESSAGE with key ID of the open token, as sigalg_of_key says for its public half SPKI: the
 * signature as X.509 has it, verified before it leaves (E_TOKEN_ERROR otherwise).
 */
NODISCARD enum err flow_sign(struct asked *q, struct bytes id, struct bytes spki,
    struct bytes message, struct bytes *ret, struct fault *f);

/* What a statement says beyond what the agent knows itself. */
struct flow_statement {
	enum purpose purpose;
	struct bytes id, spki;
	struct bytes certificate; /* DER, or empty by purpose */
	struct bytes server_nonce;
	struct bytes payload; /* or empty by purpose */
};
/* Builds and signs the statement of S23; the agent nonce is the last hello's. */
NODISCARD enum err flow_state(
    struct asked *q, const struct flow_statement *s, struct bytes *ret, struct fault *f);

#endif
