/* SPDX-License-Identifier: Apache-2.0 */
#include "core/number.h"

#include "base/text.h"

char *
application_number_text(struct arena *a, struct application_number n)
{
	return arena_fmt(a, "%c-%04d-%u", n.env == ENVIRONMENT_TEST ? 'T' : 'A', n.year, n.serial);
}

bool
application_number_parse(struct str s, struct application_number *ret)
{
	uint64_t year, serial;

	/* "T-2026-1": no leading zeros in either number. */
	if (s.n < 8 || (s.p[0] != 'A' && s.p[0] != 'T') || s.p[1] != '-' || s.p[6] != '-' ||
	    s.p[2] == '0' || s.p[7] == '0')
		return false;
	if (!u64_parse((struct str){s.p + 2, 4}, 9999, &year) || year < 2000 ||
	    !u64_parse((struct str){s.p + 7, s.n - 7}, UINT32_MAX, &serial))
		return false;
	*ret = (struct application_number){
	    .env = s.p[0] == 'T' ? ENVIRONMENT_TEST : ENVIRONMENT_PRODUCTION,
	    .year = (int)year,
	    .serial = (uint32_t)serial,
	};
	return true;
}
