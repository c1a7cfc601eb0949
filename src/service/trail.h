/* SPDX-License-Identifier: Apache-2.0 */
/*
 * trail: the log as administrators and auditors read it, whether it is whole, and the places of it that
 * the signer has signed (S25). Who reads it is in it.
 */
#ifndef SERVICE_TRAIL_H
#define SERVICE_TRAIL_H

#include "base/out.h"
#include "service/call.h"

/* Texts that are empty and times that are 0 ask for nothing. */
struct trail_want {
	struct str event, object, actor;
	int64_t since, until; /* seconds: from the first, before the second */
};
/* Every field that the record's hash covers, and the hash. */
struct trail_record {
	int64_t seq, time_ms;
	struct str request, actor, event, object, detail;
	struct str hash; /* lower-case hex */
};
struct trail_page {
	struct trail_record *items;
	size_t count;
	struct str next; /* empty: the last page */
};
/* Oldest first; the first page writes that the log is read. E_AUTH_REQUIRED, E_ROLE, E_FIELD_VALUE. */
NODISCARD enum err trail_list(const struct call *c, const struct trail_want *want,
    struct str cursor, int64_t limit, struct trail_page *ret, struct fault *f);

struct trail_proof {
	int64_t
	    broken; /* 0: whole so far; else the first record that is changed, missing or out of order */
	int64_t
	    checkpoint; /* 0; else the first signed place at which the chain says something else */
	int64_t checkpoints;  /* signed places compared in this piece */
	int64_t seq, time_ms; /* the record up to which all is whole */
	struct str hash;      /* its hash, lower-case hex */
	int64_t head;         /* the log's last record when this piece began */
	struct str next;      /* for the next piece; empty: this was the last */
};
/*
 * Walks the chain by one piece and compares it with what the signer has signed. CURSOR empty: from the first
 * record. E_AUTH_REQUIRED, E_ROLE, E_FIELD_VALUE.
 */
NODISCARD enum err trail_verify(
    const struct call *c, struct str cursor, struct trail_proof *ret, struct fault *f);

/* A place of the log that the signer has signed. */
struct trail_checkpoint {
	int64_t seq, time_ms;
	struct str hash; /* lower-case hex */
	struct str environment, origin;
	struct bytes signature;
};
struct trail_checkpoints {
	struct bytes key; /* the audit key's SubjectPublicKeyInfo, as the signer tells it */
	struct trail_checkpoint *items;
	size_t count;
	struct str next;
};
/* Oldest first. E_AUTH_REQUIRED, E_ROLE, E_FIELD_VALUE. */
NODISCARD enum err trail_checkpoints(const struct call *c, struct str cursor, int64_t limit,
    struct trail_checkpoints *ret, struct fault *f);
/* For the jobs process: those about records after number AFTER, some of them. E_AUTH_REQUIRED. */
NODISCARD enum err trail_checkpoints_after(
    const struct call *c, int64_t after, struct trail_checkpoints *ret, struct fault *f);
/* Have this place of the log signed. *RET: a checkpoint about this record or a later one will come. */
NODISCARD enum err trail_checkpoint_ask(const struct call *c, int64_t *ret, struct fault *f);
/* As an object of JSON, the same in the API, in an export and in the file that leaves the machine. */
void trail_checkpoint_out(
    struct out *o, const char *name, const struct trail_checkpoint *p, struct bytes key);

#endif
