/* SPDX-License-Identifier: Apache-2.0 */
/*
 * list: the last revocation list of a CA as the signer remembers it (S5): numbers and serials.
 */
#ifndef SIGNER_LIST_H
#define SIGNER_LIST_H

#include "core/profile.h"
#include "signer/index.h"
#include "x509/cert.h"
#include "x509/crl.h"

#define LIST_LIFE   ((int64_t)72 * 3600) /* most seconds from thisUpdate to nextUpdate (V22) */
#define LIST_BEHIND 300                  /* most seconds of thisUpdate before the clock */

struct list_row {
	uint8_t serial[CERT_SERIAL_MAX];
	uint8_t n;
	bool hold;
};

struct list {
	bool there; /* a first list has been signed */
	int64_t number, this_update, next_update;
	struct list_row *row; /* in rising order */
	size_t count;
};

enum list_state { LIST_ABSENT, LIST_HOLD, LIST_REVOKED };

void list_free(struct list *l);
/*
 * Read TBS (a TBSCertList of CA, by its name, key identifier and algorithm) into *RET. Order is free;
 * E_GATE: another issuer or key, a serial that comes twice; and the faults of crl_tbs_open.
 */
NODISCARD enum err list_read(
    struct bytes tbs, const struct profile_issuer *ca, struct list *ret, struct fault *f);
/*
 * May NEXT come after LAST at NOW (milliseconds)? E_GATE names the rule: its number and time rise and
 * are near the clock, nextUpdate is within LIST_LIFE, and an entry of LAST is missing only when it was
 * a hold or X says that its certificate has expired; none becomes a hold again.
 */
NODISCARD enum err list_follows(const struct list *last, const struct list *next,
    const struct index *x, int64_t now, struct fault *f);
enum list_state list_find(const struct list *l, struct bytes serial);

#endif
