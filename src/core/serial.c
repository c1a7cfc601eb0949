/* SPDX-License-Identifier: Apache-2.0 */
#include "core/serial.h"

#include <string.h>

#include "base/must.h"
#include "base/text.h"

#define TIME_MAX ((int64_t)1 << 40) /* five octets: the year 36812 */

struct serial
serial_make(unsigned node, int64_t now, const uint8_t random[static SERIAL_RANDOM])
{
	struct serial s;

	must(node >= 1 && node <= SERIAL_NODE_MAX && now >= 0 && now < TIME_MAX);
	s.b[0] = (uint8_t)node;
	for (size_t i = 0; i < 5; i++)
		s.b[1 + i] = (uint8_t)(now >> (8 * (4 - i)));
	memcpy(s.b + 6, random, SERIAL_RANDOM);
	return s;
}

enum err
serial_of(struct bytes b, struct serial *ret, struct fault *f)
{
	if (b.n != SERIAL_SIZE || b.p[0] < 1 || b.p[0] > SERIAL_NODE_MAX)
		return FAIL_FIELD(f, E_FIELD_VALUE, "serial", "n=18", "not a serial of ours");
	memcpy(ret->b, b.p, SERIAL_SIZE);
	return OK;
}

struct bytes
serial_bytes(const struct serial *s)
{
	return bytes_of(s->b, SERIAL_SIZE);
}

unsigned
serial_node(struct serial s)
{
	return s.b[0];
}

int64_t
serial_time(struct serial s)
{
	int64_t t = 0;

	for (size_t i = 0; i < 5; i++)
		t = t << 8 | s.b[1 + i];
	return t;
}

char *
serial_text(struct arena *a, struct serial s)
{
	return hex_text(a, serial_bytes(&s));
}

bool
serial_parse(struct arena *a, struct str text, struct serial *ret)
{
	struct bytes b;

	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] >= 'A' && text.p[i] <= 'F')
			return false;
	}
	return hex_parse(a, text, &b) && serial_of(b, ret, NULL) == OK;
}
