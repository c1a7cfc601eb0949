/* SPDX-License-Identifier: Apache-2.0 */
/*
 * act: what the use-cases share: who may, the unit with its actor, messages that leave with it, answers to
 * a repeated request. Only for the files of service/.
 */
#ifndef SERVICE_ACT_H
#define SERVICE_ACT_H

#include "core/application.h"
#include "core/certificate.h"
#include "core/enrolment.h"
#include "service/realm.h"
#include "store/store.h"

/* A unit in the caller's name. */
struct unit *act_unit(const struct call *c);
NODISCARD enum err act_commit(const struct call *c, struct unit *u, struct fault *f);
/* Ask for work in the act's unit; act_commit rings the bell of the jobs process. */
void act_job(
    struct unit *u, const struct call *c, const char *kind, struct str object, int64_t due);
/* The act's unit changes a certificate's status: act_commit looks to it that no old answer is given after it. */
void act_status(void);
/* "account:17", "person:…", "enrolment:…", "admin-socket", "jobs": who, in the log and in limits. */
struct str act_actor(const struct call *c);

/* E_AUTH_REQUIRED, E_ASSURANCE: nobody's, or not a subscriber's session. */
NODISCARD enum err act_subscriber(const struct call *c, struct fault *f);
/* E_AUTH_REQUIRED, E_ROLE: not a session by certificate of that role. */
NODISCARD enum err act_role(const struct call *c, enum person_role role, struct fault *f);
/* E_AUTH_REQUIRED: not by the admin socket, nor the jobs process. */
NODISCARD enum err act_local(const struct call *c, struct fault *f);

/* One message. VALUES fill the catalogue's text; all of it is sealed until jobs sends it. */
struct act_message {
	const char *channel;  /* "mail" | "sms" */
	const char *template; /* of the catalogue: "mail.reference", "sms.code" */
	struct str to, lang;
	struct str object; /* what it is about: a public name */
	int64_t after;     /* it leaves no earlier; 0: at once */
	const struct catalogue_value *values;
	size_t count;
};
/* Seal it (asks the signer, so before the unit is committed) and add it. */
NODISCARD enum err act_message(
    const struct call *c, struct unit *u, const struct act_message *m, struct fault *f);

/*
 * Was this request made before with the same key? *object is the row it made, 0: no.
 * E_IDEMPOTENCY_BODY: the same key with another body.
 */
NODISCARD enum err act_repeated(const struct call *c, int64_t *object, struct fault *f);
/* Note it in the act's unit; nothing without a key. */
void act_note(struct unit *u, const struct call *c, int64_t object);

/* SHA-256 of B, on the call's arena. */
struct bytes act_hash(const struct call *c, struct bytes b);

/* A JSON object of words for a log record; values are escaped. NULL name ends the list. */
struct str act_detail(const struct call *c, const char *const *pairs);

/* Cursors are (sort, id) with our mark, so that nobody makes up his own. */
struct str act_cursor(const struct call *c, int64_t sort, int64_t id);
/* Empty: the beginning. E_FIELD_VALUE "cursor", "limit". */
NODISCARD enum err act_page(
    const struct call *c, struct str cursor, int64_t limit, struct page *ret, struct fault *f);

#endif
