/* SPDX-License-Identifier: Apache-2.0 */
#include "core/mail.h"

#include <string.h>

#include "core/host.h"

#define LOCAL_MAX 64 /* RFC 5321 4.5.3.1.1 */

static bool
ascii(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		if ((unsigned char)s.p[i] >= 0x80)
			return false;
	}
	return true;
}

static struct str
lower(struct arena *a, struct str s)
{
	char *out = arena_alloc(a, s.n + 1);

	for (size_t i = 0; i < s.n; i++)
		out[i] = s.p[i] >= 'A' && s.p[i] <= 'Z' ? (char)(s.p[i] - 'A' + 'a') : s.p[i];
	return (struct str){out, s.n};
}

/* dot-atom of RFC 5322 3.2.3. */
static bool
local_good(struct str s)
{
	bool dot = true;

	if (s.n == 0 || s.n > LOCAL_MAX)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		bool atext = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		    (c >= '0' && c <= '9') || (c && strchr("!#$%&'*+-/=?^_`{|}~", c) != NULL);

		if (c == '.' ? dot : !atext)
			return false;
		dot = c == '.';
	}
	return !dot;
}

enum err
mail_host_check(
    struct arena *a, struct str s, bool single, const char *field, struct str *ret, struct fault *f)
{
	struct str host;

	if (s.n == 0)
		return FAIL_FIELD(f, E_FIELD_MISSING, field, NULL, "no host");
	if (s.n > HOST_MAX)
		return FAIL_FIELD(f, E_FIELD_LENGTH, field, "≤ 253", "%zu octets", s.n);
	if (!ascii(s))
		return FAIL_FIELD(f, E_FIELD_CHARS, field, "A-label (xn--…)", "host not ASCII");
	host = lower(a, s);
	if (!host_is_name(host, single))
		return FAIL_FIELD(f, E_FIELD_FORMAT, field, "host", "no DNS name");
	*ret = host;
	return OK;
}

enum err
mail_check(struct arena *a, struct str s, const char *field, struct str *ret, struct fault *f)
{
	const char *at = s.n ? memchr(s.p, '@', s.n) : NULL;
	struct str local, host;

	if (s.n == 0)
		return FAIL_FIELD(f, E_FIELD_MISSING, field, NULL, "no address");
	if (s.n > MAIL_MAX)
		return FAIL_FIELD(f, E_FIELD_LENGTH, field, "≤ 254", "%zu octets", s.n);
	if (at == NULL)
		return FAIL_FIELD(f, E_FIELD_FORMAT, field, "local@host", "no @");
	local = (struct str){s.p, (size_t)(at - s.p)};
	host = (struct str){at + 1, s.n - local.n - 1};
	if (!ascii(local))
		return FAIL_FIELD(f, E_FIELD_CHARS, field, "ASCII", "local part not ASCII");
	if (!local_good(local) || host.n == 0)
		return FAIL_FIELD(f, E_FIELD_FORMAT, field, "local@host", "local part");
	TRY(mail_host_check(a, host, false, field, &host, f));
	*ret = str_of(arena_fmt(a, "%.*s@%.*s", (int)local.n, local.p, (int)host.n, host.p));
	return OK;
}

char *
mail_mask(struct arena *a, struct str mail)
{
	const char *at = mail.n ? memchr(mail.p, '@', mail.n) : NULL;

	if (at == NULL || at == mail.p)
		return arena_fmt(a, "***");
	return arena_fmt(a, "%c***%.*s", mail.p[0], (int)(mail.n - (size_t)(at - mail.p)), at);
}
