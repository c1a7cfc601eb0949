/* SPDX-License-Identifier: Apache-2.0 */
/*
 * logchain: the octets of a log record and of its link (S25, L12). hash n = SHA-256(hash n−1 ‖ record n);
 * before the first record stands a hash of 32 zero octets. Digests are the caller's.
 *
 * Record: the word signet-log-v1, the word sha256, then number (u64), time (i64 milliseconds), and as
 * fields with a 32-bit big-endian length event, actor, object, data.
 */
#ifndef CORE_LOGCHAIN_H
#define CORE_LOGCHAIN_H

#include "base/arena.h"
#include "base/err.h"

#define LOGCHAIN_WORD     "signet-log-v1"
#define LOGCHAIN_HASH     32  /* octets */
#define LOGCHAIN_TEXT_MAX 256 /* octets of event, actor, object */
#define LOGCHAIN_DATA_MAX ((size_t)64 << 10)

struct log_record {
	uint64_t seq;      /* from 1, without gaps */
	int64_t at;        /* UTC milliseconds */
	struct str event;  /* "certificate.issued" */
	struct str actor;  /* who: a public id or a role's word */
	struct str object; /* on what: a number, an id, "ca/serial" */
	struct bytes data; /* what else, by event */
};

/* The octets of hash n−1 ‖ record n, on A: what the caller hashes. PREV has LOGCHAIN_HASH octets. */
NODISCARD enum err logchain_link(struct arena *a, struct bytes prev, const struct log_record *r,
    struct bytes *ret, struct fault *f);
/* The record's own octets, without the hash before it. */
NODISCARD enum err logchain_encode(
    struct arena *a, const struct log_record *r, struct bytes *ret, struct fault *f);
/* Views of IN. E_FRAME for any octets that logchain_encode would not have written. */
NODISCARD enum err logchain_parse(struct bytes in, struct log_record *ret, struct fault *f);
/* Does NEXT follow a record SEQ made AT: the next number, no earlier time? E_STATE. */
NODISCARD enum err logchain_follows(
    uint64_t seq, int64_t at, const struct log_record *next, struct fault *f);

#endif
