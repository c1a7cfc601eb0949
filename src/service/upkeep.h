/* SPDX-License-Identifier: Apache-2.0 */
/*
 * upkeep: everything with a clock, one function a kind of work. The jobs process claims rows and
 * calls these; each is safe to run again after any break.
 */
#ifndef SERVICE_UPKEEP_H
#define SERVICE_UPKEEP_H

#include "core/checkpoint.h"
#include "service/call.h"
#include "service/trail.h"

/*
 * Rows of work. KIND is a word of the jobs table ("outbox", "crl", "lapse", "idle", "expire",
 * "own-certificates", "sweep", "settle", "checkpoint"), OBJECT what it is about (a CA's label, a channel) or
 * empty; the two together name the row. Any use-case may ask for work in its unit.
 */
struct upkeep_work {
	int64_t id, ver;
	struct str kind, object;
	int64_t tries; /* this one counted */
};
/* A new run of the jobs process: what an earlier one of this node held when it ended is free again. */
NODISCARD enum err upkeep_work_free(const struct call *c, struct fault *f);
/* Ask for work at DUE; a row that is there already keeps the earlier time. */
NODISCARD enum err upkeep_work_put(
    const struct call *c, struct str kind, struct str object, int64_t due, struct fault *f);
/* When the next row nobody holds is due; a read. E_NOT_FOUND: there is none. */
NODISCARD enum err upkeep_work_due(const struct call *c, int64_t *ret, struct fault *f);
/* Claim one due row, for five minutes. E_NOT_FOUND: there is none. */
NODISCARD enum err upkeep_work_next(const struct call *c, struct upkeep_work *ret, struct fault *f);
/* It was done; NEXT: when again, 0 for never (unless it was asked for meanwhile). */
NODISCARD enum err upkeep_work_done(
    const struct call *c, const struct upkeep_work *w, int64_t next, struct fault *f);
/* It failed, for the fault WHY: again at DUE. */
NODISCARD enum err upkeep_work_later(const struct call *c, const struct upkeep_work *w, int64_t due,
    const struct fault *why, struct fault *f);

/* Insert what the signer's journal has and the store has not (S9). RET: records taken over. */
NODISCARD enum err upkeep_settle(const struct call *c, int64_t *ret, struct fault *f);
/*
 * When a CRL of LABEL ("issuing-g1") may be made: *RET is 0, or the next second when this second has one
 * already. Revocations of one second stand in one list.
 */
NODISCARD enum err upkeep_crl_due(
    const struct call *c, struct str label, int64_t *ret, struct fault *f);
/* Make and store one now. */
NODISCARD enum err upkeep_crl(const struct call *c, struct str label, struct fault *f);
/* Codes that lapsed: enrolment expired, its unconfirmed certificate revoked (S21). */
NODISCARD enum err upkeep_lapse(const struct call *c, int64_t *ret, struct fault *f);
/*
 * Drafts, returned and submitted applications that nobody has moved for the days of their profile. *MORE:
 * there are others; run it again.
 */
NODISCARD enum err upkeep_idle(const struct call *c, int64_t *ret, bool *ret_more, struct fault *f);
/* Holders are told that their certificate ends soon. */
NODISCARD enum err upkeep_expiring(const struct call *c, int64_t *ret, struct fault *f);
/* Uploaded papers whose application ended so many days ago as their profile says. *RET_MORE: not all yet. */
NODISCARD enum err upkeep_papers(const struct call *c, bool *ret_more, struct fault *f);
/* Certificates whose end has come, up to some hundred; *RET: how many. 0: there are no others. */
NODISCARD enum err upkeep_expire(const struct call *c, int64_t *ret, struct fault *f);
/* OCSP signer certificates, when a third of their life is left (N20). */
NODISCARD enum err upkeep_own_certificates(const struct call *c, struct fault *f);
/*
 * The portal's TLS certificate, when there is none or a third of its life is left: for the front, which
 * alone has the key. *RET: there is a new one in the data directory (tls.pem, tls.key).
 */
NODISCARD enum err upkeep_portal_certificate(const struct call *c, bool *ret, struct fault *f);
/*
 * Have the signer sign where the log stands now, when RULE (core/checkpoint.h) says that it is due. *MADE: *RET
 * is the new one.
 */
NODISCARD enum err upkeep_checkpoint(const struct call *c, const struct checkpoint_rule *rule,
    struct trail_checkpoint *ret, bool *made, struct fault *f);
/* Old sessions, nonces, idempotency rows, SMS codes. */
NODISCARD enum err upkeep_sweep(const struct call *c, struct fault *f);

struct upkeep_message {
	int64_t id, created;
	int64_t expires;      /* no later is it handed over */
	struct str channel;   /* "mail" | "sms" */
	struct str template;  /* of the catalogue: "sms.code" */
	struct str recipient; /* opened: address or number */
	struct str subject, text;
	const struct catalogue_value *values; /* what filled the text; may be secret */
	size_t count;
	enum lang lang;
};
/*
 * Claim the next due message of CHANNEL, opened and rendered. One that is past its time is given up on the
 * way. E_NOT_FOUND when there is none.
 */
NODISCARD enum err upkeep_message_next(
    const struct call *c, struct str channel, struct upkeep_message *ret, struct fault *f);
/* When the next message of CHANNEL that nobody holds is due; a read. E_NOT_FOUND: there is none. */
NODISCARD enum err upkeep_message_due(
    const struct call *c, struct str channel, int64_t *ret, struct fault *f);
enum upkeep_outcome {
	UPKEEP_SENT,   /* handed over: its secrets are wiped */
	UPKEEP_LATER,  /* not now: again after a while, as long as it has not expired */
	UPKEEP_REFUSED /* never: given up, its secrets are wiped, the log says so */
};
/* How message ID went; WHY: the cause in a word or two without addresses, empty when sent. */
NODISCARD enum err upkeep_message_done(
    const struct call *c, int64_t id, enum upkeep_outcome outcome, struct str why, struct fault *f);

/* The parts of the service, for /readyz. */
struct upkeep_health {
	struct str name, mend; /* MEND empty: it does its work */
	struct str warning;    /* it does, but not for ever; empty: nothing to say */
	int64_t since, until;  /* of the list, certificate or signed place that it shows; 0: none */
	int64_t waiting;       /* messages that are on their way; since: the oldest */
	int64_t lag;           /* seconds that its work has been due */
	struct str fault;      /* what its work failed with last; empty: it did not */
};
NODISCARD enum err upkeep_health(
    const struct call *c, struct upkeep_health **ret, size_t *count, struct fault *f);

#endif
