/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/request.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/buf.h"
#include "base/must.h"
#include "base/text.h"
#include "cli/session.h"
#include "cli/usage.h"
#include "net/client.h"

#define PATH_MAX_OCTETS 2048
#define HEADERS         4
#define ANSWER_MAX      ((size_t)5 << 20) /* octets: a document of an application, and lists */

static const char *
option_or(const struct cli *c, enum option o, const char *variable, const char *preset)
{
	const char *value = c->option[o] ? c->option[o] : getenv(variable);

	return value && *value ? value : preset;
}

enum err
request_server(struct cli *c, struct str *ret, struct fault *f)
{
	const char *url = option_or(c, OPTION_SERVER, "SIGNET_SERVER", NULL);
	struct net_url parts;

	if (url == NULL)
		return cli_missing(c, OPTION_SERVER, f);
	if (!net_url_parse(str_of(url), &parts) || !parts.https || parts.rest.n > 1)
		return FAIL_FIELD(
		    f, E_USAGE, "--server", "https://HOST[:PORT]", "not such an address");
	*ret = parts.origin;
	return OK;
}

enum err
request_http(struct cli *c, struct str *ret, struct fault *f)
{
	const char *url = option_or(c, OPTION_HTTP, "SIGNET_HTTP", NULL);
	struct net_url parts;

	if (url == NULL)
		return cli_missing(c, OPTION_HTTP, f);
	if (!net_url_parse(str_of(url), &parts) || parts.rest.n > 1)
		return FAIL_FIELD(f, E_USAGE, "--http", "http://HOST[:PORT]", "no such address");
	*ret = parts.origin;
	return OK;
}

char *
request_path(struct cli *c, const char *fmt, ...)
{
	struct buf out = buf_new(c->a, PATH_MAX_OCTETS);
	va_list ap;

	va_start(ap, fmt);
	for (; *fmt; fmt++) {
		if (fmt[0] != '%' || fmt[1] != 's') {
			buf_u8(&out, (uint8_t)*fmt);
			continue;
		}
		fmt++;
		for (const char *p = va_arg(ap, const char *); *p; p++) {
			if (isalnum((unsigned char)*p) || strchr("-._~", *p))
				buf_u8(&out, (uint8_t)*p);
			else
				buf_fmt(&out, "%%%02X", (unsigned)(uint8_t)*p);
		}
	}
	va_end(ap);
	buf_u8(&out, 0);
	must(!out.bad);
	return (char *)out.p;
}

static const char *
socket_path(const struct cli *c)
{
	return option_or(c, OPTION_SOCKET, "SIGNET_SOCKET", SIGNET_DATA "/admin.sock");
}

static struct net_client *
client(struct cli *c, enum request_to to)
{
	struct net_client **which = to == REQUEST_ADMIN ? &c->admin : &c->portal;
	struct net_config config = {.answer_max = ANSWER_MAX};

	if (to == REQUEST_ADMIN) {
		config.unix_socket = socket_path(c);
		config.loopback_http = true;
	} else {
		config.ca_file = option_or(c, OPTION_CA, "SIGNET_CA", NULL);
	}
	if (*which == NULL)
		*which = net_client_new(&config);
	return *which;
}

/* Nobody is signed in here, or no longer. */
static enum err
no_session(struct cli *c, struct fault *f)
{
	usage_next(c, "sign-in", STR(""));
	return FAIL(f, E_AUTH_REQUIRED, "no session for this server");
}

/* Headers of a question; how many there are. */
static enum err
headers(
    struct cli *c, const struct request *q, struct net_header *ret, size_t *ret_n, struct fault *f)
{
	size_t n = 0;

	ret[n++] = (struct net_header){STR("Accept-Language"), str_of(lang_tag(c->lang))};
	if (q->act) {
		uint8_t key[16];

		must(getrandom(key, sizeof(key), 0) == (ssize_t)sizeof(key));
		ret[n++] = (struct net_header){
		    STR("Idempotency-Key"), str_of(hex_text(c->a, BYTES_OF(key)))};
	}
	if (!q->anybody && q->to == REQUEST_PORTAL) {
		const char *secret;
		json_t *entry;

		TRY(session_read(c, &entry, f));
		secret = json_string_value(json_object_get(entry, "session"));
		if (secret == NULL)
			return no_session(c, f);
		ret[n++] = (struct net_header){
		    STR("Authorization"), str_of(arena_fmt(c->a, "Bearer %s", secret))};
	}
	*ret_n = n;
	return OK;
}

/* What a refusal means. */
static enum err
refusal(struct cli *c, int status, json_t *problem, struct fault *f)
{
	const char *slug = json_string_value(json_object_get(problem, "code"));
	const char *field = json_string_value(json_object_get(problem, "field"));
	const char *rule = json_string_value(json_object_get(problem, "rule"));
	enum err e = slug ? err_of_slug(str_of(slug)) : E_ANSWER;

	if (slug == NULL || e == OK)
		return FAIL(f, E_ANSWER, "status %d without a code", status);
	json_decref(c->problem);
	c->problem = json_incref(problem);
	if (e == E_SESSION || e == E_AUTH_REQUIRED)
		usage_next(c, "sign-in", STR(""));
	return FAIL_FIELD(f, e, field, rule, "status %d, %s", status, slug);
}

static enum err
answer(struct cli *c, const struct net_answer *a, bool any_status, json_t **ret, struct fault *f)
{
	json_error_t error;
	json_t *v = NULL;

	if (a->body.n == 0) {
		v = json_null();
	} else if (str_is(a->content_type, "application/json") ||
	    str_is(a->content_type, "application/problem+json")) {
		v = json_loadb((const char *)a->body.p, a->body.n, JSON_REJECT_DUPLICATES, &error);
	}
	if (v == NULL)
		return FAIL(f, E_ANSWER, "status %d, no JSON", a->status);
	must(json_array_append_new(c->keep, v) == 0);
	if (!any_status && (a->status < 200 || a->status > 299))
		return refusal(c, a->status, v, f);
	*ret = v;
	return OK;
}

/* No answer at all: who did not answer, and what to look at. */
static enum err
unreached(struct cli *c, enum request_to to, struct str base, enum err e)
{
	if (e == E_UNAVAILABLE && to == REQUEST_ADMIN)
		usage_what(c, "socket", str_of(socket_path(c)));
	else if (e == E_UNAVAILABLE)
		usage_what(c, "server", base);
	else if (e == E_TLS)
		usage_next(c, "trust", base);
	return e;
}

static enum err
ask(struct cli *c, const struct request *q, struct net_answer *ret, struct fault *f)
{
	struct net_header lines[HEADERS];
	struct net_request out = {.method = q->method, .headers = lines};
	struct str base = STR("http://localhost");
	char *body = NULL;
	enum err e = OK;

	if (q->to == REQUEST_PORTAL)
		e = request_server(c, &base, f);
	if (e == OK)
		e = headers(c, q, lines, &out.headers_n, f);
	if (e == OK && q->body) {
		body = json_dumps(q->body, JSON_COMPACT);
		must(body != NULL);
		out.content_type = "application/json";
		out.body = bytes_of(body, strlen(body));
	} else if (q->octets.n) {
		out.content_type = "application/octet-stream";
		out.body = q->octets;
	}
	json_decref(q->body);
	out.url = str_of(arena_fmt(c->a, "%.*s%s", (int)base.n, base.p, q->path));
	if (e == OK)
		e = unreached(c, q->to, base, net_request(client(c, q->to), c->a, &out, ret, f));
	if (body)
		wipe(body, strlen(body));
	free(body);
	return e;
}

enum err
request(struct cli *c, const struct request *q, json_t **ret, struct fault *f)
{
	struct net_answer in;

	TRY(ask(c, q, &in, f));
	return answer(c, &in, q->any_status, ret, f);
}

enum err
request_file(struct cli *c, const struct request *q, struct bytes *ret, struct fault *f)
{
	struct net_answer in;
	json_t *none;

	TRY(ask(c, q, &in, f));
	if (in.status != 200)
		TRY(answer(c, &in, false, &none, f));
	*ret = in.body;
	return OK;
}

enum err
request_raw(struct cli *c, struct str url, struct bytes *ret, struct fault *f)
{
	struct net_request out = {.method = "GET", .url = url};
	struct net_config config = {.loopback_http = true};
	struct net_client *client = net_client_new(&config);
	struct net_answer in;
	enum err e = net_request(client, c->a, &out, &in, f);

	net_client_free(&client);
	TRY(e);
	if (in.status != 200)
		return FAIL(f, in.status == 404 ? E_NOT_FOUND : E_ANSWER, "status %d", in.status);
	*ret = in.body;
	return OK;
}

enum err
request_text(const json_t *object, const char *name, struct str *ret, struct fault *f)
{
	const json_t *v = json_object_get(object, name);

	if (!json_is_string(v))
		return FAIL_FIELD(f, E_ANSWER, name, NULL, "not in the answer");
	*ret = (struct str){json_string_value(v), json_string_length(v)};
	return OK;
}

enum err
request_octets(
    struct cli *c, const json_t *object, const char *name, struct bytes *ret, struct fault *f)
{
	struct str text;

	TRY(request_text(object, name, &text, f));
	if (!base64_parse(c->a, text, ret))
		return FAIL_FIELD(f, E_ANSWER, name, "base64", "not base64");
	return OK;
}
