/* SPDX-License-Identifier: Apache-2.0 */
#include "x509/pem.h"

#include <string.h>

#include "base/text.h"

#define LINE 64 /* characters of a full line (RFC 7468 2) */

void
pem_put(struct buf *b, const char *label, struct bytes der)
{
	struct str text = str_of(base64_text(b->a, der));

	buf_fmt(b, "-----BEGIN %s-----\n", label);
	while (text.n) {
		size_t n = text.n < LINE ? text.n : LINE;

		buf_str(b, (struct str){.p = text.p, .n = n});
		buf_u8(b, '\n');
		text.p += n;
		text.n -= n;
	}
	buf_fmt(b, "-----END %s-----\n", label);
}

/* The next line of *TEXT without its end (LF, CRLF or the end of the text). */
static struct str
take_line(struct str *text)
{
	const char *lf = memchr(text->p, '\n', text->n);
	struct str line = {.p = text->p, .n = lf == NULL ? text->n : (size_t)(lf - text->p)};
	size_t used = lf == NULL ? line.n : line.n + 1;

	text->p += used;
	text->n -= used;
	if (lf != NULL && line.n && line.p[line.n - 1] == '\r')
		line.n--;
	return line;
}

/* Is LINE "-----VERB LABEL-----"? */
static bool
is_boundary(struct str line, const char *verb, const char *label)
{
	struct str head = str_of(verb), name = str_of(label), tail = STR("-----");

	return line.n == head.n + name.n + tail.n && str_starts(line, head) &&
	    memcmp(line.p + head.n, name.p, name.n) == 0 &&
	    memcmp(line.p + head.n + name.n, tail.p, tail.n) == 0;
}

/* Base64 lines up to the end boundary. */
static enum err
take_body(struct arena *a, struct str *text, const char *label, struct str *ret, struct fault *f)
{
	struct buf body = buf_new(a, PEM_MAX / 3 * 4 + 4);
	bool last = false;

	while (text->n) {
		struct str line = take_line(text);

		if (is_boundary(line, "-----END ", label)) {
			*ret = buf_view(&body);
			return OK;
		}
		if (last || line.n == 0 || line.n > LINE)
			return FAIL_FIELD(f, E_FIELD_FORMAT, label, "64", "bad line of PEM");
		last = line.n < LINE;
		buf_str(&body, line);
		if (body.bad)
			return FAIL_FIELD(f, E_BODY_SIZE, label, NULL, "PEM object too large");
	}
	return FAIL_FIELD(f, E_FIELD_FORMAT, label, NULL, "PEM without its end");
}

enum err
pem_next(struct arena *a, struct str *text, const char *label, struct bytes *ret, struct fault *f)
{
	struct str rest = *text, body;
	struct bytes der = {0};

	while (rest.n) {
		struct str line = take_line(&rest);

		/* RFC 7468 2: text outside the boundaries is allowed and means nothing. */
		if (!str_starts(line, STR("-----")))
			continue;
		if (!is_boundary(line, "-----BEGIN ", label))
			return FAIL_FIELD(f, E_FIELD_FORMAT, label, NULL, "another PEM label");
		TRY(take_body(a, &rest, label, &body, f));
		if (body.n == 0 || !base64_parse(a, body, &der))
			return FAIL_FIELD(f, E_FIELD_FORMAT, label, NULL, "bad base64");
		break;
	}
	*text = rest;
	*ret = der;
	return OK;
}

enum err
pem_parse(struct arena *a, struct str text, const char *label, struct bytes *ret, struct fault *f)
{
	struct bytes der, more;

	TRY(pem_next(a, &text, label, &der, f));
	if (der.n == 0)
		return FAIL_FIELD(f, E_FIELD_FORMAT, label, NULL, "no PEM object");
	TRY(pem_next(a, &text, label, &more, f));
	if (more.n)
		return FAIL_FIELD(f, E_FIELD_FORMAT, label, "1", "more than one PEM object");
	*ret = der;
	return OK;
}
