/* SPDX-License-Identifier: Apache-2.0 */
#include "net/client.h"

#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/must.h"
#include "base/text.h"
#include "net/begin.h"

#define HEADER_LINE_MAX  8192
#define HEADERS_SIZE_MAX ((size_t)64 << 10)

struct net_client {
	struct net_config config;
	CURL *curl;
};

/* One answer as it comes in. */
struct intake {
	struct arena *a;
	struct buf body;
	struct net_header *headers;
	size_t headers_n, headers_size;
	bool large;
};

struct net_client *
net_client_new(const struct net_config *config)
{
	struct net_client *c = calloc(1, sizeof(*c));

	must(c != NULL);
	net_begin();
	c->config = *config;
	c->curl = curl_easy_init();
	must(c->curl != NULL);
	return c;
}

void
net_client_free(struct net_client **c)
{
	if (*c == NULL)
		return;
	curl_easy_cleanup((*c)->curl);
	free(*c);
	*c = NULL;
}

static size_t
take_body(char *p, size_t size, size_t n, void *arg)
{
	struct intake *in = arg;

	buf_put(&in->body, bytes_of(p, size * n));
	in->large |= in->body.bad;
	return in->body.bad ? 0 : size * n;
}

static struct str
trim(struct str s)
{
	while (s.n && (s.p[0] == ' ' || s.p[0] == '\t'))
		s = (struct str){s.p + 1, s.n - 1};
	while (s.n && strchr(" \t\r\n", s.p[s.n - 1]))
		s.n--;
	return s;
}

static struct str
lower(struct arena *a, struct str s)
{
	char *p = arena_alloc(a, s.n + 1);

	for (size_t i = 0; i < s.n; i++)
		p[i] = s.p[i] >= 'A' && s.p[i] <= 'Z' ? (char)(s.p[i] | 0x20) : s.p[i];
	return (struct str){p, s.n};
}

static size_t
take_header(char *p, size_t size, size_t n, void *arg)
{
	struct intake *in = arg;
	struct str line = {p, size * n};
	const char *colon = memchr(p, ':', size * n);

	in->headers_size += line.n;
	if (line.n > HEADER_LINE_MAX || in->headers_size > HEADERS_SIZE_MAX) {
		in->large = true;
		return 0;
	}
	if (str_starts(line, STR("HTTP/"))) {
		/* An interim answer (100) came before: its headers are not the answer's. */
		in->headers_n = 0;
		return line.n;
	}
	if (colon && in->headers_n < NET_HEADER_MAX) {
		size_t at = (size_t)(colon - p);

		in->headers[in->headers_n++] = (struct net_header){
		    .name = lower(in->a, (struct str){p, at}),
		    .value = arena_str(in->a, trim((struct str){colon + 1, line.n - at - 1})),
		};
	}
	return line.n;
}

static struct str
media_type(struct arena *a, struct str value)
{
	const char *semi = memchr(value.p ? value.p : "", ';', value.n);

	if (semi)
		value.n = (size_t)(semi - value.p);
	return lower(a, trim(value));
}

/* What curl's answer means to whoever asked. */
static enum err
curl_fail(CURLcode code, const struct intake *in, const char *text, struct fault *f)
{
	static const struct {
		CURLcode code;
		enum err err;
	} rows[] = {
	    {CURLE_PEER_FAILED_VERIFICATION, E_TLS},
	    {CURLE_SSL_CONNECT_ERROR, E_TLS},
	    {CURLE_SSL_CACERT_BADFILE, E_FILE},
	    {CURLE_SSL_ISSUER_ERROR, E_TLS},
	    {CURLE_SSL_CIPHER, E_TLS},
	    {CURLE_COULDNT_RESOLVE_HOST, E_UNAVAILABLE},
	    {CURLE_COULDNT_CONNECT, E_UNAVAILABLE},
	    {CURLE_OPERATION_TIMEDOUT, E_UNAVAILABLE},
	    {CURLE_GOT_NOTHING, E_UNAVAILABLE},
	    {CURLE_SEND_ERROR, E_UNAVAILABLE},
	    {CURLE_RECV_ERROR, E_UNAVAILABLE},
	    {CURLE_PARTIAL_FILE, E_UNAVAILABLE},
	};
	enum err e = E_ANSWER;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (rows[i].code == code)
			e = rows[i].err;
	}
	if (in->large)
		e = E_ANSWER;
	return FAIL(f, e, "%s: %s", curl_easy_strerror(code), in->large ? "too large" : text);
}

static void
add_line(struct curl_slist **list, const char *line)
{
	struct curl_slist *more = curl_slist_append(*list, line);

	must(more != NULL);
	*list = more;
}

/* The request's own headers; E_FIELD_VALUE for one that would break the lines. */
static enum err
header_lines(struct arena *a, const struct net_request *q, struct curl_slist **ret, struct fault *f)
{
	for (size_t i = 0; i < q->headers_n; i++) {
		const struct net_header *h = &q->headers[i];

		for (size_t k = 0; k < h->name.n + h->value.n; k++) {
			char ch = k < h->name.n ? h->name.p[k] : h->value.p[k - h->name.n];

			if ((unsigned char)ch < ' ' || ch == 0x7f)
				return FAIL(f, E_FIELD_VALUE, "header %zu", i);
		}
		add_line(ret,
		    arena_fmt(
			a, "%.*s: %.*s", (int)h->name.n, h->name.p, (int)h->value.n, h->value.p));
	}
	if (q->content_type)
		add_line(ret, arena_fmt(a, "Content-Type: %s", q->content_type));
	/* No waiting for 100 Continue: bodies are small. */
	add_line(ret, "Expect:");
	return OK;
}

static void
set_up(struct net_client *c, const struct net_request *q, const char *url, struct intake *in)
{
	const struct net_config *g = &c->config;
	CURL *h = c->curl;

	curl_easy_reset(h);
	curl_easy_setopt(h, CURLOPT_URL, url);
	curl_easy_setopt(h, CURLOPT_CUSTOMREQUEST, q->method);
	curl_easy_setopt(h, CURLOPT_NOBODY, strcmp(q->method, "HEAD") == 0 ? 1L : 0L);
	curl_easy_setopt(h, CURLOPT_PROTOCOLS_STR, g->loopback_http ? "https,http" : "https");
	curl_easy_setopt(h, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(h, CURLOPT_PROXY, "");
	curl_easy_setopt(h, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	curl_easy_setopt(h, CURLOPT_NOSIGNAL, 1L);
	/* A resolver that hangs must not hold us when time is up. */
	curl_easy_setopt(h, CURLOPT_QUICK_EXIT, 1L);
	curl_easy_setopt(h, CURLOPT_USERAGENT, "signet/" SIGNET_VERSION);
	curl_easy_setopt(h, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	curl_easy_setopt(h, CURLOPT_SSL_VERIFYPEER, 1L);
	curl_easy_setopt(h, CURLOPT_SSL_VERIFYHOST, 2L);
	if (g->ca_file) {
		curl_easy_setopt(h, CURLOPT_CAINFO, g->ca_file);
		curl_easy_setopt(h, CURLOPT_CAPATH, NULL);
	}
	if (g->unix_socket)
		curl_easy_setopt(h, CURLOPT_UNIX_SOCKET_PATH, g->unix_socket);
	curl_easy_setopt(
	    h, CURLOPT_CONNECTTIMEOUT_MS, (long)(g->connect_ms ? g->connect_ms : 10000));
	curl_easy_setopt(h, CURLOPT_TIMEOUT_MS, (long)(g->total_ms ? g->total_ms : 60000));
	curl_easy_setopt(h, CURLOPT_WRITEFUNCTION, take_body);
	curl_easy_setopt(h, CURLOPT_WRITEDATA, in);
	curl_easy_setopt(h, CURLOPT_HEADERFUNCTION, take_header);
	curl_easy_setopt(h, CURLOPT_HEADERDATA, in);
	if (q->content_type) {
		curl_easy_setopt(h, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)q->body.n);
		curl_easy_setopt(h, CURLOPT_POSTFIELDS, q->body.n ? (const char *)q->body.p : "");
	}
}

static enum err
url_check(const struct net_client *c, struct arena *a, const struct net_request *q,
    const char **ret, struct fault *f)
{
	struct net_url u;

	if (!net_url_parse(q->url, &u))
		return FAIL_FIELD(f, E_FIELD_VALUE, "url", "https://HOST…", "no such URL");
	if (!u.https && !c->config.unix_socket &&
	    !(c->config.loopback_http && net_host_is_loopback(u.host)))
		return FAIL_FIELD(f, E_FIELD_VALUE, "url", "https", "http is not allowed");
	*ret = arena_cstr(a, q->url);
	return OK;
}

enum err
net_request(struct net_client *c, struct arena *a, const struct net_request *q,
    struct net_answer *ret, struct fault *f)
{
	size_t most = c->config.answer_max ? c->config.answer_max : NET_ANSWER_MAX_DEFAULT;
	struct intake in = {.a = a, .body = buf_new(a, most)};
	char text[CURL_ERROR_SIZE] = "";
	struct curl_slist *lines = NULL;
	const char *url = NULL;
	long status = 0;
	CURLcode code;
	enum err e;

	TRY(url_check(c, a, q, &url, f));
	in.headers = arena_array(a, NET_HEADER_MAX, sizeof(*in.headers));
	e = header_lines(a, q, &lines, f);
	if (e != OK) {
		curl_slist_free_all(lines);
		return e;
	}
	set_up(c, q, url, &in);
	curl_easy_setopt(c->curl, CURLOPT_HTTPHEADER, lines);
	curl_easy_setopt(c->curl, CURLOPT_ERRORBUFFER, text);
	if (c->config.unix_socket)
		curl_easy_setopt(c->curl, CURLOPT_PROTOCOLS_STR, "https,http");
	code = curl_easy_perform(c->curl);
	curl_easy_setopt(c->curl, CURLOPT_ERRORBUFFER, NULL);
	curl_slist_free_all(lines);
	if (code != CURLE_OK)
		return curl_fail(code, &in, text, f);
	curl_easy_getinfo(c->curl, CURLINFO_RESPONSE_CODE, &status);
	*ret = (struct net_answer){.status = (int)status,
	    .body = buf_bytes(&in.body),
	    .headers = in.headers,
	    .headers_n = in.headers_n};
	ret->content_type = media_type(a, net_header(ret, "content-type"));
	return OK;
}

struct str
net_header(const struct net_answer *answer, const char *name)
{
	for (size_t i = 0; i < answer->headers_n; i++) {
		if (str_is(answer->headers[i].name, name))
			return answer->headers[i].value;
	}
	return (struct str){0};
}
