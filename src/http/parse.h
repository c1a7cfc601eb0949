/* SPDX-License-Identifier: Apache-2.0 */
/*
 * parse: HTTP/1.1 and HTTP/1.0 requests from octets, strictly (RFC 9112). Pure.
 *
 * Where the RFC lets a server be lenient, this refuses: two readers that disagree about where a
 * request ends are how requests are smuggled (RFC 9112 11.2).
 */
#ifndef HTTP_PARSE_H
#define HTTP_PARSE_H

#include "base/buf.h"
#include "http/http.h"

#define HTTP_HEAD_MAX     ((size_t)16 << 10) /* octets of request line and headers */
#define HTTP_HEADERS_MAX  64
#define HTTP_TRAILERS_MAX 512 /* octets after a chunked body */

struct http_head {
	enum http_method method;
	int minor;              /* 1 or 0: HTTP/1.x */
	bool keep;              /* the connection may carry another request; never with HTTP/1.0 */
	bool expects;           /* Expect: 100-continue */
	bool chunked;           /* else length says it */
	uint64_t length;        /* of the body; 0 without one */
	struct str path, query; /* path begins with '/' */
	const struct http_header *headers;
	size_t header_count;
};

/*
 * The length of the head at the start of IN with its final empty line, 0 while it is not all there.
 * *SCANNED (0 at first) keeps what was looked at already. E_HEADER: a bare CR or LF, a control
 * character, more than HTTP_HEAD_MAX.
 */
NODISCARD enum err http_head_find(struct bytes in, size_t *scanned, size_t *ret, struct fault *f);
/* The head that http_head_find found; views of HEAD, lists on A. E_HEADER. */
NODISCARD enum err http_head_parse(
    struct arena *a, struct bytes head, struct http_head *ret, struct fault *f);

/* A chunked body's reader between two reads (RFC 9112 7.1). Zero at first. */
struct http_chunks {
	int state;
	uint64_t left;   /* of the chunk */
	size_t line;     /* octets of the line so far */
	size_t trailers; /* octets of all trailers so far */
	bool cr;         /* the last octet was a CR */
	bool done;
};
/*
 * Read from IN, append to BODY, whose cap is the limit. *RET: octets used; fewer than IN has only when
 * done. E_BODY_SIZE: past the cap; E_HEADER: not the format. Extensions are refused, trailers dropped.
 */
NODISCARD enum err http_chunks_read(
    struct http_chunks *c, struct bytes in, struct buf *body, size_t *ret, struct fault *f);

/*
 * Percent-decoding of a path segment or query part; a view when nothing is encoded. PLUS: '+' is a
 * blank. SLASH: an encoded '/' is allowed. False: malformed, not UTF-8, holds a NUL or that slash.
 */
bool http_decode(struct arena *a, struct str in, bool plus, bool slash, struct str *ret);
/* The value of a hexadecimal digit, or -1. */
int http_hex(char c);
/* Same letters, either case. */
bool http_name_is(struct str name, const char *other);

#endif
