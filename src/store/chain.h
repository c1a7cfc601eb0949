/* SPDX-License-Identifier: Apache-2.0 */
/*
 * chain: the running end of the log: its last number, time and hash.
 */
#ifndef STORE_CHAIN_H
#define STORE_CHAIN_H

#include "core/logchain.h"
#include "store/row.h"

struct chain {
	int64_t seq, time_ms;
	uint8_t hash[LOGCHAIN_HASH];
};

/*
 * Goes on by one record, whose own hash is not looked at. E_STATE when it does not follow by number or
 * time; other failures name what cannot be written.
 */
NODISCARD enum err chain_add(
    struct chain *c, struct arena *scratch, const struct log_row *row, struct fault *f);

#endif
