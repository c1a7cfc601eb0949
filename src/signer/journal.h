/* SPDX-License-Identifier: Apache-2.0 */
/*
 * journal: what the signer's keys did, append-only and hash-chained. Nothing that was signed leaves
 * before its record is synced.
 *
 * A frame: "SJRN", version (1), algorithm (1: SHA-256), kind, 0, u32 length of the body, u64
 * sequence (from 1), i64 milliseconds, hash of the frame before (32; zeros before the first), the
 * body, SHA-256 of all that (32). Integers are big-endian.
 *
 * At start the whole chain is verified. Octets after the last whole frame that hold no further frame
 * are a write that a crash cut short: they are put aside and the file is cut. Any other break stops
 * the signer: E_JOURNAL says where.
 */
#ifndef SIGNER_JOURNAL_H
#define SIGNER_JOURNAL_H

#include "base/arena.h"
#include "base/err.h"

#define JOURNAL_BODY_MAX    ((size_t)128 << 10) /* octets */
#define JOURNAL_PENDING_MAX ((size_t)8 << 20)   /* octets of frames not yet synced */
#define JOURNAL_OVERHEAD    92                  /* octets of a frame without its body */

struct journal;

struct journal_record {
	uint64_t sequence;
	int64_t ms;
	uint8_t kind;
	struct bytes body;
	uint64_t offset; /* of its frame in the file */
};

/* NAME in DIR (which stays the caller's), made when missing. E_JOURNAL, E_FILE. */
NODISCARD enum err journal_open(int dir, const char *name, struct journal **ret, struct fault *f);
/* What is not synced is dropped. */
void journal_close(struct journal **j);

/* The last record, synced or not: 0 for none. */
uint64_t journal_sequence(const struct journal *j);
/* The last one that is synced. */
uint64_t journal_synced(const struct journal *j);
int64_t journal_last_ms(const struct journal *j);
/*
 * Append to what the next sync writes; *RET is where it will lie. A time before the last record's
 * becomes that. E_JOURNAL: too large.
 */
NODISCARD enum err journal_append(
    struct journal *j, uint8_t kind, int64_t ms, struct bytes body, uint64_t *ret, struct fault *f);
/*
 * Write and sync all that was appended. E_JOURNAL: nothing of it counts, the file is as it was before
 * or this journal has to be opened anew.
 */
NODISCARD enum err journal_sync(struct journal *j, struct fault *f);
/* Is anything waiting for journal_sync? */
bool journal_pending(const struct journal *j);

/* The record whose frame lies at OFFSET (synced or not); its body on A. */
NODISCARD enum err journal_at(struct journal *j, uint64_t offset, struct arena *a,
    struct journal_record *ret, struct fault *f);
struct journal_records {
	struct journal_record *v; /* room for MOST, the caller's */
	size_t most, n;
};
/*
 * The synced records with sequence > AFTER into RET, whole ones of at most OCTETS (one always), bodies
 * on A.
 */
NODISCARD enum err journal_after(struct journal *j, uint64_t after, struct arena *a, size_t octets,
    struct journal_records *ret, struct fault *f);

#endif
