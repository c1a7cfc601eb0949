/* SPDX-License-Identifier: Apache-2.0 */
/*
 * index: which certificates the journal holds, by enrolment, by key and by serial number. In memory,
 * some 130 octets a certificate; made anew from the journal at start.
 */
#ifndef SIGNER_INDEX_H
#define SIGNER_INDEX_H

#include "core/id.h"
#include "core/profile.h"
#include "core/serial.h"

#define INDEX_KEY 16 /* octets of the SHA-256 of the public key info that are kept */

struct index_row {
	struct id enrolment; /* none: one of our own */
	uint8_t key[INDEX_KEY];
	struct serial serial;
	uint8_t ca; /* enum profile_ca */
	int64_t not_after;
	uint64_t offset;  /* of its journal record */
	uint32_t earlier; /* row + 1 of the same enrolment's certificate before; 0: none */
};

struct index;

struct index *index_new(void);
void index_free(struct index **x);
/* E_BUSY: 2^30 certificates, or no memory. */
NODISCARD enum err index_add(struct index *x, const struct index_row *row, struct fault *f);
/* NULL: none. Rows stay where they are until the next index_add. */
const struct index_row *index_by_key(const struct index *x, const uint8_t *key_hash);
const struct index_row *index_by_serial(const struct index *x, struct bytes serial);
/* The newest of an enrolment, and the one before ROW. */
const struct index_row *index_by_enrolment(const struct index *x, struct id enrolment);
const struct index_row *index_earlier(const struct index *x, const struct index_row *row);

#endif
