/* SPDX-License-Identifier: Apache-2.0 */
#include "http/http.h"

#include <string.h>

#include "base/must.h"
#include "http/parse.h"

const char *
http_listener_name(enum http_listener l)
{
	switch (l) {
	case HTTP_PORTAL:
		return "portal";
	case HTTP_MACHINE:
		return "machine";
	case HTTP_PLAIN:
		return "plain";
	case HTTP_ADMIN:
		return "admin";
	}
	return "";
}

bool
http_header_at(const struct http_req *req, const char *name, size_t i, struct str *ret)
{
	for (size_t k = 0; k < req->header_count; k++) {
		if (http_name_is(req->headers[k].name, name) && i-- == 0) {
			*ret = req->headers[k].value;
			return true;
		}
	}
	return false;
}

enum err
http_header(const struct http_req *req, const char *name, struct str *ret, struct fault *f)
{
	struct str value = {0}, again;

	if (http_header_at(req, name, 0, &value) && http_header_at(req, name, 1, &again))
		return FAIL_FIELD(f, E_HEADER, name, "n=1", "repeated");
	*ret = value;
	return OK;
}

/* Cut *S at the first C: the part before it goes to *PART. False at the end. */
static bool
next_part(struct str *s, char c, struct str *part)
{
	const char *at;

	if (s->p == NULL)
		return false;
	at = s->n ? memchr(s->p, c, s->n) : NULL;
	*part = (struct str){s->p, at ? (size_t)(at - s->p) : s->n};
	*s = at ? (struct str){at + 1, s->n - part->n - 1} : (struct str){0};
	return true;
}

/* "name=value" into its halves; without '=' the value is empty. */
static struct str
split_pair(struct str part, struct str *value)
{
	struct str name;

	*value = part;
	(void)next_part(value, '=', &name);
	return name;
}

enum err
http_cookie(const struct http_req *req, const char *name, struct str *ret, struct fault *f)
{
	struct str header, part, value, found = {0};

	for (size_t i = 0; http_header_at(req, "Cookie", i, &header); i++) {
		while (next_part(&header, ';', &part)) {
			while (part.n && part.p[0] == ' ') {
				part.p++;
				part.n--;
			}
			if (!str_is(split_pair(part, &value), name))
				continue;
			if (found.p != NULL)
				return FAIL_FIELD(
				    f, E_HEADER, "Cookie", "n=1", "%s repeated", name);
			found = value.p ? value : STR("");
		}
	}
	*ret = found;
	return OK;
}

struct str
http_param(const struct http_req *req, const char *name)
{
	size_t i = 0;

	while (i < req->param_count && strcmp(req->params[i].name, name) != 0)
		i++;
	must(i < req->param_count);
	return req->params[i].value;
}

enum err
http_query(const struct http_req *req, const char *name, struct str *ret, struct fault *f)
{
	struct str rest = req->query, part, value, found = {0};

	while (next_part(&rest, '&', &part)) {
		struct str key = split_pair(part, &value);

		if (!http_decode(req->arena, key, true, true, &key) || !str_is(key, name))
			continue;
		if (found.p != NULL)
			return FAIL_FIELD(f, E_FIELD_DUPLICATE, name, "n=1", "query");
		if (!http_decode(req->arena, value, true, true, &found))
			return FAIL_FIELD(f, E_FIELD_CHARS, name, "UTF-8", "query");
		if (found.p == NULL)
			found = STR("");
	}
	*ret = found;
	return OK;
}

enum err
http_query_only(const struct http_req *req, const char *const *keys, struct fault *f)
{
	struct str rest = req->query, part, value;

	while (next_part(&rest, '&', &part)) {
		struct str key = split_pair(part, &value);
		size_t i = 0;

		if (part.n == 0)
			continue;
		if (!http_decode(req->arena, key, true, true, &key))
			return FAIL(f, E_FIELD_UNKNOWN, "name of a query parameter");
		while (keys[i] != NULL && !str_is(key, keys[i]))
			i++;
		if (keys[i] == NULL) {
			char *shown = arena_cstr(req->arena, key);

			return FAIL_FIELD(f, E_FIELD_UNKNOWN, shown, NULL, "query parameter");
		}
	}
	return OK;
}

void
http_resp_body(struct http_resp *resp, int status, const char *type, struct bytes body)
{
	resp->status = status;
	resp->content_type = type;
	resp->body = body;
}

void
http_resp_header(struct http_resp *resp, const char *name, struct str value)
{
	must(resp->extra_count < HTTP_EXTRA_MAX);
	for (size_t i = 0; i < value.n; i++)
		must((unsigned char)value.p[i] >= 0x20 && value.p[i] != 0x7f);
	resp->extra[resp->extra_count++] = (struct http_header){str_of(name), value};
}

struct str
http_resp_get(const struct http_resp *resp, const char *name)
{
	for (size_t i = 0; i < resp->extra_count; i++) {
		if (http_name_is(resp->extra[i].name, name))
			return resp->extra[i].value;
	}
	return (struct str){0};
}
