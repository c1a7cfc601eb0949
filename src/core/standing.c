/* SPDX-License-Identifier: Apache-2.0 */
#include "core/standing.h"

static bool
held(const struct standing *s, int64_t at)
{
	for (size_t i = 0; i < s->hold_count; i++) {
		const struct standing_hold *h = &s->holds[i];

		if (at >= h->since && (h->until == 0 || at < h->until))
			return true;
	}
	return false;
}

enum certificate_state
standing_at(const struct standing *s, int64_t at)
{
	/* What was revoked before its end stays revoked after it. */
	if (s->revoked_at && at >= s->revoked_at)
		return CERTIFICATE_REVOKED;
	if (at > s->not_after)
		return CERTIFICATE_EXPIRED;
	if (held(s, at))
		return CERTIFICATE_SUSPENDED;
	if (s->superseded && at >= s->superseded)
		return CERTIFICATE_SUPERSEDED;
	return s->confirmed && at >= s->confirmed ? CERTIFICATE_ACTIVE : CERTIFICATE_UNCONFIRMED;
}
