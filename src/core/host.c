/* SPDX-License-Identifier: Apache-2.0 */
#include "core/host.h"

#include <arpa/inet.h>
#include <string.h>

#define LABEL_OCTETS 63 /* RFC 1035 2.3.4 */

static bool
label_good(const char *p, size_t n)
{
	if (n == 0 || n > LABEL_OCTETS || p[0] == '-' || p[n - 1] == '-')
		return false;
	for (size_t i = 0; i < n; i++) {
		if (p[i] != '-' && (p[i] < 'a' || p[i] > 'z') && (p[i] < '0' || p[i] > '9'))
			return false;
	}
	/* RFC 5890 2.3.1: of the labels with "--" in third place only A-labels mean something. */
	return n < 4 || p[2] != '-' || p[3] != '-' || memcmp(p, "xn", 2) == 0;
}

bool
host_is_name(struct str s, bool single)
{
	size_t labels = 0, start = 0;
	bool numeric = true;

	if (s.n == 0 || s.n > HOST_MAX)
		return false;
	for (size_t i = 0; i <= s.n; i++) {
		if (i < s.n && s.p[i] != '.')
			continue;
		if (!label_good(s.p + start, i - start))
			return false;
		numeric = true;
		for (size_t k = start; k < i; k++)
			numeric = numeric && s.p[k] >= '0' && s.p[k] <= '9';
		labels++;
		start = i + 1;
	}
	return !numeric && (single || labels > 1);
}

size_t
host_address(struct str s, uint8_t ret[static 16])
{
	char text[INET6_ADDRSTRLEN], again[INET6_ADDRSTRLEN];
	uint8_t octets[16];
	int family = AF_INET6;

	if (s.n == 0 || s.n >= sizeof(text) || memchr(s.p, 0, s.n) != NULL)
		return 0;
	memcpy(text, s.p, s.n);
	text[s.n] = '\0';
	if (strchr(text, ':') == NULL)
		family = AF_INET;
	if (inet_pton(family, text, octets) != 1 ||
	    inet_ntop(family, octets, again, sizeof(again)) == NULL || strcmp(text, again) != 0)
		return 0;
	memcpy(ret, octets, family == AF_INET ? 4 : 16);
	return family == AF_INET ? 4 : 16;
}
