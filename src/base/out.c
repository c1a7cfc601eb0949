/* SPDX-License-Identifier: Apache-2.0 */
#include "base/out.h"

#include <inttypes.h>

#include "base/must.h"
#include "base/text.h"

struct out
out_new(struct arena *a)
{
	return (struct out){.a = a, .b = buf_new(a, OUT_CAP), .first = true};
}

/* The octets at S's start that are one UTF-8 character; 0 when they are none. */
static size_t
character(struct str s)
{
	for (size_t n = 1; n <= 4 && n <= s.n; n++) {
		if (utf8_valid((struct str){s.p, n}))
			return n;
	}
	return 0;
}

static void
put_string(struct buf *b, struct str s)
{
	buf_u8(b, '"');
	while (s.n) {
		size_t n = character(s);
		uint8_t c = (uint8_t)s.p[0];

		if (n == 0)
			buf_str(b, STR("\xef\xbf\xbd"));
		else if (c == '"' || c == '\\')
			buf_fmt(b, "\\%c", c);
		else if (c < 0x20 || c == 0x7f)
			buf_fmt(b, "\\u%04x", c);
		else
			buf_str(b, (struct str){s.p, n});
		n += n == 0;
		s.p += n;
		s.n -= n;
	}
	buf_u8(b, '"');
}

static void
put_key(struct out *o, const char *key)
{
	if (!o->first)
		buf_u8(&o->b, ',');
	o->first = false;
	if (key != NULL) {
		put_string(&o->b, str_of(key));
		buf_u8(&o->b, ':');
	}
}

static void
open(struct out *o, const char *key, char from, char to)
{
	must(o->depth < OUT_DEPTH_MAX);
	put_key(o, key);
	buf_u8(&o->b, (uint8_t)from);
	o->close[o->depth++] = to;
	o->first = true;
}

void
out_object(struct out *o, const char *key)
{
	open(o, key, '{', '}');
}

void
out_array(struct out *o, const char *key)
{
	open(o, key, '[', ']');
}

void
out_close(struct out *o)
{
	must(o->depth > 0);
	buf_u8(&o->b, (uint8_t)o->close[--o->depth]);
	o->first = false;
}

void
out_text(struct out *o, const char *key, struct str s)
{
	put_key(o, key);
	put_string(&o->b, s);
}

void
out_text_if(struct out *o, const char *key, struct str s)
{
	if (s.n)
		out_text(o, key, s);
}

void
out_bytes(struct out *o, const char *key, struct bytes b)
{
	out_text(o, key, str_of(base64_text(o->a, b)));
}

void
out_bytes_if(struct out *o, const char *key, struct bytes b)
{
	if (b.n)
		out_bytes(o, key, b);
}

void
out_int(struct out *o, const char *key, int64_t v)
{
	put_key(o, key);
	buf_fmt(&o->b, "%" PRId64, v);
}

void
out_bool(struct out *o, const char *key, bool v)
{
	put_key(o, key);
	buf_str(&o->b, v ? STR("true") : STR("false"));
}

void
out_time(struct out *o, const char *key, int64_t seconds)
{
	char text[TIME_TEXT_SIZE];

	time_text(seconds, text);
	out_text(o, key, str_of(text));
}

void
out_time_if(struct out *o, const char *key, int64_t seconds)
{
	if (seconds)
		out_time(o, key, seconds);
}

bool
out_done(const struct out *o, struct bytes *ret)
{
	if (o->b.bad || o->depth > 0)
		return false;
	*ret = buf_bytes(&o->b);
	return true;
}
