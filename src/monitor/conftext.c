/* SPDX-License-Identifier: Apache-2.0 */
#include "monitor/conftext.h"

#include <string.h>

#include "base/text.h"

static bool
one_of(char c, const char *set)
{
	return c != '\0' && strchr(set, c) != NULL;
}

static bool
only(struct str s, const char *set)
{
	for (size_t i = 0; i < s.n; i++) {
		if (!one_of(s.p[i], set))
			return false;
	}
	return s.n > 0;
}

#define DIGITS "0123456789"
#define LOWER  "abcdefghijklmnopqrstuvwxyz"

bool
conftext_is(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (c < 0x20 || c == 0x7f ||
		    (c == 0xc2 && i + 1 < s.n && (unsigned char)s.p[i + 1] < 0xa0))
			return false;
	}
	return s.n > 0 && s.p[0] != ' ' && s.p[s.n - 1] != ' ';
}

bool
conftext_oid(struct str s)
{
	size_t arcs = 0, start = 0;

	if (!only(s, DIGITS "."))
		return false;
	for (size_t i = 0; i <= s.n; i++) {
		size_t n = i - start;

		if (i < s.n && s.p[i] != '.')
			continue;
		if (n == 0 || n > 39 || (n > 1 && s.p[start] == '0'))
			return false;
		if (arcs == 0 && (n > 1 || s.p[0] > '2'))
			return false;
		if (arcs == 1 && s.p[0] < '2' && (n > 2 || (n == 2 && s.p[start] > '3')))
			return false;
		arcs++;
		start = i + 1;
	}
	return arcs >= 2;
}

bool
conftext_authority(struct str s)
{
	const char *colon;
	uint64_t port;

	if (s.n && s.p[0] == '[') {
		const char *end = memchr(s.p, ']', s.n);

		if (end == NULL ||
		    !only((struct str){s.p + 1, (size_t)(end - s.p) - 1}, DIGITS "abcdef:"))
			return false;
		s.n -= (size_t)(end + 1 - s.p);
		s.p = end + 1;
		colon = s.n && s.p[0] == ':' ? s.p : NULL;
		if (s.n && colon == NULL)
			return false;
	} else {
		struct str host = s;

		colon = s.n ? memchr(s.p, ':', s.n) : NULL;
		if (colon != NULL)
			host.n = (size_t)(colon - s.p);
		if (!only(host, DIGITS LOWER "-.") || one_of(host.p[0], "-.") ||
		    one_of(host.p[host.n - 1], "-.") || memmem(host.p, host.n, "..", 2))
			return false;
	}
	if (colon == NULL)
		return true;
	return u64_parse((struct str){colon + 1, (size_t)(s.p + s.n - colon) - 1}, 65535, &port) &&
	    port > 0 && colon[1] != '0';
}

bool
conftext_user(struct str s)
{
	return only(s, LOWER DIGITS "_-") && one_of(s.p[0], LOWER "_");
}

bool
conftext_mail(struct str s)
{
	const char *at = s.n ? memchr(s.p, '@', s.n) : NULL;
	struct str local, host;

	if (at == NULL)
		return false;
	local = (struct str){s.p, (size_t)(at - s.p)};
	host = (struct str){at + 1, s.n - local.n - 1};
	return only(local, DIGITS LOWER "ABCDEFGHIJKLMNOPQRSTUVWXYZ!#$%&'*+-/=?^_`{|}~.") &&
	    local.p[0] != '.' && local.p[local.n - 1] != '.' &&
	    !memmem(local.p, local.n, "..", 2) && only(host, DIGITS LOWER "-.") &&
	    conftext_authority(host);
}

bool
conftext_url(struct str s)
{
	struct str scheme = STR("https://"), rest;
	const char *slash;

	if (!str_starts(s, scheme))
		return false;
	rest = (struct str){s.p + scheme.n, s.n - scheme.n};
	slash = rest.n ? memchr(rest.p, '/', rest.n) : NULL;
	for (size_t i = 0; i < rest.n; i++) {
		if ((unsigned char)rest.p[i] <= ' ' || (unsigned char)rest.p[i] >= 0x7f ||
		    one_of(rest.p[i], "#\\\"<>"))
			return false;
	}
	return conftext_authority(slash ? (struct str){rest.p, (size_t)(slash - rest.p)} : rest);
}
