/* SPDX-License-Identifier: Apache-2.0 */
#include "jobs/eml.h"

#include <inttypes.h>
#include <string.h>

#include "base/buf.h"
#include "base/text.h"

#define CAP         ((size_t)256 << 10)
#define WORD_MAX    45  /* octets in an encoded word: 60 of base64, 72 in all (RFC 2047 2) */
#define BASE64_LINE 57  /* octets: 76 of base64 (RFC 2045 6.8) */
#define LINE_MAX_   998 /* octets without the line end (RFC 5322 2.1.1) */

static bool
has_control(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		if ((uint8_t)s.p[i] < 0x20 || s.p[i] == 0x7f)
			return true;
	}
	return false;
}

/* Letters, digits and blanks need no quoting in a phrase, and one line holds them. */
static bool
is_plain(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (!(c >= '0' && c <= '9') && !(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') &&
		    c != ' ')
			return false;
	}
	return s.n <= 60 && s.n > 0 && s.p[0] != ' ' && s.p[s.n - 1] != ' ';
}

/* RFC 2047 5 (3): a character is not divided between words. */
static void
put_words(struct buf *b, struct str s)
{
	if (is_plain(s)) {
		buf_str(b, s);
		return;
	}
	for (bool first = true; s.n; first = false) {
		size_t n = s.n < WORD_MAX ? s.n : WORD_MAX;

		while (n < s.n && ((uint8_t)s.p[n] & 0xc0) == 0x80)
			n--;
		buf_fmt(b, "%s=?UTF-8?B?%s?=", first ? "" : "\r\n ",
		    base64_text(b->a, bytes_of(s.p, n)));
		s.p += n;
		s.n -= n;
	}
}

/* The host of "https://host:port". */
static struct str
host(struct str origin)
{
	struct str s = origin;

	for (size_t i = 0; i + 3 <= s.n; i++) {
		if (!memcmp(s.p + i, "://", 3)) {
			s = (struct str){s.p + i + 3, s.n - i - 3};
			break;
		}
	}
	for (size_t i = s.n; i > 0 && s.p[i - 1] != ']'; i--) {
		if (s.p[i - 1] == ':')
			s.n = i - 1;
	}
	return s;
}

struct str
eml_sender(const struct channel_from *from)
{
	struct str at = host(from->origin);

	return from->sender.n ? from->sender
			      : str_of(arena_fmt(from->a, "no-reply@%.*s", (int)at.n, at.p));
}

/* RFC 5322 3.3, in UTC. */
static void
put_date(struct buf *b, int64_t now)
{
	static const char days[][4] = {"Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"};
	static const char months[][4] = {
	    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
	struct civil c = civil_of(now);

	buf_fmt(b, "Date: %s, %02d %s %04d %02d:%02d:%02d +0000\r\n", days[now / 86400 % 7], c.day,
	    months[c.month - 1], c.year, c.hour, c.minute, c.second);
}

/* Lines that end as RFC 5322 2.3 has it. */
static enum err
put_lines(struct buf *b, struct str text, struct fault *f)
{
	while (text.n) {
		const char *end = memchr(text.p, '\n', text.n);
		struct str line = {text.p, end ? (size_t)(end - text.p) : text.n};

		text.p += line.n + (end != NULL);
		text.n -= line.n + (end != NULL);
		if (line.n && line.p[line.n - 1] == '\r')
			line.n--;
		if (line.n > LINE_MAX_ || has_control(line))
			return FAIL(f, E_FIELD_CHARS, "a line that no mail may have");
		buf_str(b, line);
		buf_str(b, STR("\r\n"));
	}
	return OK;
}

/* RFC 2045 6.8. */
static void
put_base64(struct buf *b, struct bytes v)
{
	for (size_t i = 0; i < v.n; i += BASE64_LINE) {
		size_t n = v.n - i < BASE64_LINE ? v.n - i : BASE64_LINE;

		buf_fmt(b, "%s\r\n", base64_text(b->a, bytes_of(v.p + i, n)));
	}
}

enum err
eml_write(const struct channel_from *from, const struct upkeep_message *m, struct bytes *ret,
    struct fault *f)
{
	struct buf b = buf_new(from->a, CAP), body = buf_new(from->a, CAP);
	struct str at = host(from->origin), sender = eml_sender(from);

	if (has_control(m->recipient) || has_control(m->subject) || has_control(from->brand) ||
	    has_control(at) || has_control(sender) || m->recipient.n == 0 ||
	    m->recipient.n > LINE_MAX_ - 4)
		return FAIL(f, E_FIELD_CHARS, "a header would end early");
	/* The message's own time, not the try's: a mail that comes twice can be told as one. */
	put_date(&b, m->created);
	buf_str(&b, STR("From: "));
	put_words(&b, from->brand);
	buf_fmt(&b, " <%.*s>\r\n", (int)sender.n, sender.p);
	buf_fmt(&b, "To: %.*s\r\nSubject: ", (int)m->recipient.n, m->recipient.p);
	put_words(&b, m->subject);
	/* In hexadecimal: ten digits in a row are the reference number and nothing else. */
	buf_fmt(&b, "\r\nMessage-ID: <%" PRId64 ".%" PRIx64 "@%.*s>\r\n", m->id,
	    (uint64_t)m->created, (int)at.n, at.p);
	buf_fmt(&b,
	    "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n"
	    "Content-Transfer-Encoding: %s\r\nAuto-Submitted: auto-generated\r\n",
	    from->seven_bit ? "base64" : "8bit");
	buf_fmt(&b, "Content-Language: %s\r\n\r\n", lang_tag(m->lang));
	TRY(put_lines(&body, m->text, f));
	if (from->seven_bit)
		put_base64(&b, buf_bytes(&body));
	else
		buf_put(&b, buf_bytes(&body));
	if (b.bad || body.bad)
		return FAIL(f, E_INTERNAL, "mail does not fit");
	*ret = buf_bytes(&b);
	return OK;
}
