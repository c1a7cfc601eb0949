/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/text.h"
#include "net/client.h"

/* Four decimal parts of at most 255 (RFC 3986 3.2.2), no shortened forms. */
static bool
is_ipv4(struct str host, uint64_t part[static 4])
{
	for (int i = 0; i < 4; i++) {
		const char *dot = memchr(host.p, '.', host.n);
		struct str one = {host.p, dot ? (size_t)(dot - host.p) : host.n};

		if ((dot == NULL) != (i == 3) || !u64_parse(one, 255, &part[i]))
			return false;
		host.p += one.n + (dot ? 1 : 0);
		host.n -= one.n + (dot ? 1 : 0);
	}
	return true;
}

bool
net_host_is_loopback(struct str host)
{
	uint64_t part[4];

	if (host.n == 0)
		return false;
	return str_is(host, "localhost") || str_is(host, "[::1]") ||
	    (is_ipv4(host, part) && part[0] == 127);
}

static bool
host_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	    c == '-' || c == '.';
}

/* The octets of HOST at the start of S, 0 when there is none. */
static size_t
host_size(struct str s)
{
	size_t n = 0;

	if (s.n && s.p[0] == '[') {
		for (n = 1; n < s.n && (strchr("0123456789abcdefABCDEF:.", s.p[n]) && s.p[n]); n++)
			;
		return n > 2 && n < s.n && s.p[n] == ']' ? n + 1 : 0;
	}
	while (n < s.n && host_char(s.p[n]))
		n++;
	return n;
}

bool
net_url_parse(struct str url, struct net_url *ret)
{
	struct net_url u = {.https = str_starts(url, STR("https://"))};
	struct str left = url;
	size_t n;
	uint64_t port;

	if (!u.https && !str_starts(url, STR("http://")))
		return false;
	for (size_t i = 0; i < url.n; i++) {
		if ((unsigned char)url.p[i] <= ' ' || (unsigned char)url.p[i] >= 0x7f ||
		    url.p[i] == '#' || url.p[i] == '\\')
			return false;
	}
	n = u.https ? 8 : 7;
	left = (struct str){left.p + n, left.n - n};
	n = host_size(left);
	if (n == 0)
		return false;
	u.host = (struct str){left.p, n};
	left = (struct str){left.p + n, left.n - n};
	if (left.n && left.p[0] == ':') {
		for (n = 1; n < left.n && left.p[n] >= '0' && left.p[n] <= '9'; n++)
			;
		if (!u64_parse((struct str){left.p + 1, n - 1}, 65535, &port) || port == 0)
			return false;
		left = (struct str){left.p + n, left.n - n};
	}
	if (left.n && left.p[0] != '/' && left.p[0] != '?')
		return false;
	u.origin = (struct str){url.p, url.n - left.n};
	u.rest = left;
	*ret = u;
	return true;
}
