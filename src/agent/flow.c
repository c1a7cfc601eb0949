/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/flow.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "agent/lock.h"
#include "crypto/digest.h"
#include "crypto/rawsign.h"

void
flow_close(struct agent *agent)
{
	struct flow *w = &agent->flow;

	token_close(&w->token);
	secret_free(&w->pin);
	if (w->lock >= 0)
		(void)close(w->lock);
	arena_free(&w->a);
	*w = (struct flow){.lock = -1};
}

bool
flow_is(const struct agent *agent, const struct id *enrolment)
{
	return agent->flow.token && agent->flow.logged_in && agent->flow.enrolling &&
	    id_eq(agent->flow.enrolment, *enrolment);
}

/* Cards are there for modules through this service only; started on demand, its socket is there. */
static bool
reader_service_runs(void)
{
	const char *path = getenv("PCSCLITE_CSOCK_NAME");

	return access(path ? path : "/run/pcscd/pcscd.comm", F_OK) == 0;
}

enum err
flow_absent(const struct asked *q, const struct token_list *list, struct fault *f)
{
	const struct settings *s = q->agent->settings;

	if (list->failed_n)
		return FAIL_FIELD(f, list->failed[0].fault.code,
		    s->modules[list->failed[0].module].name, NULL, "no token; a module: %s",
		    list->failed[0].fault.detail);
	if (list->strange_n) {
		struct str reader = consent_clean(q->a, list->strange[0]);

		return FAIL_FIELD(f, E_TOKEN_UNKNOWN, arena_cstr(q->a, reader), NULL,
		    "%zu tokens are not recognized", list->strange_n);
	}
	for (size_t i = 0; i < s->modules_n; i++) {
		if (!strcmp(s->modules[i].kind, "cards") && !reader_service_runs())
			return FAIL(f, E_READER_SERVICE, "no socket of pcscd");
	}
	return FAIL(f, E_TOKEN_ABSENT, "no such token among %zu", list->n);
}

static enum err
choose(struct asked *q, const struct token_list *list, struct str name,
    const struct token_info **ret, struct fault *f)
{
	const struct token_info *found = NULL;
	size_t n = 0;

	for (size_t i = 0; i < list->n; i++) {
		if (str_eq(list->tokens[i].serial, name) || str_eq(list->tokens[i].label, name)) {
			found = &list->tokens[i];
			n++;
		}
	}
	if (n == 0)
		return flow_absent(q, list, f);
	if (n > 1)
		return FAIL_FIELD(f, E_FIELD_VALUE, "token", NULL, "%zu tokens of that name", n);
	*ret = found;
	return OK;
}

enum err
flow_open(struct asked *q, struct str name, struct fault *f)
{
	struct flow *w = &q->agent->flow;
	const struct token_info *info;
	struct token_list list;
	enum err e;

	flow_close(q->agent);
	w->a = arena_new(0);
	e = token_list(q->agent->tokens, w->a, &list, f);
	if (e == OK)
		e = choose(q, &list, name, &info, f);
	if (e == OK)
		e = lock_take(info->serial.n ? info->serial : info->label, &w->lock, f);
	if (e == OK)
		e = token_open(q->agent->tokens, info, &w->token, f);
	if (e != OK) {
		flow_close(q->agent);
		return e;
	}
	w->info = *info;
	w->pin = secret_new(TOKEN_PIN_MAX);
	return OK;
}

const char *
flow_pin_state(unsigned flags)
{
	static const struct {
		unsigned flag;
		const char *word;
	} rows[] = {
	    {TOKEN_PIN_LOCKED, "locked"},
	    {TOKEN_PIN_FINAL, "last-try"},
	    {TOKEN_PIN_CHANGE, "must-change"},
	    {TOKEN_PIN_LOW, "wrong-before"},
	    {TOKEN_PIN_SET, "set"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (flags & rows[i].flag)
			return rows[i].word;
	}
	return "not-set";
}

enum err
flow_sign(struct asked *q, struct bytes id, struct bytes spki, struct bytes message,
    struct bytes *ret, struct fault *f)
{
	struct bytes raw, sig = {0};
	struct token_sign x = {.id = id};
	struct key key;

	TRY(key_parse(spki, &key, f));
	x.kind = key.kind;
	TRY(rawsign_input(q->a, key.kind, message, &x.data, f));
	TRY(token_sign(q->agent->flow.token, &x, &q->agent->flow.pin, q->a, &raw, f));
	if (rawsign_output(q->a, key.kind, raw, &sig, NULL) != OK ||
	    verify_key(&key, sigalg_of_key(key.kind), message, sig, NULL) != OK)
		return FAIL(f, E_TOKEN_ERROR, "the token's signature does not verify");
	*ret = sig;
	return OK;
}

enum err
flow_state(struct asked *q, const struct flow_statement *s, struct bytes *ret, struct fault *f)
{
	uint8_t key[SHA256_SIZE], cert[SHA256_SIZE], payload[SHA256_SIZE];
	struct statement said = {
	    .env = q->origin->env,
	    .origin = q->origin->origin,
	    .purpose = s->purpose,
	    .server_nonce = s->server_nonce,
	    .agent_nonce = BYTES_OF(q->agent->nonce),
	    .spki_hash = BYTES_OF(key),
	};
	struct bytes octets;

	sha256(s->spki, key);
	if (purpose_has_certificate(s->purpose)) {
		sha256(s->certificate, cert);
		said.certificate_hash = BYTES_OF(cert);
	}
	if (purpose_has_payload(s->purpose)) {
		sha256(s->payload, payload);
		said.payload_hash = BYTES_OF(payload);
	}
	TRY(statement_encode(q->a, &said, &octets, f));
	return flow_sign(q, s->id, s->spki, octets, ret, f);
}
