/* SPDX-License-Identifier: Apache-2.0 */
#include "core/origin.h"

#include <string.h>

#include "base/text.h"
#include "core/host.h"

struct parts {
	bool https;
	struct str host; /* without brackets */
	struct str port; /* digits, may be empty */
	bool bracketed;
};

/* Cut an origin up; false when it has not even the shape. */
static bool
split(struct str s, struct parts *ret)
{
	struct parts p = {.https = str_starts(s, STR("https://"))};
	const char *at;

	if (!p.https && !str_starts(s, STR("http://")))
		return false;
	s.p += p.https ? 8 : 7;
	s.n -= p.https ? 8 : 7;
	p.bracketed = s.n > 0 && s.p[0] == '[';
	at = s.n ? memchr(s.p, p.bracketed ? ']' : ':', s.n) : NULL;
	if (p.bracketed) {
		if (at == NULL)
			return false;
		p.host = (struct str){s.p + 1, (size_t)(at - s.p) - 1};
		at++;
	} else {
		p.host = (struct str){s.p, at ? (size_t)(at - s.p) : s.n};
		at = s.p + p.host.n;
	}
	p.port = (struct str){at, s.n - (size_t)(at - s.p)};
	if (p.port.n) {
		if (p.port.p[0] != ':' || p.port.n == 1)
			return false;
		p.port.p++;
		p.port.n--;
	}
	*ret = p;
	return true;
}

static bool
host_good(const struct parts *p)
{
	uint8_t octets[16];
	size_t n = host_address(p->host, octets);

	return p->bracketed ? n == 16 : n == 4 || host_is_name(p->host, true);
}

static bool
port_good(const struct parts *p)
{
	uint64_t port;

	if (p->port.n == 0)
		return true;
	/* The default port is never written (RFC 6454 6.2). */
	return p->port.p[0] != '0' && u64_parse(p->port, 65535, &port) &&
	    port != (p->https ? 443 : 80);
}

static bool
loopback(const struct parts *p)
{
	return str_is(p->host, "localhost") || str_is(p->host, "127.0.0.1") ||
	    str_is(p->host, "::1");
}

enum err
origin_check(struct str origin, enum environment env, struct fault *f)
{
	struct parts p;

	if (origin.n > ORIGIN_MAX || !split(origin, &p) || !host_good(&p) || !port_good(&p))
		return FAIL_FIELD(f, E_ORIGIN, "origin", "https://host:port", "no origin of ours");
	if (!p.https && (env != ENVIRONMENT_TEST || !loopback(&p)))
		return FAIL_FIELD(f, E_ORIGIN, "origin", "https", "http origin");
	return OK;
}

bool
origin_is_http(struct str s)
{
	struct parts p;

	return s.n <= ORIGIN_MAX && split(s, &p) && !p.https && host_good(&p) && port_good(&p);
}

bool
origin_is_loopback(struct str origin)
{
	struct parts p;

	return split(origin, &p) && loopback(&p);
}

struct str
origin_host(struct str origin)
{
	struct parts p = {0};

	(void)split(origin, &p);
	return p.host;
}
