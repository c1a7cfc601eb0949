/* SPDX-License-Identifier: Apache-2.0 */
/* The chunked body of http/parse.h: RFC 9112 7.1 without extensions. */
#include "http/parse.h"

enum { SIZE, DATA, DATA_END, TRAILER };

/* 8 hexadecimal digits at most: a chunk of 4 GiB is past every limit of ours. */
#define SIZE_DIGITS 8

static enum err
end_line(struct http_chunks *c, const struct buf *body, struct fault *f)
{
	size_t n = c->line;

	c->line = 0;
	c->cr = false;
	if (c->state == DATA_END) {
		c->state = SIZE;
	} else if (c->state == TRAILER) {
		c->done = n == 0;
	} else {
		if (n == 0)
			return FAIL(f, E_HEADER, "size of a chunk");
		if (c->left > body->cap - body->n)
			return FAIL(f, E_BODY_SIZE, "a chunk of %zu octets", (size_t)c->left);
		c->state = c->left ? DATA : TRAILER;
	}
	return OK;
}

/* One octet outside the data; each line ends with CRLF. */
static enum err
line_octet(struct http_chunks *c, uint8_t octet, const struct buf *body, struct fault *f)
{
	int digit = http_hex((char)octet);

	if (c->cr || octet == '\n')
		return c->cr && octet == '\n' ? end_line(c, body, f)
					      : FAIL(f, E_HEADER, "bare CR or LF");
	if (octet == '\r') {
		c->cr = true;
		return OK;
	}
	c->line++;
	if (c->state == SIZE) {
		if (digit < 0 || c->line > SIZE_DIGITS)
			return FAIL(f, E_HEADER, "size of a chunk");
		c->left = c->left << 4 | (uint64_t)digit;
	} else if (c->state == DATA_END) {
		return FAIL(f, E_HEADER, "octets after a chunk");
	} else if (++c->trailers > HTTP_TRAILERS_MAX || octet < 0x20 || octet == 0x7f) {
		return FAIL(f, E_HEADER, "trailers");
	}
	return OK;
}

enum err
http_chunks_read(
    struct http_chunks *c, struct bytes in, struct buf *body, size_t *ret, struct fault *f)
{
	size_t i = 0;

	while (i < in.n && !c->done) {
		if (c->state == DATA) {
			size_t n = in.n - i < c->left ? in.n - i : (size_t)c->left;

			buf_put(body, bytes_of(in.p + i, n));
			i += n;
			c->left -= n;
			if (c->left == 0)
				c->state = DATA_END;
		} else {
			TRY(line_octet(c, in.p[i++], body, f));
		}
	}
	*ret = i;
	return OK;
}
