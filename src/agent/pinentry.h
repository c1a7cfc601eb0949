/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pinentry: one window of a pinentry program, spoken to in the Assuan protocol. The program runs
 * for one question and its repetitions, with a clean environment of its own.
 */
#ifndef AGENT_PINENTRY_H
#define AGENT_PINENTRY_H

#include "base/err.h"
#include "base/secret.h"

#define PINENTRY_TEXT_MAX ((size_t)900) /* octets of a quoted text (Assuan lines have 1000) */

struct pinentry;

/* What a window shows; empty texts are left to the program. Lines are parted by \n. */
struct pinentry_window {
	struct str title, description, prompt, error, ok, cancel;
};

/*
 * PROGRAM is an absolute path. A question that is open for TIMEOUT_S seconds ends. E_CONFIG: the
 * program does not start or does not talk.
 */
NODISCARD enum err pinentry_open(
    const char *program, unsigned timeout_s, struct pinentry **ret, struct fault *f);
/* Takes the window away and ends the program. NULL is accepted. */
void pinentry_close(struct pinentry **p);

/*
 * Ask for a PIN, into RET (which has room for it). E_CANCELLED, E_TIMEOUT; E_PIN_LENGTH: longer
 * than the room.
 */
NODISCARD enum err pinentry_pin(
    struct pinentry *p, const struct pinentry_window *w, struct secret *ret, struct fault *f);
/* How a new PIN is asked for a second time, and what is said when the two differ. */
struct pinentry_repeat {
	struct str prompt, differ;
};
/*
 * The same for a PIN that is not in use yet: typed twice. E_PIN_NEW: they were not the same, in a
 * program that does not ask again by itself.
 */
NODISCARD enum err pinentry_new_pin(struct pinentry *p, const struct pinentry_window *w,
    const struct pinentry_repeat *twice, struct secret *ret, struct fault *f);
/* Ask whether to go on. E_CANCELLED, E_TIMEOUT. */
NODISCARD enum err pinentry_confirm(
    struct pinentry *p, const struct pinentry_window *w, struct fault *f);

#endif
