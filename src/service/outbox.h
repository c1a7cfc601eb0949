/* SPDX-License-Identifier: Apache-2.0 */
/*
 * outbox: messages as the staff sees them: where each stands, to whom it goes (masked), why it does not
 * leave. Never what it says: texts and parameters are sealed for the jobs process alone.
 */
#ifndef SERVICE_OUTBOX_H
#define SERVICE_OUTBOX_H

#include "service/call.h"

struct outbox_view {
	struct str id; /* as its receivers see it: Message-ID, the gateway's id */
	struct str channel, template, lang, to, object;
	struct str state; /* "pending", "sent", "failed", "dropped" */
	struct str fault; /* of the last try: a slug of err.def, "expired" */
	int64_t created, due, expires, sent, tries;
};
struct outbox_page {
	struct outbox_view *items;
	size_t count;
	struct str next; /* empty: the last page */
};
/* Newest first; STATE empty: of any. Staff. E_AUTH_REQUIRED, E_ROLE, E_FIELD_VALUE. */
NODISCARD enum err outbox_list(const struct call *c, struct str state, struct str cursor,
    int64_t limit, struct outbox_page *ret, struct fault *f);
/* E_NOT_FOUND. */
NODISCARD enum err outbox_get(
    const struct call *c, struct str id, struct outbox_view *ret, struct fault *f);
/*
 * The next try now; taken back and wiped. Operators and administrators. E_STATE: it has left, was given
 * up, or is being handed over at this moment.
 */
NODISCARD enum err outbox_retry(
    const struct call *c, struct str id, struct outbox_view *ret, struct fault *f);
NODISCARD enum err outbox_void(
    const struct call *c, struct str id, struct outbox_view *ret, struct fault *f);

#endif
