/* SPDX-License-Identifier: Apache-2.0 */
#include "core/validity.h"

#include "base/must.h"
#include "base/text.h"

int64_t
validity_add_years(int64_t t, int years)
{
	struct civil c = civil_of(t);
	int last;

	c.year += years;
	last = civil_days(c.year, c.month);
	if (c.day > last) /* 29 February (L4) */
		c.day = last;
	return civil_seconds(c);
}

struct validity
validity_of(struct term t, bool early, int64_t now)
{
	struct validity v = {.not_before = early ? now - VALIDITY_EARLY : now};

	must((t.years > 0) != (t.days > 0));
	v.not_after = (t.years ? validity_add_years(v.not_before, t.years)
			       : v.not_before + t.days * VALIDITY_DAY) -
	    1;
	return v;
}

enum err
validity_in_ca(struct validity v, int64_t ca_not_after, struct fault *f)
{
	char end[TIME_TEXT_SIZE];

	if (v.not_after <= ca_not_after)
		return OK;
	time_text(ca_not_after, end);
	return FAIL_FIELD(f, E_CA_ENDS, "validity", end, "the CA ends before the term");
}

enum err
validity_check(struct validity v, struct term t, bool early, int64_t clock, struct fault *f)
{
	struct validity now = validity_of(t, early, clock);
	int64_t off = v.not_before - now.not_before;

	if (off > VALIDITY_SKEW || off < -VALIDITY_SKEW)
		return FAIL_FIELD(f, E_GATE, "notBefore", "± 5 s", "%lld s off", (long long)off);
	if (v.not_after != validity_of(t, early, clock + off).not_after)
		return FAIL_FIELD(f, E_GATE, "notAfter", NULL, "not the profile's term");
	return OK;
}

enum err
validity_clock(int64_t now, int64_t last, struct fault *f)
{
	if (now < last - VALIDITY_CLOCK_BACK)
		return FAIL_FIELD(f, E_CLOCK, "clock", "≤ 60 s", "%lld s behind the last record",
		    (long long)(last - now));
	return OK;
}
