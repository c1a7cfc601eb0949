/* SPDX-License-Identifier: Apache-2.0 */
#include "base/zone.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define FILES "/usr/share/zoneinfo"

/* No way out of the folder, no option of TZ's other forms. */
static bool
is_name(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (!(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') && !(c >= '0' && c <= '9') &&
		    !(c && strchr("_+-/", c)))
			return false;
	}
	return s.n > 0 && s.n <= 64 && s.p[0] != '/' && s.p[s.n - 1] != '/';
}

enum err
zone_set(struct str name, struct fault *f)
{
	char path[128], text[72];

	(void)snprintf(path, sizeof(path), FILES "/%.*s", (int)name.n, name.p);
	/* UTC needs no file. */
	if (!is_name(name) || (!str_is(name, "UTC") && access(path, R_OK) != 0))
		return FAIL_FIELD(f, E_CONFIG, "timezone", "IANA name, such as Asia/Shanghai",
		    "%.*s: no such zone", (int)name.n, name.p);
	(void)snprintf(text, sizeof(text), ":%.*s", (int)name.n, name.p);
	if (setenv("TZ", str_is(name, "UTC") ? "UTC0" : text, 1) != 0)
		return FAIL(f, E_INTERNAL, "setenv");
	tzset();
	return OK;
}

void
zone_text(int64_t seconds, char ret[static ZONE_TEXT_SIZE])
{
	const time_t t = (time_t)seconds;
	struct tm tm;
	long east;
	int n;

	ret[0] = '\0';
	if (localtime_r(&t, &tm) == NULL)
		return;
	n = snprintf(ret, ZONE_TEXT_SIZE, "%04d-%02d-%02d %02d:%02d UTC", tm.tm_year + 1900,
	    tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min);
	east = tm.tm_gmtoff;
	if (east != 0 && n > 0 && n < ZONE_TEXT_SIZE)
		(void)snprintf(ret + n, ZONE_TEXT_SIZE - (size_t)n, "%c%02ld:%02ld",
		    east < 0 ? '-' : '+', labs(east) / 3600, labs(east) / 60 % 60);
}
