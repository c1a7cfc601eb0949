/* SPDX-License-Identifier: Apache-2.0 */
/*
 * signin: sessions, by SMS code or by a signed challenge (S11–S14). There are no passwords.
 */
#ifndef SERVICE_SIGNIN_H
#define SERVICE_SIGNIN_H

#include "service/call.h"

#define SMS_DIGITS     6
#define SMS_LIFE       300 /* seconds */
#define SMS_TRIES      5
#define SESSION_IDLE   1800  /* seconds; operators and administrators half of it */
#define SESSION_LIFE   43200 /* seconds */
#define CHALLENGE_LIFE 300   /* seconds */

struct sms_send {
	struct str phone;   /* E.164 */
	struct str purpose; /* "sign-in", or "revoke:SERIAL" (S13: a fresh SMS names the act) */
	struct str client_secret; /* 22–64 characters; the code works only together with it */
};
/*
 * Send a code. The answer is the same whether the number is known or not. E_FIELD_FORMAT phone;
 * E_RATE: 1 a minute, 5 an hour, 10 a day a number; and by range of numbers, address, and in all.
 */
NODISCARD enum err signin_sms_send(
    const struct call *c, const struct sms_send *in, struct fault *f);

struct session {
	struct str secret; /* the bearer: 43 characters base64url; only its hash is stored */
	struct str role;   /* "subscriber", "operator", "administrator", "auditor", "enrolment" */
	struct str name;
	int64_t expires; /* seconds UTC */
};

struct sms_sign_in {
	struct str phone, code, client_secret;
};
/* A session of assurance SMS. E_SMS_WRONG, E_SMS_EXPIRED, E_SMS_LOCKED; E_RATE: the number waits. */
NODISCARD enum err signin_sms(
    const struct call *c, const struct sms_sign_in *in, struct session *ret, struct fault *f);

struct challenge {
	struct str nonce; /* base64, 32 octets, single use */
	struct str origin, environment;
	int64_t expires;
};
NODISCARD enum err signin_challenge(const struct call *c, struct challenge *ret, struct fault *f);

struct signed_challenge {
	struct bytes certificate; /* DER */
	struct bytes nonce;       /* ours */
	struct bytes agent_nonce; /* 32 octets */
	struct bytes signature;   /* ECDSA, DER, over the statement of purpose sign-in */
};
/*
 * A session of assurance CERTIFICATE. E_NONCE, E_SIGNATURE; E_SIGNER_UNKNOWN: not exactly a
 * certificate of ours; E_CERT_STATE: unconfirmed, suspended, revoked or expired.
 */
NODISCARD enum err signin_certificate(
    const struct call *c, const struct signed_challenge *in, struct session *ret, struct fault *f);

/* Who holds this bearer? E_SESSION when nobody, or no longer. Moves the idle limit. */
NODISCARD enum err signin_session(
    struct call *c, struct str secret, struct principal *ret, struct fault *f);
NODISCARD enum err signin_out(const struct call *c, struct fault *f);

#endif
