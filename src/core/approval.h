/* SPDX-License-Identifier: Apache-2.0 */
/*
 * approval: an operator's signature under an application (S2): a statement of purpose "approve"
 * over the SHA-256 of a payload. The payload fixes all that will be signed as far as it is known
 * then, so a change of data, profile or enrolment in between makes the approval worthless.
 *
 * Payload: application, revision, profile, profile version, subject DER, SAN DER or empty, enrolment
 * (16 octets); each with a 32-bit big-endian length, numbers as decimal text.
 *
 * One signature may cover a list. Then it is over the SHA-256 of: the word signet-approval-list-v1, the
 * count (decimal), and the SHA-256 of each payload, in fields of the same form. Who verifies one application
 * needs only the hashes of the others.
 */
#ifndef CORE_APPROVAL_H
#define CORE_APPROVAL_H

#include "base/buf.h"
#include "base/err.h"
#include "base/rd.h"
#include "core/id.h"
#include "core/statement.h"

#define APPROVAL_NAMES_MAX   4096 /* octets of a subject, of a SAN */
#define APPROVAL_SIGNATURE   80   /* octets, most (ECDSA P-256 in DER: 72) */
#define APPROVALS_MAX        8
#define APPROVAL_PROFILE_MAX 40 /* octets of a profile's name */
#define APPROVAL_LIST_MAX \
	20 /* applications under one signature: what a person can read before it */
#define APPROVAL_LIST_WORD   "signet-approval-list-v1"
#define APPROVAL_BUNDLE_WORD "signet-approval-bundle-v1"
#define APPROVAL_BUNDLE_MAX  ((size_t)40 << 10) /* octets */

/* What is approved. Views. */
struct approval_subject {
	struct str application; /* "T-2026-1183"; "" with revision 0 for a row of the roster */
	uint32_t revision;
	struct str profile;
	uint32_t profile_version;
	struct bytes subject; /* Name, DER */
	struct bytes san;     /* GeneralNames, DER, or empty */
	struct id enrolment;
};

/*
 * The payload, on A: its SHA-256 is the statement's payload hash. E_FIELD_VALUE when a part is
 * missing or has not its form.
 */
NODISCARD enum err approval_payload(
    struct arena *a, const struct approval_subject *s, struct bytes *ret, struct fault *f);
/* Views of IN. E_FRAME for any octets that approval_payload would not have written. */
NODISCARD enum err approval_payload_parse(
    struct bytes in, struct approval_subject *ret, struct fault *f);

/* All that is needed, beside the payload, to build the statement again and verify it. Views. */
struct approval {
	struct bytes spki_hash, certificate_hash;
	struct bytes server_nonce, agent_nonce;
	struct bytes signature; /* DER */
	struct bytes
	    list; /* SHA-256 of each payload it covers, 32 octets each; empty: one payload */
};

/*
 * What A's signature is over when it stands for PAYLOAD, whose SHA-256 is HASH: the payload, or the
 * octets of the list that HASH is in, on ARENA. E_APPROVAL_BAD: a list without it, or no good list.
 */
NODISCARD enum err approval_covers(struct arena *arena, const struct approval *a,
    struct bytes payload, struct bytes hash, struct bytes *ret, struct fault *f);
/* The octets of a list of hashes. E_FIELD_VALUE "list": not 1 to APPROVAL_LIST_MAX different ones. */
NODISCARD enum err approval_list(
    struct arena *a, struct bytes hashes, struct bytes *ret, struct fault *f);

/*
 * The payloads of a list, for the agent that shows and hashes them: a word of its own and each payload in a
 * field. E_FIELD_LENGTH "list" when they are more than a person is shown; E_FRAME.
 */
NODISCARD enum err approval_bundle(struct arena *a, const struct approval_subject *v, size_t n,
    struct bytes *ret, struct fault *f);
NODISCARD enum err approval_bundle_parse(struct bytes in,
    struct approval_subject ret[static APPROVAL_LIST_MAX], size_t *n, struct fault *f);

/* The statement that A must have signed (env, origin and payload hash are the verifier's own). */
struct statement approval_statement(const struct approval *a, enum environment env,
    struct str origin, enum purpose purpose, struct bytes payload_hash);
/* Five fields (no list), for frames and stored columns; the reader is strict, R is bad on any fault. */
void approval_write(struct buf *b, const struct approval *a);
struct approval approval_read(struct rd *r);
/* No two of them by the same key (S2: n different people; their persons are compared by roster). */
bool approvals_distinct(const struct approval *a, size_t n);

#endif
