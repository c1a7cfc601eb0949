/* SPDX-License-Identifier: Apache-2.0 */
/*
 * serial: certificate serial numbers (V1): one octet for the node (1 to 126), five of Unix seconds
 * big-endian, twelve random. They rise with time, so the store's index grows at its end, and a serial
 * tells when it was made.
 */
#ifndef CORE_SERIAL_H
#define CORE_SERIAL_H

#include "base/arena.h"
#include "base/err.h"

#define SERIAL_SIZE     18
#define SERIAL_RANDOM   12
#define SERIAL_NODE_MAX 126

struct serial {
	uint8_t b[SERIAL_SIZE];
};

struct serial serial_make(unsigned node, int64_t now, const uint8_t random[static SERIAL_RANDOM]);
/* Is it of our form? E_FIELD_VALUE. */
NODISCARD enum err serial_of(struct bytes b, struct serial *ret, struct fault *f);
/* The octets of *S: a view of it. */
struct bytes serial_bytes(const struct serial *s);
unsigned serial_node(struct serial s);
/* Unix seconds of its making. */
int64_t serial_time(struct serial s);
/* 36 lower-case hexadecimal digits (L9). */
char *serial_text(struct arena *a, struct serial s);
bool serial_parse(struct arena *a, struct str text, struct serial *ret);

#endif
