/* SPDX-License-Identifier: Apache-2.0 */
/*
 * refusal: who was refused, in the log, without letting anybody fill it (S25). Of strangers only sums are
 * written, by address, rule and minute; of known callers the first of each kind in a minute at once, and
 * then the sum of the others.
 */
#ifndef SERVICE_REFUSAL_H
#define SERVICE_REFUSAL_H

#include "service/call.h"

#define REFUSAL_KINDS 256 /* most sums of one minute; what is beyond is summed over all addresses */

/*
 * C was refused for WHY. Nothing when that says nothing about rights (a typing mistake, our own trouble).
 * A failure to write is the next one's or refusal_flush's to tell: the refusal itself stands.
 */
void refusal_note(const struct call *c, const struct fault *why);
/* Write the sums of minutes that are over; ALL: of this one too, for a process that ends. */
NODISCARD enum err refusal_flush(const struct call *c, bool all, struct fault *f);

#endif
