/* SPDX-License-Identifier: Apache-2.0 */
/*
 * assuan: the line protocol that pinentry programs speak: commands out, quoted data and one OK or
 * ERR back.
 */
#ifndef AGENT_ASSUAN_H
#define AGENT_ASSUAN_H

#include "base/err.h"
#include "base/secret.h"

struct assuan {
	int sock;
	struct secret in; /* what came and was not read yet: it may hold the PIN */
	bool repeated;    /* the last answer says that a new PIN was typed twice */
};

/* Takes SOCK. */
struct assuan assuan_new(int sock);
void assuan_free(struct assuan *p);

/* Milliseconds of the clock that UNTIL below is of. */
int64_t assuan_now(void);
/* One command; the window is not touched by what a text holds. */
NODISCARD enum err assuan_command(
    struct assuan *p, const char *word, struct str text, struct fault *f);
/*
 * Reads up to OK or ERR; data goes to RET (NULL: none is expected). E_CANCELLED, E_TIMEOUT;
 * E_PIN_LENGTH: more data than there is room; E_CONFIG: this is no pinentry.
 */
NODISCARD enum err assuan_answer(
    struct assuan *p, int64_t until, struct secret *ret, struct fault *f);
/* Octets that a text has when it is quoted for a line. */
size_t assuan_quoted_size(struct str text);

#endif
