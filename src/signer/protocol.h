/* SPDX-License-Identifier: Apache-2.0 */
/*
 * protocol: the table of messages between the signer and who may ask it. Rows: protocol.def.
 */
#ifndef SIGNER_PROTOCOL_H
#define SIGNER_PROTOCOL_H

#include "base/err.h"

#define SIGNER_FORMAT 0x0100 /* version of the frames, within a message's type (L12) */
#define SIGNER_ANSWER 0x8000 /* the bit that makes an answer of a question's type */

enum signer_message {
#define X(symbol, number, who, when, max, fields) SIGNER_##symbol = SIGNER_FORMAT | (number),
#include "signer/protocol.def"
#undef X
};

enum signer_peer { SIGNER_FRONT, SIGNER_JOBS, SIGNER_SETTLE, SIGNER_PEER__COUNT };

/* Limits of single fields, octets. */
#define SIGNER_LABEL_MAX    64
#define SIGNER_UNIT_MAX     ((size_t)16 << 10)
#define SIGNER_TBS_MAX      ((size_t)16 << 10)
#define SIGNER_OCSP_BATCH   256
#define SIGNER_PROFILES     64
#define SIGNER_DOCUMENT_MAX ((size_t)256 << 10)
#define SIGNER_CRL_MAX      ((size_t)512 << 20)
#define SIGNER_RECORDS      1000 /* most records of one answer */
#define SIGNER_RECORDS_SIZE ((size_t)1 << 20)
#define SIGNER_SECRET_MAX   ((size_t)64 << 10)
#define SIGNER_MAC_SIZE     32

enum signer_when {
	SIGNER_WHEN_ALWAYS,
	SIGNER_WHEN_LOADED,
	SIGNER_WHEN_SETUP,
	SIGNER_WHEN_READY,
	SIGNER_WHEN_CLOCK
};

struct signer_row {
	const char *name; /* "CRL_SIGN" */
	uint16_t type;    /* enum signer_message */
	unsigned peers;   /* bit 1 << enum signer_peer */
	enum signer_when when;
	size_t max; /* most octets of the body */
};

/* "front", "jobs", "settle". */
const char *signer_peer_name(enum signer_peer peer);
/* NULL: there is no such message, or it is of another format. */
const struct signer_row *signer_row(uint16_t type);
bool signer_may(const struct signer_row *row, enum signer_peer peer);

#endif
