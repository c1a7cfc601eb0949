/* SPDX-License-Identifier: Apache-2.0 */
#include "signer/protocol.h"

#define F (1u << SIGNER_FRONT)
#define J (1u << SIGNER_JOBS)
#define S (1u << SIGNER_SETTLE)

static const struct signer_row rows[] = {
#define X(symbol, number, who, when, max, fields) \
	{#symbol, SIGNER_##symbol, (who), SIGNER_WHEN_##when, (max)},
#include "signer/protocol.def"
#undef X
};

const char *
signer_peer_name(enum signer_peer peer)
{
	static const char *const names[SIGNER_PEER__COUNT] = {"front", "jobs", "settle"};

	return names[peer];
}

const struct signer_row *
signer_row(uint16_t type)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].type == type)
			return &rows[i];
	return NULL;
}

bool
signer_may(const struct signer_row *row, enum signer_peer peer)
{
	return (row->peers & 1u << peer) != 0;
}
