/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/play.h"

#include <string.h>

#include "agent/message.h"
#include "base/must.h"
#include "base/text.h"
#include "crypto/random.h"

/* A refusal in JSON, by the API or by the dispatcher, as a fault of ours. */
static enum err
refusal(struct play *p, json_t *problem, struct fault *f)
{
	const char *slug = json_string_value(json_object_get(problem, "code"));
	const char *field = json_string_value(json_object_get(problem, "field"));
	const char *rule = json_string_value(json_object_get(problem, "rule"));
	enum err e = slug ? err_of_slug(str_of(slug)) : E_ANSWER;

	json_decref(p->problem);
	p->problem = json_incref(problem);
	return FAIL_FIELD(f, e, field && *field ? field : NULL, rule && *rule ? rule : NULL,
	    "refused: %s", slug ? slug : "no code");
}

static json_t *
keep(struct play *p, json_t *v)
{
	must(json_array_append_new(p->keep, v) == 0);
	return v;
}

enum err
play_verb(struct play *p, const char *verb, json_t *args, json_t **ret, struct fault *f)
{
	json_t *q = json_pack(
	    "{s:i,s:I,s:s,s:o}", "v", 1, "id", (json_int_t)++p->asked, "verb", verb, "args", args);
	struct bytes text = agent_call(p->agent, p->a, p->server, message_text(p->a, q));
	json_t *answer = NULL, *ok;

	TRY(message_parse(text, AGENT_ANSWER_MAX, &answer, f));
	(void)keep(p, answer);
	p->status = 0;
	ok = json_object_get(answer, "ok");
	if (ok == NULL)
		return refusal(p, json_object_get(answer, "error"), f);
	*ret = ok;
	return OK;
}

enum err
play_text(const json_t *obj, const char *name, struct str *ret, struct fault *f)
{
	const json_t *v = json_object_get(obj, name);

	if (!json_is_string(v))
		return FAIL_FIELD(f, E_ANSWER, name, NULL, "missing in an answer");
	*ret = (struct str){json_string_value(v), json_string_length(v)};
	return OK;
}

enum err
play_hello(struct play *p, json_t **ret, struct fault *f)
{
	TRY(play_verb(p, "hello", json_pack("{s:s}", "language", lang_tag(p->lang)), ret, f));
	return play_text(*ret, "nonce", &p->nonce, f);
}

static size_t
headers_of(struct play *p, bool act, struct net_header *ret)
{
	uint8_t key[16];
	size_t n = 0;

	ret[n++] = (struct net_header){STR("Accept-Language"), str_of(lang_tag(p->lang))};
	ret[n++] = (struct net_header){STR("Origin"), p->server};
	if (p->bearer.n)
		ret[n++] = (struct net_header){STR("Authorization"),
		    str_of(arena_fmt(p->a, "Bearer %.*s", (int)p->bearer.n, p->bearer.p))};
	if (act) {
		random_bytes(key, sizeof(key));
		ret[n++] = (struct net_header){
		    STR("Idempotency-Key"), str_of(hex_text(p->a, BYTES_OF(key)))};
	}
	return n;
}

enum err
play_post(struct play *p, const char *path, bool act, json_t *body, json_t **ret, struct fault *f)
{
	struct net_header headers[4];
	struct net_request q = {.method = "POST",
	    .url = str_of(arena_fmt(p->a, "%.*s%s", (int)p->server.n, p->server.p, path)),
	    .headers = headers,
	    .content_type = "application/json",
	    .body = message_text(p->a, body)};
	struct net_answer got;
	json_t *answer = NULL;
	bool json;

	q.headers_n = headers_of(p, act, headers);
	p->status = 0;
	TRY(net_request(p->net, p->a, &q, &got, f));
	json = str_is(got.content_type, "application/json") ||
	    str_is(got.content_type, "application/problem+json");
	if (!json || message_parse(got.body, NET_ANSWER_MAX_DEFAULT, &answer, NULL) != OK)
		return FAIL(f, got.status >= 500 ? E_UNAVAILABLE : E_ANSWER, "%s: HTTP %d", path,
		    got.status);
	(void)keep(p, answer);
	if (got.status < 200 || got.status > 299) {
		p->status = got.status;
		return refusal(p, answer, f);
	}
	*ret = answer;
	return OK;
}

bool
play_refused(const struct play *p)
{
	const char *slug = json_string_value(json_object_get(p->problem, "code"));
	enum err e = slug ? err_of_slug(str_of(slug)) : OK;

	return p->status >= 400 && p->status < 500 && p->status != 408 && p->status != 429 &&
	    e != E_RACE && e != E_SESSION && e != E_AUTH_REQUIRED;
}
