/* SPDX-License-Identifier: Apache-2.0 */
/* inventory: the verbs that only look: hello, tokens.list, certs.list. */
#include "agent/verb.h"
#include "base/say.h"
#include "base/text.h"
#include "crypto/random.h"
#include "x509/cert.h"
#include "x509/key.h"
#include "x509/name.h"

static json_t *
failed_modules(struct asked *q, const struct token_list *list)
{
	json_t *out = json_array();

	for (size_t i = 0; i < list->failed_n; i++) {
		const struct token_failed *x = &list->failed[i];
		struct say s = say_fault(q->a, q->agent->lang, &x->fault);

		json_array_append_new(out,
		    json_pack("{s:s,s:s,s:o,s:o}", "module",
			q->agent->settings->modules[x->module].name, "code",
			err_row(x->fault.code)->slug, "text", message_str(s.what), "detail",
			message_str(consent_clean(q->a, str_of(x->fault.detail)))));
	}
	return out;
}

enum err
verb_hello(struct asked *q, const struct args *args, json_t **ret, struct fault *f)
{
	struct agent *agent = q->agent;
	enum lang l = agent->lang;
	struct token_list list;

	if (args->language.p && !lang_parse(args->language, &l))
		return FAIL_FIELD(f, E_FIELD_VALUE, "language", "en | zh | ru", "no such language");
	if (!agent->settings->has_language)
		agent->lang = l;
	TRY(token_list(agent->tokens, q->a, &list, f));
	random_bytes(agent->nonce, sizeof(agent->nonce));
	agent->greeted = true;
	*ret = json_pack("{s:s,s:o,s:s,s:s,s:i,s:o}", "version", SIGNET_VERSION, "nonce",
	    message_octets(q->a, BYTES_OF(agent->nonce)), "environment",
	    environment_name(q->origin->env), "role",
	    q->origin->role == SETTINGS_ROLE_RA ? "ra" : "user", "tokens", (int)list.n, "failed",
	    failed_modules(q, &list));
	return OK;
}

/* Readers of tokens that no module recognizes. */
static json_t *
unknown_readers(struct asked *q, const struct token_list *list)
{
	json_t *out = json_array();

	for (size_t i = 0; i < list->strange_n; i++)
		json_array_append_new(out, message_str(consent_clean(q->a, list->strange[i])));
	return out;
}

/* In words: why there is no token at all. */
static json_t *
why_none(struct asked *q, const struct token_list *list)
{
	struct fault f = {.code = OK};
	struct say s;

	f.code = flow_absent(q, list, &f);
	s = say_fault(q->a, q->agent->lang, &f);
	return json_pack("{s:s,s:o,s:o,s:s}", "code", err_row(f.code)->slug, "text",
	    message_str(s.what), "next", message_str(s.next), "field", f.field);
}

enum err
inventory_tokens(struct asked *q, json_t **ret, struct fault *f)
{
	json_t *tokens;
	struct token_list list;

	TRY(token_list(q->agent->tokens, q->a, &list, f));
	tokens = json_array();
	for (size_t i = 0; i < list.n; i++) {
		const struct token_info *t = &list.tokens[i];

		json_array_append_new(tokens,
		    json_pack("{s:s,s:o,s:o,s:o,s:o,s:o,s:s,s:b,s:b,s:i,s:i}", "module",
			q->agent->settings->modules[t->module].name, "reader",
			message_str(consent_clean(q->a, t->reader)), "label",
			message_str(consent_clean(q->a, t->label)), "serial",
			message_str(consent_clean(q->a, t->serial)), "model",
			message_str(consent_clean(q->a, t->model)), "maker",
			message_str(consent_clean(q->a, t->maker)), "pin", flow_pin_state(t->flags),
			"pinPad", (t->flags & TOKEN_PIN_PAD) != 0, "readOnly",
			(t->flags & TOKEN_READ_ONLY) != 0, "pinMin", (int)t->pin_min, "pinMax",
			(int)t->pin_max));
	}
	*ret = json_pack("{s:o,s:o,s:o}", "tokens", tokens, "failed", failed_modules(q, &list),
	    "unknown", unknown_readers(q, &list));
	if (list.n == 0)
		json_object_set_new(*ret, "why", why_none(q, &list));
	return OK;
}

enum err
verb_tokens_list(struct asked *q, const struct args *args, json_t **ret, struct fault *f)
{
	(void)args;
	return inventory_tokens(q, ret, f);
}

/* What a certificate says, as far as it can be read: a foreign one stays in the list unread. */
static void
add_certificate(struct asked *q, const struct token_container *c, json_t *row)
{
	char from[TIME_TEXT_SIZE], to[TIME_TEXT_SIZE];
	struct name subject, issuer;
	struct cert cert;
	struct key key;

	json_object_set_new(row, "certificate", message_octets(q->a, c->certificate));
	if (cert_parse(c->certificate, &cert, NULL) != OK ||
	    name_parse(cert.subject, &subject, NULL) != OK ||
	    name_parse(cert.issuer, &issuer, NULL) != OK)
		return;
	time_text(cert.not_before, from);
	time_text(cert.not_after, to);
	json_object_set_new(row, "subject", json_string(name_text(q->a, &subject)));
	json_object_set_new(row, "issuer", json_string(name_text(q->a, &issuer)));
	json_object_set_new(row, "serial", json_string(hex_text(q->a, cert.serial)));
	json_object_set_new(row, "notBefore", json_string(from));
	json_object_set_new(row, "notAfter", json_string(to));
	if (key_parse(cert.spki, &key, NULL) == OK)
		json_object_set_new(row, "key", json_string(key_kind_name(key.kind)));
	if (c->spki.n)
		json_object_set_new(row, "matches", json_boolean(bytes_eq(cert.spki, c->spki)));
}

enum err
verb_certs_list(struct asked *q, const struct args *args, json_t **ret, struct fault *f)
{
	struct flow *w = &q->agent->flow;
	struct token_containers all = {.n = 0};
	json_t *list;
	enum err e;
	/* The login of an enrolment under way must not be lost by a look at the same token. */
	bool there = w->enrolling &&
	    (str_eq(w->info.serial, args->token) || str_eq(w->info.label, args->token));

	if (!there)
		TRY(flow_open(q, args->token, f));
	e = token_containers(w->token, q->a, &all, f);
	if (!there)
		flow_close(q->agent);
	if (e != OK)
		return e;
	list = json_array();
	for (size_t i = 0; i < all.n; i++) {
		const struct token_container *c = &all.list[i];
		json_t *row = json_pack("{s:s,s:o,s:b,s:b}", "container", hex_text(q->a, c->id),
		    "label", message_str(consent_clean(q->a, bytes_str(c->label))), "hasKey",
		    c->has_private || c->has_public, "pending", c->certificate.n == 0);

		if (c->certificate.n)
			add_certificate(q, c, row);
		json_array_append_new(list, row);
	}
	*ret = json_pack("{s:o}", "containers", list);
	return OK;
}
