/* SPDX-License-Identifier: Apache-2.0 */
#include "http/parse.h"

#include <string.h>

#include "base/text.h"

static const struct {
	const char *name;
	enum http_method method;
} methods[] = {
    {"GET", HTTP_GET},
    {"HEAD", HTTP_HEAD},
    {"POST", HTTP_POST},
    {"PUT", HTTP_PUT},
    {"PATCH", HTTP_PATCH},
    {"DELETE", HTTP_DELETE},
};

const char *
http_method_name(enum http_method m)
{
	for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++) {
		if (methods[i].method == m)
			return methods[i].name;
	}
	return "OTHER";
}

int
http_hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

static char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

bool
http_name_is(struct str name, const char *other)
{
	size_t i = 0;

	while (i < name.n && other[i] != '\0' && lower(name.p[i]) == lower(other[i]))
		i++;
	return i == name.n && other[i] == '\0';
}

/* RFC 9110 5.6.2 */
static bool
is_token(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (!((c >= '0' && c <= '9') || (lower(c) >= 'a' && lower(c) <= 'z') ||
			(c != '\0' && strchr("!#$%&'*+-.^_`|~", c) != NULL)))
			return false;
	}
	return s.n > 0;
}

static struct str
trim(struct str s)
{
	while (s.n && (s.p[0] == ' ' || s.p[0] == '\t')) {
		s.p++;
		s.n--;
	}
	while (s.n && (s.p[s.n - 1] == ' ' || s.p[s.n - 1] == '\t'))
		s.n--;
	return s;
}

enum err
http_head_find(struct bytes in, size_t *scanned, size_t *ret, struct fault *f)
{
	size_t i = *scanned;

	*ret = 0;
	for (; i < in.n; i++) {
		uint8_t c = in.p[i];

		if (i >= HTTP_HEAD_MAX)
			return FAIL_FIELD(f, E_HEADER, NULL, "≤ 16384", "head too long");
		if (c == '\n') {
			if (i == 0 || in.p[i - 1] != '\r')
				return FAIL(f, E_HEADER, "bare LF");
			if (i == 1 || (i >= 3 && in.p[i - 2] == '\n')) {
				*ret = i + 1;
				return OK;
			}
		} else if (i > 0 && in.p[i - 1] == '\r') {
			return FAIL(f, E_HEADER, "bare CR");
		} else if ((c < 0x20 && c != '\t' && c != '\r') || c == 0x7f) {
			return FAIL(f, E_HEADER, "control character");
		}
	}
	*scanned = i;
	return OK;
}

/* Cut the line at the start of *S off, without its CRLF. */
static struct str
take_line(struct str *s)
{
	const char *end = memchr(s->p, '\r', s->n);
	struct str line = {s->p, end ? (size_t)(end - s->p) : s->n};

	s->p += line.n;
	s->n -= line.n;
	if (s->n >= 2) {
		s->p += 2;
		s->n -= 2;
	}
	return line;
}

/* *S up to the first C, which is dropped; false when there is none. */
static bool
take_until(struct str *s, char c, struct str *ret)
{
	const char *at = s->n ? memchr(s->p, c, s->n) : NULL;

	if (at == NULL)
		return false;
	*ret = (struct str){s->p, (size_t)(at - s->p)};
	s->n -= ret->n + 1;
	s->p = at + 1;
	return true;
}

/* origin-form, or absolute-form, which a server must accept too (RFC 9112 3.2.2). */
static enum err
parse_target(struct str target, struct http_head *ret, struct fault *f)
{
	struct str rest = target;

	for (size_t i = 0; i < target.n; i++) {
		if (target.p[i] <= 0x20 || target.p[i] == '#')
			return FAIL(f, E_HEADER, "character in the target");
	}
	if (str_starts(rest, STR("http://")) || str_starts(rest, STR("https://"))) {
		struct str scheme;

		(void)take_until(&rest, '/', &scheme);
		rest.p++;
		rest.n--;
		while (rest.n && rest.p[0] != '/' && rest.p[0] != '?') {
			rest.p++;
			rest.n--;
		}
		if (rest.n == 0)
			rest = STR("/");
	}
	if (rest.n == 0 || rest.p[0] != '/')
		return FAIL(f, E_HEADER, "form of the target");
	ret->query = rest;
	if (!take_until(&ret->query, '?', &ret->path)) {
		ret->path = rest;
		ret->query = (struct str){0};
	}
	return OK;
}

static enum err
parse_request_line(struct str line, struct http_head *ret, struct fault *f)
{
	struct str method, target;

	/* Exactly one blank between the parts (RFC 9112 3). */
	if (!take_until(&line, ' ', &method) || !take_until(&line, ' ', &target) ||
	    !is_token(method))
		return FAIL(f, E_HEADER, "request line");
	if (str_is(line, "HTTP/1.1"))
		ret->minor = 1;
	else if (str_is(line, "HTTP/1.0"))
		ret->minor = 0;
	else
		return FAIL_FIELD(f, E_HEADER, NULL, "HTTP/1.1 | HTTP/1.0", "version");
	ret->method = HTTP_OTHER;
	for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++) {
		if (str_is(method, methods[i].name))
			ret->method = methods[i].method;
	}
	return parse_target(target, ret, f);
}

/* Is WORD in the comma-separated list? */
static bool
list_has(struct str list, const char *word)
{
	struct str item;

	while (take_until(&list, ',', &item)) {
		if (http_name_is(trim(item), word))
			return true;
	}
	return http_name_is(trim(list), word);
}

/* What the headers that we act on say, counted so that a repeated one is seen. */
struct seen {
	int host, length, coding, close;
};

static enum err
note(const struct http_header *h, struct http_head *ret, struct seen *seen, struct fault *f)
{
	if (http_name_is(h->name, "Host")) {
		seen->host++;
		/* An empty one, or one with a list, names no host of ours (RFC 9112 3.2). */
		if (h->value.n == 0 || memchr(h->value.p, ',', h->value.n) ||
		    memchr(h->value.p, ' ', h->value.n))
			return FAIL_FIELD(f, E_HEADER, "Host", NULL, "value");
	} else if (http_name_is(h->name, "Content-Length")) {
		seen->length++;
		if (!u64_parse(h->value, INT64_MAX, &ret->length))
			return FAIL_FIELD(f, E_HEADER, "Content-Length", "0–9", "value");
	} else if (http_name_is(h->name, "Transfer-Encoding")) {
		seen->coding++;
		ret->chunked = true;
		if (!http_name_is(h->value, "chunked"))
			return FAIL_FIELD(f, E_HEADER, "Transfer-Encoding", "chunked", "value");
	} else if (http_name_is(h->name, "Connection")) {
		seen->close += list_has(h->value, "close");
	} else if (http_name_is(h->name, "Expect")) {
		ret->expects = true;
		if (!http_name_is(h->value, "100-continue"))
			return FAIL_FIELD(f, E_HEADER, "Expect", "100-continue", "value");
	}
	return OK;
}

static enum err
parse_headers(
    struct arena *a, struct str rest, struct http_head *ret, struct seen *seen, struct fault *f)
{
	struct http_header *headers = arena_array(a, HTTP_HEADERS_MAX, sizeof(*headers));

	while (rest.n) {
		struct str line = take_line(&rest);
		struct http_header h;

		if (line.n == 0)
			break;
		if (ret->header_count == HTTP_HEADERS_MAX)
			return FAIL_FIELD(f, E_HEADER, NULL, "≤ 64", "number of headers");
		/* No token holds a blank: refuses blanks before the colon and folded lines. */
		if (!take_until(&line, ':', &h.name) || !is_token(h.name))
			return FAIL(f, E_HEADER, "name of a header");
		h.value = trim(line);
		headers[ret->header_count++] = h;
		TRY(note(&h, ret, seen, f));
	}
	ret->headers = headers;
	return OK;
}

enum err
http_head_parse(struct arena *a, struct bytes head, struct http_head *ret, struct fault *f)
{
	struct str rest = {(const char *)head.p, head.n};
	struct http_head h = {0};
	struct seen seen = {0};

	TRY(parse_request_line(take_line(&rest), &h, f));
	TRY(parse_headers(a, rest, &h, &seen, f));
	if (seen.host > 1 || (seen.host == 0 && h.minor == 1))
		return FAIL_FIELD(f, E_HEADER, "Host", "n=1", "%d", seen.host);
	if (seen.length > 1)
		return FAIL_FIELD(f, E_HEADER, "Content-Length", "n=1", "%d", seen.length);
	/* RFC 9112 6.1: never both, never by HTTP/1.0. */
	if (seen.coding > 1 || (seen.coding && (seen.length || h.minor == 0)))
		return FAIL_FIELD(f, E_HEADER, "Transfer-Encoding", "n=1", "with another length");
	h.expects = h.expects && h.minor == 1;
	h.keep = !seen.close && h.minor == 1;
	*ret = h;
	return OK;
}

bool
http_decode(struct arena *a, struct str in, bool plus, bool slash, struct str *ret)
{
	char *out;
	size_t n = 0;
	bool same = true;

	for (size_t i = 0; i < in.n; i++)
		same = same && in.p[i] != '%' && in.p[i] != '\0' && (in.p[i] != '+' || !plus);
	if (same) {
		*ret = in;
		return utf8_valid(in);
	}
	out = arena_alloc(a, in.n);
	for (size_t i = 0; i < in.n; i++) {
		char c = in.p[i];

		if (c == '%') {
			int high = in.n - i < 3 ? -1 : http_hex(in.p[i + 1]);
			int low = high < 0 ? -1 : http_hex(in.p[i + 2]);

			if (low < 0)
				return false;
			c = (char)(high << 4 | low);
			i += 2;
			if (c == '/' && !slash)
				return false;
		} else if (c == '+' && plus) {
			c = ' ';
		}
		if (c == '\0')
			return false;
		out[n++] = c;
	}
	*ret = (struct str){out, n};
	return utf8_valid(*ret);
}
